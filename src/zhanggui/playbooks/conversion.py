"""Conversion: which products fewer visitors buy than before, and whether other visitors came.

Reads: visitors and paying buyers of products, and of products by source, last 28 days and the 28 before.
Says: which product converts worse, how much of a change is mix.
Does: names the product, the loss a week with its range, and what coincided.
Source: docs/rules.md, "Analysis"; docs/methods.md, "Methods of the brief".
"""

from __future__ import annotations

import numpy as np
import polars as pl

from zhanggui.methods.decomposition import MixRate, kitagawa
from zhanggui.methods.shrinkage import Beta, probability_below
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.terms import CLEARLY, asked, count, margin_per_sale, money, name_of, rate_prior, reach, share
from zhanggui.units import Words

FEWEST_VISITORS = 400
FEWEST_BUYERS = 8
MOST_PRIOR = 400.0
WEEKS = 4.0


def falling_conversion(situation: Situation) -> Verdict:
    """Products whose share of visitors who pay fell, with enough visitors in both windows and the same sign in both halves."""
    halves = situation.frames["product_traffic"]
    if halves.is_empty() or not situation.weekly:
        return Verdict()
    wide = _wide(halves)
    judged = wide.filter(
        (pl.col("v_w") >= FEWEST_VISITORS) & (pl.col("v_b") >= FEWEST_VISITORS) & (pl.col("b_b") >= FEWEST_BUYERS)
    )
    if judged.is_empty():
        return Verdict()
    prior = rate_prior(judged["b_b"].to_numpy(), judged["v_b"].to_numpy(), MOST_PRIOR)
    value = _order_value(situation)
    findings = []
    for row in judged.iter_rows(named=True):
        now = prior.after(min(row["b_w"], row["v_w"]), row["v_w"])
        before = prior.after(min(row["b_b"], row["v_b"]), row["v_b"])
        both_halves = row["b_0"] / max(row["v_0"], 1) < before.mean and row["b_1"] / max(row["v_1"], 1) < before.mean
        loss = (before.mean - now.mean) * row["v_w"] / WEEKS * value
        if not both_halves or loss < situation.floor:
            continue
        p = 1 - probability_below(now, before)
        if p < 0.05:
            findings.append(_conversion_finding(row, now, before, p, loss, value, situation))
    return Verdict(findings=findings, family=judged.height)


def _wide(halves: pl.DataFrame) -> pl.DataFrame:
    sums = [
        pl.col(column).filter(pl.col("half") == half).sum().cast(pl.Float64).alias(f"{short}_{half}")
        for half in range(4)
        for column, short in (("visitors", "v"), ("pay_buyers", "b"))
    ]
    return (
        halves.group_by("product_id")
        .agg(*sums)
        .with_columns(
            v_w=pl.col("v_0") + pl.col("v_1"),
            b_w=pl.col("b_0") + pl.col("b_1"),
            v_b=pl.col("v_2") + pl.col("v_3"),
            b_b=pl.col("b_2") + pl.col("b_3"),
        )
        .sort("product_id")
    )


def _order_value(situation: Situation) -> float:
    """What a paying buyer brings: contribution per order, or sales per order where costs are unknown."""
    blocks = situation.frames["shop_blocks"].filter(pl.col("block") < 8)
    orders = float(blocks["orders"].fill_null(0).sum())
    value = float(blocks["gross"].fill_null(0).sum()) / orders if orders else 0.0
    margin = margin_per_sale(situation.costs)
    return value if margin is None else max(value * margin - situation.costs.per_order, 0.0)


def _conversion_finding(
    row: dict[str, float], now: Beta, before: Beta, p: float, loss: float, value: float, situation: Situation
) -> Finding:
    product = str(row["product_id"])
    spread = reach(now, before) * row["v_w"] / WEEKS * value
    words = Words(
        "rules.falling_conversion.claim",
        {
            "product": name_of(situation, product),
            "now": share(row["b_w"] / row["v_w"]),
            "before": share(row["b_b"] / row["v_b"]),
            "buyers": count(row["b_w"]),
            "visitors": count(row["v_w"]),
            "money": money(-loss, -loss - spread, -loss + spread, signed=True),
        },
    )
    return Finding(
        "analysis",
        "falling_conversion",
        "claim",
        words,
        "conversion_rate",
        {"product_id": product},
        -loss,
        -loss - spread,
        -loss + spread,
        p=p,
        evidence=(Evidence(words, asked("conversion_rate", situation, ("product_id",), product_id=product)),),
        cause=f"product:{product}",
    )


def source_mix(situation: Situation) -> Verdict:
    """Whether the conversion of products × sources moved because other visitors came (mix) or because they paid less often (rate)."""
    rows = situation.frames["product_sources"]
    if rows.is_empty() or not situation.weekly:
        return Verdict()
    wide = (
        rows.group_by("product_id", "source")
        .agg(
            *(
                pl.col(column)
                .filter(pl.col("window") == window)
                .fill_null(0)
                .sum()
                .cast(pl.Float64)
                .alias(f"{column}_{window}")
                for window in (0, 1)
                for column in ("visitors", "pay_buyers")
            )
        )
        .sort("product_id", "source")
    )
    v0, v1 = (wide[f"visitors_{w}"].to_numpy() for w in (1, 0))
    b0, b1 = (wide[f"pay_buyers_{w}"].to_numpy() for w in (1, 0))
    if min(v0.sum(), v1.sum()) < FEWEST_VISITORS or b0.sum() < FEWEST_BUYERS:
        return Verdict()
    with np.errstate(divide="ignore", invalid="ignore"):
        r0, r1 = b0 / v0, b1 / v1
        pooled = (b0 + b1 + 0.5) / (v0 + v1 + 1)
        spread = pooled * (1 - pooled)
        variance0, variance1 = np.where(v0 > 0, spread / v0, 0.0), np.where(v1 > 0, spread / v1, 0.0)
    answer = kitagawa(v0, r0, v1, r1, variance0=variance0, variance1=variance1)
    if not isinstance(answer, MixRate):
        return Verdict()
    return _mix_verdict(answer, wide, float(v1.sum()), situation)


def _mix_verdict(answer: MixRate, wide: pl.DataFrame, visitors: float, situation: Situation) -> Verdict:
    from scipy.special import ndtr

    mix, rate = float(answer.mix.sum()), float(answer.rate.sum())
    error = max(answer.mix_total_error, 1e-12)
    p = float(2 * ndtr(-abs(mix) / error))
    value = _order_value(situation)
    size = mix * visitors / WEEKS * value
    if p >= 0.05 or abs(size) < situation.floor or abs(mix) < abs(answer.gap) / 2:
        return Verdict(family=1)
    top = int(np.argmax(np.abs(answer.mix)))
    product, source = wide["product_id"][top], wide["source"][top]
    spread = CLEARLY * error * visitors / WEEKS * value
    words = Words(
        "rules.source_mix.mix",
        {
            "change": share(answer.gap, signed=True),
            "mix": share(mix, signed=True),
            "rate": share(rate, signed=True),
            "place": f"{name_of(situation, product)} × {source}",
        },
    )
    finding = Finding(
        "analysis",
        "source_mix",
        "claim",
        words,
        "conversion_rate",
        {"product_id": str(product), "source": str(source)},
        size,
        size - spread,
        size + spread,
        p=p,
        evidence=(Evidence(words, asked("conversion_rate", situation, ("product_id", "source"))),),
        cause="source_mix",
    )
    return Verdict(findings=[finding], family=1)


RULES = (
    Rule(
        "falling_conversion",
        "analysis",
        falling_conversion,
        frames=("product_traffic", "shop_blocks"),
        needs=("traffic_days",),
    ),
    Rule("source_mix", "analysis", source_mix, frames=("product_sources", "shop_blocks"), needs=("traffic_days",)),
)

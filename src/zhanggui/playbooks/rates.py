"""Refund rates that moved.

Reads: refunded orders at equal age, last 28 days and the 28 before.
Says: whose refunds jumped.
Does: names the product and the loss a week with its range.
Source: docs/rules.md, "Products" (refunds); docs/methods.md, "Methods of the brief".
"""

from __future__ import annotations

import numpy as np
import polars as pl

from zhanggui.methods.shrinkage import Beta, probability_below
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.terms import asked, count, money, name_of, rate_prior, reach, share
from zhanggui.units import Words

FEWEST_ORDERS = 20
MOST_REFUND_PRIOR = 100.0
WEEKS = 4.0


def refund_jump(situation: Situation) -> Verdict:
    """Refunds that rose by the settings' ratio, compared at equal age: the shop as a whole and each product with enough orders."""
    rows = situation.frames["product_refunds"]
    if rows.is_empty() or not situation.weekly:
        return Verdict()
    wide = (
        rows.group_by("product_id")
        .agg(
            *(
                pl.col(column)
                .filter(pl.col("window") == window)
                .fill_null(0)
                .sum()
                .cast(pl.Float64)
                .alias(f"{column}_{window}")
                for window in (0, 1)
                for column in ("orders", "gross", "refunded", "refunds")
            )
        )
        .sort("product_id")
    )
    judged = wide.filter((pl.col("orders_0") >= FEWEST_ORDERS) & (pl.col("orders_1") >= FEWEST_ORDERS))
    if judged.is_empty():
        return Verdict()
    prior = rate_prior(
        np.minimum(judged["refunded_1"].to_numpy(), judged["orders_1"].to_numpy()),
        judged["orders_1"].to_numpy(),
        MOST_REFUND_PRIOR,
    )
    findings = []
    for row in judged.iter_rows(named=True):
        now, before = (prior.after(min(row[f"refunded_{w}"], row[f"orders_{w}"]), row[f"orders_{w}"]) for w in (0, 1))
        if now.mean <= situation.config["refund_ratio"] * before.mean:
            continue
        loss = (now.mean - before.mean) * row["gross_0"] / WEEKS
        if loss < situation.floor:
            continue
        p = 1 - probability_below(before, now)
        if p < 0.05:
            findings.append(_refund_finding(row, now, before, p, loss, situation))
    return Verdict(findings=findings, family=judged.height)


def _refund_finding(
    row: dict[str, float], now: Beta, before: Beta, p: float, loss: float, situation: Situation
) -> Finding:
    product = str(row["product_id"])
    spread = reach(now, before) * row["gross_0"] / WEEKS
    words = Words(
        "rules.refund_jump.claim",
        {
            "product": name_of(situation, product),
            "now": share(row["refunded_0"] / row["orders_0"]),
            "before": share(row["refunded_1"] / row["orders_1"]),
            "refunded": count(row["refunded_0"]),
            "orders": count(row["orders_0"]),
            "money": money(-loss, -loss - spread, -loss + spread, signed=True),
        },
    )
    return Finding(
        "products",
        "refund_jump",
        "claim",
        words,
        "refund_rate",
        {"product_id": product},
        -loss,
        -loss - spread,
        -loss + spread,
        p=p,
        evidence=(Evidence(words, asked("refund_amount", situation, ("product_id",), product_id=product)),),
        cause=f"product:{product}",
    )


RULES = (Rule("refund_jump", "products", refund_jump, frames=("product_refunds",), needs=("refunds",)),)

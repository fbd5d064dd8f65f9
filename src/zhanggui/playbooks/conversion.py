"""Conversion: which products fewer visitors buy than before and what coincides with it, and whether other visitors came.

Reads: a diary of every product (visits, sales, reviews, deadlines), its sizes and sources, logged changes and promotions.
Says: which product converts worse and what happened at the time; how much of a change is mix.
Does: the repair of that cause, or a purchase of one's own where none is found; with the loss a week and its range.
Source: docs/rules.md, "Analysis"; docs/methods.md, "Methods of the brief".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl

from zhanggui.actions.kinds import Action, Past
from zhanggui.methods.decomposition import MixRate, kitagawa
from zhanggui.methods.multiplicity import adjust
from zhanggui.methods.shrinkage import Beta, probability_below
from zhanggui.playbooks.budgets import MOVES
from zhanggui.playbooks.causes import Cause, Shift, cause_of, shift_of
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.product_windows import FORTNIGHT
from zhanggui.playbooks.repairs import repair
from zhanggui.playbooks.terms import CLEARLY, asked, count, money, name_of, reach, share
from zhanggui.playbooks.visits import Visits, changes_of, settled_before, usual_rates, visits, window_days
from zhanggui.playbooks.worth import mean_order, order_worth
from zhanggui.units import Words

ADVERTISING = "advertising"
"""What changes no page: a budget's step brings a few more or fewer of the same visitors, and other visitors are looked for as a cause."""
FEWEST_VISITORS = 400
FEWEST_BUYERS = 8
CANDIDATE = 0.05
SETTLING_DAYS = 14
TWICE = 2
AUDIT_DAYS = 60
FEWEST_SWINGS = 3
"""Fortnights to the next before the window from which it is learnt how far sources wax and wane by themselves."""
FAILED = ("no difference shown", "harmed")


def falling_conversion(situation: Situation) -> Verdict:
    """Products whose share of visitors who pay fell, with enough visitors in both windows and the same sign in both halves; beside each
    what coincides with the fall, and its repair."""
    if not situation.weekly:
        return Verdict()
    judged = [v for v in visits(situation).values() if _judgeable(situation, v)]
    found: list[tuple[Shift, Cause, Finding]] = []
    for v in judged:
        prior = usual_rates(situation)[v.product]
        now, before = (prior.after(w.buyers, w.visitors) for w in (v.now, v.before))
        worth = order_worth(situation, v.product)
        value = worth.value if worth else mean_order(situation)
        loss = (before.mean - now.mean) * v.weekly * value
        if not all(half.visitors and half.rate < before.mean for half in v.halves) or loss < situation.floor:
            continue
        p = 1 - probability_below(now, before)
        if p >= CANDIDATE:
            continue
        fall = shift_of(situation, v, now, before)
        cause = cause_of(situation, fall)
        said = replace(_finding(v, now, before, p, loss, value, situation), because=cause.because)
        found.append((fall, cause, said))
    return Verdict([said for *_, said in found], _repairs(situation, found, len(judged)), family=len(judged))


def _repairs(situation: Situation, found: Sequence[tuple[Shift, Cause, Finding]], family: int) -> list[Action]:
    """The repair of every fall that is sure enough. Where nothing coincides with it, it must stand among all falls that were looked for."""
    actions: list[Action] = []
    level = situation.config["alarm_false_discovery"]
    among = adjust([said.p or 0.0 for *_, said in found], family=family).tolist() if found else []
    for (fall, cause, said), adjusted in zip(found, among, strict=True):
        sure = (said.p or 0.0) <= 1 - situation.config["claim_posterior"]
        if not sure or (cause.name == "unknown" and adjusted > level):
            continue
        product = fall.visits.product
        if _may_repair(situation, product, cause):
            settled = settled_before(usual_rates(situation)[product], fall.visits)
            actions += repair(situation, fall, cause, settled, order_worth(situation, product), said)
    return actions


def _judgeable(situation: Situation, v: Visits) -> bool:
    """Enough visitors and buyers, nothing that voids the numbers, and nothing changed in the last two weeks."""
    if v.flag or min(v.now.visitors, v.before.visitors) < FEWEST_VISITORS or v.before.buyers < FEWEST_BUYERS:
        return False
    since = situation.as_of - timedelta(days=SETTLING_DAYS)
    logged = any(change.day > since and change.what != ADVERTISING for change in changes_of(situation, v.product))
    done = any(
        past.done_on and past.done_on > since and past.kind not in MOVES for past in _past_of(situation, v.product)
    )
    return not (logged or done)


def _past_of(situation: Situation, product: str) -> list[Past]:
    return [past for past in situation.standing.past if product in past.touches or product in past.where.values()]


def failures(situation: Situation, product: str) -> int:
    """How many repairs of a fall of this product were measured and did not work."""
    return sum(
        past.rule == "falling_conversion" and past.outcome is not None and past.outcome.verdict in FAILED
        for past in _past_of(situation, product)
    )


def _may_repair(situation: Situation, product: str, cause: Cause) -> bool:
    """Not where nothing is to be repaired, a repair is under way, two have failed, or the page was gone through in the last 60 days."""
    past = _past_of(situation, product)
    under_way = any(p.rule == "falling_conversion" and p.state in ("approved", "done") for p in past)
    gone_through = any(
        p.kind == "audit_listing" and p.done_on and (situation.as_of - p.done_on).days < AUDIT_DAYS for p in past
    )
    if cause.recoverable is None or under_way or failures(situation, product) >= TWICE:
        return False
    return not (cause.kind == "audit_listing" and gone_through)


def _finding(v: Visits, now: Beta, before: Beta, p: float, loss: float, value: float, situation: Situation) -> Finding:
    spread = reach(now, before) * v.weekly * value
    words = Words(
        "rules.falling_conversion.claim",
        {
            "product": name_of(situation, v.product),
            "now": share(v.now.rate),
            "before": share(v.before.rate),
            "buyers": count(v.now.buyers),
            "visitors": count(v.now.visitors),
            "money": money(-loss, -loss - spread, -loss + spread, signed=True),
        },
    )
    return Finding(
        "analysis",
        "falling_conversion",
        "claim",
        words,
        "conversion_rate",
        {"product_id": v.product},
        -loss,
        -loss - spread,
        -loss + spread,
        p=p,
        evidence=(Evidence(words, asked("conversion_rate", situation, ("product_id",), product_id=v.product)),),
        cause=f"product:{v.product}",
    )


def source_mix(situation: Situation) -> Verdict:
    """Whether the conversion of products × sources moved because other visitors came (mix) or because they paid less often (rate)."""
    rows = situation.frames["product_sources"]
    if rows.is_empty() or not situation.weekly:
        return Verdict()
    fortnights = window_days(situation) // FORTNIGHT
    wide = (
        rows.group_by("product_id", "source")
        .agg(
            *(
                pl.col(column)
                .filter(pl.col("fortnight") // fortnights == window)
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
    swings = _swings(rows, fortnights)
    if not isinstance(answer, MixRate) or len(swings) < FEWEST_SWINGS:
        return Verdict()
    usual = float(np.mean(np.square(swings))) / fortnights
    return _mix_verdict(answer, wide, float(v1.sum()) / (2 * fortnights), usual, len(swings), situation)


def _swings(rows: pl.DataFrame, fortnights: int) -> list[float]:
    """By how much mix moved conversion from each fortnight to the next before the window: sources wax and wane by themselves."""
    told: dict[int, pl.DataFrame] = {
        int(nth): mine.select("product_id", "source", "visitors", "pay_buyers")
        for (nth,), mine in rows.group_by("fortnight")
    }
    found = []
    for nth in range(fortnights, max(told, default=0)):
        if nth not in told or nth + 1 not in told:
            continue
        both = told[nth + 1].join(told[nth], on=("product_id", "source"), how="full", coalesce=True, suffix="_now")
        v0, b0, v1, b1 = (
            both[name].fill_null(0).to_numpy().astype(np.float64)
            for name in ("visitors", "pay_buyers", "visitors_now", "pay_buyers_now")
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            answer = kitagawa(v0, b0 / v0, v1, b1 / v1)
        if isinstance(answer, MixRate):
            found.append(float(answer.mix.sum()))
    return found


def _mix_verdict(
    answer: MixRate, wide: pl.DataFrame, weekly: float, usual: float, swings: int, situation: Situation
) -> Verdict:
    """``usual`` is the variance of mix between two windows in which nothing happens, learnt from so many ``swings``."""
    from scipy.special import stdtr

    mix, rate = float(answer.mix.sum()), float(answer.rate.sum())
    error = max(float(np.sqrt(answer.mix_total_error**2 + usual)), 1e-12)
    p = float(2 * stdtr(swings, -abs(mix) / error))
    value = mean_order(situation)
    size = mix * weekly * value
    if p >= 0.05 or abs(size) < situation.floor or abs(mix) < abs(answer.gap) / 2:
        return Verdict(family=1)
    top = int(np.argmax(np.abs(answer.mix)))
    product, source = wide["product_id"][top], wide["source"][top]
    spread = CLEARLY * error * weekly * value
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
        frames=(
            "product_diary",
            "product_sizes",
            "product_sources",
            "happenings",
            "shop_blocks",
            "stock",
            "product_refunds",
            "refund_places",
        ),
        needs=("traffic_days",),
        proposes=(
            "order_stock",
            "restore_change",
            "correct_description",
            "hold_batch",
            "change_packing",
            "add_size_chart",
            "audit_listing",
        ),
        reads=("alarm_false_discovery", "claim_posterior", "price_drift_share", "refund_ratio", "money_floor_share"),
    ),
    Rule(
        "source_mix",
        "analysis",
        source_mix,
        frames=("product_sources", "shop_blocks"),
        needs=("traffic_days",),
        reads=("money_floor_share",),
    ),
)

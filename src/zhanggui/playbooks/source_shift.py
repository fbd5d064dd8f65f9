"""Money between sources of visitors: from the plan whose last unit brings less to the one whose last unit brings more.

Reads: plans of paid promotion by day and what the sales of their products say of their last unit; visitors by source.
Says: nothing by itself; nothing is claimed of the difference of two plans.
Does: moves a fifth of the poorer plan's money to the better one and leaves both alone for two weeks.
Source: docs/rules.md, "Analysis" (流量結構).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft
from zhanggui.i18n import LOCALES, text
from zhanggui.methods.marginal_return import MarginalReturn
from zhanggui.playbooks.gains import ADDED_TRAFFIC, even_cases, gain, of_amount, of_share
from zhanggui.playbooks.kinds import Rule, Situation, Verdict
from zhanggui.playbooks.plans import Plan
from zhanggui.playbooks.promotion import LEAST_WEIGHT, by_pairs_of_days, daily_budget_of, read_plans, stocked
from zhanggui.playbooks.terms import column_sum, money, own_name
from zhanggui.playbooks.visits import window_days
from zhanggui.units import Quantity, Words

FEWEST_CLICKS, FEWEST_ORDERS = 500, 10
FEWEST_DAYS = 14
SURE = 0.9
MOVED = 0.2
MOST_UNKNOWN = 0.6


def shifted(spend: float, better: float, poorer: float) -> float:
    """ΔS · (κ·g_a − g_b): what money moved between two plans brings a week before the rule's record.

    >>> round(shifted(700, 1.35, 0.80), 6)
    101.5
    """
    return spend * (ADDED_TRAFFIC * better - poorer)


def source_shift(situation: Situation) -> Verdict:
    """The pair of plans between which a fifth of the poorer one's money brings most, if one surely returns more than the other."""
    if _unknown(situation) > MOST_UNKNOWN:
        return Verdict()
    known = [
        (plan, answer) for plan, _, answer in read_plans(situation) if answer and _judgeable(situation, plan, answer)
    ]
    best = None
    for giver, low in known:
        for taker, high in known:
            if giver is taker or set(giver.products) & set(taker.products) or not _surely_more(high, low):
                continue
            brings = shifted(MOVED * giver.weekly, high.mean, low.mean)
            if brings > 0 and stocked(situation, taker) and (best is None or brings > best[0]):
                best = brings, giver, low, taker, high
    return Verdict() if best is None else Verdict(actions=[_action(situation, *best[1:])])


def _judgeable(situation: Situation, plan: Plan, answer: MarginalReturn) -> bool:
    """Costs known, 500 clicks and ten orders, two weeks old, its return read from the shop's own days; not the shop's own name."""
    brand = own_name(situation)
    if not plan.known or not plan.products or (brand and brand in plan.campaign.casefold()):
        return False
    enough = float(plan.clicks[-window_days(situation) :].sum()) >= FEWEST_CLICKS and plan.orders >= FEWEST_ORDERS
    return enough and plan.days >= FEWEST_DAYS and answer.weight >= LEAST_WEIGHT


def _surely_more(one: MarginalReturn, other: MarginalReturn) -> bool:
    """P(one > other) ≥ .9."""
    from scipy.special import ndtr

    return float(ndtr((one.mean - other.mean) / np.hypot(one.error, other.error))) >= SURE


def _unknown(situation: Situation) -> float:
    """The share of visitors whose source nobody knows."""
    rows = situation.frames["product_sources"]
    total = column_sum(rows, "visitors")
    named = rows.filter(pl.col("source").str.to_lowercase().is_in(list(_names())))
    return column_sum(named, "visitors") / total if total else 0.0


@cache
def _names() -> tuple[str, ...]:
    return ("", *(part for locale in LOCALES for part in text("rules_analysis.shift.unknown", locale).split(";")))


def _action(situation: Situation, giver: Plan, low: MarginalReturn, taker: Plan, high: MarginalReturn) -> Action:
    kind, even = kind_named("shift_advertising"), even_cases(3)
    spend = MOVED * giver.weekly
    poorer, better = (of_amount(a.mean, a.error, even[:, i]) for i, a in enumerate((low, high)))
    profits = spend * (of_share(ADDED_TRAFFIC, even[:, 2]) * better - poorer)
    day = MOVED * daily_budget_of(giver)
    row = {
        "platform": giver.platform,
        "campaign": giver.campaign,
        "product_id": giver.products[0],
        "to_platform": taker.platform,
        "to_campaign": taker.campaign,
        "to_product_id": taker.products[0],
        "amount": round(day, 2),
    }
    said = {
        "giver": giver.campaign,
        "taker": taker.campaign,
        "spend": money(spend),
        "low": Quantity(low.mean, "ratio"),
        "high": Quantity(high.mean, "ratio"),
    }
    return Action(
        "analysis",
        "source_shift",
        kind.name,
        Words("rules_analysis.shift.do", said),
        {"campaign": giver.campaign, "platform": giver.platform},
        gain=gain(profits),
        minutes=kind.minutes,
        reason=Words("rules_analysis.shift.because", said),
        draft=Draft("table", (Words("rules_analysis.shift.hold"),), [row]),
        measure=by_pairs_of_days(float(np.hypot(low.noise, high.noise)), kind.days),
        touches=(*giver.products, *taker.products),
    )


RULES = (
    Rule(
        "source_shift",
        "analysis",
        source_shift,
        frames=(
            "ad_plans",
            "product_diary",
            "product_sizes",
            "product_sources",
            "happenings",
            "stock",
            "shop_days",
            "product_refunds",
            "below_cash",
        ),
        needs=("ad_days", "traffic_days", "orders"),
        proposes=("shift_advertising",),
        reads=("price_drift_share",),
    ),
)

"""Which lever first: conversion, visitors, order value or repeat purchase, by what a realistic step of each is worth here.

Reads: the shop's visitors and orders of four weeks, costs, what a click costs, how many buyers are active.
Says: what to work on this month; where the first two cannot be told apart, that the cheaper one comes first.
Does: nothing by itself; actions of that lever weigh a quarter more among the day's candidates.
Source: docs/rules.md, "Analysis".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from zhanggui.playbooks.gains import ADDED_TRAFFIC, Floats, even_cases, of_amount, of_share
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.per_visitor import BASKETS
from zhanggui.playbooks.supply import cost_per_click
from zhanggui.playbooks.terms import asked, column_sum, money
from zhanggui.playbooks.worth import refund_share
from zhanggui.units import Words

Lever = Literal["conversion", "visitors", "order_value", "repeat"]
STEP = 0.1
POINT = 0.01
WEEKS_OF_REPEAT = 4
FEWEST_ORDERS = 100
FEWEST_DAYS = 28
KNOWN_ORDERS = 0.5
OVERLAP = 0.5
TAIL = 0.1
WEIGHT = 1.25
CHEAPEST: tuple[Lever, ...] = ("conversion", "order_value", "repeat", "visitors")
"""From what costs an evening to what costs money every day."""
LEVER_OF: dict[str, Lever] = {
    **dict.fromkeys(
        (
            "restore_change",
            "repeat_change",
            "correct_description",
            "add_size_chart",
            "change_image",
            "show_arrival_date",
            "audit_listing",
            "reroute_traffic",
        ),
        "conversion",
    ),
    **dict.fromkeys(("feed_traffic", "change_budget", "shift_advertising", "change_title"), "visitors"),
    **dict.fromkeys(("gift_threshold", "bundle", "minimum_quantity", "step_price"), "order_value"),
    **dict.fromkeys(("contact_consented_customers", "member_day"), "repeat"),
}
"""Which lever a kind of action pulls."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A week of the shop: visitors, orders, paid an order, contribution of an order, contribution per unit of more goods in an order, what
    a click costs (None = not told), buyers of half a year."""

    visitors: float
    orders: float
    value: float
    contribution: float
    margin: float
    click: float | None
    active: float


def worths(shop: Shop) -> dict[Lever, float]:
    """What a step of each lever is worth a week: a tenth more conversion, visitors, order value; a point more of repeat purchase.

    >>> found = worths(Shop(2100, 56, 118, 36, 0.46, 0.9, 1400))
    >>> [round(found[name], 1) for name in ("conversion", "visitors", "order_value", "repeat")]
    [201.6, -47.9, 304.0, 126.0]
    """
    found: dict[Lever, float] = {
        "conversion": STEP * shop.orders * shop.contribution,
        "order_value": STEP * shop.orders * shop.value * shop.margin,
    }
    if shop.click is not None:
        visitor = shop.orders / shop.visitors * shop.contribution
        found["visitors"] = STEP * shop.visitors * (ADDED_TRAFFIC * visitor - shop.click)
    if shop.active:
        found["repeat"] = POINT * shop.active * shop.contribution / WEEKS_OF_REPEAT
    return found


def which_lever_first(situation: Situation) -> Verdict:
    """The lever whose step is worth most; kept for this morning so that its actions weigh more."""
    shop = _shop(situation)
    if shop is None:
        return Verdict()
    spread = _cases(situation, shop)
    ranked = sorted(spread, key=lambda lever: (-float(spread[lever].mean()), lever))
    first, second = ranked[0], ranked[1]
    if float(spread[first].mean()) < situation.floor:
        return Verdict()
    clear = _overlap(spread[first], spread[second]) <= OVERLAP
    chosen = first if clear else min((first, second), key=CHEAPEST.index)
    situation.workings["first_lever"] = chosen
    return Verdict(findings=[_finding(situation, spread, chosen, second if chosen == first else first, clear)])


def weight_of(situation: Situation, kind: str) -> float:
    """How much more an action of this kind weighs among the day's candidates: a quarter where it pulls this month's lever."""
    lever = situation.workings.get("first_lever")
    return WEIGHT if lever is not None and LEVER_OF.get(kind) == lever else 1.0


def _shop(situation: Situation) -> Shop | None:
    """The last four weeks; None with fewer than 28 days of both, 100 orders, or without costs: levers are compared by contribution."""
    goods = situation.costs.goods_share()
    days = situation.frames["shop_visits"].filter((pl.col("age") < FEWEST_DAYS) & (pl.col("visitors") > 0))
    blocks = situation.frames["shop_blocks"].filter(pl.col("block") * situation.period.days < FEWEST_DAYS)
    orders = column_sum(blocks, "orders")
    if goods is None or days.height < FEWEST_DAYS or orders < FEWEST_ORDERS or blocks.height < 2:
        return None
    weeks = blocks.height * situation.period.days / 7
    value = column_sum(blocks, "gross") / orders
    kept = 1 - refund_share(situation, "")
    margin = (1 - goods.middle - situation.costs.sales_share) * kept
    contribution = value * margin - situation.costs.per_order
    if contribution <= 0:
        return None
    return Shop(
        column_sum(days, "visitors") * 7 / FEWEST_DAYS,
        orders / weeks,
        value,
        contribution,
        margin,
        cost_per_click(situation, ""),
        _active(situation, blocks, orders),
    )


def _active(situation: Situation, blocks: pl.DataFrame, orders: float) -> float:
    """Buyers of half a year; 0 where fewer than half of the orders name their buyer."""
    if column_sum(blocks, "known_orders") < KNOWN_ORDERS * orders:
        return 0.0
    return column_sum(situation.frames["buyer_parts"].filter(pl.col("by") == "active"), "buyers")


def _cases(situation: Situation, shop: Shop) -> dict[Lever, Floats]:
    """Each lever's worth over what is not known: how many order, what they pay, what goods cost, how added visitors convert."""
    even = even_cases(4)
    seen = shop.orders * FEWEST_DAYS / 7
    orders = of_amount(shop.orders, shop.orders / seen**0.5, even[:, 0])
    value = of_amount(shop.value, BASKETS * shop.value / seen**0.5, even[:, 1])
    goods = situation.costs.goods_share()
    wide = (goods.high - goods.low) / 2 / 1.2816 if goods is not None else 0.0
    margin = of_amount(shop.margin, wide, even[:, 2])
    contribution = value * margin - situation.costs.per_order
    found: dict[Lever, Floats] = {
        "conversion": STEP * orders * contribution,
        "order_value": STEP * orders * value * margin,
    }
    if shop.click is not None:
        added = of_share(ADDED_TRAFFIC, even[:, 3]) * orders / shop.visitors * contribution
        found["visitors"] = STEP * shop.visitors * (added - shop.click)
    if shop.active:
        found["repeat"] = POINT * shop.active * contribution / WEEKS_OF_REPEAT
    return found


def _overlap(one: Floats, other: Floats) -> float:
    """The common part of two 80 % intervals, as a share of the shorter one."""
    (a, b), (c, d) = (np.quantile(x, [TAIL, 1 - TAIL]) for x in (one, other))
    return float(max(min(b, d) - max(a, c), 0.0) / max(min(b - a, d - c), 1e-9))


def _finding(situation: Situation, spread: dict[Lever, Floats], chosen: Lever, other: Lever, clear: bool) -> Finding:
    cases = spread[chosen]
    low, high = (float(end) for end in np.quantile(cases, [TAIL, 1 - TAIL]))
    said = {
        "lever": Words(f"rules_analysis.lever.name.{chosen}"),
        "other": Words(f"rules_analysis.lever.name.{other}"),
        "money": money(float(cases.mean()), low, high, signed=True),
        "next": money(float(spread[other].mean()), signed=True),
    }
    words = Words(f"rules_analysis.lever.{'clear' if clear else 'unclear'}", said)
    metric = {
        "conversion": "conversion_rate",
        "visitors": "visitors",
        "order_value": "average_order_value",
        "repeat": "returning_buyers",
    }[chosen]
    loses = "visitors" in spread and float(spread["visitors"].mean()) < 0
    return Finding(
        "analysis",
        "which_lever_first",
        "state",
        words,
        metric,
        {},
        float(cases.mean()),
        low,
        high,
        evidence=(Evidence(words, asked(metric, situation)),),
        because=Words("rules_analysis.lever.visitors_lose") if loses else None,
        cause="lever",
    )


RULES = (
    Rule(
        "which_lever_first",
        "analysis",
        which_lever_first,
        frames=("shop_visits", "shop_blocks", "buyer_parts", "ad_plans", "refund_ages", "product_refunds"),
        needs=("orders", "traffic_days"),
        reads=("money_floor_share",),
    ),
)

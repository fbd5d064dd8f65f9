"""Price steps: whether a product is worth more, or less, than it is sold for.

Reads: paid prices and units by day, what an order brings after refunds, events, promotions, rivals' prices, reviews.
Says: nothing by itself; a step is an action with its reason.
Does: one step of 3 to 5 %, up or down, held for 21 days; by product, never by person.
Source: docs/rules.md, "Operations" (提價／降價).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from math import floor, log10
from typing import Any, cast

import numpy as np
import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft, Gain, Measure
from zhanggui.methods.elasticity import Elasticity
from zhanggui.methods.smallest_visible import smallest_visible_count_change
from zhanggui.numbers.festivals import festivals
from zhanggui.playbooks.answers_to_price import answer_to_price
from zhanggui.playbooks.contribution import Cases, cases
from zhanggui.playbooks.gains import HORIZON_WEEKS, gain
from zhanggui.playbooks.kinds import Rule, Situation, Verdict
from zhanggui.playbooks.protection import paid_back
from zhanggui.playbooks.reachable import promotions
from zhanggui.playbooks.terms import column_sum, exact, name_of, share
from zhanggui.playbooks.visits import changes_of, near_event
from zhanggui.playbooks.worth import Worth, order_worth
from zhanggui.units import Quantity, Refusal, Words

FEWEST_UNITS = 40.0
WINDOW_DAYS = 28
BEFORE_EVENT_DAYS = 28
SETTLING_DAYS = 14
STEPS = (0.03, 0.04, 0.05)
INSIDE = (0.7, 1.3)
"""A margin this near to the balance point, 1 ÷ |e|, is left alone."""
FEWEST_REVIEWS, POOR = 5, 0.3
LEAST_STEP = 0.02
RIVAL_DAYS = 14
"""So old may a rival's price be that a higher one of ours is held against."""
SETTLED = 0.35
"""How far the margin that an owner has settled on may lie from the best one, as a share of it."""


@dataclass(frozen=True, slots=True)
class Step:
    """A change of a product's price: the share ``change``, what it ``brings``, the new ``price`` of a unit."""

    change: float
    brings: Gain
    price: float


def price_step(situation: Situation) -> Verdict:
    """The products whose contribution rate lies clearly off the balance point of their own elasticity, so that a step pays at both ends
    of what is believed. Without costs: up to which margin a higher price of the largest product pays."""
    known: list[Action] = []
    unknown: list[Action] = []
    for product, units in _candidates(situation):
        worth = order_worth(situation, product)
        if worth is None or not _quiet_time(situation, product):
            continue
        if not worth.known:
            unknown.append(_break_even(situation, product, worth, units))
        elif (step := _step(situation, product, worth)) is not None:
            known.append(_action(situation, product, worth, units, step))
    return Verdict(actions=known or unknown[:1])


def _candidates(situation: Situation) -> list[tuple[str, float]]:
    """Products with forty units in four weeks, those with most first."""
    rows = situation.frames["price_days"].filter(pl.col("age") < WINDOW_DAYS)
    sums = rows.group_by("product_id").agg(pl.col("units").fill_null(0).sum()).filter(pl.col("units") >= FEWEST_UNITS)
    return [(str(p), float(u)) for p, u in sums.sort("units", "product_id", descending=[True, False]).iter_rows()]


def _quiet_time(situation: Situation, product: str) -> bool:
    """No promotion runs, none and no festival begins within four weeks, none has just ended, and nothing was changed for two weeks."""
    if near_event(situation, product) or _event_ahead(situation, product):
        return False
    since = situation.as_of - timedelta(days=SETTLING_DAYS)
    return not any(change.day > since for change in changes_of(situation, product))


def _event_ahead(situation: Situation, product: str) -> bool:
    tomorrow = situation.as_of + timedelta(days=1)
    until = situation.as_of + timedelta(days=BEFORE_EVENT_DAYS)
    if any(days.start <= until and days.end >= tomorrow for days in _festive(situation)):
        return True
    own = [offer for offer in promotions(situation) if offer.products is None or product in offer.products]
    return any(offer.start <= until and offer.end >= tomorrow for offer in own)


def _festive(situation: Situation) -> Iterator[Any]:
    for year in (situation.as_of.year, situation.as_of.year + 1):
        for _, days in festivals(year, situation.config.timezone):
            yield days


# ---- the step


def settled_price(belief: Elasticity, worth: Worth) -> Elasticity:
    """The belief of a product whose own days say nothing, drawn to the answer at which its price would be the best one, −1 ÷ rate: who
    lives by his prices has reasons for them, give or take a third. Without this every product whose buyers answer unusually looks
    wrongly priced, and a step would undo what its owner knows.

    >>> from zhanggui.playbooks.worth import Worth
    >>> from zhanggui.methods.elasticity import PRIOR
    >>> drawn = settled_price(PRIOR, Worth(100.0, 62.0, 0.0, 0.0, known=True))
    >>> round(drawn.mean, 2), round(drawn.sd, 2)
    (-1.94, 0.46)
    """
    if belief.own is not None or worth.value <= 0:
        return belief
    implied = -worth.price / worth.value
    weight = belief.sd**2 / (belief.sd**2 + (SETTLED * implied) ** 2)
    return replace(belief, mean=belief.mean + weight * (implied - belief.mean), sd=(1 - weight) ** 0.5 * belief.sd)


def _step(situation: Situation, product: str, worth: Worth) -> Step | None:
    """The step that brings most, of those that pay at both ends of what is believed."""
    belief = settled_price(answer_to_price(situation, product), worth)
    spread = cases(situation, product, worth)
    rate, balance = worth.value / worth.price, -1 / min(belief.mean, -0.1)
    if worth.value <= 0 or INSIDE[0] * balance <= rate <= INSIDE[1] * balance:
        return None
    up = rate < balance
    if up and not _may_rise(situation, product):
        return None
    found = []
    for size in STEPS:
        change = size if up else -size
        price = rounded(spread.unit_price * (1 + change))
        change = price / spread.unit_price - 1
        if (
            abs(change) < LEAST_STEP
            or _crosses(spread.unit_price, price)
            or _passes_rivals(situation, product, spread.unit_price, price)
        ):
            continue
        back = paid_back(situation, product, spread.unit_price, -change) / HORIZON_WEEKS
        profit = brings(spread, belief, change, worth.weekly) - back
        found.append(Step(change, gain(profit), price))
    found = [step for step in found if step.brings.low > 0]
    return max(found, key=lambda step: step.brings.profit, default=None)


def brings(spread: Cases, belief: Elasticity, change: float, weekly: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Profit a week of a price ``change`` in equally likely cases: Q·[(1 + d)^e·(v + d·p·k) − v], v the contribution of an order after
    refunds, k the share of a higher price that fees and refunds leave. With k = 1 and known v it is s·Q·p·[(1+d)^e·(c + d) − c]."""
    answer = belief.mean + belief.sd * spread.normal
    raised = spread.value + change * spread.price * spread.kept
    return np.asarray(weekly * ((1 + change) ** answer * raised - spread.value))


def rounded(price: float) -> float:
    """A price as it is written on a page: to a tenth from 10 on, else to a hundredth."""
    return round(price, 1) if price >= 10 else round(price, 2)


def _crosses(price: float, new: float) -> bool:
    """Whether a step leaves the band of prices that buyers filter by: 98 to 103 passes 100."""
    unit = 10.0 ** floor(log10(max(price, new, 1e-9)))
    return floor(price / unit) != floor(new / unit)


def _passes_rivals(situation: Situation, product: str, price: float, new: float) -> bool:
    """Whether a higher price would no longer be below the cheapest rival's."""
    known = situation.frames["rivals"].filter((pl.col("product_id") == product) & (pl.col("age") < RIVAL_DAYS))
    lowest = float(cast(float, known["price"].min())) if known.height else None
    return lowest is not None and price <= lowest < new


def _may_rise(situation: Situation, product: str) -> bool:
    """Not while three of ten reviews are poor."""
    recent = situation.frames["product_diary"].filter((pl.col("product_id") == product) & (pl.col("age") < WINDOW_DAYS))
    reviews = column_sum(recent, "reviews")
    return reviews < FEWEST_REVIEWS or column_sum(recent, "low_reviews") < POOR * reviews


# ---- what is said


def _action(situation: Situation, product: str, worth: Worth, units: float, step: Step) -> Action:
    belief = settled_price(answer_to_price(situation, product), worth)
    key = "up" if step.change > 0 else "down"
    why = Words(
        f"rules_operations.price_step.why.{'own' if belief.own is not None else 'usual'}",
        {
            "rate": share(worth.value / worth.price),
            "balance": share(min(-1 / min(belief.mean, -0.1), 1.0)),
            "answer": Quantity(belief.mean, "ratio"),
        },
    )
    words = Words(
        f"rules_operations.price_step.{key}",
        {"product": name_of(situation, product), "change": share(step.change, signed=True), "price": exact(step.price)},
    )
    row = {"product_id": product, "price_now": round(worth.price / worth.units, 2), "price": step.price}
    return _made(situation, product, words, units, step.brings, why, row, worth.value / worth.units)


def _break_even(situation: Situation, product: str, worth: Worth, units: float) -> Action:
    """Without costs nobody can say whether it is too cheap; up to which margin a step pays can be said."""
    belief, change = answer_to_price(situation, product), STEPS[-1]
    price = rounded(worth.price / worth.units * (1 + change))
    fewer = (1 + change) ** belief.mean
    most = fewer * change / (1 - fewer)
    words = Words(
        "rules_operations.price_step.up",
        {"product": name_of(situation, product), "change": share(change, signed=True), "price": exact(price)},
    )
    why = Words("rules_operations.price_step.why.unknown")
    row = {"product_id": product, "price_now": round(worth.price / worth.units, 2), "price": price}
    below = Words("rules_operations.price_step.pays_below", {"margin": share(min(most, 1.0))})
    return _made(situation, product, words, units, None, why, row, worth.price / worth.units, below)


def _made(
    situation: Situation,
    product: str,
    words: Words,
    units: float,
    brought: Gain | None,
    why: Words,
    row: dict[str, Any],
    value: float,
    break_even: Words | None = None,
) -> Action:
    kind = kind_named("step_price")
    weekly = units / (WINDOW_DAYS / 7)
    visible = smallest_visible_count_change(weekly * kind.days / 7)
    return Action(
        "operations",
        "price_step",
        kind.name,
        words,
        {"product_id": product},
        gain=brought,
        break_even=break_even,
        minutes=kind.minutes,
        reason=why,
        draft=Draft("table", (Words("rules_operations.price_step.hold"),), [row]),
        measure=Measure(
            kind.metric, kind.design, kind.days, None if isinstance(visible, Refusal) else visible * weekly * value
        ),
        touches=(product,),
    )


RULES = (
    Rule(
        "price_step",
        "operations",
        price_step,
        frames=(
            "price_days",
            "rivals",
            "product_diary",
            "product_refunds",
            "product_names",
            "below_cash",
            "happenings",
            "refund_ages",
        ),
        needs=("order_lines",),
        proposes=("step_price",),
        reads=("money_floor_share",),
    ),
)

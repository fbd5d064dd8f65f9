"""Events of the platform: who takes part sells many at a poorer price, partly out of the weeks that follow, and gets more sent back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from zhanggui.practice.chance import Floats, Purpose, uniforms
from zhanggui.practice.kinds import DIRECT, RECOMMEND, SEARCH, Character, Terms
from zhanggui.practice.opening import Assortment, between, paid_orders

LACKING_DAYS = 21
"""For so long after an event those are missing who bought in it what they would have bought later."""
FIRST_WEEK = 6
EVENT_DAYS = 3
ANNOUNCED, ANSWERED = 21, 5
"""So many days before it begins an event is announced, and must be answered."""
SHARES = (0.74, 0.9)
CROWDS = (1.5, 3.4)
PULLED = (0.05, 0.45)
RETURNS = (1.0, 2.4)
FEES = (0.0, 0.5)
UNLIKE = 0.15


@dataclass(frozen=True, slots=True)
class Event:
    """An event for one product, from day ``start`` on for ``days``, at ``price`` a unit and for a ``fee``; announced and to be answered on
    days of the world. Only a shop that ``joined`` feels it: ``crowd`` times its visitors come, the share ``pulled`` of what it sells more
    would have been bought in the three weeks after, and buyers change their mind ``returns`` times as often."""

    id: str
    product: int
    announced: int
    answer_by: int
    start: int
    days: int
    price: float
    fee: float
    crowd: float
    pulled: float
    returns: float
    joined: bool = False

    @property
    def end(self) -> int:
        """Its last day."""
        return self.start + self.days - 1


def offered(
    character: Character, seed: int, assortment: Assortment, history: int, weeks: int, terms: Terms
) -> list[Event]:
    """What the platform offers this shop, an event every ``character.events`` weeks on one of its best products in turn. Events of one shop
    are alike in whom they draw and what they take from later weeks. In those of the past it took part."""
    if character.events <= 0:
        return []

    def even(what: int, nth: int = 0) -> float:
        return float(uniforms(seed, Purpose.EVENT, what, nth)[0])

    best = np.argsort(-paid_orders(assortment) * (assortment.price - assortment.cost), kind="stable")[:3]
    crowd, pulled, returns = (between(ends, even(what)) for what, ends in enumerate((CROWDS, PULLED, RETURNS)))
    found = []
    for nth, start in enumerate(range(7 * FIRST_WEEK + 4, history + 7 * weeks, 7 * character.events)):
        p = int(best[nth % len(best)])
        price = float(np.round(assortment.price[p] * between(SHARES, even(3, nth))))
        normal = float(
            paid_orders(assortment)[p] * EVENT_DAYS * (assortment.price[p] - assortment.cost[p] - terms.freight)
        )
        unlike = float(np.exp(UNLIKE * (2 * even(5, nth) - 1)))
        fee = float(np.round(normal * between(FEES, even(4, nth)), -1))
        announced, answer_by = start - ANNOUNCED, start - ANSWERED
        joined = answer_by < history
        found.append(
            Event(
                f"event-{start}",
                p,
                announced,
                answer_by,
                start,
                EVENT_DAYS,
                price,
                fee,
                crowd * unlike,
                pulled,
                returns,
                joined,
            )
        )
    return found


def held(events: Sequence[Event], day: int) -> list[Event]:
    """The events that run on a day with this shop in them."""
    return [event for event in events if event.joined and event.start <= day <= event.end]


def answered(events: list[Event], name: str, day: int, *, joins: bool) -> bool:
    """Take part in an event, or not; whether the answer came in time."""
    for nth, event in enumerate(events):
        if event.id == name and day <= event.answer_by:
            events[nth] = replace(event, joined=joins)
            return True
    return False


def event_prices(running: Sequence[Event], paid: Floats) -> Floats:
    """What a unit costs a buyer today: the event's price where that is lower."""
    if not running:
        return paid
    paid = paid.copy()
    for event in running:
        paid[event.product] = min(float(paid[event.product]), event.price)
    return paid


def crowded(running: Sequence[Event], visitors: Floats) -> None:
    """Let those come whom the event draws (in place)."""
    for event in running:
        visitors[event.product, [SEARCH, RECOMMEND, DIRECT]] *= event.crowd


def hasty(running: Sequence[Event], count: int) -> Floats:
    """How many times as often buyers of each product change their mind (P)."""
    found = np.ones(count)
    for event in running:
        found[event.product] = max(found[event.product], event.returns)
    return found


def pull(early: dict[int, Floats], running: Sequence[Event], extra: Floats) -> None:
    """Take the share of today's ``extra`` orders (P) that would have come later out of the weeks after the event."""
    for event in running:
        for day in range(event.end + 1, event.end + 1 + LACKING_DAYS):
            lacking = early.setdefault(day, np.zeros(len(extra)))
            lacking[event.product] += event.pulled * max(float(extra[event.product]), 0.0) / LACKING_DAYS


def left_of(lacking: Floats, wanted: Floats) -> Floats:
    """Which part of those who would want it today (P) did not buy it in an event before."""
    return np.asarray(np.clip(1 - lacking / np.maximum(wanted, 1e-9), 0.0, 1.0), dtype=np.float64)


def fees(running: Sequence[Event], day: int) -> float:
    """What taking part costs, due on the first day."""
    return sum(event.fee for event in running if event.start == day)

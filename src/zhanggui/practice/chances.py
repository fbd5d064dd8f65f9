"""Moves that answer what is offered to a shop, or begin something new, as somebody sees them who sees its whole state."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from zhanggui.practice.beside import standing
from zhanggui.practice.kinds import Move
from zhanggui.practice.state import NOT_LISTED
from zhanggui.practice.world import World

SLOW_DAYS = 120
MEMBER_WEEKS = 12
BEST_SHARE = 0.5
LATER = ("order_stock", "answer_event", "member_day", "add_products")
"""Kinds whose effect does not show on the day they are done."""
ONCE = ("order_stock", "feed_traffic", "answer_event", "member_day")
"""Kinds that bring what they bring once."""


def offered_moves(world: World) -> list[Move]:
    """Events to be answered, the threshold that stands, pairs bought together, launches, new goods, niches, member days."""
    return [*_events(world), *_gifts(world), *_pairs(world), *_new(world), *_niches(world), *_members(world)]


def _events(world: World) -> list[Move]:
    return [
        Move("answer_event", {"campaign": event.id}, ({"promotion_id": event.id, "answer": "join"},))
        for event in world.state.events
        if event.announced <= world.day <= event.answer_by and not event.joined
    ]


def _gifts(world: World) -> list[Move]:
    now = standing(world.state)
    if now is None:
        return []
    ways = [None, round(1.25 * now.at), round(1.5 * now.at)]
    return [Move("gift_threshold", {}, ({"before": now.at, "after": after},)) for after in ways]


def _pairs(world: World) -> list[Move]:
    """Pairs that are bought together and not shown together yet."""
    state, names = world.state, world.names
    ranged = np.argwhere(state.beside > 2 * world.assortment.takes_shown)
    return [
        Move("bundle", {"product_id": names[p]}, ({"product_id": names[p], "to_product_id": names[other]},))
        for p, other in ranged
        if (p, other) not in state.shown
    ]


def _new(world: World) -> list[Move]:
    """More visitors for the best of the new listings; the products outside the range."""
    state, names = world.state, world.names
    found = [Move("add_products", {"category": "new"})] if (state.listed == NOT_LISTED).any() else []
    fresh = np.nonzero(state.fresh > 0)[0]
    if len(fresh) > 1:
        worth = (world.assortment.rate.mean(axis=1) * (state.price - state.cost))[fresh]
        best = int(fresh[np.argmax(worth)])
        rows = tuple(
            {"product_id": names[p], "share": BEST_SHARE if p == best else (1 - BEST_SHARE) / (len(fresh) - 1)}
            for p in fresh
        )
        found.append(Move("test_launch", {}, rows))
    return found


def _niches(world: World) -> list[Move]:
    led = {p for p, _ in world.state.aimed}
    name = world.character.name
    return [
        Move("record_positioning", {"keyword": f"{name} {p + 1}"})
        for p in np.nonzero(world.state.fond > 1)[0]
        if int(p) not in led
    ]


def _members(world: World) -> list[Move]:
    """Every second week a day on which what lies longest is given, where that is slow stock."""
    state = world.state
    pace = state.pace.sum(axis=1)
    slow = np.nonzero((state.stock.sum(axis=1) > SLOW_DAYS * pace) & (pace > 0) & state.selling)[0]
    if any(day >= world.day for day in state.member) or not len(slow):
        return []
    product = world.names[slow[np.argmax((state.stock.sum(axis=1) * state.cost)[slow])]]
    first = world.today + timedelta(days=7)
    days = [first + timedelta(weeks=week) for week in range(0, MEMBER_WEEKS, 2)]
    return [Move("member_day", {}, tuple({"day": day.isoformat(), "product_id": product} for day in days))]

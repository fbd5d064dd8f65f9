"""Changes that truly lifted products of shops where two orders in five come back, most of them weeks later: how much of the lift is read
fourteen days after the end, and how many intervals hold the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.decisions.readings import DAYS, SETTLE, carried_out, outcomes_of
from benchmarks.decisions.shops import practised
from zhanggui.practice import World, character
from zhanggui.practice.troubles import alter

DAY = 175
LIVED = DAY + DAYS + SETTLE + 2
LIFT = 0.6
AT_ONCE = 3
PIECES = [(visitors, seed) for seed in (601, 602, 603, 604, 605, 606) for visitors in (2_500, 9_000)]


def one(piece: tuple[int, int], products: int = 16) -> dict[str, Any]:
    """The three largest products of such a shop lifted by the same share; else nothing happens in it."""
    visitors, seed = piece
    shop = replace(character("apparel"), visitors=float(visitors), products=products, drift=0.01, season=0.0)
    world = World(shop, seed, history=DAY, troubles=[], quiet=True)
    world.live(DAY)
    left = world.copy()
    largest = [int(product) for product in np.argsort(-np.sum(world.books.expected[-DAYS:], axis=0))[:AT_ONCE]]
    for product in largest:
        alter(world.state, DAY, product, "image", [("page", 1 + LIFT)], "ledger", logged=False)
    for each in (world, left):
        each.live(LIVED - DAY)
    with practised("apparel", seed, history=LIVED, world=world) as practice:
        outcomes = outcomes_of(practice, [carried_out(world, product, DAY - 1) for product in largest])
    found = []
    for product, outcome in zip(largest, outcomes, strict=True):
        days = zip(world.books.expected[DAY : DAY + DAYS], left.books.expected[DAY : DAY + DAYS], strict=True)
        true = 7 / DAYS * sum(float(mine[product] - other[product]) for mine, other in days)
        found.append({"true": true, "read": outcome.effect, "low": outcome.low, "high": outcome.high})
    return {"shop": visitors, "found": found}


def summed(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How many intervals hold the truth, and what was read for each unit of it."""
    told: dict[str, Any] = {}
    for label, mine in [("", found)] + [
        (f", {size} visitors a day", [shop for shop in found if shop["shop"] == size])
        for size in dict.fromkeys(shop["shop"] for shop in found)
    ]:
        each = [one for shop in mine for one in shop["found"] if one["read"] is not None]
        held = sum(one["low"] <= one["true"] <= one["high"] for one in each)
        told[f"effects{label}"] = len(each)
        told[f"interval holds the truth{label}"] = held / max(len(each), 1)
        told[f"read for each 1 that came{label}"] = sum(one["read"] for one in each) / sum(one["true"] for one in each)
    return told

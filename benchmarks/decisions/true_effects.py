"""Changes that truly lifted a product by 1.5 to 3 times the smallest effect that could be seen: how many are called worked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.decisions.readings import DAYS, SETTLE, carried_out, outcomes_of, smallest_visible
from benchmarks.decisions.shops import practised
from zhanggui.practice import CHARACTERS, World, character
from zhanggui.practice.troubles import alter

DAY = 175
LIVED = DAY + DAYS + SETTLE + 2
AT_ONCE = 3
TIMES = (1.5, 2.0, 3.0)
MARGIN = 1.15
"""So much more is planted, since part of a lift is lost to siblings and to sizes that run out."""
MOST_LIFT = 1.5
"""No change of a page more than doubles and a half what a product sells: what would need more is not planted."""
SEEDS = (501, 502)
PIECES = [(shop.name, seed) for seed in SEEDS for shop in CHARACTERS]


def one(piece: tuple[str, int]) -> dict[str, Any]:
    """Three products at a time, each lifted by a multiple of what the program said it could see."""
    name, seed = piece
    shop = replace(character(name), two_at_once=False)
    world = World(shop, seed, history=DAY, troubles=[])
    world.live(DAY)
    with practised(name, seed, history=DAY, world=world) as practice:
        told = smallest_visible(practice, DAYS)
        lifted = _lifted(world, told)
        left = world.copy()
        for product, lift in lifted.items():
            alter(world.state, DAY, product, "image", [("page", 1 + lift)], "ledger", logged=False)
        left.live(LIVED - DAY)
        practice.live(LIVED - DAY)
        past = [carried_out(world, product, DAY - 1) for product in lifted]
        outcomes = outcomes_of(practice, past) if past else []
    found = []
    for product, outcome in zip(lifted, outcomes, strict=True):
        days = zip(world.books.expected[DAY : DAY + DAYS], left.books.expected[DAY : DAY + DAYS], strict=True)
        true = 7 / DAYS * sum(float(mine[product] - other[product]) for mine, other in days)
        seen = {"verdict": outcome.verdict, "low": outcome.low, "high": outcome.high}
        found.append({"true": true, "visible": told[world.names[product]], **seen})
    return {"shop": name, "breaks": bool(shop.breaks), "untold": len(world.names) - len(told), "found": found}


def _lifted(world: World, told: Mapping[str, float]) -> dict[int, float]:
    """The largest products for which it can be done, and the lift of their conversion: product → share."""
    state = world.state
    weekly = 7 / DAYS * np.sum(world.books.expected[-DAYS:], axis=0) + 7 * state.budget
    stock = state.stock.sum(axis=1) / np.maximum(state.pace.sum(axis=1), 1e-9)
    found: dict[int, float] = {}
    for product in np.argsort(-weekly, kind="stable"):
        visible = told.get(world.names[product])
        if visible is None or weekly[product] <= 0 or stock[product] < DAYS / 2:
            continue
        lift = TIMES[len(found) % len(TIMES)] * MARGIN * visible / float(weekly[product])
        if lift <= MOST_LIFT:
            found[int(product)] = lift
        if len(found) == AT_ONCE:
            break
    return found


def summed(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of true effects of at least 1.5 times what could be seen: how many were called worked, how many intervals hold the truth."""
    told: dict[str, Any] = {}
    for label, mine in (("", found), (" where assumptions break", [shop for shop in found if shop["breaks"]])):
        each = [one for shop in mine for one in shop["found"] if one["true"] >= 1.5 * one["visible"]]
        verdicts = Counter(one["verdict"] for one in each)
        count = len(each)
        measured = count - verdicts["unmeasurable"]
        told[f"effects{label}"] = count
        told[f"worked{label}"] = verdicts["worked"] / max(measured, 1)
        told[f"harmed{label}"] = verdicts["harmed"] / max(measured, 1)
        told[f"unmeasurable{label}"] = verdicts["unmeasurable"] / max(count, 1)
        read = [one for one in each if one["low"] is not None]
        held = sum(one["low"] <= one["true"] <= one["high"] for one in read)
        told[f"interval holds the truth{label}"] = held / max(len(read), 1)
    told["products without a told effect"] = sum(shop["untold"] for shop in found)
    return told

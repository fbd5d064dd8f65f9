"""Changes that truly lifted a product by 1.5 to 3 times the smallest effect that could be seen: how many are called worked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.decisions.readings import DAYS, SETTLE, carried_out, outcomes_of
from benchmarks.decisions.shops import practised
from zhanggui.methods.smallest_visible import smallest_visible_change
from zhanggui.practice import CHARACTERS, World, character
from zhanggui.practice.after_sale import refund_shares
from zhanggui.practice.demand import paid_price
from zhanggui.practice.margin import order_margin
from zhanggui.practice.selling import mean_units
from zhanggui.practice.troubles import alter
from zhanggui.units import Refusal

DAY = 175
LIVED = DAY + DAYS + SETTLE + 2
AT_ONCE = 3
TIMES = (1.5, 2.0, 3.0)
MOST_LIFT = 1.5
"""No change of a page more than doubles and a half what a product sells: what would need more is not planted."""
SEEDS = (501, 502)
PIECES = [(shop.name, seed) for seed in SEEDS for shop in CHARACTERS]


def one(piece: tuple[str, int]) -> dict[str, Any]:
    """Three products at a time, each lifted by a multiple of what could be seen."""
    name, seed = piece
    shop = replace(character(name), two_at_once=False)
    world = World(shop, seed, history=DAY, troubles=[])
    world.live(DAY)
    left = world.copy()
    lifted = _lifted(world)
    for product, (lift, _) in lifted.items():
        alter(world.state, DAY, product, "image", [("page", 1 + lift)], "ledger", logged=False)
    for shop_ in (world, left):
        shop_.live(LIVED - DAY)
    found = []
    with practised(name, seed, history=LIVED, world=world) as practice:
        past = [carried_out(world, product, DAY - 1) for product in lifted]
        outcomes = outcomes_of(practice, past) if past else []
    for (product, (_, visible)), outcome in zip(lifted.items(), outcomes, strict=True):
        true = (
            7
            / DAYS
            * sum(
                float(mine[product] - other[product])
                for mine, other in zip(
                    world.books.expected[DAY : DAY + DAYS], left.books.expected[DAY : DAY + DAYS], strict=True
                )
            )
        )
        told = {"true": true, "visible": visible, "verdict": outcome.verdict, "low": outcome.low, "high": outcome.high}
        found.append(told)
    return {"shop": name, "breaks": bool(shop.breaks), "found": found}


def _lifted(world: World) -> dict[int, tuple[float, float]]:
    """The most visited products for which it can be done: product → (lift of conversion, smallest effect that can be seen, a week)."""
    state, assortment = world.state, world.assortment
    after, _ = refund_shares(assortment, state)
    value = order_margin(
        paid_price(state),
        state.cost,
        mean_units(assortment, state, world.character),
        assortment.before,
        after,
        world.terms,
    )
    seen = world.seen[-DAYS:]
    visitors = np.sum([day.by_product[0] for day in seen], axis=0)
    buyers = np.sum([day.by_product[1] for day in seen], axis=0)
    stock = state.stock.sum(axis=1) / np.maximum(state.pace.sum(axis=1), 1e-9)
    found: dict[int, tuple[float, float]] = {}
    for product in np.argsort(-visitors, kind="stable"):
        rate = float(buyers[product] / max(visitors[product], 1))
        change = smallest_visible_change(rate, float(visitors[product]))
        if isinstance(change, Refusal) or stock[product] < DAYS / 2:
            continue
        lift = TIMES[len(found) % len(TIMES)] * 1.1 * change
        if lift <= MOST_LIFT:
            found[int(product)] = (lift, change * float(buyers[product]) * 7 / DAYS * float(value[product]))
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
    return told

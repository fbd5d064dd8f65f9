"""One trouble is planted in a quiet shop of 300 to 30,000 visitors a day: is its product, with its cause, among the first three findings?

Counted are only shops in which the trouble can be seen at all: where a two-sided exact test at the true product, between the true
windows, gives p < .001.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import stats

from benchmarks.decisions.shops import practised
from zhanggui.practice import Trouble, World, character
from zhanggui.practice.kinds import Cause, Character
from zhanggui.practice.opening import paid_orders
from zhanggui.practice.troubles import strength_of

VISITORS = (300, 1_000, 3_000, 10_000, 30_000)
BASE: Mapping[int, int] = {300: 12, 1_000: 16, 3_000: 20, 10_000: 24, 30_000: 30}
SEEN = 0.001
HISTORY = 182
AGE = 7
"""Refunds of the last week are not yet in: their windows end a week earlier."""
OF_CONVERSION: tuple[Cause, ...] = ("broken_sizes", "price_raised", "bad_title", "bad_image", "slow_delivery")
OF_REFUNDS: tuple[Cause, ...] = ("worse_packing", "wrong_chart", "wrong_description", "bad_reviews")
SURE: tuple[Cause, ...] = ("stacked_coupons", "forgotten_reorder")
RULES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(OF_CONVERSION, ("falling_conversion",)),
    **dict.fromkeys(OF_REFUNDS, ("refund_jump", "falling_conversion")),
    "broken_sizes": ("falling_conversion", "stock_out"),
    "stacked_coupons": ("sells_below_cash",),
    "forgotten_reorder": ("stock_out",),
}
NAMED: Mapping[str, tuple[str, ...]] = {
    "broken_sizes": ("sizes", "stock_out"),
    "price_raised": ("price", "offer"),
    "bad_title": ("change",),
    "bad_image": ("change",),
    "slow_delivery": ("delivery", "change"),
}
"""How the rule of conversion calls a cause; another rule's own words name theirs."""
RANKS = (0, 2)
SEEDS = (201,)
CAUSES = (*OF_CONVERSION, *OF_REFUNDS, *SURE)
PIECES = [
    (cause, visitors, rank, seed) for seed in SEEDS for cause in CAUSES for visitors in VISITORS for rank in RANKS
]


def shop_of(visitors: int, cause: Cause) -> Character:
    """A shop without trend or season, of so many visitors."""
    base = character("shoes" if cause in ("broken_sizes", "wrong_chart") else "kitchen")
    return replace(base, visitors=float(visitors), products=BASE[visitors], noise=0.12, refund_after=0.1)


def window(orders_a_day: float) -> int:
    """How long the windows are that a shop of this size is read by."""
    return 56 if orders_a_day < 20 else 28 if orders_a_day <= 300 else 14


def one(piece: tuple[Cause, int, int, int]) -> dict[str, Any]:
    """Plant it, wait one window, read the brief."""
    cause, visitors, rank, seed = piece
    shop = shop_of(visitors, cause)
    plain = World(shop, seed, troubles=[], quiet=True)
    orders = paid_orders(plain.assortment)
    product = int(np.argsort(-orders)[rank])
    days = window(float(orders.sum()))
    wait = {"refunds": days + AGE, "sure": 7}.get(_group(cause), days)
    trouble = Trouble(cause, product, HISTORY, strength_of(cause, 0.5))
    world = World(shop, seed, troubles=[trouble], quiet=True, history=HISTORY + wait)
    world.live(HISTORY + wait)
    p = _p(world, cause, product, days)
    found = {
        "cause": cause,
        "visitors": visitors,
        "p": p,
        "seen": p < SEEN,
        "product": False,
        "named": False,
        "rank": 0,
    }
    if p >= SEEN:
        return found
    with practised(shop.name, seed, history=HISTORY + wait, world=world) as practice:
        brief = practice.shop.brief()
    name = world.names[product]
    for nth, said in enumerate(brief.findings[:3], 1):
        finding = said.finding
        if finding.where.get("product_id") == name and finding.rule in RULES[cause]:
            because = finding.because.key.rpartition(".")[2] if finding.because else ""
            named = finding.rule != "falling_conversion" or because in NAMED.get(cause, ("reviews",))
            found |= {"product": True, "named": bool(found["named"] or named), "rank": found["rank"] or nth}
    return found


def _group(cause: Cause) -> str:
    return "sure" if cause in SURE else "refunds" if cause in OF_REFUNDS else "conversion"


def _p(world: World, cause: Cause, product: int, days: int) -> float:
    """The exact two-sided test at the true place: buyers of visitors, or refunded of sold orders at equal age."""
    if cause in SURE:
        return 0.0
    last = world.day
    if cause in OF_CONVERSION:
        counts = []
        for first in (last - days, last - 2 * days):
            span = world.seen[first : first + days]
            visitors = sum(int(day.by_product[0][product]) for day in span)
            buyers = sum(int(day.by_product[1][product]) for day in span)
            counts.append((buyers, visitors - buyers))
    else:
        counts = []
        for first in (last - days - AGE, last - 2 * days - AGE):
            sold = back = 0
            for day in world.sold[first : first + days]:
                mine = day.product == product
                sold += int(mine.sum())
                back += int((mine & (day.refund_day >= 0) & (day.refund_day - day.day <= AGE)).sum())
            counts.append((back, sold - back))
    return float(stats.fisher_exact(np.array(counts))[1])


def summed(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of the shops in which it can be seen: in how many the product, and its cause, stand among the first three findings."""
    seen = [one for one in found if one["seen"]]
    told: dict[str, Any] = {"planted": len(found), "to_be_seen": len(seen)}
    for name in ("product", "named"):
        told[name] = sum(one[name] for one in seen) / max(len(seen), 1)
    for key in ("cause", "visitors"):
        for value in dict.fromkeys(one[key] for one in found):
            mine = [one for one in seen if one[key] == value]
            if mine:
                told[f"{key} {value}"] = f"{sum(one['named'] for one in mine)} of {len(mine)}"
    return told

"""Cross-selling: which products buyers put together more often than chance, and where showing them together pays.

Reads: orders that hold two products, what orders bring, promotions.
Says: nothing by itself; a pair to show together is an action with its reason.
Does: shows the second beside the first; names up to which discount a bundle of both would still pay.
Source: docs/rules.md, "Products" (關聯銷售).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft, Measure
from zhanggui.methods.baskets import Lifts, pair_lifts
from zhanggui.methods.shrinkage import Beta
from zhanggui.playbooks.gains import even_cases, gain, of_amount, of_rate
from zhanggui.playbooks.kinds import Rule, Situation, Verdict
from zhanggui.playbooks.reachable import promotions
from zhanggui.playbooks.terms import count, money, name_of, share
from zhanggui.playbooks.worth import Worth, order_worth
from zhanggui.units import Quantity, Words

LEAST_LIFT, FEWEST_TOGETHER = 1.5, 15
MOST_PAIRS = 3
WEEKS = 26.0
ATTACHED = Beta(2.0, 98.0)
"""How many of those who buy the first also take the second because it is shown there: one in fifty, .5 to 4 % (docs/rules.md)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two products: ``first`` is the one with more orders. ``together`` orders of half a year hold both, ``orders`` hold the first;
    ``lift`` and its ``lower`` bound; what an order of each brings."""

    first: str
    second: str
    together: float
    orders: float
    lift: float
    lower: float
    one: Worth
    other: Worth

    @property
    def brings(self) -> float:
        """Contribution of an order of both: one parcel instead of two."""
        saved = min(w.costs.freight if w.costs else 0.0 for w in (self.one, self.other))
        return self.one.value + self.other.value + saved

    @property
    def added(self) -> float:
        """What the second brings where the parcel is paid already."""
        return self.brings - self.one.value


def cross_sell(situation: Situation) -> Verdict:
    """The pairs whose lower bound of lift × contribution of both is largest."""
    found = sorted(_pairs(situation), key=lambda p: (-p.lower * p.brings, p.first, p.second))
    chosen: list[Pair] = []
    for pair in found:
        if len(chosen) < MOST_PAIRS and not {pair.first} & {each.first for each in chosen}:
            chosen.append(pair)
    return Verdict(actions=[_action(situation, pair) for pair in chosen])


def _pairs(situation: Situation) -> Iterator[Pair]:
    """Pairs bought together 15 times and clearly more often than by chance, of known costs, which no promotion sells as one."""
    rows = situation.frames["basket_pairs"]
    alone = {str(p): float(n) for p, o, n in rows.select("product_id", "other", "orders").iter_rows() if o == "" and p}
    every = rows.filter((pl.col("product_id") == "") & (pl.col("other") == ""))
    pairs = rows.filter((pl.col("other") != "") & (pl.col("orders") >= FEWEST_TOGETHER))
    if every.is_empty() or pairs.is_empty():
        return
    names = [(str(a), str(b)) for a, b in pairs.select("product_id", "other").iter_rows()]
    lifts = pair_lifts(
        pairs["orders"].to_numpy(),
        [alone[a] for a, _ in names],
        [alone[b] for _, b in names],
        float(every["orders"][0]),
    )
    if not isinstance(lifts, Lifts):
        return
    offered = [offer.products for offer in promotions(situation) if offer.products] if _has_offers(situation) else []
    for (a, b), together, lift, lower in zip(names, pairs["orders"].to_list(), lifts.mean, lifts.lower, strict=True):
        if lower < LEAST_LIFT or any({a, b} <= products for products in offered):
            continue
        first, second = (a, b) if alone[a] >= alone[b] else (b, a)
        one, other = order_worth(situation, first), order_worth(situation, second)
        if one is None or other is None or not (one.known and other.known):
            continue
        pair = Pair(first, second, float(together), alone[first], float(lift), float(lower), one, other)
        if pair.brings > 0 and pair.added > 0:
            yield pair


def _has_offers(situation: Situation) -> bool:
    return "happenings" in situation.frames


def _action(situation: Situation, pair: Pair) -> Action:
    """Show the second beside the first: no price moves, so only attention is spent. Bought together is not yet sold because of it, so the
    range is wide."""
    kind = kind_named("bundle")
    even = even_cases(2)
    attached = of_rate(ATTACHED, even[:, 0])
    spread = (pair.one.spread**2 + pair.other.spread**2) ** 0.5
    value = of_amount(pair.added, spread, even[:, 1])
    weekly = pair.orders / WEEKS
    profit = weekly * attached * value
    # A bundle price is paid to those too who would have bought both.
    more = weekly * ATTACHED.mean
    most = more * pair.added / (more + pair.together / WEEKS) / (pair.one.price + pair.other.price)
    said = {"first": name_of(situation, pair.first), "second": name_of(situation, pair.second)}
    why = {
        "together": count(pair.together),
        "lift": Quantity(pair.lift, "ratio"),
        "lower": Quantity(pair.lower, "ratio"),
        "added": money(pair.added),
    }
    return Action(
        "products",
        "cross_sell",
        kind.name,
        Words("rules_goods.cross_sell.do", said),
        {"product_id": pair.first},
        gain=gain(np.asarray(profit)),
        minutes=kind.minutes,
        reason=Words("rules_goods.cross_sell.why", why),
        draft=Draft(
            "table",
            (Words("rules_goods.cross_sell.most", {"off": share(max(most, 0.0))}),),
            [{"product_id": pair.first, "to_product_id": pair.second}],
        ),
        measure=Measure(kind.metric, kind.design, kind.days),
        touches=(pair.first, pair.second),
    )


RULES = (
    Rule(
        "cross_sell",
        "products",
        cross_sell,
        frames=("basket_pairs", "product_diary", "product_names", "product_refunds", "refund_ages", "below_cash"),
        needs=("order_lines",),
        proposes=("bundle",),
    ),
)

"""Products of which more comes back for one reason than of their siblings, however long it has been so.

Two windows side by side show a rise while it is young; after two months both hold the same. What comes back for damage, a wrong size, poor
goods or an untrue page is then seen only beside other products of the shop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from zhanggui.actions.kinds import Action
from zhanggui.methods.shrinkage import Beta
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.refund_causes import FEWEST, NATURES, REPAIRS, Cause, Rise, nature_of
from zhanggui.playbooks.refund_repairs import repair
from zhanggui.playbooks.terms import count, name_of, rate_prior, share
from zhanggui.playbooks.visits import kind_of
from zhanggui.units import Words

FEWEST_ORDERS = 40
SIBLING_ORDERS = 400
"""Orders of both windows together, of the product and of those it is held against."""
MOST_PRIOR = 100.0
CLEAR = 0.95
SEEN_DAYS = 63
"""Both windows and the seven days that refunds are given: what was mended since cannot be seen yet."""


@dataclass(frozen=True, slots=True)
class Odd:
    """A product whose refunds for one reason stand above its siblings': both shares as beliefs, of ``orders``, ``refunded`` of them."""

    product: str
    nature: str
    own: Beta
    usual: Beta
    orders: float
    refunded: float
    recent: float  # orders of the younger window
    gross: float  # and their sales


def odd_refunds(situation: Situation, without: frozenset[str]) -> Iterator[Action]:
    """The repair of the reason in which a product stands clearly above its siblings, worded as not proved."""
    for odd in _found(situation):
        if odd.product in without or _mended(situation, odd.product):
            continue
        said = {
            "product": name_of(situation, odd.product),
            "n": count(odd.refunded),
            "orders": count(odd.orders),
            "nature": Words(f"rules_products.refunds.nature.{odd.nature}"),
            "usual": share(odd.usual.mean),
        }
        because = Words("rules_products.refunds.odd", said)
        rise = Rise(odd.product, odd.own, odd.usual, odd.recent, odd.recent, odd.refunded, 0.0, odd.gross)
        cause = Cause(odd.nature, because, REPAIRS[odd.nature], NATURES[odd.nature])
        yield from repair(situation, rise, cause, None, said=because)


def _found(situation: Situation) -> Iterator[Odd]:
    """Of every product the reason in which it stands out most, if it clearly does."""
    sold = _sold(situation)
    back = _refunded(situation)
    for product, told in sold.items():
        if told[0] < FEWEST_ORDERS:
            continue
        odd = [found for nature in NATURES if (found := _odd(situation, product, nature, sold, back)) is not None]
        if odd:
            yield max(odd, key=lambda o: ((o.own.mean - o.usual.mean) * o.orders, o.nature))


def _odd(
    situation: Situation,
    product: str,
    nature: str,
    sold: dict[str, tuple[float, float, float]],
    back: dict[str, dict[str, float]],
) -> Odd | None:
    """Against the products of its kind, or of the shop where these are too few."""
    orders, recent, gross = sold[product]
    refunded = min(back.get(product, {}).get(nature, 0.0), orders)
    if refunded < FEWEST or not REPAIRS.get(nature):
        return None
    kind = kind_of(situation, product)
    others = [p for p in sold if p != product]
    kin = [p for p in others if kind and kind_of(situation, p) == kind]
    chosen = kin if sum(sold[p][0] for p in kin) >= SIBLING_ORDERS else others
    trials = np.array([sold[p][0] for p in chosen])
    if trials.sum() < SIBLING_ORDERS:
        return None
    hits = np.minimum(np.array([back.get(p, {}).get(nature, 0.0) for p in chosen]), trials)
    own = rate_prior(hits, trials, MOST_PRIOR).after(refunded, orders)
    usual = Beta(0.5, 0.5).after(float(hits.sum()), float(trials.sum()))
    if own.below(situation.config["refund_ratio"] * usual.mean) > 1 - CLEAR:
        return None
    return Odd(product, nature, own, usual, orders, refunded, recent, gross)


def _sold(situation: Situation) -> dict[str, tuple[float, float, float]]:
    """Product → orders of both windows, orders and gross of the younger one."""
    young = pl.col("window") == 0
    sums = (
        situation.frames["product_refunds"]
        .group_by("product_id")
        .agg(
            pl.col("orders").fill_null(0).sum().cast(pl.Float64),
            pl.col("orders").filter(young).fill_null(0).sum().cast(pl.Float64).alias("recent"),
            pl.col("gross").filter(young).fill_null(0).sum().cast(pl.Float64),
        )
    )
    return {str(row[0]): (row[1], row[2], row[3]) for row in sums.sort("product_id").iter_rows()}


def _refunded(situation: Situation) -> dict[str, dict[str, float]]:
    """Product → what reasons are about → refunded orders of both windows."""
    rows = situation.frames["refund_places"].filter(pl.col("by") == "reason")
    found: dict[str, dict[str, float]] = {}
    for product, value, refunded in rows.select("product_id", "value", "refunded").iter_rows():
        nature = nature_of(str(value))
        if nature:
            sums = found.setdefault(str(product), {})
            sums[nature] = sums.get(nature, 0.0) + float(refunded or 0)
    return found


def _mended(situation: Situation, product: str) -> bool:
    """Whether something was done about its refunds, or its page, in the days looked at."""
    since = situation.as_of - timedelta(days=SEEN_DAYS)
    return any(
        past.done_on is not None and past.done_on > since and past.kind in REPAIRS.values()
        for past in situation.standing.past
        if product in past.touches or past.where.get("product_id") == product
    )

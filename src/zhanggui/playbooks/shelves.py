"""What lies on the shelf of a product, size by size, and how each size sells."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from zhanggui.methods.counts import SUREST, Demand, Reorder
from zhanggui.playbooks.kinds import Situation

FORTNIGHTS = 4
DAYS = 14
LEAST_SHARE = 0.1
"""A size below this share of the units is not worth an alarm of its own."""
WHOLE = "*"


@dataclass(frozen=True, slots=True)
class Product:
    """One of the products that make the first 80 % of a year's sales: units ``sold`` on so many ordinary ``days`` on which it could be
    bought, ``price`` of a unit, ``unit`` contribution (``known``: whether its costs are), ``cost`` of a unit, smallest ``lot``;
    ``uneven``: variance of a day's units ÷ their mean."""

    id: str
    sold: float
    days: float
    lead: float | None
    price: float
    unit: float
    cost: float
    known: bool
    lot: int
    uneven: float = 1.0


@dataclass(frozen=True, slots=True)
class Shelf:
    """A size (``*``: the product whole): units on hand and on their way, its demand, its share of the product's units."""

    sku: str
    have: float
    demand: Demand
    share: float = 1.0

    @property
    def matters(self) -> bool:
        return self.share >= LEAST_SHARE


@dataclass(frozen=True, slots=True)
class Shortage:
    """Shelves of a product that likely end within its ``lead`` days, each with what to order for it."""

    pace: Demand
    orders: tuple[tuple[Shelf, Reorder], ...]
    have: float
    chance: float
    lead: float
    review: float

    @property
    def sizes(self) -> bool:
        return self.orders[0][0].sku != WHOLE

    @property
    def quantity(self) -> int:
        return sum(answer.order for _, answer in self.orders)


def shelves_of(situation: Situation, product: str, pace: Demand, uneven: float = 1.0) -> list[Shelf]:
    """Every size of a product that sells, where stock and sales both tell sizes apart; else the product whole. Empty without stock rows.

    A size's pace is its share of the product's ordinary pace, by the units of the last eight weeks on days on which it was there.
    """
    own = on_shelves(situation).get(product)
    if not own:
        return []
    sized = {sku: have for sku, have in own.items() if sku != WHOLE}
    rows = sized or own
    sold = sold_sizes(situation).get(product, {})
    speeds = {
        sku: (units, units / (FORTNIGHTS * DAYS - out))
        for sku, (units, out) in sorted(sold.items())
        if sku in sized and units > 0 and FORTNIGHTS * DAYS - out >= DAYS
    }
    total = sum(speed for _, speed in speeds.values())
    if len(speeds) < 2 or total <= 0:
        return [Shelf(WHOLE, sum(rows.values()), pace)]
    return [
        Shelf(
            sku,
            sized[sku],
            Demand(min(max(units, 0.5) / uneven, SUREST), pace.daily * speed / total),
            speed / total,
        )
        for sku, (units, speed) in speeds.items()
    ]


def on_shelves(situation: Situation) -> dict[str, dict[str, float]]:
    """Product → size → units on hand and on their way."""
    if "on_shelves" not in situation.workings:
        found: dict[str, dict[str, float]] = {}
        rows = situation.frames["stock"].select("product_id", "sku", "on_hand", "inbound")
        for product, sku, on_hand, inbound in rows.iter_rows():
            sizes = found.setdefault(str(product), {})
            sizes[str(sku)] = sizes.get(str(sku), 0.0) + max(on_hand or 0.0, 0.0) + (inbound or 0.0)
        situation.workings["on_shelves"] = found
    kept: dict[str, dict[str, float]] = situation.workings["on_shelves"]
    return kept


def sold_sizes(situation: Situation) -> dict[str, dict[str, tuple[float, float]]]:
    """Product → size → units of the last eight weeks, and days of these without stock."""
    if "sold_sizes" not in situation.workings:
        recent = situation.frames["product_sizes"].filter(pl.col("fortnight") < FORTNIGHTS)
        sums = recent.group_by("product_id", "sku").agg(pl.col("units", "out").fill_null(0).sum().cast(pl.Float64))
        found: dict[str, dict[str, tuple[float, float]]] = {}
        for product, sku, units, out in sums.iter_rows():
            found.setdefault(str(product), {})[str(sku)] = (units, out)
        situation.workings["sold_sizes"] = found
    kept: dict[str, dict[str, tuple[float, float]]] = situation.workings["sold_sizes"]
    return kept

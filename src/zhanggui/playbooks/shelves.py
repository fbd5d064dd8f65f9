"""What lies on the shelf of a product, size by size, and how each size sells."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from zhanggui.methods.counts import Demand, Reorder
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.terms import column_sum

FORTNIGHTS = 4
DAYS = 14
LEAST_SHARE = 0.1
"""A size below this share of the units is not worth an alarm of its own."""
WHOLE = "*"


@dataclass(frozen=True, slots=True)
class Product:
    """One of the products that make the first 80 % of a year's sales: units ``sold`` on so many ordinary ``days`` on which it could be
    bought, ``price`` of a unit, ``unit`` contribution (``known``: whether its costs are), ``cost`` of a unit, smallest ``lot``."""

    id: str
    sold: float
    days: float
    lead: float | None
    price: float
    unit: float
    cost: float
    known: bool
    lot: int


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


def shelves_of(situation: Situation, product: str, pace: Demand) -> list[Shelf]:
    """Every size of a product that sells, where stock and sales both tell sizes apart; else the product whole. Empty without stock rows.

    A size's pace is its share of the product's ordinary pace, by the units of the last eight weeks on days on which it was there.
    """
    own = situation.frames["stock"].filter(pl.col("product_id") == product)
    if own.is_empty():
        return []
    sized = own.filter(pl.col("sku") != WHOLE)
    rows = sized if sized.height else own
    whole = Shelf(WHOLE, _have(rows), pace)
    sold = situation.frames["product_sizes"].filter(
        (pl.col("product_id") == product) & (pl.col("fortnight") < FORTNIGHTS)
    )
    speeds = {}
    for sku in sized["sku"].unique().sort():
        size = sold.filter(pl.col("sku") == sku)
        days = FORTNIGHTS * DAYS - column_sum(size, "out")
        if (units := column_sum(size, "units")) > 0 and days >= DAYS:
            speeds[str(sku)] = (units, units / days)
    total = sum(speed for _, speed in speeds.values())
    if len(speeds) < 2 or total <= 0:
        return [whole]
    return [
        Shelf(
            sku,
            _have(sized.filter(pl.col("sku") == sku)),
            Demand(max(units, 0.5), pace.daily * speed / total),
            speed / total,
        )
        for sku, (units, speed) in speeds.items()
    ]


def _have(rows: pl.DataFrame) -> float:
    return max(column_sum(rows, "on_hand"), 0.0) + column_sum(rows, "inbound")

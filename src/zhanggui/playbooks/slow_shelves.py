"""Which shelves last too long at their present pace, and the cash that lies in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.terms import sold_days

PACE_DAYS = 84
SETTLED_DAYS = 60
"""What is to be had for less time than this is new, not slow."""
CASH_FLOORS = 4


@dataclass(frozen=True, slots=True)
class SlowShelf:
    """A product whose stock lasts too long: ``units`` on hand, ``sold`` units in ``followed`` days, ``unit_cost`` and listed ``price``
    (None where the catalogue names none)."""

    product: str
    category: str
    units: float
    sold: float
    followed: float
    unit_cost: float
    price: float | None

    @property
    def cash(self) -> float:
        return self.units * self.unit_cost

    @property
    def days(self) -> float | None:
        """How long it lasts; None where nothing was sold."""
        return self.units / self.sold * self.followed if self.sold > 0 else None


def slow_shelves(situation: Situation) -> list[SlowShelf]:
    """Shelves that last longer than ``slow_stock_days`` and hold cash of four floors at least, the dearest first. What is new, or sold but
    is not followed by day, is not among them, nor what is of unknown cost."""
    if "slow_shelves" not in situation.workings:
        situation.workings["slow_shelves"] = _found(situation)
    kept: list[SlowShelf] = situation.workings["slow_shelves"]
    return kept


def _found(situation: Situation) -> list[SlowShelf]:
    stock = situation.frames["stock"]
    if stock.is_empty():
        return []
    names = situation.frames["product_names"].select("product_id", "category", "cost", "price", "listed_day")
    sized = pl.col("sku") != "*"
    on_hand = pl.when(sized.any()).then(pl.col("on_hand").filter(sized).sum()).otherwise(pl.col("on_hand").sum())
    rows = (
        stock.group_by("product_id")
        .agg(on_hand=on_hand)
        .join(names, on="product_id", how="left")
        .join(_pace(situation), on="product_id", how="left")
        .filter(_long_enough(situation) & (pl.col("on_hand") > 0))
    )
    found = []
    for row in rows.sort("product_id").iter_rows(named=True):
        goods = situation.costs.goods_share(str(row["category"] or "*"))
        cost = row["cost"] or (row["price"] * goods.middle if row["price"] and goods else None)
        if cost:
            followed = min(float(row["age"] or PACE_DAYS), PACE_DAYS)
            shelf = SlowShelf(
                str(row["product_id"]),
                str(row["category"] or ""),
                float(row["on_hand"]),
                float(row["units"] or 0.0),
                followed,
                float(cost),
                row["price"],
            )
            if _slow(situation, shelf):
                found.append(shelf)
    return sorted(found, key=lambda shelf: (-shelf.cash, shelf.product))


def _slow(situation: Situation, shelf: SlowShelf) -> bool:
    lasts = shelf.days is None or shelf.days > situation.config["slow_stock_days"]
    return lasts and shelf.cash >= CASH_FLOORS * situation.floor


def _pace(situation: Situation) -> pl.DataFrame:
    """product_id · first_day · last_day · age · units, over the last 84 days or since the first sale; NULL of a product not followed."""
    sold = sold_days(situation, PACE_DAYS).group_by("product_id").agg(pl.col("units").sum())
    known = situation.frames["product_last_sales"].select("product_id", "first_day", "last_day")
    age = (pl.lit(situation.as_of) - pl.col("first_day")).dt.total_days() + 1
    return known.join(sold, on="product_id", how="left").with_columns(age=age)


def _long_enough(situation: Situation) -> pl.Expr:
    """Whether a product was to be had long enough to be called slow, and its pace is known."""
    since = situation.as_of - timedelta(days=SETTLED_DAYS)
    shop = situation.frames["product_last_sales"]["first_day"].min()
    begun = pl.coalesce("first_day", "listed_day", pl.lit(shop, dtype=pl.Date))
    followed = pl.col("units").is_not_null() | pl.col("last_day").is_null()
    quiet = pl.col("last_day") <= situation.as_of - timedelta(days=PACE_DAYS)
    return (begun <= since) & (followed | quiet)

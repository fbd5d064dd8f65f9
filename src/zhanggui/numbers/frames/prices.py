"""How the paid price of a product moved day by day, and what rivals ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import MONEY, Grid, frame, goods, top_products
from zhanggui.numbers.moments import AS_OF

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

DAYS = 112


@frame("product_id", "age")
def price_days(warehouse: Warehouse, grid: Grid) -> Any:
    """product_id · age (days before the brief, under 112) · units · price (relative: paid for a unit ÷ what is usual of its size; NULL
    without such a line), of the products with most sales.

    The price is the middle one of lines that hold no more units than usual: who buys a case pays less without any price having moved.
    """
    lines = goods(warehouse)
    lines = lines.filter(
        grid.lately(lines.day, DAYS) & (lines.kind == "goods") & (lines.units > 0) & (lines.amount > 0)
    )
    lines = lines.semi_join(top_products(warehouse, grid), "product_id")
    lines = lines.select(
        "product_id",
        "units",
        sku=lines.sku.fill_null(""),
        age=grid.age(lines.day),
        paid=lines.amount.cast(MONEY) / lines.units.cast(MONEY),
    )
    size = ibis.window(group_by=(lines.product_id, lines.sku))
    both = lines.mutate(usual_paid=lines.paid.median().over(size), usual_units=lines.units.median().over(size))
    small = both.units <= both.usual_units
    return both.group_by("product_id", "age").agg(
        units=both.units.sum(), price=(both.paid / both.usual_paid).median(where=small)
    )


@frame("product_id", "rival_item", "age")
def rivals(warehouse: Warehouse, grid: Grid) -> Any:
    """What others ask for items that a person matched to a product: product_id · rival_item · age (days before the brief, under 112) ·
    price (the lowest noted that day). A match that was stated once holds for all that is noted of the item; the last one counts."""
    noted = warehouse.table("rival_prices")
    known = noted.filter((noted.day <= AS_OF) & noted.product_id.notnull())
    matches = known.group_by("channel", "rival_item").agg(product_id=known.product_id.argmax(known.day))
    priced = noted.filter(grid.lately(noted.day, DAYS) & (noted.price > 0)).drop("product_id")
    matched = priced.inner_join(matches, ["channel", "rival_item"])
    return matched.group_by("product_id", "rival_item", age=grid.age(matched.day)).agg(
        price=matched.price.min().cast(MONEY)
    )


FRAMES = (price_days, rivals)

"""What is on hand, and when more was ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import Grid, frame, top_products
from zhanggui.numbers.moments import AS_OF

if TYPE_CHECKING:
    from zhanggui.store import Warehouse


RISE_DAYS = 112
LEAST_RISE = 3.0


@frame("product_id", "sku")
def stock(warehouse: Warehouse, grid: Grid) -> Any:
    """The latest stock at or before the day: product_id · sku · day · on_hand · inbound, over all locations."""
    days = warehouse.table("stock_days")
    past = days.filter(days.day <= AS_OF)
    latest = past.group_by("channel", "product_id", "sku").agg(day=past.day.max())
    now = past.inner_join(latest, ["channel", "product_id", "sku", "day"])
    return now.group_by("product_id", "sku", "day").agg(on_hand=now.on_hand.sum(), inbound=now.inbound.sum())


@frame("product_id", "sku", "age")
def shelf_rises(warehouse: Warehouse, grid: Grid) -> Any:
    """Days of the last 112 on which a shelf, with what is on its way to it, held more than the day before: product_id · sku (``*`` = the
    product whole) · age (days before the brief) · held (units of the day before) · more (units that came to it), of the products with most
    sales. Orders to suppliers and what buyers send back both look so; a rise below three units is left out."""
    days = warehouse.table("stock_days")
    days = days.filter(grid.lately(days.day, RISE_DAYS) & days.on_hand.notnull())
    days = days.semi_join(top_products(warehouse, grid), "product_id")
    sums = days.group_by("product_id", "sku", "day").agg(
        held=days.on_hand.sum().cast("float64") + days.inbound.sum().cast("float64").fill_null(0.0)
    )
    window = ibis.window(group_by=[sums.product_id, sums.sku], order_by=sums.day)
    both = sums.mutate(then=sums.held.lag().over(window), since=sums.day.lag().over(window))
    rises = both.filter((both.held - both.then >= LEAST_RISE) & (both.day.delta(both.since, unit="day") == 1))
    return rises.select("product_id", "sku", age=grid.age(rises.day), held=rises.then, more=rises.held - rises.then)


FRAMES = (stock, shelf_rises)

"""What orders are worth, and what is bought together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import MONEY, Grid, frame, goods, top_products

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

VALUE_DAYS = 56
PAIR_DAYS = 182
FEWEST_TOGETHER = 5
MOST_TOGETHER = 30
"""An order of more products is a list of a reseller, no basket."""


@frame("value")
def basket_values(warehouse: Warehouse, grid: Grid) -> Any:
    """value (goods of an order, whole units of money, rounded down) · orders · goods, over the last 56 days: how many orders reach which
    threshold."""
    orders = warehouse.table("order_facts")
    recent = orders.filter(orders.counted & grid.lately(orders.day, VALUE_DAYS) & (orders.goods > 0))
    value = recent.goods.cast(MONEY).floor().cast("int64")
    return recent.group_by(value=value).agg(orders=recent.count(), goods=recent.goods.sum().cast(MONEY))


@frame("product_id", "other")
def basket_pairs(warehouse: Warehouse, grid: Grid) -> Any:
    """product_id · other · orders, over half a year, of the products with most sales: orders that hold both. Rows with an empty ``other``
    are all orders of a product, the row with both empty all orders. Gifts are no purchase, and an order of more than thirty products is no
    basket; pairs with fewer than five orders are left out."""
    lines = goods(warehouse)
    lines = lines.filter(
        grid.lately(lines.day, PAIR_DAYS) & (lines.kind == "goods") & (lines.amount > 0) & (lines.product_id != "")
    )
    held = lines.group_by("channel", "order_id", "product_id").agg(lines=lines.count())
    size = held.group_by("channel", "order_id").agg(products=held.count())
    baskets = size.filter(size.products <= MOST_TOGETHER)
    held = held.semi_join(baskets, ["channel", "order_id"]).semi_join(top_products(warehouse, grid), "product_id")
    held = held.select("channel", "order_id", "product_id")
    right = held.view().rename(other="product_id")
    both = held.inner_join(right, ["channel", "order_id"]).filter(lambda t: t.product_id < t.other)
    pairs = both.group_by("product_id", "other").agg(orders=both.count())
    pairs = pairs.filter(pairs.orders >= FEWEST_TOGETHER)
    alone = held.group_by("product_id").agg(orders=held.count())
    every = baskets.agg(orders=baskets.count())
    none = ibis.literal("")
    return ibis.union(
        pairs.select("product_id", "other", "orders"),
        alone.select("product_id", other=none, orders="orders"),
        every.select(product_id=none, other=none, orders="orders"),
        distinct=False,
    )


FRAMES = (basket_values, basket_pairs)

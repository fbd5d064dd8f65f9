"""Sizes and variants of products: what each sold and at which price, and on how many days it was out of stock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhanggui.numbers.frames.grid import MONEY, Grid, frame, goods, stacked, top_products, total

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

FORTNIGHTS = 8
DAYS = 14
KEYS = ("product_id", "sku", "fortnight")


@frame(*KEYS)
def product_sizes(warehouse: Warehouse, grid: Grid) -> Any:
    """product_id · sku ('' = none) · fortnight (0…7 back from the brief) · orders · units · gross · listed, of the products with most
    sales · reported (days on which its stock was told) · out (days of those that ended with none)."""
    lines = goods(warehouse)
    lines = lines.filter(
        grid.lately(lines.day, FORTNIGHTS * DAYS) & (lines.kind == "goods") & (lines.units > 0)
    ).semi_join(top_products(warehouse, grid), "product_id")
    sku = lines.sku.fill_null("")
    stock = warehouse.table("stock_days")
    stock = stock.filter(grid.lately(stock.day, FORTNIGHTS * DAYS) & (stock.sku != "*") & stock.on_hand.notnull())
    days = stock.group_by("product_id", "sku", "day").agg(left=stock.on_hand.sum())
    return stacked(
        KEYS,
        lines.group_by("product_id", sku=sku, fortnight=(grid.age(lines.day) // DAYS).cast("int32")).agg(
            orders=lines.order_id.nunique(),
            units=lines.units.sum(),
            gross=total(lines.amount),
            listed=lines.listed.sum().cast(MONEY),
        ),
        days.group_by("product_id", "sku", fortnight=(grid.age(days.day) // DAYS).cast("int32")).agg(
            reported=days.count(), out=(days.left <= 0).sum()
        ),
    )


FRAMES = (product_sizes,)

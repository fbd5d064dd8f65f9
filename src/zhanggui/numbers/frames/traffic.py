"""Visitors of products by source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhanggui.numbers.frames.grid import Grid, frame

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

FORTNIGHTS = 8
DAYS = 14


@frame("product_id", "source", "fortnight")
def product_sources(warehouse: Warehouse, grid: Grid) -> Any:
    """Traffic of product × source: product_id · source · fortnight (0…7 back from the brief) · visitors · pay_buyers (of days that state
    both)."""
    days = warehouse.table("traffic_days")
    level = days.filter(
        (days.product_id != "*")
        & (days.source != "*")
        & (days.device == "*")
        & grid.lately(days.day, FORTNIGHTS * DAYS)
        & days.pay_buyers.notnull()
    )
    return level.group_by("product_id", "source", fortnight=(grid.age(level.day) // DAYS).cast("int32")).agg(
        visitors=level.visitors.sum(), pay_buyers=level.pay_buyers.sum()
    )


FRAMES = (product_sources,)

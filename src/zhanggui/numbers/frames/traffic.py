"""Visitors of products, by source and over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhanggui.numbers.frames.grid import Grid, frame

if TYPE_CHECKING:
    from zhanggui.store import Warehouse


@frame("product_id", "source", "window")
def product_sources(warehouse: Warehouse, grid: Grid) -> Any:
    """Traffic of product × source, last 28 days and the 28 before: product_id · source · window · visitors · pay_buyers."""
    days = warehouse.table("traffic_days")
    level = days.filter(
        (days.product_id != "*")
        & (days.source != "*")
        & (days.device == "*")
        & grid.lately(days.day, 2 * grid.window_days)
    )
    return level.group_by("product_id", "source", window=(grid.age(level.day) // grid.window_days).cast("int32")).agg(
        visitors=level.visitors.sum(), pay_buyers=level.pay_buyers.sum()
    )


@frame("product_id", "half")
def product_traffic(warehouse: Warehouse, grid: Grid) -> Any:
    """Traffic of products over all sources, last 28 days and the 28 before, in halves: product_id · half (0…3) · visitors · pay_buyers ·
    cart_visitors."""
    days = warehouse.table("traffic_days")
    level = days.filter(
        (days.product_id != "*")
        & (days.source == "*")
        & (days.device == "*")
        & grid.lately(days.day, 2 * grid.window_days)
    )
    return level.group_by("product_id", half=(grid.age(level.day) // (grid.window_days // 2)).cast("int32")).agg(
        visitors=level.visitors.sum(), pay_buyers=level.pay_buyers.sum(), cart_visitors=level.cart_visitors.sum()
    )


FRAMES = (
    product_sources,
    product_traffic,
)

"""What is on hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhanggui.numbers.frames.grid import Grid, frame
from zhanggui.numbers.moments import AS_OF

if TYPE_CHECKING:
    from zhanggui.store import Warehouse


@frame("product_id", "sku")
def stock(warehouse: Warehouse, grid: Grid) -> Any:
    """The latest stock at or before the day: product_id · sku · day · on_hand · inbound, over all locations."""
    days = warehouse.table("stock_days")
    past = days.filter(days.day <= AS_OF)
    latest = past.group_by("channel", "product_id", "sku").agg(day=past.day.max())
    now = past.inner_join(latest, ["channel", "product_id", "sku", "day"])
    return now.group_by("product_id", "sku", "day").agg(on_hand=now.on_hand.sum(), inbound=now.inbound.sum())


FRAMES = (stock,)

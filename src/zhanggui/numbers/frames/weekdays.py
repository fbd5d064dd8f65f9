"""On which weekdays buyers come back, and how many could be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import Grid, frame, stacked, total

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

DAYS = 56
REACH_DAYS = 365


@frame("weekday")
def buyer_days(warehouse: Warehouse, grid: Grid) -> Any:
    """weekday (0 = Monday) · orders · returning (orders of buyers who bought before) · gross, over the last 56 days; the row −1 holds
    ``buyers``, how many different ones bought in the last year."""
    orders = warehouse.table("order_facts")
    counted = orders.filter(orders.counted & grid.lately(orders.day, REACH_DAYS))
    recent = counted.filter(grid.lately(counted.day, DAYS))
    weekday = recent.day.day_of_week.index().cast("int32")
    known = counted.filter(counted.customer_key.notnull())
    every = known.agg(buyers=known.customer_key.nunique()).select(
        weekday=ibis.literal(-1, type="int32"), buyers="buyers"
    )
    return stacked(
        ("weekday",),
        recent.group_by(weekday=weekday).agg(
            orders=recent.count(),
            returning=(recent.new_or_returning.fill_null("") == "returning").sum(),
            gross=total(recent.goods),
        ),
        every,
    )


FRAMES = (buyer_days,)

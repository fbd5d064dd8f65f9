"""Which days are whole: the last complete day of the data, and the days on which the shop never sells."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

import ibis
import polars as pl

from zhanggui.errors import Unanswerable
from zhanggui.units import Clock

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

LOOK_BACK_DAYS = 120
FEWEST_DAYS = 10
EARLY = 0.1
"""A last day that ends earlier than nine in ten days do was cut by the export."""


def last_complete_day(warehouse: Warehouse, clock: Clock) -> date:
    """The last day that the data covers whole.

    A day's orders are whole when its last order is not earlier in the day than on nine of ten days before it; a day that the clock
    says is still running never is. Where there are no orders, the last day of traffic, whose rows come whole. Raises Unanswerable
    where there is neither.
    """
    yesterday = clock.today() - timedelta(days=1)
    orders = warehouse.table("order_facts")
    latest = orders.filter(orders.placed).placed_day.max()
    start = latest - ibis.interval(days=LOOK_BACK_DAYS)
    recent = orders.filter(orders.placed & (orders.placed_day >= start.as_scalar()))
    days = warehouse.run(recent.group_by(day=recent.placed_day).agg(last=recent.created_at.max())).sort("day")
    if days.is_empty():
        traffic = warehouse.table("traffic_days")
        last = warehouse.run(traffic.agg(day=traffic.day.max()))["day"][0]
        if last is None:
            raise Unanswerable("metrics.no_data")
        return min(cast(date, last), yesterday)
    return min(_whole(days, clock.zone), yesterday)


def _whole(days: pl.DataFrame, zone: str) -> date:
    local = pl.col("last").dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.time()
    times = days.with_columns(at=local).drop_nulls("at")
    last: date = days["day"][-1]
    if times.height <= FEWEST_DAYS or times["day"][-1] != last:
        return last
    minutes = times["at"].dt.hour().cast(pl.Int32) * 60 + times["at"].dt.minute().cast(pl.Int32)
    usual = minutes[:-1].quantile(EARLY)
    if usual is None or int(minutes[-1]) >= usual:
        return last
    return last - timedelta(days=1)

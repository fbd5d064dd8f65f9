"""The shop as a whole: blocks, days, months, and what its data covers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import Grid, frame, goods, refunds, stacked, total
from zhanggui.numbers.moments import AS_OF

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

COVERED = {
    "orders": "created_day",
    "order_lines": None,
    "refunds": "finished_day",
    "products": None,
    "customers": None,
    "traffic_days": "day",
    "ad_days": "day",
    "keyword_days": "day",
    "reviews": "created_day",
    "chats": "started_day",
    "stock_days": "day",
    "scores": "day",
    "benchmarks": "day",
    "changes": "at_day",
}


@frame("block")
def shop_blocks(warehouse: Warehouse, grid: Grid) -> Any:
    """block · orders · valued (orders whose money is known) · placed · buyers · known_orders · new_buyers · returning_buyers · units ·
    gross · listed · discount · cost · costed (gross of lines with a known cost) · refunds · refund_rows · days (days with a sale)."""
    orders = warehouse.table("order_facts")
    counted = orders.filter(orders.counted & grid.within(orders.day))
    placed = orders.filter(orders.placed & grid.within(orders.placed_day))
    lines = goods(warehouse)
    lines = lines.filter(grid.within(lines.day))
    back = refunds(warehouse)
    back = back.filter(grid.within(back.day))
    return stacked(
        ("block",),
        counted.group_by(block=grid.block(counted.day)).agg(
            orders=counted.count(),
            valued=counted.goods.count(),
            buyers=counted.customer_key.nunique(),
            known_orders=counted.customer_key.count(),
            new_buyers=counted.customer_key.nunique(where=counted.new_or_returning == "new"),
            returning_buyers=counted.customer_key.nunique(where=counted.new_or_returning == "returning"),
            days=counted.day.nunique(),
        ),
        placed.group_by(block=grid.block(placed.placed_day)).agg(placed=placed.count()),
        lines.group_by(block=grid.block(lines.day)).agg(
            units=lines.units.sum(where=lines.kind == "goods"),
            gross=total(lines.amount),
            listed=total(lines.listed),
            discount=total(lines.discount),
            cost=total(lines.cost),
            costed=total(lines.amount, lines.cost.notnull()),
        ),
        back.group_by(block=grid.block(back.day)).agg(refunds=total(back.amount), refund_rows=back.count()),
    )


@frame("day")
def shop_days(warehouse: Warehouse, grid: Grid) -> Any:
    """day · orders · gross · refunds, for the weekday profile, the month's pace and days without sales."""
    orders = warehouse.table("order_facts")
    counted = orders.filter(orders.counted & (orders.day <= AS_OF))
    back = refunds(warehouse)
    back = back.filter(back.day <= AS_OF)
    return stacked(
        ("day",),
        counted.group_by("day").agg(orders=counted.count(), gross=total(counted.goods), units=counted.units.sum()),
        back.group_by("day").agg(refunds=total(back.amount)),
    )


@frame("month", "metric")
def targets(warehouse: Warehouse, grid: Grid) -> Any:
    """month · metric · value."""
    table = warehouse.table("targets")
    return table.group_by("month", "metric").agg(value=table.value.sum())


@frame()
def annotated_days(warehouse: Warehouse, grid: Grid) -> Any:
    """day · target · text: days that are explained away."""
    table = warehouse.table("annotations")
    return table.select("day", "target", "text").order_by("day")


@frame()
def coverage(warehouse: Warehouse, grid: Grid) -> Any:
    """table · rows · start · end of the tables an owner brings; start and end NULL where a table has no days of its own."""
    parts = []
    for place, (name, column) in enumerate(COVERED.items()):
        table = warehouse.table(name)
        never = ibis.null("date")
        start, end = (table[column].min(), table[column].max()) if column else (never, never)
        parts.append(
            table.agg(rows=table.count(), start=start, end=end).select(
                table=ibis.literal(name), rows="rows", start="start", end="end", place=ibis.literal(place)
            )
        )
    return ibis.union(*parts, distinct=False).order_by("place").drop("place")


@frame()
def places(warehouse: Warehouse, grid: Grid) -> Any:
    """How many values each dimension of the orders takes in the last 8 blocks: country · region · city · source · channel · campaign."""
    orders = warehouse.table("order_facts")
    recent = orders.filter(orders.counted & grid.lately(orders.day, 8 * grid.days))
    names = ("country", "region", "city", "source", "channel", "campaign")
    return recent.agg(**{name: recent[name].nunique() for name in names})


FRAMES = (
    shop_blocks,
    shop_days,
    targets,
    annotated_days,
    coverage,
    places,
)

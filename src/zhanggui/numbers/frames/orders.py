"""Orders one by one: what waits, what is large, what is no sale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import MONEY, Grid, frame, goods, refunds, stacked, total
from zhanggui.numbers.moments import AS_OF

if TYPE_CHECKING:
    from zhanggui.store import Warehouse


@frame()
def open_orders(warehouse: Warehouse, grid: Grid) -> Any:
    """Paid orders that have not left: channel · order_id · paid_at · ship_by · goods, of the last 30 days; plus, per channel, whether
    ``shipped_at`` is ever filled (``tracked``)."""
    orders = warehouse.table("order_facts")
    recent = orders.filter(orders.counted & grid.lately(orders.day, 61) & orders.paid_at.notnull())
    tracked = recent.group_by("channel").agg(tracked=recent.shipped_at.count())
    waiting = recent.filter(
        recent.shipped_at.isnull()
        & (recent.status == "paid")
        & (recent.kind != "presale")
        & grid.lately(recent.day, 31)
    )
    back = refunds(warehouse).select("channel", "order_id").distinct()
    waiting = waiting.anti_join(back, ["channel", "order_id"])
    expression = waiting.inner_join(tracked, "channel").select(
        "channel", "order_id", "paid_at", "ship_by", goods=waiting.goods.cast(MONEY), tracked="tracked"
    )
    return expression.order_by("paid_at").limit(5000)


@frame()
def large_orders(warehouse: Warehouse, grid: Grid) -> Any:
    """The largest orders of the last 8 blocks: channel · order_id · day · block · goods · units · country · customer_key · lines · part
    (share of the largest line)."""
    lines = goods(warehouse)
    lines = lines.filter(grid.lately(lines.day, 8 * grid.days))
    expression = (
        lines.group_by("channel", "order_id")
        .agg(
            day=lines.day.min(),
            goods=total(lines.amount),
            units=lines.units.sum(where=lines.kind == "goods"),
            lines=lines.count(),
            largest=lines.amount.max().cast(MONEY),
            product_id=lines.product_id.argmax(ibis.struct({"amount": lines.amount, "product_id": lines.product_id})),
            country=lines.country.max(),
            customer_key=lines.customer_key.max(),
        )
        .order_by([ibis.desc("goods"), ibis.asc("order_id")])
        .limit(40)
    )
    return expression.mutate(block=grid.block(expression.day))


@frame("bucket")
def order_sizes(warehouse: Warehouse, grid: Grid) -> Any:
    """bucket (quarter powers of two of the order's goods) · orders · goods, over the last 12 blocks: the size distribution."""
    orders = warehouse.table("order_facts")
    recent = orders.filter(orders.counted & grid.lately(orders.day, 12 * grid.days) & (orders.goods > 0))
    bucket = (recent.goods.cast("float64").log2() * 4).floor().cast("int32")
    return recent.group_by(bucket=bucket).agg(orders=recent.count(), goods=total(recent.goods))


@frame("sku")
def non_goods(warehouse: Warehouse, grid: Grid) -> Any:
    """What is in no sales metric: sku · amount · rows · refunds, all time and of block 0 (``_now``)."""
    sales = warehouse.table("sales")
    lines = sales.filter((sales.kind == "non_goods") & (sales.day <= AS_OF))
    back = warehouse.table("refund_facts")
    back = back.filter(back.non_goods.fill_null(False) & (back.day <= AS_OF))
    now = grid.before(grid.days - 1)
    return stacked(
        ("sku",),
        lines.group_by("sku").agg(
            amount=total(lines.amount), rows=lines.count(), amount_now=total(lines.amount, lines.day >= now)
        ),
        back.group_by("sku").agg(
            refunds=total(back.amount), refund_rows=back.count(), refunds_now=total(back.amount, back.day >= now)
        ),
    )


@frame("kind", "status", "counted")
def set_apart(warehouse: Warehouse, grid: Grid) -> Any:
    """Orders that are no sales: kind · status · orders · goods · block-0 orders · missing rates (fx) of sales."""
    orders = warehouse.table("order_facts")
    day = orders.placed_day
    seen = orders.filter(day <= AS_OF)
    now = seen.placed_day >= grid.before(grid.days - 1)
    return seen.group_by("kind", "status", "counted").agg(
        orders=seen.count(),
        orders_now=now.sum(),
        goods=total(seen.goods),
        no_rate=(seen.rate.isnull() & seen.counted).sum(),
        no_buyer=(seen.customer_key.isnull() & seen.counted).sum(),
        no_buyer_goods=total(seen.goods, seen.customer_key.isnull() & seen.counted),
    )


FRAMES = (
    open_orders,
    large_orders,
    order_sizes,
    non_goods,
    set_apart,
)

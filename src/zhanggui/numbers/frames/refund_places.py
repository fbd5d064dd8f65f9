"""Where refunds come from: by reason, phase, size, place, source and carrier, at equal age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import Grid, frame, goods, refunds, top_products, total
from zhanggui.numbers.moments import AS_OF

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

AGE = 7
OF_SALE = ("sku", "country", "region", "source")
OF_REFUND = ("phase", "reason")
ORDER = ("channel", "order_id")


@frame("product_id", "by", "value", "window")
def refund_places(warehouse: Warehouse, grid: Grid) -> Any:
    """product_id · by (``sku``, ``country``, ``region``, ``source``, ``carrier``, ``phase``, ``reason``, ``customer_key``) · value · window
    (0, 1) · orders · refunded (orders) · refunds (money), of the products with most sales, both windows seen to equal age as in
    ``product_refunds``. ``orders`` is 0 by phase and reason, which only a refund has; of buyers only those with two refunded orders."""
    sold, back = _sold(warehouse, grid), _back(warehouse, grid)
    carried = warehouse.table("orders").select(*ORDER, "carrier")
    sold = sold.left_join(carried, ORDER).select(*sold.columns, carrier=carried.carrier)
    back = back.left_join(carried, ORDER).select(*back.columns, carrier=carried.carrier)
    parts = [_orders(sold, name) for name in (*OF_SALE, "carrier")]
    parts += [_refunded(back, name) for name in (*OF_SALE, "carrier", *OF_REFUND)]
    parts.append(_repeated(back))
    rows = ibis.union(*parts, distinct=False)
    sums = {name: rows[name].sum() for name in ("orders", "refunded", "refunds")}
    return rows.group_by("product_id", "by", "value", "window").agg(**sums)


def _within(grid: Grid, day: Any) -> Any:
    return (day > grid.before(AGE + 2 * grid.window_days)) & (day <= grid.before(AGE))


def _window(grid: Grid, day: Any) -> Any:
    return ((grid.age(day) - AGE) // grid.window_days).cast("int32")


def _sold(warehouse: Warehouse, grid: Grid) -> Any:
    lines = goods(warehouse)
    lines = lines.filter(_within(grid, lines.day)).semi_join(top_products(warehouse, grid), "product_id")
    return lines.select(*ORDER, "product_id", *OF_SALE, window=_window(grid, lines.day))


def _back(warehouse: Warehouse, grid: Grid) -> Any:
    back = refunds(warehouse)
    back = back.filter(
        _within(grid, back.sale_day) & (back.age_days <= AGE) & (back.day <= AS_OF) & back.dated
    ).semi_join(top_products(warehouse, grid), "product_id")
    kept = (*ORDER, "product_id", *OF_SALE, *OF_REFUND, "customer_key", "amount")
    return back.select(*kept, window=_window(grid, back.sale_day))


def _orders(sold: Any, name: str) -> Any:
    told = sold.filter(sold[name].notnull() & (sold[name] != ""))
    counts = told.group_by("product_id", "window", value=told[name]).agg(orders=told.order_id.nunique())
    return _row(counts, name, counts.orders, 0, 0.0)


def _refunded(back: Any, name: str) -> Any:
    told = back.filter(back[name].notnull() & (back[name] != ""))
    counts = told.group_by("product_id", "window", value=told[name]).agg(
        refunded=told.order_id.nunique(), refunds=total(told.amount)
    )
    return _row(counts, name, 0, counts.refunded, counts.refunds)


def _repeated(back: Any) -> Any:
    known = back.filter(back.customer_key.notnull())
    counts = known.group_by("product_id", "window", value=known.customer_key).agg(
        refunded=known.order_id.nunique(), refunds=total(known.amount)
    )
    again = counts.filter(counts.refunded >= 2)
    return _row(again, "customer_key", 0, again.refunded, again.refunds)


def _row(counts: Any, name: str, orders: Any, refunded: Any, money: Any) -> Any:
    return counts.select(
        "product_id",
        by=ibis.literal(name),
        value=counts.value.cast("string"),
        window=counts.window,
        orders=ibis.literal(orders).cast("int64") if isinstance(orders, int) else orders.cast("int64"),
        refunded=ibis.literal(refunded).cast("int64") if isinstance(refunded, int) else refunded.cast("int64"),
        refunds=ibis.literal(money).cast("float64") if isinstance(money, float) else money.cast("float64"),
    )


FRAMES = (refund_places,)

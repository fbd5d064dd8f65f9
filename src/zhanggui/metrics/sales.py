"""What was ordered, paid for and sold, before and after refunds."""

from __future__ import annotations

from typing import Any

from zhanggui.metrics.kinds import Measure, Metric


def goods(t: Any) -> Any:
    """Everything that was sold as goods; a gift's price, where it has one, is part of what was paid."""
    return t.kind != "non_goods"


def non_goods(t: Any) -> Any:
    """Postage, manual and fee lines."""
    return t.kind == "non_goods"


def counted(t: Any) -> Any:
    """Orders that are sales."""
    return t.counted


def placed(t: Any) -> Any:
    """Orders that count as placed, paid or not."""
    return t.placed


MEASURES = (
    Measure("gross_sales", "sales", lambda t: t.amount.sum(), where=goods, unit="money", columns=("amount",)),
    Measure("units", "sales", lambda t: t.units.sum(where=t.kind == "goods"), where=goods, columns=("units",)),
    Measure(
        "discount",
        "sales",
        lambda t: t.discount.sum(where=t.listed.notnull()),
        where=goods,
        unit="money",
        columns=("discount",),
    ),
    Measure(
        "listed",
        "sales",
        lambda t: t.listed.sum(where=t.discount.notnull()),
        where=goods,
        unit="money",
        columns=("listed",),
    ),
    Measure(
        "refunds_to_come",
        "sales",
        lambda t: (t.amount.cast("float64") * t.to_come_share).sum(),
        where=goods,
        unit="money",
        columns=("amount",),
        joins=("to_come",),
        absent=None,
    ),
    Measure("non_goods", "sales", lambda t: t.amount.sum(), where=non_goods, unit="money", columns=("amount",)),
    Measure(
        "orders", "order_facts", lambda t: t.count(), where=counted, columns=("order_id",), otherwise="line_orders"
    ),
    Measure(
        "line_orders",
        "sales",
        lambda t: (t.channel + "\n" + t.order_id).nunique(),
        where=goods,
        additive=False,
        columns=("order_id",),
    ),
    # What a mean is taken over: orders whose money is known (a currency without a rate has none), lines whose units are.
    Measure(
        "valued_orders",
        "order_facts",
        lambda t: t.goods.count(),
        where=counted,
        columns=("goods",),
        otherwise="valued_line_orders",
    ),
    Measure(
        "valued_line_orders",
        "sales",
        lambda t: (t.channel + "\n" + t.order_id).nunique(where=t.amount.notnull()),
        where=goods,
        additive=False,
        columns=("order_id", "amount"),
    ),
    Measure(
        "unit_sales",
        "sales",
        lambda t: t.amount.sum(where=t.units.notnull()),
        where=goods,
        unit="money",
        columns=("amount", "units"),
    ),
    Measure(
        "valued_units",
        "sales",
        lambda t: t.units.sum(where=(t.kind == "goods") & t.amount.notnull()),
        where=goods,
        columns=("units", "amount"),
    ),
    Measure(
        "unit_orders",
        "sales",
        lambda t: (t.channel + "\n" + t.order_id).nunique(where=t.units.notnull()),
        where=goods,
        additive=False,
        columns=("order_id", "units"),
    ),
    Measure("orders_placed", "order_facts", lambda t: t.count(), day="placed_day", where=placed, columns=("order_id",)),
    Measure(
        "orders_placed_paid",
        "order_facts",
        lambda t: t.count(where=t.counted),
        day="placed_day",
        where=placed,
        columns=("order_id", "counted"),
    ),
)

_SALE = ("presale", "running_day", "fx_missing", "days_missing")
_NET = (*_SALE, "refunds_to_come", "refund_undated")

METRICS = (
    Metric(
        "gross_sales",
        "simple",
        "money",
        ("gross_sales",),
        formula="goods paid after shop discounts, before refunds",
        caveats=_SALE,
        substitute="net_sales",
        needs=("orders",),
        additive=True,
    ),
    Metric(
        "net_sales",
        "derived",
        "money",
        ("gross_sales", "refund_amount"),
        combine=lambda gross, refunds: gross - refunds,
        formula="gross_sales - refund_amount",
        caveats=_NET,
        substitute="net_sales_expected",
        needs=("orders",),
        additive=True,
    ),
    Metric(
        "net_sales_by_order_day",
        "derived",
        "money",
        ("gross_sales", "refunds_by_order_day"),
        combine=lambda gross, refunds: gross - refunds,
        formula="gross_sales - refunds_by_order_day",
        caveats=(*_NET, "refund_unlinked"),
        substitute="net_sales_expected",
        needs=("orders",),
        additive=True,
    ),
    Metric(
        "net_sales_expected",
        "derived",
        "money",
        ("gross_sales", "refunds_by_order_day", "refunds_to_come"),
        combine=lambda gross, refunds, to_come: gross - refunds - to_come,
        formula="gross_sales - refunds_by_order_day - refunds_to_come",
        caveats=(*_SALE, "refund_undated", "refund_unlinked", "development_unknown"),
        substitute="net_sales_by_order_day",
        needs=("orders", "refunds"),
        additive=True,
    ),
    Metric(
        "orders", "simple", "count", ("orders",), formula="paid orders", caveats=_SALE, needs=("orders",), additive=True
    ),
    Metric(
        "orders_placed",
        "simple",
        "count",
        ("orders_placed",),
        formula="orders placed, paid or not",
        caveats=("running_day", "days_missing"),
        substitute="orders",
        needs=("orders",),
        additive=True,
    ),
    Metric(
        "order_to_pay_rate",
        "ratio",
        "share",
        ("orders_placed_paid", "orders_placed"),
        formula="orders_placed_paid / orders_placed",
        caveats=("presale", "running_day", "tiny_denominator"),
        needs=("orders",),
    ),
    Metric(
        "units",
        "simple",
        "count",
        ("units",),
        formula="units of goods sold, gifts out",
        caveats=_SALE,
        needs=("orders", "order_lines"),
        additive=True,
    ),
    Metric(
        "units_per_order",
        "ratio",
        "ratio",
        ("units", "unit_orders"),
        formula="units / orders whose units are known",
        caveats=(*_SALE, "tiny_denominator"),
        needs=("orders", "order_lines"),
    ),
    Metric(
        "unit_price",
        "ratio",
        "money",
        ("unit_sales", "valued_units"),
        good=0,
        formula="gross_sales / units, over lines where both are known",
        caveats=(*_SALE, "tiny_denominator"),
        needs=("orders", "order_lines"),
    ),
    Metric(
        "average_order_value",
        "derived",
        "money",
        ("gross_sales", "refund_amount", "valued_orders"),
        combine=lambda gross, refunds, orders: (gross - refunds) / orders,
        per=("valued_orders",),
        formula="net_sales / orders whose money is known",
        caveats=(*_NET, "tiny_denominator"),
        needs=("orders",),
    ),
    Metric(
        "discount_rate",
        "ratio",
        "share",
        ("discount", "listed"),
        good=0,
        formula="discount / listed",
        caveats=("presale", "running_day", "fx_missing"),
        needs=("orders", "order_lines"),
    ),
    Metric(
        "non_goods",
        "simple",
        "money",
        ("non_goods",),
        good=0,
        formula="postage, manual and fee lines, in no sales metric",
        caveats=("running_day", "fx_missing"),
        needs=("order_lines",),
        additive=True,
    ),
)

"""Refunds: on their own day (the books) and on the day of the sale they reverse (decisions)."""

from __future__ import annotations

from typing import Any

from zhanggui.metrics.kinds import Measure, Metric


def refunded(t: Any) -> Any:
    """Goods refunds that were really paid: finished, or of a source that states no status."""
    return (t.status.isnull() | (t.status == "finished")) & ~t.non_goods.fill_null(False)


def _phase(phase: str) -> Any:
    return lambda t: t.amount.sum(where=t.phase == phase)


MEASURES = (
    Measure(
        "refund_amount", "refund_facts", lambda t: t.amount.sum(), where=refunded, unit="money", columns=("amount",)
    ),
    Measure(
        "refunds_by_order_day",
        "refund_facts",
        lambda t: t.amount.sum(),
        day="sale_day",
        where=refunded,
        unit="money",
        columns=("amount", "sale_day"),
    ),
    *(
        Measure(
            f"refunds_{phase}",
            "refund_facts",
            _phase(phase),
            day="sale_day",
            where=refunded,
            unit="money",
            columns=("amount", "phase", "sale_day"),
        )
        for phase in ("before_shipment", "after_shipment")
    ),
    Measure(
        "refunds_only",
        "refund_facts",
        lambda t: t.amount.sum(where=t.kind == "refund_only"),
        day="sale_day",
        where=refunded,
        unit="money",
        columns=("amount", "kind", "sale_day"),
    ),
    Measure(
        "refunded_orders",
        "refund_facts",
        lambda t: (t.channel + "\n" + t.order_id).nunique(),
        day="sale_day",
        where=refunded,
        additive=False,
        columns=("order_id", "sale_day"),
    ),
)

_CAVEATS = ("refunds_to_come", "refund_undated", "refund_unlinked", "fx_missing", "running_day", "presale")


def _rate(name: str, numerator: str) -> Metric:
    return Metric(
        name,
        "ratio",
        "share",
        (numerator, "gross_sales"),
        good=-1,
        formula=f"{numerator} / gross_sales",
        caveats=(*_CAVEATS, "tiny_denominator"),
        needs=("orders", "refunds"),
    )


METRICS = (
    Metric(
        "refund_amount",
        "simple",
        "money",
        ("refund_amount",),
        good=-1,
        formula="goods refunds on the refund's own day",
        caveats=("running_day", "fx_missing", "refund_undated"),
        needs=("refunds",),
        additive=True,
    ),
    Metric(
        "refunds_by_order_day",
        "simple",
        "money",
        ("refunds_by_order_day",),
        good=-1,
        formula="goods refunds on the day of the sale they reverse",
        caveats=_CAVEATS,
        needs=("refunds",),
        additive=True,
    ),
    _rate("refund_rate", "refunds_by_order_day"),
    _rate("refund_rate_before_shipment", "refunds_before_shipment"),
    _rate("refund_rate_after_shipment", "refunds_after_shipment"),
    _rate("refund_only_rate", "refunds_only"),
    Metric(
        "refund_order_rate",
        "ratio",
        "share",
        ("refunded_orders", "orders"),
        good=-1,
        formula="refunded_orders / orders",
        caveats=(*_CAVEATS, "tiny_denominator"),
        substitute="refund_rate",
        needs=("orders", "refunds"),
    ),
)

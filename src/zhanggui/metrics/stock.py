"""Stock: what is there, and how long it lasts at the pace of the days on which it could be bought."""

from __future__ import annotations

from typing import Any

from zhanggui.metrics.kinds import Measure, Metric

_PLACES = ("product_id", "sku", "location")


def _measure(name: str, value: Any, column: str, *, snapshot: bool = False) -> Measure:
    return Measure(
        name,
        "stock_days",
        value,
        levels=True,
        additive_over=_PLACES,
        columns=(column,),
        snapshot=snapshot,
        absent=None,
    )


def _days_of_stock(on_hand: Any, in_stock: Any, reported: Any, units: Any, days: Any) -> Any:
    """Stock ÷ (units a day ÷ the share of reported days with stock)."""
    return on_hand * days * (in_stock / reported) / units


MEASURES = (
    _measure("on_hand", lambda t: t.on_hand.sum(), "on_hand", snapshot=True),
    _measure("inbound", lambda t: t.inbound.sum(), "inbound", snapshot=True),
    _measure("in_stock_rows", lambda t: t.count(where=t.on_hand > 0), "on_hand"),
    _measure("stock_rows", lambda t: t.on_hand.count(), "on_hand"),
    Measure("period_days", "calendar", lambda t: t.count(), additive=False, unit="days"),
)

_CAVEATS = ("level_missing", "table_missing")

METRICS = (
    Metric(
        "on_hand",
        "simple",
        "count",
        ("on_hand",),
        good=0,
        formula="units in stock on the last day reported",
        caveats=_CAVEATS,
        needs=("stock_days",),
    ),
    Metric(
        "inbound",
        "simple",
        "count",
        ("inbound",),
        good=0,
        formula="units on their way on the last day reported",
        caveats=_CAVEATS,
        needs=("stock_days",),
    ),
    Metric(
        "days_of_stock",
        "derived",
        "days",
        ("on_hand", "in_stock_rows", "stock_rows", "units", "period_days"),
        good=0,
        combine=_days_of_stock,
        formula="on_hand / (units / (period_days * in_stock_rows / stock_rows))",
        caveats=(*_CAVEATS, "tiny_denominator"),
        needs=("stock_days", "orders"),
    ),
)

"""Visits and what they became, all from the platform's daily traffic files."""

from __future__ import annotations

from typing import Any

from zhanggui.metrics.kinds import Measure, Metric, Unit

_LEVELS = ("source", "product_id", "device")


def _sum(column: str) -> Any:
    return lambda t: t[column].sum()


def _measure(name: str, column: str, over: tuple[str, ...] = (), unit: Unit = "count") -> Measure:
    """Additive over days always; over sources, products and devices only as ``over`` says: visitors overlap there."""
    return Measure(
        name,
        "traffic_days",
        _sum(column),
        unit=unit,
        additive=over == _LEVELS,
        additive_over=over,
        levels=True,
        columns=(column,),
        absent=None,
    )


MEASURES = (
    _measure("visitors", "visitors"),
    _measure("sessions", "sessions", ("source", "device")),
    _measure("impressions", "impressions", _LEVELS),
    _measure("clicks", "clicks", _LEVELS),
    _measure("page_views", "page_views", _LEVELS),
    _measure("bounces", "bounces", ("source", "device")),
    _measure("favourites", "favourites", _LEVELS),
    _measure("cart_visitors", "cart_visitors"),
    _measure("traffic_order_buyers", "order_buyers"),
    _measure("traffic_pay_buyers", "pay_buyers"),
    _measure("traffic_pay_amount", "pay_amount", _LEVELS, "money"),
)

_CAVEATS = ("running_day", "days_missing", "level_missing", "table_missing")


def _count(name: str, good: Any = 1, additive: bool = False, caveats: tuple[str, ...] = ()) -> Metric:
    return Metric(
        name,
        "simple",
        "count",
        (name,),
        good=good,
        formula=f"{name}, as the platform counts them",
        caveats=(*_CAVEATS, *caveats),
        needs=("traffic_days",),
        additive=additive,
    )


def _rate(name: str, numerator: str, denominator: str, good: Any = 1, substitute: str | None = None) -> Metric:
    return Metric(
        name,
        "ratio",
        "share",
        (numerator, denominator),
        good=good,
        formula=f"{numerator} / {denominator}",
        caveats=(*_CAVEATS, "presale", "tiny_denominator"),
        substitute=substitute,
        needs=("traffic_days",),
    )


METRICS = (
    _count("visitors", caveats=("visitor_days",)),
    _count("sessions"),
    _count("page_views", additive=True),
    _count("impressions", additive=True),
    _count("clicks", additive=True),
    _rate("click_through_rate", "clicks", "impressions"),
    _rate("bounce_rate", "bounces", "sessions", good=-1),
    _count("favourites", additive=True),
    _rate("cart_rate", "cart_visitors", "visitors"),
    _rate("order_rate", "traffic_order_buyers", "visitors"),
    _rate("conversion_rate", "traffic_pay_buyers", "visitors", substitute="session_conversion"),
    Metric(
        "session_conversion",
        "ratio",
        "share",
        ("orders", "sessions"),
        formula="orders / sessions",
        caveats=(*_CAVEATS, "presale", "tiny_denominator"),
        substitute="conversion_rate",
        needs=("orders", "traffic_days"),
    ),
    Metric(
        "traffic_sales",
        "simple",
        "money",
        ("traffic_pay_amount",),
        formula="traffic_pay_amount, as the platform counts it",
        caveats=_CAVEATS,
        substitute="gross_sales",
        needs=("traffic_days",),
        additive=True,
    ),
)

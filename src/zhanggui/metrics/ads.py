"""Paid promotion, as the ad platform reports it. What it claims to have sold is labelled claimed."""

from __future__ import annotations

from typing import Any

from zhanggui.metrics.kinds import Measure, Metric, Unit


def _measure(name: str, column: str, unit: Unit = "count", joins: tuple[str, ...] = ()) -> Measure:
    return Measure(name, "ad_days", lambda t: t[column].sum(), unit=unit, levels=True, columns=(column,), joins=joins)


MEASURES = (
    _measure("ad_impressions", "impressions"),
    _measure("ad_clicks", "clicks"),
    _measure("ad_cost", "cost", "money", ("fx",)),
    _measure("ad_orders", "orders"),
    _measure("ad_revenue", "revenue", "money", ("fx",)),
    _measure("ad_carts", "carts"),
)

_CAVEATS = ("running_day", "level_missing", "table_missing")


def _total(name: str, good: Any, formula: str, *caveats: str) -> Metric:
    money = name in ("ad_cost", "ad_revenue")
    return Metric(
        name,
        "simple",
        "money" if money else "count",
        (name,),
        good=good,
        formula=formula,
        caveats=(*_CAVEATS, *(("fx_missing",) if money else ()), *caveats),
        needs=("ad_days",),
        additive=True,
    )


def _ratio(
    name: str, unit: Unit, parts: tuple[str, str], good: Any, *caveats: str, needs: tuple[str, ...] = ()
) -> Metric:
    return Metric(
        name,
        "ratio",
        unit,
        parts,
        good=good,
        formula=" / ".join(parts),
        caveats=(*_CAVEATS, *caveats, "tiny_denominator"),
        needs=("ad_days", *needs),
    )


METRICS = (
    _total("ad_cost", -1, "what the ad platform charged"),
    _total("ad_impressions", 1, "impressions of ads"),
    _total("ad_clicks", 1, "clicks on ads"),
    _total("ad_orders", 1, "orders the ad platform claims", "claimed"),
    _total("ad_revenue", 1, "sales the ad platform claims", "claimed"),
    _ratio("ad_click_through_rate", "share", ("ad_clicks", "ad_impressions"), 1),
    _ratio("cost_per_click", "money", ("ad_cost", "ad_clicks"), -1),
    _ratio("ad_conversion_rate", "share", ("ad_orders", "ad_clicks"), 1, "claimed"),
    _ratio("roas", "ratio", ("ad_revenue", "ad_cost"), 1, "claimed"),
    _ratio("sales_per_ad_cost", "ratio", ("gross_sales", "ad_cost"), 1, needs=("orders",)),
    _ratio("visitor_cost", "money", ("ad_cost", "visitors"), -1, needs=("traffic_days",)),
)

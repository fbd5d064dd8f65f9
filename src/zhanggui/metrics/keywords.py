"""Search words by day, as the platform reports them."""

from __future__ import annotations

from zhanggui.metrics.kinds import Measure, Metric


def _measure(name: str, column: str, additive: bool) -> Measure:
    return Measure(
        name,
        "keyword_days",
        lambda t: t[column].sum(),
        additive=additive,
        additive_over=("product_id",) if additive else (),
        levels=True,
        columns=(column,),
        absent=None,
    )


MEASURES = (
    _measure("market_searches", "market_searches", False),
    _measure("keyword_visitors", "visitors", False),
    _measure("keyword_pay_buyers", "pay_buyers", False),
    _measure("keyword_clicks", "clicks", True),
    _measure("keyword_impressions", "impressions", True),
)

_CAVEATS = ("running_day", "level_missing", "table_missing")

METRICS = (
    Metric(
        "market_searches",
        "simple",
        "count",
        ("market_searches",),
        good=0,
        formula="searches of the word on the whole platform",
        caveats=_CAVEATS,
        needs=("keyword_days",),
    ),
    Metric(
        "keyword_visitors",
        "simple",
        "count",
        ("keyword_visitors",),
        formula="visitors by search word; words overlap",
        caveats=(*_CAVEATS, "visitor_days"),
        needs=("keyword_days",),
    ),
    Metric(
        "keyword_click_through_rate",
        "ratio",
        "share",
        ("keyword_clicks", "keyword_impressions"),
        formula="keyword_clicks / keyword_impressions",
        caveats=(*_CAVEATS, "tiny_denominator"),
        needs=("keyword_days",),
    ),
    Metric(
        "keyword_conversion_rate",
        "ratio",
        "share",
        ("keyword_pay_buyers", "keyword_visitors"),
        formula="keyword_pay_buyers / keyword_visitors",
        caveats=(*_CAVEATS, "tiny_denominator"),
        needs=("keyword_days",),
    ),
)

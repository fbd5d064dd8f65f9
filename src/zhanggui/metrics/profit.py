"""What is left: cost of goods as sold, then contribution before and after ads.

A cost is what the sale recorded, else the product's own unit cost, else the share of the price that the cost sheet says. Where more than
``COST_GAP`` of the sales have none of the three, profit is unknown: never a guess. The goods of refunded sales go back to stock at
their cost, except where money was returned without the goods.
"""

from __future__ import annotations

from typing import Any

from zhanggui.metrics.kinds import Measure, Metric
from zhanggui.metrics.refunds import refunded
from zhanggui.metrics.sales import counted, goods

COST_GAP = 0.05


def goods_came_back(t: Any) -> Any:
    """Refunds whose goods never left or came back; refunds without return lose the goods."""
    kept = (t.kind == "refund_only") & (t.phase.isnull() | (t.phase != "before_shipment"))
    return refunded(t) & ~kept.fill_null(False)


def _cost(sold: Any, returned: Any, known: Any, gross: Any) -> Any:
    """Cost of goods sold less goods returned; NaN, shown as unknown, where too little of the cost is known.

    ``0 / 0`` is how both a float column and a frame expression say unknown, so the catalogue needs no engine.
    """
    enough = (gross * (1 - COST_GAP) <= known) * 1.0
    return (sold - returned) * (enough / enough)


def _gross_profit(gross: Any, refunds: Any, *cost: Any) -> Any:
    sold, returned, known = cost
    return gross - refunds - _cost(sold, returned, known, gross)


def _before_ads(gross: Any, refunds: Any, sold: Any, returned: Any, known: Any, order_costs: Any, fees: Any) -> Any:
    return gross - refunds - _cost(sold, returned, known, gross) - order_costs - fees


def _order_fees(t: Any) -> Any:
    """Fees as the platform booked them, else the sheet's share of the order's goods."""
    return t.fees.cast("float64").coalesce(t.goods.cast("float64") * t.sheet_share).sum()


MEASURES = (
    Measure(
        "goods_sold_cost",
        "sales",
        lambda t: t.known_cost.sum(),
        where=goods,
        unit="money",
        columns=("cost", "units", "amount"),
        joins=("goods_cost",),
    ),
    Measure(
        "costed_sales",
        "sales",
        lambda t: t.amount.sum(where=t.known_cost.notnull()),
        where=goods,
        unit="money",
        columns=("amount", "cost"),
        joins=("goods_cost",),
    ),
    Measure(
        "sheet_costed_sales",
        "sales",
        lambda t: t.amount.sum(where=t.from_sheet),
        where=goods,
        unit="money",
        columns=("amount", "cost"),
        joins=("goods_cost",),
    ),
    Measure(
        "goods_returned_cost",
        "refund_facts",
        lambda t: (t.amount.cast("float64") * t.cost_rate).sum(),
        where=goods_came_back,
        unit="money",
        columns=("amount", "kind", "phase"),
        joins=("returned_cost",),
    ),
    Measure(
        "order_costs",
        "order_facts",
        lambda t: t.sheet_per_order.sum(),
        where=counted,
        unit="money",
        columns=("order_id",),
        joins=("sheet",),
    ),
    Measure(
        "order_fees",
        "order_facts",
        _order_fees,
        where=counted,
        unit="money",
        columns=("fees", "goods"),
        joins=("sheet",),
    ),
    Measure("running_costs", "costs", lambda t: t.amount.sum(), unit="money", columns=("amount",), joins=("fx",)),
)

_COST = ("goods_sold_cost", "goods_returned_cost", "costed_sales")
_SALES = ("gross_sales", "refund_amount")
_BEFORE_ADS = (*_SALES, *_COST, "order_costs", "order_fees")
_CAVEATS = ("cost_missing", "cost_sheet", "refunds_to_come", "fx_missing", "presale", "running_day", "days_missing")

METRICS = (
    Metric(
        "cost_of_goods",
        "derived",
        "money",
        (*_COST, "gross_sales"),
        good=0,
        combine=_cost,
        formula="goods_sold_cost - goods_returned_cost",
        caveats=_CAVEATS,
        needs=("orders", "order_lines"),
        additive=False,
    ),
    Metric(
        "gross_profit",
        "derived",
        "money",
        (*_SALES, *_COST),
        combine=_gross_profit,
        formula="net_sales - cost_of_goods",
        caveats=_CAVEATS,
        substitute="net_sales",
        needs=("orders", "order_lines"),
    ),
    Metric(
        "gross_margin",
        "derived",
        "share",
        (*_SALES, *_COST),
        combine=lambda gross, refunds, *cost: _gross_profit(gross, refunds, *cost) / (gross - refunds),
        per=("gross_sales", "refund_amount"),
        formula="gross_profit / net_sales",
        caveats=(*_CAVEATS, "tiny_denominator"),
        needs=("orders", "order_lines"),
    ),
    Metric(
        "contribution_before_ads",
        "derived",
        "money",
        _BEFORE_ADS,
        combine=_before_ads,
        formula="gross_profit - order_costs - order_fees",
        caveats=_CAVEATS,
        substitute="net_sales",
        needs=("orders", "order_lines"),
    ),
    Metric(
        "contribution_profit",
        "derived",
        "money",
        (*_BEFORE_ADS, "ad_cost"),
        combine=lambda *values: _before_ads(*values[:-1]) - values[-1],
        formula="contribution_before_ads - ad_cost",
        caveats=(*_CAVEATS, "level_missing"),
        substitute="contribution_before_ads",
        needs=("orders", "order_lines"),
        optional=("ad_cost",),
    ),
    Metric(
        "operating_profit",
        "derived",
        "money",
        (*_BEFORE_ADS, "ad_cost", "running_costs"),
        combine=lambda *values: _before_ads(*values[:-2]) - values[-2] - values[-1],
        formula="contribution_profit - running_costs",
        caveats=(*_CAVEATS, "level_missing", "whole_months"),
        substitute="contribution_profit",
        needs=("orders", "order_lines", "costs"),
        optional=("ad_cost",),
    ),
    Metric(
        "visitor_value",
        "derived",
        "money",
        (*_BEFORE_ADS, "visitors"),
        combine=lambda *values: _before_ads(*values[:-1]) / values[-1],
        per=("visitors",),
        formula="contribution_before_ads / visitors",
        caveats=(*_CAVEATS, "level_missing", "tiny_denominator"),
        needs=("orders", "order_lines", "traffic_days"),
    ),
)

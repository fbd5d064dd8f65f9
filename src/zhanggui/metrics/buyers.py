"""Who buys, who comes back, and what a buyer is worth."""

from __future__ import annotations

from typing import Any

from zhanggui.metrics.kinds import Measure, Metric
from zhanggui.metrics.refunds import refunded
from zhanggui.metrics.sales import counted, goods, placed

YEAR_DAYS = 365
REPEAT_WINDOWS = (30, 60, 90, 180, 365)


def first_sale(t: Any) -> Any:
    """The buyer's first sale in its channel."""
    return t.counted & (t.day == t.first_day)


def known_goods(t: Any) -> Any:
    """Goods sold to a buyer who is known."""
    return goods(t) & t.customer_key.notnull()


def known_refund(t: Any) -> Any:
    """Goods refunds of a buyer who is known."""
    return refunded(t) & t.customer_key.notnull()


def _again_within(days: int) -> Any:
    return lambda t: t.customer_key.nunique(where=t.next_day.delta(t.day, unit="day") <= days)


def _of(kind: str) -> Any:
    return lambda t: t.customer_key.nunique(where=t.new_or_returning == kind)


def _distinct(name: str, table: str, value: Any, where: Any, **more: Any) -> Measure:
    return Measure(name, table, value, where=where, additive=False, **more)


_KEY = ("customer_key",)
_KIND = ("customer_key", "new_or_returning")


MEASURES = (
    _distinct(
        "pay_buyers", "order_facts", lambda t: t.customer_key.nunique(), counted, columns=_KEY, otherwise="line_buyers"
    ),
    _distinct(
        "valued_buyers",
        "order_facts",
        lambda t: t.customer_key.nunique(where=t.goods.notnull()),
        counted,
        columns=(*_KEY, "goods"),
        otherwise="valued_line_buyers",
    ),
    _distinct(
        "valued_line_buyers",
        "sales",
        lambda t: t.customer_key.nunique(where=t.amount.notnull()),
        goods,
        columns=(*_KEY, "amount"),
    ),
    _distinct("line_buyers", "sales", lambda t: t.customer_key.nunique(), goods, columns=_KEY),
    _distinct("buyers", "order_facts", lambda t: t.customer_key.nunique(), placed, day="placed_day", columns=_KEY),
    *(
        _distinct(f"{kind}_buyers", "order_facts", _of(kind), counted, columns=_KIND, otherwise=f"line_{kind}_buyers")
        for kind in ("new", "returning")
    ),
    *(_distinct(f"line_{kind}_buyers", "sales", _of(kind), goods, columns=_KIND) for kind in ("new", "returning")),
    Measure(
        "returning_sales",
        "sales",
        lambda t: t.amount.sum(where=t.new_or_returning == "returning"),
        where=goods,
        unit="money",
        columns=("amount", "new_or_returning"),
    ),
    Measure("known_sales", "sales", lambda t: t.amount.sum(), where=known_goods, unit="money", columns=("amount",)),
    Measure(
        "known_refunds", "refund_facts", lambda t: t.amount.sum(), where=known_refund, unit="money", columns=("amount",)
    ),
    *(
        _distinct(
            f"first_buyers_{days}",
            "order_facts",
            lambda t: t.customer_key.nunique(),
            first_sale,
            columns=("customer_key", "first_day"),
            matured_days=days,
        )
        for days in REPEAT_WINDOWS
    ),
    *(
        _distinct(
            f"repeat_buyers_{days}",
            "order_facts",
            _again_within(days),
            first_sale,
            columns=("customer_key", "first_day", "next_day"),
            matured_days=days,
        )
        for days in REPEAT_WINDOWS
    ),
)

_CAVEATS = ("masked_names", "running_day")


def _repeat(name: str, days: int) -> Metric:
    return Metric(
        name,
        "ratio",
        "share",
        (f"repeat_buyers_{days}", f"first_buyers_{days}"),
        formula=f"repeat_buyers_{days} / first_buyers_{days}",
        caveats=("masked_names", "history_short", "tiny_denominator"),
        needs=("orders",),
    )


def _count(name: str, caveats: tuple[str, ...], formula: str) -> Metric:
    return Metric(
        name, "simple", "count", (name,), formula=formula, caveats=caveats, substitute="orders", needs=("orders",)
    )


METRICS = (
    _count("pay_buyers", _CAVEATS, "distinct buyers of paid orders"),
    _count("buyers", _CAVEATS, "distinct buyers who placed an order"),
    _count("new_buyers", (*_CAVEATS, "history_short"), "buyers without a paid order in the 365 days before"),
    _count("returning_buyers", (*_CAVEATS, "history_short"), "buyers with a paid order in the 365 days before"),
    Metric(
        "returning_share",
        "ratio",
        "share",
        ("returning_sales", "gross_sales"),
        good=0,
        formula="returning_sales / gross_sales",
        caveats=(*_CAVEATS, "history_short", "fx_missing"),
        needs=("orders",),
    ),
    Metric(
        "spend_per_buyer",
        "derived",
        "money",
        ("gross_sales", "refund_amount", "valued_buyers"),
        combine=lambda gross, refunds, buyers: (gross - refunds) / buyers,
        per=("valued_buyers",),
        formula="net_sales / pay_buyers whose money is known",
        caveats=(*_CAVEATS, "refunds_to_come", "fx_missing", "presale", "tiny_denominator"),
        substitute="average_order_value",
        needs=("orders",),
    ),
    _repeat("repeat_rate", 90),
    *(_repeat(f"repeat_rate_{days}", days) for days in REPEAT_WINDOWS if days != 90),
    Metric(
        "active_customers",
        "cumulative",
        "count",
        ("pay_buyers",),
        formula="distinct buyers of the 365 days up to the period's end",
        caveats=("masked_names", "history_short"),
        substitute="orders",
        needs=("orders",),
        window_days=YEAR_DAYS,
    ),
    Metric(
        "customer_value",
        "cumulative",
        "money",
        ("known_sales", "known_refunds", "pay_buyers"),
        combine=lambda sales, refunds, buyers: (sales - refunds) / buyers,
        formula="net sales of known buyers / active_customers, both over the 365 days up to the period's end",
        caveats=("masked_names", "history_short", "fx_missing", "tiny_denominator"),
        needs=("orders",),
        window_days=YEAR_DAYS,
    ),
)

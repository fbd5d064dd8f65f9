"""Chats and delivery: how fast buyers are answered and served."""

from __future__ import annotations

from typing import Any

from zhanggui.metrics.kinds import Measure, Metric
from zhanggui.metrics.sales import counted

SHIP_BY_HOURS = 48
"""The deadline where neither the platform nor the order states one."""


def _deadline(t: Any) -> Any:
    """Seconds since the epoch until which the order must have left."""
    return t.ship_by.epoch_seconds().coalesce(t.paid_at.epoch_seconds() + SHIP_BY_HOURS * 3600)


def _late(t: Any) -> Any:
    return t.count(where=t.shipped_at.epoch_seconds() > _deadline(t))


def _due(t: Any) -> Any:
    return t.count(where=t.shipped_at.notnull() & _deadline(t).notnull())


def _span(start: str, end: str) -> Any:
    return lambda t: (t[end].epoch_seconds() - t[start].epoch_seconds()).sum()


def _both(start: str, end: str) -> Any:
    return lambda t: t.count(where=t[start].notnull() & t[end].notnull())


def _chat(name: str, value: Any, *columns: str) -> Measure:
    return Measure(name, "chats", value, day="started_day", columns=columns)


def _order(name: str, value: Any, *columns: str) -> Measure:
    return Measure(name, "order_facts", value, where=counted, columns=columns)


_SHIP = ("paid_at", "shipped_at")
_DELIVERY = ("shipped_at", "delivered_at")

MEASURES = (
    _chat("chats", lambda t: t.count(), "chat_id"),
    _chat("chat_orders", lambda t: t.count(where=t.order_id != ""), "order_id"),
    _chat("reply_seconds_sum", lambda t: t.first_reply_seconds.sum(), "first_reply_seconds"),
    _chat("replied_chats", lambda t: t.first_reply_seconds.count(), "first_reply_seconds"),
    _chat("rounds", lambda t: t.rounds.sum(where=t.rounds_within_target.notnull()), "rounds"),
    _chat("rounds_within_target", lambda t: t.rounds_within_target.sum(), "rounds_within_target"),
    _order("ship_seconds_sum", _span(*_SHIP), *_SHIP),
    _order("shipped_orders", _both(*_SHIP), *_SHIP),
    _order("delivery_seconds_sum", _span(*_DELIVERY), *_DELIVERY),
    _order("delivered_orders", _both(*_DELIVERY), *_DELIVERY),
    _order("late_orders", _late, "shipped_at", "ship_by", "paid_at"),
    _order("due_orders", _due, "shipped_at", "ship_by", "paid_at"),
)


def _ratio(name: str, unit: Any, parts: tuple[str, str], good: Any, needs: str, *caveats: str) -> Metric:
    return Metric(
        name,
        "ratio",
        unit,
        parts,
        good=good,
        formula=" / ".join(parts),
        caveats=("running_day", "tiny_denominator", *caveats),
        needs=(needs,),
    )


def _lasting(name: str, unit: Any, parts: tuple[str, str], seconds: int, *caveats: str) -> Metric:
    return Metric(
        name,
        "derived",
        unit,
        parts,
        good=-1,
        per=parts[1:],
        combine=lambda total, count: total / seconds / count,
        formula=f"{' / '.join(parts)} / {seconds}",
        caveats=("running_day", "tiny_denominator", *caveats),
        needs=("orders",),
    )


METRICS = (
    Metric(
        "chats",
        "simple",
        "count",
        ("chats",),
        good=0,
        formula="chats by the day they began",
        caveats=("running_day", "table_missing"),
        needs=("chats",),
        additive=True,
    ),
    _ratio("first_reply_seconds", "seconds", ("reply_seconds_sum", "replied_chats"), -1, "chats", "table_missing"),
    _ratio("reply_in_target_rate", "share", ("rounds_within_target", "rounds"), 1, "chats", "table_missing"),
    _ratio("inquiry_conversion", "share", ("chat_orders", "chats"), 1, "chats", "table_missing"),
    _lasting("ship_hours", "hours", ("ship_seconds_sum", "shipped_orders"), 3600, "still_open"),
    _lasting("delivery_days", "days", ("delivery_seconds_sum", "delivered_orders"), 86400, "still_open"),
    _ratio("late_ship_rate", "share", ("late_orders", "due_orders"), -1, "orders", "still_open"),
)

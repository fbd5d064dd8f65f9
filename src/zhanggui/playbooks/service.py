"""Service: what customers are owed today.

Reads: paid orders that have not left.
Says: which must be shipped today and what lateness costs.
Does: puts the list by deadline before the owner; nothing is sent.
Source: docs/rules.md, "Service".
"""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from zhanggui.playbooks.kinds import Due, Locked, Rule, Situation, Verdict
from zhanggui.playbooks.terms import column_sum, count, margin_per_sale, money
from zhanggui.units import Quantity, Words

RULE = "ship_by"


def lateness_loss(orders: float, value: float, compensation: float, refund_points: float, contribution: float) -> float:
    """What it costs to ship ``orders`` late: compensation on each order's value, and the refunds that lateness adds.

    >>> round(lateness_loss(20, 118, 0.05, 0.06, 36), 1)
    161.2
    """
    return orders * (compensation * value + refund_points * contribution)


def ship_by(situation: Situation) -> Verdict:
    """Orders paid and not shipped whose deadline is within 24 hours of the morning after the brief's day, or has passed."""
    waiting = situation.frames["open_orders"]
    if waiting.is_empty():
        return Verdict()
    due: list[Due] = []
    locked: list[Locked] = []
    for (channel,), orders in waiting.group_by("channel", maintain_order=True):
        if not (orders["tracked"] > 0).all():
            locked.append(Locked(RULE, "shipping_times", Words("rules.ship_by.untracked", {"channel": str(channel)})))
            continue
        due += _due(str(channel), orders, situation)
    return Verdict(due=due, locked=locked)


def _due(channel: str, orders: pl.DataFrame, situation: Situation) -> list[Due]:
    morning = datetime.combine(situation.as_of + timedelta(days=1), datetime.min.time())
    zone = situation.config.timezone
    hours = situation.config["ship_by_hours"]
    local = orders.with_columns(
        pl.col("paid_at", "ship_by").dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)
    ).with_columns(deadline=pl.coalesce("ship_by", pl.col("paid_at") + pl.duration(hours=hours)))
    pressing = local.filter(pl.col("deadline") <= morning + timedelta(hours=24)).sort("deadline")
    if pressing.is_empty():
        return []
    value = column_sum(pressing, "goods") / pressing.height
    margin = margin_per_sale(situation.costs)
    contribution = max((margin or 0) * value - situation.costs.per_order, 0.0) if margin is not None else 0.0
    loss = lateness_loss(
        pressing.height,
        value,
        situation.config["late_compensation_share"],
        situation.config["late_refund_points"],
        contribution,
    )
    late = pressing.filter(pl.col("deadline") <= morning).height
    paid: datetime = pressing["paid_at"].sort()[0]
    words = Words(
        "rules.ship_by.late" if late else "rules.ship_by.due",
        {
            "orders": count(pressing.height),
            "late": count(late),
            "value": money(column_sum(pressing, "goods")),
            "oldest": _waited(morning - paid),
            "loss": money(loss),
            "channel": channel,
        },
    )
    first: datetime = pressing["deadline"][0]
    return [Due(RULE, words, first.isoformat(timespec="minutes"), {"channel": channel}, loss)]


def _waited(time: timedelta) -> Quantity:
    """In hours up to two days, then in whole days."""
    hours = round(time.total_seconds() / 3600)
    return Quantity(hours, "hours") if hours <= 48 else Quantity(hours // 24, "days")


RULES = (
    Rule(
        RULE,
        "service",
        ship_by,
        frames=("open_orders",),
        needs=("orders",),
        reads=("ship_by_hours", "late_compensation_share", "late_refund_points"),
    ),
)

"""The running month: so far, where it is heading, and how likely the target is."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from zhanggui.brief.kinds import Pace
from zhanggui.methods.forecast_pace import Pace as Forecast
from zhanggui.methods.forecast_pace import pace as forecast

HISTORY_DAYS = 182


def pace(days: pl.DataFrame, targets: pl.DataFrame, as_of: date) -> Pace | None:
    """Net sales of the month so far and its forecast from the weekday profile of the last half year; None with too little history."""
    if days.is_empty():
        return None
    first = as_of.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    net = {
        day: float(gross or 0) - float(refunds or 0)
        for day, gross, refunds in days.select("day", "gross", "refunds").iter_rows()
    }
    start = max(min(net), as_of - timedelta(days=HISTORY_DAYS - 1))
    past = [start + timedelta(days=i) for i in range((as_of - start).days + 1)]
    rest = [as_of + timedelta(days=i) for i in range(1, (last - as_of).days + 1)]
    so_far = sum(net.get(first + timedelta(days=i), 0.0) for i in range((as_of - first).days + 1))
    target = _target(targets, as_of)
    if not rest:
        reached = None if target is None else float(so_far >= target)
        return Pace(f"{as_of:%Y-%m}", "net_sales", so_far, as_of.day, so_far, so_far, so_far, target, reached)
    answer = forecast(
        np.array([net.get(day, 0.0) for day in past]), past[0].weekday(), so_far, len(rest), target=target
    )
    if not isinstance(answer, Forecast):
        return None
    chance = None if target is None else answer.reach
    return Pace(
        f"{as_of:%Y-%m}", "net_sales", so_far, as_of.day, answer.forecast, answer.low, answer.high, target, chance
    )


def _target(targets: pl.DataFrame, as_of: date) -> float | None:
    rows = targets.filter((pl.col("month") == f"{as_of:%Y-%m}") & (pl.col("metric") == "net_sales"))
    return float(rows["value"][0]) if rows.height and rows["value"][0] is not None else None

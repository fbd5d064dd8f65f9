"""Effects that no product's money shows: on the whole shop, a source or a region, on another metric, or on an earlier one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Past
from zhanggui.config import Config
from zhanggui.costs import CostSheet
from zhanggui.errors import ZhangguiError
from zhanggui.methods.before_after import before_after
from zhanggui.numbers.kinds import Question
from zhanggui.numbers.query import ask
from zhanggui.outcomes.around import festive, targets
from zhanggui.outcomes.books import NET_SALES, Floats
from zhanggui.outcomes.designs import WEEK, Found
from zhanggui.units import Clock, Period, Refusal

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

MONEY = ("contribution_before_ads", NET_SALES)
"""What a place leaves over; sales where its costs are unknown."""
WEEKS_BEFORE = 12


def of_place(
    warehouse: Warehouse, past: Past, config: Config, clock: Clock, costs: CostSheet
) -> tuple[str, Found | Refusal]:
    """Money a week of the place an action aims at, after against before: which money, and the reading."""
    for name in MONEY:
        days = _days(warehouse, past, name, config, clock, costs)
        if days is not None:
            return name, _weekly(days, past, WEEK)
    return NET_SALES, Refusal("no_data", needed=1, have=0)


def of_metric(
    warehouse: Warehouse, past: Past, config: Config, clock: Clock, costs: CostSheet
) -> tuple[str, Found | Refusal]:
    """The metric that the action's kind is read by, after against before, in its own unit."""
    name = kind_named(past.kind).metric
    days = _days(warehouse, past, name, config, clock, costs)
    return name, Refusal("no_data", needed=1, have=0) if days is None else _weekly(days, past, 1)


def early(warehouse: Warehouse, past: Past, config: Config, clock: Clock, costs: CostSheet) -> Mapping[str, Any]:
    """The earlier metric that was to be read beside: its name and relative change with interval (95 %); empty where it cannot be read."""
    name = past.measure.early if past.measure else None
    days = _days(warehouse, past, name, config, clock, costs) if name else None
    found = None if days is None else _weekly(days, past, 1)
    if days is None or not isinstance(found, Found):
        return {}
    level = float(np.nanmean(days[: WEEK * WEEKS_BEFORE]))
    if not level > 0:
        return {}
    return {"name": name, "effect": found.effect / level, "low": found.low / level, "high": found.high / level}


def _weekly(days: Floats, past: Past, times: int) -> Found | Refusal:
    """Twelve weeks before against the days after; the day of the change lies between them."""
    before = WEEK * WEEKS_BEFORE
    done = past.done_on or date.min
    weekdays = [(done + timedelta(days=i)).weekday() for i in _places(days, before)]
    found = before_after(days, before, weekdays)
    if isinstance(found, Refusal):
        return found
    value, low, high, error = (times * x for x in (found.effect, found.low, found.high, found.error))
    return Found("before_after", value, low, high, error)


def _places(days: Floats, before: int) -> Sequence[int]:
    """Distance of each day from the day of the change, which itself is left out."""
    return [i - before if i < before else i - before + 1 for i in range(days.size)]


def _days(
    warehouse: Warehouse, past: Past, metric: str, config: Config, clock: Clock, costs: CostSheet
) -> Floats | None:
    """A metric of each day from twelve weeks before the change to its last day, the day of the change left out; NaN where unknown, None
    where it cannot be asked or is never known."""
    if past.done_on is None or past.stop_on is None:
        raise ValueError(f"{past.id} is not over")
    before = WEEK * WEEKS_BEFORE
    start = past.done_on - timedelta(days=before)
    where = {"product_id": targets(past)} if targets(past) else {k: (v,) for k, v in past.where.items()}
    question = Question((metric,), ("day",), where=where, start=start, end=past.stop_on)
    try:
        rows = ask(warehouse, question, config=config, clock=clock, costs=costs).rows
    except ZhangguiError:
        return None
    found = np.full((past.stop_on - start).days + 1, np.nan)
    for day, value in rows.select("day", metric).iter_rows():
        found[(date.fromisoformat(day) - start).days] = np.nan if value is None else value
    if np.isnan(found).all():
        return None
    if metric in MONEY:
        first = int(np.flatnonzero(~np.isnan(found))[0])
        found[first:] = np.nan_to_num(found[first:])  # a day without a sale brought nothing
    found[festive(Period(start, past.stop_on), config.timezone)] = np.nan
    return np.delete(found, before)

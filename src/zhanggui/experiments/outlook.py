"""How long this shop needs for which effect, from its own visitors and orders: said before a test starts."""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import TYPE_CHECKING

from zhanggui.config import Config
from zhanggui.errors import Unanswerable
from zhanggui.experiments.kinds import Baseline, Metric, Need, Outlook, Unit
from zhanggui.methods.units_needed import price_of_looking, smallest_shown, units_needed
from zhanggui.numbers.exposures import Sums, customer_sums, order_sums
from zhanggui.numbers.kinds import Question
from zhanggui.numbers.query import ask, coverage, data_span, last_complete_day
from zhanggui.units import Clock, Period, Refusal

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

EFFECTS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
"""Relative effects for which it is said how long they need."""
END_LEVEL = 0.96
"""The interval at the planned end. With the looks before it, at 95 % over all of them, the two err at most one time in twenty."""
LOOK_BACK_DAYS = 28
MOST_DAYS = 3650


def baseline(
    warehouse: Warehouse, unit: Unit, metric: Metric, days: int, *, config: Config, clock: Clock
) -> Baseline | Refusal:
    """What a unit of this shop showed lately: over the last 28 days, for customers over as many days as the test is to take.

    Refuses ``no_orders`` without any order, ``no_traffic`` where no visitors or sessions are known, ``no_buyers`` where no buyer is
    known, and ``no_units`` for products and days, whose number is the owner's choice, and for the conversion of orders.
    """
    try:
        first, _ = data_span(warehouse, config.currency)
    except Unanswerable:
        return Refusal("no_orders", needed=1, have=0)
    last = last_complete_day(warehouse, clock, config.currency)
    if unit == "customer":
        return _of_customers(customer_sums(warehouse, Period.ending(last, days)), metric, Period.ending(last, days))
    if unit == "order" and metric == "value":
        period = _lately(first, last)
        sums = order_sums(warehouse, period)
        return _of_values(sums, float(sums.units), period)
    if unit in ("visitor", "session"):
        seen = coverage(warehouse, config.currency, ("traffic_days",)).span(("traffic_days",))
        if seen is None:
            return Refusal("no_traffic", needed=1, have=0)
        return _of_traffic(warehouse, unit, metric, _lately(seen[0], min(seen[1], last)), config=config, clock=clock)
    return Refusal("no_units", needed=1, have=0)


def _lately(first: date, last: date) -> Period:
    """The last 28 days of a span, or as many as it has."""
    return Period.ending(last, min(LOOK_BACK_DAYS, max((last - first).days, 0) + 1))


def _of_customers(sums: Sums, metric: Metric, period: Period) -> Baseline | Refusal:
    if not sums.units:
        return Refusal("no_buyers", needed=1, have=0)
    mean, variance = _moments(sums, float(sums.units), metric)
    return Baseline(mean, variance, at_once=float(sums.units), period=period)


def _of_values(sums: Sums, units: float, period: Period) -> Baseline | Refusal:
    if not units:
        return Refusal("no_orders", needed=1, have=0)
    mean, variance = _moments(sums, units, "value")
    return Baseline(mean, variance, a_day=units / period.days, period=period)


def _of_traffic(
    warehouse: Warehouse, unit: Unit, metric: Metric, period: Period, *, config: Config, clock: Clock
) -> Baseline | Refusal:
    counted, rate = ("visitors", "conversion_rate") if unit == "visitor" else ("sessions", "session_conversion")
    question = Question(metrics=(counted, rate), start=period.start, end=period.end)
    row = ask(warehouse, question, config=config, clock=clock).rows.row(0, named=True)
    units = row[counted] or 0.0
    if not units:
        return Refusal("no_traffic", needed=1, have=0)
    if metric == "value":
        return _of_values(order_sums(warehouse, period), units, period)
    if row[rate] is None:
        return Refusal("no_traffic", needed=1, have=0)
    return Baseline(row[rate], row[rate] * (1 - row[rate]), a_day=units / period.days, period=period)


def _moments(sums: Sums, units: float, metric: Metric) -> tuple[float, float]:
    """Mean and variance of a unit, those without any order included."""
    if metric == "conversion":
        rate = sums.hits / units
        return rate, rate * (1 - rate)
    mean = sums.total / units
    return mean, max(sums.squares / units - mean**2, 0.0)


def outlook(found: Baseline | Refusal, shares: tuple[float, ...], days: int, wanted: float) -> Outlook:
    """What a test of so many ``days`` with these ``shares`` shows here, and how long it would need for the ``wanted`` effect and others."""
    looking = price_of_looking(len(shares) - 1, alpha=1 - END_LEVEL)
    if isinstance(found, Refusal):
        return Outlook(None, days=days, looking=looking, reason=found.code)

    def need(effect: float) -> Need | None:
        units = units_needed(found.mean, found.variance, effect, shares, alpha=1 - END_LEVEL)
        return None if isinstance(units, Refusal) else Need(effect, units, _days(found, units))

    needs = [each for effect in EFFECTS if (each := need(effect))]
    if not needs:
        return Outlook(found, days=days, looking=looking, reason="no_variance")
    there = found.units(days)
    shown = smallest_shown(found.mean, found.variance, there, shares, alpha=1 - END_LEVEL) if there else None
    return Outlook(found, needs, need(wanted), shown if isinstance(shown, float) else None, days, looking)


def _days(found: Baseline, units: int) -> int | None:
    """Days until there are so many units; None where they never are, or nobody knows."""
    if found.a_day is None or found.a_day <= 0:
        return None
    days = ceil(units / found.a_day)
    return days if days <= MOST_DAYS else None

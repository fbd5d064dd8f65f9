"""What can be seen at all: the smallest change of a rate that a comparison of this size would show, and how long it would take."""

from __future__ import annotations

from math import ceil, sqrt

from zhanggui.units import Refusal

DETECTABLE = 2.8
"""1.96 + .84: two-sided 5 % error, 80 % power."""


def smallest_visible_change(rate: float, visitors: float) -> float | Refusal:
    """The smallest relative change of ``rate`` (0…1) seen four times in five with ``visitors`` before and as many after.

    2.8 · √(2 r (1 − r) / v) / r. Refuses ``empty`` without visitors or where the rate is 0 or 1.

    >>> round(smallest_visible_change(0.02667, 8400), 3)
    0.261
    """
    if not (visitors > 0 and 0 < rate < 1):
        return Refusal("empty", needed=1, have=0)
    return DETECTABLE * sqrt(2 * rate * (1 - rate) / visitors) / rate


def weeks_to_see(rate: float, visitors_a_week: float, change: float) -> int | Refusal:
    """Whole weeks needed before and again after to see a relative ``change`` (.1 = 10 %) of ``rate`` with these visitors a week.

    >>> weeks_to_see(0.02667, 2100, 0.10)
    28
    """
    if not (visitors_a_week > 0 and 0 < rate < 1 and change != 0):
        return Refusal("empty", needed=1, have=0)
    visitors = 2 * (DETECTABLE / abs(change)) ** 2 * (1 - rate) / rate
    return ceil(visitors / visitors_a_week)


def smallest_visible_count_change(count: float, dispersion: float = 1.0) -> float | Refusal:
    """The same for a count: ``count`` before, as long after, with variance ``dispersion`` times the Poisson's."""
    if not (count > 0 and dispersion > 0):
        return Refusal("empty", needed=1, have=0)
    return DETECTABLE * sqrt(2 * dispersion / count)

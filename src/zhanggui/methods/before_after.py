"""What a series did after a change against before, with nothing beside it: the weakest reading there is, since the season is in it too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
WEEK = 7
FEWEST_BEFORE, FEWEST_AFTER = 4, 2
USUAL_CORRELATION, WORTH = 0.25, 6.0
"""What the correlation from week to week usually is, and how many weeks that experience counts for."""
MOST_CORRELATION = 0.8


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """``effect``: a day's mean after minus before, weekdays and events taken out; ``low``…``high`` at ``level``; ``error`` its standard
    error; ``freedom`` the degrees of its t distribution; ``correlation`` from week to week, as used."""

    effect: float
    low: float
    high: float
    error: float
    freedom: float
    correlation: float
    level: float = 0.95


def before_after(
    days: npt.ArrayLike,
    before: int,
    weekdays: npt.ArrayLike,
    events: npt.ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> BeforeAfter | Refusal:
    """How the daily series ``days`` (days,) stood after its first ``before`` days against them; NaN is a day left out.

    ``weekdays`` (days,) 0…6 and ``events`` (events, days) of 0 and 1 are regressors. The spread comes from the residuals' whole weeks
    with a correlation from week to week, drawn to the usual one and corrected for short series, so that a slow wave is no proof.

    Refuses ``too_short`` below 4 whole weeks before or 2 after, ``constant`` where nothing moved.
    Assumes: nothing else changed, no season. Source: effective number of independent observations after Bartlett, JRSS 98 (1935) 536;
    bias of a short series' correlation: Marriott & Pope, Biometrika 41 (1954) 390.
    """
    from scipy.special import stdtrit

    y, weekday = np.asarray(days, dtype=np.float64), np.asarray(weekdays, dtype=np.int64)
    known, after = ~np.isnan(y), np.arange(y.size) >= before
    week = (np.arange(y.size) - before) // WEEK
    early, late = (_weeks(week, known & side) for side in (~after, after))
    if early.size < FEWEST_BEFORE or late.size < FEWEST_AFTER:
        short = early.size < FEWEST_BEFORE
        return Refusal(
            "too_short",
            needed=FEWEST_BEFORE if short else FEWEST_AFTER,
            have=int(early.size if short else late.size),
        )
    design = _design(weekday, after, events)
    coefficients = np.linalg.lstsq(design[known], y[known], rcond=None)[0]
    rest = y - design @ coefficients
    first, second = (np.array([float(rest[known & (week == k)].mean()) for k in side]) for side in (early, late))
    first, second = first - first.mean(), second - second.mean()
    if float(first @ first + second @ second) <= 1e-18 * float((y[known] ** 2).sum()):
        return Refusal("constant", needed=2, have=1)
    effect = float(coefficients[1])
    error, freedom, correlation = _spread(first, second)
    reach = float(stdtrit(freedom, (1 + level) / 2)) * error
    return BeforeAfter(effect, effect - reach, effect + reach, error, freedom, correlation, level)


def _weeks(week: npt.NDArray[np.int64], side: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Weeks, counted from the change, of which at least four days are known."""
    numbers, counts = np.unique(week[side], return_counts=True)
    return np.asarray(numbers[counts > WEEK // 2])


def _design(weekday: npt.NDArray[np.int64], after: npt.NDArray[np.bool_], events: npt.ArrayLike | None) -> Floats:
    """Constant, after, six weekdays, events."""
    columns = [np.ones(weekday.size), after.astype(np.float64)]
    columns += [(weekday == k).astype(np.float64) for k in range(1, WEEK)]
    if events is not None:
        columns += list(np.atleast_2d(np.asarray(events, dtype=np.float64)))
    return np.column_stack(columns)


def _spread(first: Floats, second: Floats) -> tuple[float, float, float]:
    """Standard error of the difference of two means of correlated weeks, its degrees of freedom, and the correlation."""
    weeks = first.size + second.size
    squares = float(first @ first + second @ second)
    products = float(first[1:] @ first[:-1] + second[1:] @ second[:-1])
    seen = products / squares + 2 / weeks
    drawn = (weeks * seen + WORTH * USUAL_CORRELATION) / (weeks + WORTH)
    correlation = min(max(drawn, 0.0), MOST_CORRELATION)
    longer = [_inflation(correlation, side.size) for side in (first, second)]
    # Two means were taken off: with correlation they took more of the squares with them.
    lost = max(1 - (sum(longer) - 2) / weeks, 0.3)
    variance = (
        squares / (weeks - 2) / lost * sum(k / side.size for k, side in zip(longer, (first, second), strict=True))
    )
    freedom = max((weeks - 2) * (1 - correlation) / (1 + correlation), 3.0)
    return float(np.sqrt(variance)), freedom, correlation


def _inflation(correlation: float, weeks: int) -> float:
    """By what the variance of the mean of so many weeks exceeds that of independent ones."""
    lags = np.arange(1, weeks)
    return 1 + 2 * float(((1 - lags / weeks) * correlation**lags).sum())

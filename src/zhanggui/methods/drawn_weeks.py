"""Is a product's last week unusual beside weeks drawn at random from its own days, when all products are looked at together?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
FEWEST_WEEKS = 8


@dataclass(frozen=True, slots=True)
class DrawnWeeks:
    """``expected`` (series,) of the last window; ``p_low``, ``p_high`` one-sided for each series by itself; ``family_low`` and
    ``family_high`` the same with all series looked at: the chance that *any* of them, in either direction, looks as unusual."""

    expected: Floats
    p_low: Floats
    p_high: Floats
    family_low: Floats
    family_high: Floats
    draws: int


def drawn_weeks(
    days: npt.ArrayLike,
    first_weekday: int,
    *,
    exposure: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    window: int = 7,
    draws: int = 2000,
    seed: int = 20111209,
) -> DrawnWeeks | Refusal:
    """Compare the last ``window`` days of every series with windows put together from all days of the same weekdays.

    ``days`` (days, series) ≥ 0, oldest first, the first on ``first_weekday`` (0 = Monday); ``exposure`` (days,): what all series are
    proportional to (the shop's orders); ``weights`` (series,): where more is at stake (sales), as in weighted tests of a family.
    The windows are drawn for all series at once, so that what they share (a day without orders, a season) is shared in the comparison too.

    A series that sells only in season or was sold out for months has windows of nearly nothing among its draws: no distribution of counts
    knows that. It says nothing about trends: give it beside, not instead of, an expectation. The smallest p-value is 1 / (draws + 1).
    Refuses ``too_short`` below 8 weeks before the window, ``empty`` without series, ``constant`` if nothing was sold.
    Source: permutation with the smallest p of the family, Westfall & Young, Resampling-Based Multiple Testing (1993).
    """
    values = np.asarray(days, dtype=np.float64)
    before = values.shape[0] - window
    if values.ndim != 2 or values.shape[1] == 0:
        return Refusal("empty", needed=1, have=0)
    if before < 7 * FEWEST_WEEKS:
        return Refusal("too_short", needed=7 * FEWEST_WEEKS, have=max(before, 0))
    at = np.ones(values.shape[0]) if exposure is None else np.asarray(exposure, dtype=np.float64)
    if not (values[:before].sum() > 0 and at[:before].sum() > 0):
        return Refusal("constant", needed=1, have=0)
    # The window's own days are in the pool: only then is the window one of the weeks that could have been drawn.
    rate = values.sum(axis=0) / at.sum()
    picked = _pick(values.shape[0], first_weekday, window, draws, seed)
    drawn = _miss(picked @ values, picked @ at, rate)
    seen = _miss(values[before:].sum(axis=0)[None, :], at[before:].sum()[None], rate)[0]
    p_low = ((drawn <= seen + 1e-9).sum(axis=0) + 1) / (draws + 1)
    p_high = ((drawn >= seen - 1e-9).sum(axis=0) + 1) / (draws + 1)
    favour = np.ones(values.shape[1]) if weights is None else np.asarray(weights, dtype=np.float64)
    favour = np.maximum(favour / favour.mean(), 1e-9)
    family = _family(np.vstack([drawn, seen]), favour)
    expected = values[:before].sum(axis=0) / at[:before].sum() * at[before:].sum()
    return DrawnWeeks(expected, p_low, p_high, family[0], family[1], draws)


def _family(misses: Floats, favour: Floats) -> tuple[Floats, Floats]:
    """Family p-values (low, high) of the last row of ``misses`` (windows, series) among all rows, itself included.

    Ranks are too coarse to tell hundreds of series apart, so each window's most unusual series is found by normal tails of its
    standardised miss. They need not be right: they only order, and every window is ordered alike.
    """
    from scipy.special import ndtr

    spread = np.maximum(misses.std(axis=0), 1e-12)
    z = (misses - misses.mean(axis=0)) / spread
    low, high = ndtr(z) / favour, ndtr(-z) / favour
    smallest = np.sort(np.minimum(low, high).min(axis=1))
    ends = [np.searchsorted(smallest, tail[-1] * (1 + 1e-9), side="right") / smallest.size for tail in (low, high)]
    return ends[0], ends[1]


def _pick(days: int, first_weekday: int, window: int, draws: int, seed: int) -> Floats:
    """(draws, days): 1 where a day belongs to the drawn window; each weekday of the window comes from the days of its own."""
    rng = np.random.default_rng(seed)
    picked = np.zeros((draws, days))
    weekdays = (first_weekday + np.arange(days)) % 7
    for k in range(window):
        own = np.flatnonzero(weekdays == (first_weekday + days - window + k) % 7)
        np.add.at(picked, (np.arange(draws), rng.choice(own, draws)), 1.0)
    return picked


def _miss(total: Floats, at: Floats, rate: Floats) -> Floats:
    """How far totals (windows, series) lie from rate × exposure, on the square-root scale that makes counts alike."""
    mean = at[:, None] * rate
    return np.asarray(np.sqrt(total + 0.375) - np.sqrt(mean + 0.375))

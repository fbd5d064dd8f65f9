"""Whether the lines of a product changed in size (price, units a line), whatever a few bulk orders did: a rank test within strata."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
FEWEST_LINES = 5
LEAST_SKEW = 0.01
"""Below it a normal tail says the same."""


@dataclass(frozen=True, slots=True)
class LineShift:
    """``ratio``: median of the recent lines ÷ median of the earlier ones; ``p_lower``: one-sided p for "the recent are lower";
    ``superiority``: chance that a recent line is larger than an earlier one of its stratum (½ = alike)."""

    ratio: float
    superiority: float
    p_lower: float
    p_higher: float
    lines: int


def line_shift(
    recent: npt.ArrayLike,
    earlier: npt.ArrayLike,
    recent_strata: npt.ArrayLike | None = None,
    earlier_strata: npt.ArrayLike | None = None,
    *,
    recent_days: npt.ArrayLike | None = None,
    earlier_days: npt.ArrayLike | None = None,
) -> LineShift | Refusal:
    """Whether ``recent`` values a line (lines,) are lower or higher than ``earlier`` ones, compared within strata (the price paid).

    Wilcoxon's rank sum in each stratum with ties, summed with van Elteren's weights 1 / (N + 1). Where nearly all lines are alike (one
    unit, now and then two) the sum is skewed: its tails are those of a gamma distribution with its third moment. Lines are taken as
    independent, or, given ``recent_days`` and ``earlier_days`` (lines,), days are: lines of a day share its prices, so the variance is
    that of whole days where that is larger.
    Refuses ``few_lines`` below 5 recent or earlier lines, ``constant`` where no stratum has different values on both sides.
    Source: van Elteren, Bull. Int. Stat. Inst. 37 (1960) 351; moments of sums drawn without replacement: Cochran, Sampling Techniques,
    3rd ed. (1977), 2.15.
    """
    new, old = np.asarray(recent, dtype=np.float64), np.asarray(earlier, dtype=np.float64)
    if min(new.size, old.size) < FEWEST_LINES:
        return Refusal("few_lines", needed=FEWEST_LINES, have=min(new.size, old.size))
    values = np.concatenate([new, old])
    is_new = np.arange(values.size) < new.size
    where = _codes(recent_strata, earlier_strata, values.size)
    surplus, noise, third, wins, pairs = _surplus(values, is_new, where)
    variance = noise
    if recent_days is not None and earlier_days is not None:
        days = _codes(recent_days, earlier_days, values.size)
        variance = max(noise, _variance_of_days(surplus, is_new, days))
    if noise <= 0:
        return Refusal("constant", needed=2, have=1)
    lower, higher = _tails(float(surplus[is_new].sum()) / float(np.sqrt(variance)), third / variance**1.5)
    middle = float(np.median(old))
    ratio = float(np.median(new)) / middle if middle else np.nan
    return LineShift(ratio, wins / pairs, lower, higher, int(new.size))


def _tails(z: float, skew: float) -> tuple[float, float]:
    """How likely a standardised sum of this ``skew`` is at most, and at least, ``z``."""
    from scipy.special import gammainc, gammaincc, ndtr

    if abs(skew) < LEAST_SKEW:
        return float(ndtr(z)), float(ndtr(-z))
    shape = 4 / skew**2
    at = max(shape + np.sign(skew) * z * np.sqrt(shape), 0.0)
    below, above = float(gammainc(shape, at)), float(gammaincc(shape, at))
    return (below, above) if skew > 0 else (above, below)


def _codes(recent: npt.ArrayLike | None, earlier: npt.ArrayLike | None, lines: int) -> npt.NDArray[np.int64]:
    if recent is None or earlier is None:
        return np.zeros(lines, dtype=np.int64)
    return np.unique(np.concatenate([np.asarray(recent), np.asarray(earlier)]), return_inverse=True)[1].astype(np.int64)


def _surplus(
    values: Floats, is_new: npt.NDArray[np.bool_], where: npt.NDArray[np.int64]
) -> tuple[Floats, float, float, float, float]:
    """Each line's rank above the middle of its stratum, divided by N + 1; variance and third moment of the recent ones' sum; wins and
    pairs."""
    surplus, variance, third, wins, pairs = np.zeros(values.size), 0.0, 0.0, 0.0, 0.0
    for k in np.unique(where[is_new]):
        here = np.flatnonzero(where == k)
        m, total = int(is_new[here].sum()), here.size
        n = total - m
        if not n:
            continue
        _, inverse, counts = np.unique(values[here], return_inverse=True, return_counts=True)
        above = (np.cumsum(counts) - (counts - 1) / 2)[inverse] - (total + 1) / 2
        surplus[here] = above / (total + 1)
        ties = float((counts.astype(np.float64) ** 3 - counts).sum())
        variance += m * n / 12 * (total + 1 - ties / (total * (total - 1))) / (total + 1) ** 2
        if total > 2:
            third += m * n * (n - m) / (total * (total - 1) * (total - 2)) * float((surplus[here] ** 3).sum())
        wins, pairs = wins + float(above[is_new[here]].sum()) + m * n / 2, pairs + m * n
    return surplus, variance, third, wins, pairs


def _variance_of_days(surplus: Floats, is_new: npt.NDArray[np.bool_], days: npt.NDArray[np.int64]) -> float:
    """Variance of the recent sum if the recent days were drawn from all days, judged by the earlier days' sums."""
    sums = np.bincount(days, weights=surplus)
    recent = np.bincount(days, weights=is_new) > 0
    if int((~recent).sum()) < 2:
        return 0.0
    lines = np.bincount(days)
    # A day counts by its lines: the recent window's number of lines is known, so the spread is that per line.
    spread = float(np.square(sums[~recent]).sum() / lines[~recent].sum())
    return spread * float(lines[recent].sum()) * (1 + float(lines[recent].sum()) / float(lines[~recent].sum()))

"""Whether the lines of a product changed in size (price, units a line), whatever a few bulk orders did: a rank test within strata."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
FEWEST_LINES = 5


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
) -> LineShift | Refusal:
    """Whether ``recent`` values a line (lines,) are lower or higher than ``earlier`` ones, compared within strata (price tier).

    Wilcoxon's rank sum in each stratum with ties, summed with van Elteren's weights 1 / (N + 1). Lines are taken as independent: give one
    value an order. Refuses ``few_lines`` below 5 recent or earlier lines, ``constant`` where no stratum has different values on both sides.
    Source: van Elteren, Bull. Int. Stat. Inst. 37 (1960) 351.
    """
    new, old = np.asarray(recent, dtype=np.float64), np.asarray(earlier, dtype=np.float64)
    if min(new.size, old.size) < FEWEST_LINES:
        return Refusal("few_lines", needed=FEWEST_LINES, have=min(new.size, old.size))
    one = np.zeros(new.size) if recent_strata is None else np.asarray(recent_strata)
    other = np.zeros(old.size) if earlier_strata is None else np.asarray(earlier_strata)
    _, where = np.unique(np.concatenate([one, other]), return_inverse=True)
    statistic = variance = wins = pairs = 0.0
    for k in range(int(where.max()) + 1):
        a, b = new[where[: new.size] == k], old[where[new.size :] == k]
        if not (a.size and b.size):
            continue
        surplus, noise = _rank_surplus(a, b)
        weight = 1 / (a.size + b.size + 1)
        statistic, variance = statistic + weight * surplus, variance + weight**2 * noise
        wins, pairs = wins + surplus + a.size * b.size / 2, pairs + a.size * b.size
    if variance <= 0:
        return Refusal("constant", needed=2, have=1)
    from scipy.special import ndtr

    lower = float(ndtr(statistic / np.sqrt(variance)))
    middle = float(np.median(old))
    ratio = float(np.median(new)) / middle if middle else np.nan
    return LineShift(ratio, wins / pairs, lower, 1 - lower, int(new.size))


def _rank_surplus(a: Floats, b: Floats) -> tuple[float, float]:
    """Rank sum of ``a`` above its expectation (= Mann-Whitney U − mn/2) and its variance, ties included."""
    _, inverse, counts = np.unique(np.concatenate([a, b]), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    m, n = a.size, b.size
    total = m + n
    ties = float((counts.astype(np.float64) ** 3 - counts).sum())
    noise = m * n / 12 * (total + 1 - ties / (total * (total - 1)))
    return float(ranks[:m].sum()) - m * (total + 1) / 2, noise

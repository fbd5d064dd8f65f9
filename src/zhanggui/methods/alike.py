"""What many small series' next block was to be (orders of every large product), each walked by itself, all teaching what is noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.methods.level import follow
from zhanggui.methods.surprise import StudentFit, conformal_ends, fit_student
from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
FEWEST_BLOCKS = 8
FEWEST_MISSES = 30
PREFERENCE = 0.1  # hundreds of misses speak for themselves
PRIOR_MISSES = 8.0
"""How many misses of its own a series needs to weigh as much as all the others in its scale."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Arrays (series,): what was ``expected``, ``low``…``high`` at the level asked, one-sided p-values of what was seen, and the scale of
    a miss on the root scale. NaN for a series with fewer than 8 known blocks."""

    expected: Floats
    low: Floats
    high: Floats
    p_low: Floats
    p_high: Floats
    scale: Floats
    misses: int

    def of(self, chosen: npt.NDArray[np.bool_]) -> Alike:
        """The answer for some of the series."""
        return Alike(
            self.expected[chosen],
            self.low[chosen],
            self.high[chosen],
            self.p_low[chosen],
            self.p_high[chosen],
            self.scale[chosen],
            self.misses,
        )


def expect_alike(
    history: npt.ArrayLike, observed: npt.ArrayLike, *, exposure: npt.ArrayLike | None = None, level: float = 0.9
) -> Alike | Refusal:
    """Judge ``observed`` (series,) counts against each series' own walk through ``history`` (series, blocks), NaN = not there yet.

    ``exposure`` (blocks + 1,): what all series move with (the shop's orders). Counts are walked on the square-root scale, on which
    chance is alike at every level; a miss is divided by its series' scale without that miss, drawn to the common one as if 8 misses
    had shown it; then the misses of all series together say how unusual a miss is. One series of 25 weeks cannot tell a chance of
    1 in 1,000; sixty can.

    Refuses ``empty`` without a series of 8 known blocks, ``few_misses`` below 30 in all.
    Assumes: standardised one-step misses of all series are exchangeable. Sources: Anscombe, Biometrika 35 (1948) 246 (roots);
    split conformal prediction over a pooled calibration set.
    """
    values, seen = np.asarray(history, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    if values.ndim != 2 or seen.shape != (values.shape[0],):
        raise ValueError(f"history {values.shape} is (series, blocks) and observed {seen.shape} is (series,)")
    at = np.ones(values.shape[1] + 1) if exposure is None else np.asarray(exposure, dtype=np.float64)
    at = at / at[-1] if at[-1] > 0 else np.ones_like(at)
    with np.errstate(divide="ignore", invalid="ignore"):
        roots = np.sqrt(np.where(at[:-1] > 0, values / at[:-1], np.nan) + 0.375)
    usable = (~np.isnan(roots)).sum(axis=1) >= FEWEST_BLOCKS
    if not usable.any():
        return Refusal("empty", needed=FEWEST_BLOCKS, have=0)
    walks = {int(i): follow(roots[i]) for i in np.flatnonzero(usable)}
    misses = {i: walk.errors[~np.isnan(walk.errors)] for i, walk in walks.items()}
    everything = np.concatenate(list(misses.values()))
    if everything.size < FEWEST_MISSES:
        return Refusal("few_misses", needed=FEWEST_MISSES, have=int(everything.size))
    common = float(np.mean(np.square(everything)))
    pool = np.concatenate([_standardised(own, common) for own in misses.values()])
    fit, tail = fit_student(pool, preference=PREFERENCE), _Tails(pool)
    below, above, _ = conformal_ends(pool, level, fit)
    blank = np.full(values.shape[0], np.nan)
    answer = Alike(blank, blank.copy(), blank.copy(), blank.copy(), blank.copy(), blank.copy(), int(pool.size))
    for i, walk in walks.items():
        scale = float(np.sqrt(_scale2(misses[i], common)))
        now = float(np.sqrt(seen[i] + 0.375))
        p_low, p_high = tail.of((now - walk.forecast) / walk.widening / scale)
        centre, reach = walk.forecast, scale * walk.widening
        answer.expected[i], answer.low[i], answer.high[i] = (_back(centre + z * reach) for z in (0.0, below, above))
        answer.p_low[i], answer.p_high[i], answer.scale[i] = p_low, p_high, scale
    return answer


class _Tails:
    """One-sided p-values of a miss among hundreds: within their range its rank and a Student-t of its side together, beyond it the t.

    Each side has its own t: goods come back into stock or into season all at once (above), but chance alone empties them (below).
    """

    def __init__(self, pool: Floats) -> None:
        self.pool = np.sort(pool)
        halves = (-pool[pool < 0], pool[pool > 0])
        self.fits = [
            fit_student(half if half.size >= FEWEST_MISSES // 2 else np.abs(pool), PREFERENCE) for half in halves
        ]

    def of(self, miss: float) -> tuple[float, float]:
        low = self._side(self.pool, miss, self.fits[0])
        high = self._side(-self.pool[::-1], -miss, self.fits[1])
        return low, high

    @staticmethod
    def _side(pool: Floats, miss: float, fit: StudentFit) -> float:
        from scipy.special import stdtr

        shape = float(stdtr(fit.freedom, miss / fit.scale))
        rank = (float(np.searchsorted(pool, miss, side="right")) + 0.5) / (pool.size + 1)
        if rank < 1 / (pool.size + 1):
            return min(shape, rank)
        return float(np.sqrt(shape * rank))


def _scale2(own: Floats, common: float) -> float:
    return (float(np.square(own).sum()) + PRIOR_MISSES * common) / (own.size + PRIOR_MISSES)


def _standardised(own: Floats, common: float) -> Floats:
    """Each miss over the scale that its series has without it, as the new miss will be."""
    square = np.square(own)
    rest = (square.sum() - square + PRIOR_MISSES * common) / (own.size - 1 + PRIOR_MISSES)
    return np.asarray(own / np.sqrt(np.maximum(rest, 1e-12)))


def _back(root: float) -> float:
    return max(max(root, 0.0) ** 2 - 0.375, 0.0)

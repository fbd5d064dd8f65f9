"""Did a window differ from the one before: rates, counts and money, each with the noise it really has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.methods.shrinkage import FLAT, Beta, probability_below
from zhanggui.units import Estimate, Refusal

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """``first`` and ``second`` per unit; ``change`` = first − second and ``ratio`` = first ÷ second with intervals; ``p_lower`` is the
    one-sided p-value for "the first is lower", ``p_higher`` for "higher"."""

    first: float
    second: float
    change: Estimate
    ratio: Estimate
    p_lower: float
    p_higher: float
    method: str


def compare_rates(
    hits: float,
    trials: float,
    hits_before: float,
    trials_before: float,
    *,
    prior: Beta | None = None,
    level: float = 0.9,
) -> Comparison | Refusal:
    """Whether a rate (buyers ÷ visitors) changed from one window to another, both drawn to ``prior`` (the category; at most 400 visitors).

    ``p_lower`` is the posterior probability that the rate did *not* fall. Refuses ``empty`` without trials in both windows.
    """
    if not (trials > 0 and trials_before > 0):
        return Refusal("empty", needed=1, have=0)
    start = (prior or FLAT).held()
    now, then = start.after(hits, trials), start.after(hits_before, trials_before)
    fell = probability_below(now, then)
    from scipy.special import betaincinv

    # A grid of equally likely pairs: the same answer every time, without draws.
    grid = (np.arange(200) + 0.5) / 200
    one, other = betaincinv(now.hits, now.misses, grid)[:, None], betaincinv(then.hits, then.misses, grid)[None, :]
    tails = [(1 - level) / 2, (1 + level) / 2]
    change, ratio = np.quantile(one - other, tails), np.quantile(one / np.maximum(other, 1e-300), tails)
    return Comparison(
        now.mean,
        then.mean,
        Estimate(now.mean - then.mean, float(change[0]), float(change[1]), level),
        Estimate(now.mean / then.mean, float(ratio[0]), float(ratio[1]), level),
        1 - fell,
        fell,
        "beta",
    )


def compare_counts(
    blocks: npt.ArrayLike,
    blocks_before: npt.ArrayLike,
    *,
    exposure: float = 1.0,
    exposure_before: float = 1.0,
    level: float = 0.9,
) -> Comparison | Refusal:
    """Whether a count (orders, units) changed: ratio of block means with the overdispersion the blocks themselves show.

    ``blocks`` and ``blocks_before`` (weeks,) ≥ 0, at least 2 each; ``exposure``: what each window's blocks are proportional to.
    The dispersion is Pearson's within windows, never below Poisson, drawn to 1 as by two more blocks.
    Refuses ``too_short`` and ``empty`` (no count at all).
    """
    now, then = np.asarray(blocks, dtype=np.float64), np.asarray(blocks_before, dtype=np.float64)
    if min(now.size, then.size) < 2:
        return Refusal("too_short", needed=2, have=min(now.size, then.size))
    if not now.sum() + then.sum() > 0:
        return Refusal("empty", needed=1, have=0)
    square = sum(float(np.square(x - x.mean()).sum()) / x.mean() for x in (now, then) if x.mean() > 0)
    free = now.size + then.size - 2
    dispersion = max(1.0, (square + 2) / (free + 2))
    # Half a count more on each side, so that a window without any has an interval too.
    sums = now.sum() + 0.5, then.sum() + 0.5
    error = float(np.sqrt(dispersion * (1 / sums[0] + 1 / sums[1])))
    first, second = sums[0] / now.size / exposure, sums[1] / then.size / exposure_before
    return _by_log_ratio(first, second, error, free + 2.0, level, "quasi_poisson")


def compare_money(blocks: npt.ArrayLike, blocks_before: npt.ArrayLike, *, level: float = 0.9) -> Comparison | Refusal:
    """Whether money a block changed: log ratio of the two means by the delta method, Welch's degrees of freedom.

    ``blocks``, ``blocks_before`` (blocks,) of equal length in time, at least 3 each. Refuses ``too_short``, ``not_positive`` where a mean
    is not above 0, ``constant`` where no block differs.
    """
    now, then = np.asarray(blocks, dtype=np.float64), np.asarray(blocks_before, dtype=np.float64)
    if min(now.size, then.size) < 3:
        return Refusal("too_short", needed=3, have=min(now.size, then.size))
    if not (now.mean() > 0 and then.mean() > 0):
        return Refusal("not_positive", needed=0, have=float(min(now.mean(), then.mean())))
    parts = [float(x.var(ddof=1)) / x.size / float(x.mean()) ** 2 for x in (now, then)]
    if sum(parts) <= 0:
        return Refusal("constant", needed=2, have=1)
    free = sum(parts) ** 2 / (parts[0] ** 2 / (now.size - 1) + parts[1] ** 2 / (then.size - 1))
    return _by_log_ratio(float(now.mean()), float(then.mean()), float(np.sqrt(sum(parts))), free, level, "welch_log")


def _by_log_ratio(first: float, second: float, error: float, free: float, level: float, method: str) -> Comparison:
    from scipy.special import stdtr, stdtrit

    log_ratio = float(np.log(first / second))
    reach = float(stdtrit(free, 0.5 + level / 2)) * error
    low, high = float(np.exp(log_ratio - reach)), float(np.exp(log_ratio + reach))
    lower = float(stdtr(free, log_ratio / error))
    # a − b = 2 √(ab) sinh(½ ln(a/b)): the ends of the ratio carried over, the windows' common level taken as known.
    ends = [2 * float(np.sqrt(first * second)) * float(np.sinh(x / 2)) for x in (log_ratio - reach, log_ratio + reach)]
    change = Estimate(first - second, ends[0], ends[1], level)
    return Comparison(first, second, change, Estimate(first / second, low, high, level), lower, 1 - lower, method)


def same_sign_in_both_halves(blocks: npt.ArrayLike, usual: float) -> bool:
    """Whether both halves of a window (blocks,), the middle one left out if odd, lie on the same side of ``usual`` a block."""
    values = np.asarray(blocks, dtype=np.float64)
    half = values.size // 2
    if half == 0:
        return False
    early, late = float(values[:half].mean()) - usual, float(values[-half:].mean()) - usual
    return early * late > 0

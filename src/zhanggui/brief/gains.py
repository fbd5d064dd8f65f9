"""What of a rule's promise is shown: times what its measured actions kept, with an interval that knows how little that record may know."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from zhanggui.actions.kinds import Gain, Record

Floats = npt.NDArray[np.float64]
MOST_KEPT = 1.2
TENTH = 1.2815515655446004
"""The standard normal's 90 % quantile: 80 % of the belief lies within so many standard deviations."""
_CASES = 96


def after_record(gain: Gain, record: Record) -> Gain:
    """``gain`` times the rule's factor; its 80 % interval is that of promise × factor, the factor a normal cut to 0…1.2.

    The promise is a normal of two halves about its profit, with the gain's own ends. What is counted is arithmetic: no record applies. The
    chance of a profit is the promise's own: a factor changes its size, not its sign.
    """
    if gain.counted:
        return gain
    # The mean of a lopsided gain (a rare loss avoided) may lie outside of its own interval: that side has no width then.
    left, right = max(gain.profit - gain.low, 0.0) / TENTH, max(gain.high - gain.profit, 0.0) / TENTH
    z = _normal()
    promised = gain.profit + z * np.where(z < 0, left, right)
    low, high = np.quantile(promised[:, None] * _kept(record), [0.1, 0.9])
    return replace(gain, profit=record.factor * gain.profit, low=float(low), high=float(high))


def error_of(gain: Gain) -> float:
    """The standard deviation that the interval of ``gain`` stands for; 0 where it is counted."""
    return 0.0 if gain.counted else (gain.high - gain.low) / (2 * TENTH)


@cache
def _normal() -> Floats:
    """Equally likely values of a standard normal."""
    from scipy.special import ndtri

    values: Floats = ndtri(_even())
    return values


@lru_cache(maxsize=64)
def _kept(record: Record) -> Floats:
    """Equally likely values of a rule's factor."""
    from scipy.special import ndtr, ndtri

    if record.spread <= 0:
        return np.array([min(max(record.factor, 0.0), MOST_KEPT)])
    low, high = ndtr((np.array([0.0, MOST_KEPT]) - record.factor) / record.spread)
    kept: Floats = np.maximum(record.factor + record.spread * ndtri(low + _even() * (high - low)), 0.0)
    return kept


def _even() -> Floats:
    """Shares that cut a distribution into equally likely pieces, each at its middle."""
    return (np.arange(_CASES) + 0.5) / _CASES

"""What of a rule's promise is shown: times what its measured actions kept, with an interval that knows how little that record may know."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from zhanggui.actions.kinds import Gain, Record

Floats = npt.NDArray[np.float64]
MOST_KEPT = 1.2
TENTH = 1.2815515655446004
"""The standard normal's 90 % quantile: 80 % of the belief lies within so many standard deviations."""
_STEPS = 45


def after_record(gain: Gain, record: Record) -> Gain:
    """``gain`` times the rule's factor; its 80 % interval is that of promise × factor, the factor a normal cut to 0…1.2.

    The promise is a normal of two halves about its profit, with the gain's own ends. What is counted is arithmetic: no record applies. The
    chance of a profit is the promise's own: a factor changes its size, not its sign.
    """
    if gain.counted:
        return gain
    kept = _kept(record)
    # The mean of a lopsided gain (a rare loss avoided) may lie outside of its own interval: that side has no width then.
    left, right = max(gain.profit - gain.low, 0.0) / TENTH, max(gain.high - gain.profit, 0.0) / TENTH
    return replace(
        gain,
        profit=record.factor * gain.profit,
        low=_quantile(0.1, kept, gain.profit, left, right),
        high=_quantile(0.9, kept, gain.profit, left, right),
    )


def error_of(gain: Gain) -> float:
    """The standard deviation that the interval of ``gain`` stands for; 0 where it is counted."""
    return 0.0 if gain.counted else (gain.high - gain.low) / (2 * TENTH)


def _kept(record: Record) -> Floats:
    """Equally likely values of a rule's factor."""
    from scipy.special import ndtr, ndtri

    if record.spread <= 0:
        return np.array([min(max(record.factor, 0.0), MOST_KEPT)])
    low, high = ndtr((np.array([0.0, MOST_KEPT]) - record.factor) / record.spread)
    at = low + (np.arange(64) + 0.5) / 64 * (high - low)
    kept: Floats = np.maximum(record.factor + record.spread * ndtri(at), 0.0)
    return kept


def _quantile(share: float, kept: Floats, middle: float, left: float, right: float) -> float:
    """Where P(factor × promise ≤ x) reaches ``share``, by halving."""
    from scipy.special import ndtr

    def below(x: float) -> float:
        promised = np.where(kept > 0, x / np.maximum(kept, 1e-12), np.inf if x >= 0 else -np.inf)
        off = promised - middle
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.where(off < 0, off / left, np.where(off > 0, off / right, 0.0))
        return float(ndtr(z).mean())

    low = min(MOST_KEPT * (middle - 8 * left), 0.0)
    high = max(MOST_KEPT * (middle + 8 * right), 0.0)
    for _ in range(_STEPS):
        half = (low + high) / 2
        low, high = (half, high) if below(half) < share else (low, half)
    return (low + high) / 2

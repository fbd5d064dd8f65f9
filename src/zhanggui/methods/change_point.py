"""On which day a rate changed: the split of the days that the counts themselves make most likely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
FEWEST_DAYS = 4
HALF_WIDTH = 1.920729410347062
"""Half the 95 % quantile of chi-square with one degree of freedom: how much less likely a day may be and still be told apart from none."""


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """``day`` is the index of the first day of the new rate; days from ``low`` to ``high`` are nearly as likely. ``before`` and ``after``
    are the rates on both sides, ``gain`` twice the log-likelihood that the change adds over one rate for all days."""

    day: int
    low: int
    high: int
    before: float
    after: float
    gain: float


def rate_change_point(hits: npt.ArrayLike, trials: npt.ArrayLike) -> ChangePoint | Refusal:
    """The day on which ``hits`` (days,) out of ``trials`` (days,), oldest first, most likely took a new rate.

    Days without trials say nothing.

    It says *where* a change lies if there is one, never *whether*: the best of many splits always looks better than chance.

    Refuses ``too_short`` below four days with trials, ``constant`` where nobody or everybody hit. Raises where hits exceed trials.
    Source: Hinkley & Hinkley, Biometrika 57 (1970) 477 (binomial change point); the interval is the profile likelihood's.

    >>> rate_change_point([10, 11, 9, 10, 4, 5, 3, 4], [100] * 8).day
    4
    """
    k, n = np.asarray(hits, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    if k.shape != n.shape or k.ndim != 1:
        raise ValueError(f"hits {k.shape} and trials {n.shape} must be arrays of one length")
    if bool(((k < 0) | (k > n)).any()):
        raise ValueError("hits lie between 0 and their trials")
    open_days = np.flatnonzero(n > 0)
    if open_days.size < FEWEST_DAYS:
        return Refusal("too_short", needed=FEWEST_DAYS, have=int(open_days.size))
    if not 0 < k.sum() < n.sum():
        return Refusal("constant", needed=2, have=1)
    done_k, done_n = np.cumsum(k[open_days])[:-1], np.cumsum(n[open_days])[:-1]
    whole_k, whole_n = float(k.sum()), float(n.sum())
    split = _likelihood(done_k, done_n) + _likelihood(whole_k - done_k, whole_n - done_n)
    best = int(np.argmax(split))
    near = np.flatnonzero(split >= split[best] - HALF_WIDTH)
    one = float(_likelihood(np.array([whole_k]), np.array([whole_n]))[0])
    starts = open_days[1:]
    return ChangePoint(
        int(starts[best]),
        int(starts[near[0]]),
        int(starts[near[-1]]),
        float(done_k[best] / done_n[best]),
        float((whole_k - done_k[best]) / (whole_n - done_n[best])),
        2 * max(float(split[best]) - one, 0.0),
    )


def _likelihood(hits: Floats, trials: Floats) -> Floats:
    """Log-likelihood of binomial counts at their own rate, constants left out."""
    from scipy.special import xlogy

    return np.asarray(xlogy(hits, hits / trials) + xlogy(trials - hits, 1 - hits / trials), dtype=np.float64)

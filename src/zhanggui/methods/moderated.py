"""Variances of many units, each drawn to what a unit of its size usually has, so that a lucky calm one does not prove too much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
MOST_FREEDOM = 200.0


@dataclass(frozen=True, slots=True)
class Moderated:
    """``variances`` (units,) after drawing, in the unit given; ``freedom``: how many observations the common experience counts for."""

    variances: Floats
    freedom: float


def moderated_variances(variances: npt.ArrayLike, freedom: float, sizes: npt.ArrayLike) -> Moderated | Refusal:
    """Each of ``variances`` (units,) > 0, found with ``freedom`` degrees, drawn to a line of log variance over log ``sizes`` (units,) > 0.

    How strongly depends on how much more the logs scatter around the line than chance alone makes them. Refuses ``too_few_groups``
    below 4 units. Source: Smyth, Statistical Applications in Genetics and Molecular Biology 3 (2004), article 3, section 6.2.
    """
    from scipy.special import digamma, polygamma

    seen, size = np.asarray(variances, dtype=np.float64), np.log(np.asarray(sizes, dtype=np.float64))
    if seen.size < 4:
        return Refusal("too_few_groups", needed=4, have=int(seen.size))
    if not (np.isfinite(size).all() and bool((seen > 0).all())):
        raise ValueError("variances and sizes are positive")
    half = freedom / 2
    logs = np.log(seen) - float(digamma(half)) + np.log(half)
    design = np.column_stack([np.ones(size.size), size - size.mean()])
    line = design @ np.linalg.lstsq(design, logs, rcond=None)[0]
    excess = float(((logs - line) ** 2).sum()) / (seen.size - 2) - float(polygamma(1, half))
    prior = min(2 * _inverse_trigamma(excess), MOST_FREEDOM) if excess > 0 else MOST_FREEDOM
    usual = np.exp(line + float(digamma(prior / 2)) - np.log(prior / 2))
    return Moderated((prior * usual + freedom * seen) / (prior + freedom), prior)


def _inverse_trigamma(value: float) -> float:
    """The x at which the trigamma function is ``value`` > 0, by Newton's steps on its reciprocal (Smyth 2004, appendix)."""
    from scipy.special import polygamma

    if value > 1e7:
        return float(1 / np.sqrt(value))
    if value < 1e-6:
        return 1 / value
    x = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(polygamma(1, x))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, x))
        x += step
        if -step / x < 1e-9:
            break
    return x

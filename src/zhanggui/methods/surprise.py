"""How surprising a value is beside residuals of the past: conformal ranks where they reach, a fitted Student-t beyond them."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FREEDOM = (3.0, 4.0, 6.0, 10.0, 30.0, 100.0)
"""Degrees of freedom tried: 3 is a trade with bulk orders, 30 is all but normal."""
USUAL_FREEDOM = 5.0
FEWEST_A_SIDE = 12


@dataclass(frozen=True, slots=True)
class StudentFit:
    """A Student-t around 0 with ``scale``; ``freedom`` counts both the tails seen and how few residuals there were."""

    scale: float
    freedom: float


def robust_scale(values: Floats) -> float:
    """The spread of ``values`` around 0 as a normal standard deviation: from the median size; from the mean square if over half are 0."""
    if not values.size:
        return 0.0
    middle = 1.482602218505602 * float(np.median(np.abs(values)))
    return middle if middle > 0 else float(np.sqrt(np.mean(values**2)))


def fit_student(residuals: Floats, preference: float = 0.35) -> StudentFit:
    """Scale and tails of ``residuals`` (m,) around 0 by maximum likelihood over :data:`FREEDOM`, held to m − 1 degrees of freedom.

    A weak ``preference`` for :data:`USUAL_FREEDOM` stands for what shops' weeks look like until the residuals say otherwise.
    """
    from scipy.special import gammaln

    m = residuals.size
    start, square = max(robust_scale(residuals), 1e-12), np.square(residuals)
    best, found = -np.inf, StudentFit(start, 3.0)
    for nu in FREEDOM:
        scale2 = start**2
        for _ in range(20):
            weight = (nu + 1) / (nu + square / scale2)
            before, scale2 = scale2, max(float(np.mean(weight * square)), 1e-24)
            if abs(scale2 - before) <= 1e-9 * before:
                break
        log_density = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * np.log(nu * np.pi * scale2)
        total = m * log_density - (nu + 1) / 2 * float(np.log1p(square / (nu * scale2)).sum())
        total -= preference * abs(np.log(nu / USUAL_FREEDOM))
        if total > best:
            best, found = total, StudentFit(float(np.sqrt(scale2)), nu)
    # The scale is itself an estimate: m residuals cannot have thinner tails than a t with m - 1 degrees.
    few = max(m - 1, 1)
    freedom = 1 / (1 / found.freedom + 1 / few)
    return StudentFit(found.scale * float(np.sqrt(m / few)) if m > 1 else found.scale, max(freedom, 1.0))


def tail(residuals: Floats, value: float, fit: StudentFit) -> tuple[float, float]:
    """One-sided p-values (low, high) of a new residual ``value`` beside past ``residuals``.

    Within the range of the residuals the fitted t and the conformal rank are averaged (geometrically); beyond it the t speaks alone.
    Where a side of its own is wilder than both together (bulk orders above, none below), that side's fit counts.
    """
    from scipy.special import stdtr

    m = residuals.size
    below = (float((residuals < value).sum()) + 0.5 * float((residuals == value).sum()) + 0.5) / (m + 1)
    shapes = [float(stdtr(fit.freedom, value / fit.scale))]
    own_side = np.abs(residuals[residuals * value > 0])
    if own_side.size >= FEWEST_A_SIDE:
        side = fit_student(own_side)
        shapes.append(float(stdtr(side.freedom, value / side.scale)))
    by_shape = max(shapes) if value < 0 else min(shapes)
    return _blend(by_shape, below, m), _blend(1 - by_shape, 1 - below, m)


def _blend(by_shape: float, by_rank: float, m: int) -> float:
    if by_rank < 1 / (m + 1):
        return min(by_shape, 1 / (m + 1))
    return float(np.sqrt(by_shape * by_rank))


def conformal_ends(residuals: Floats, level: float, fit: StudentFit) -> tuple[float, float, str]:
    """Ends that a new residual stays within with probability ``level``, and how: ``conformal`` if m reaches both tails, else ``student``.

    Source: split conformal prediction, finite-sample rank ⌈(m + 1)(1 − α/2)⌉ on each side.
    """
    from scipy.special import stdtrit

    m = residuals.size
    rank = ceil((m + 1) * (0.5 + level / 2) - 1e-9)
    if rank > m:
        reach = float(stdtrit(fit.freedom, 0.5 + level / 2)) * fit.scale
        return -reach, reach, "student"
    ordered = np.sort(residuals)
    return float(ordered[m - rank]), float(ordered[rank - 1]), "conformal"

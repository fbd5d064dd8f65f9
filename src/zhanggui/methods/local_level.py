"""What a changed series did against its own course and that of a few unchanged ones: a level that may wander, with ridge regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
FEWEST_BEFORE = 8
WANDERING = np.concatenate([[0.0], np.logspace(-4, 0.5, 9)])
"""Variance of the level's step ÷ variance of the noise."""
STEADY = 0.03
"""Half-Cauchy scale of the root of that ratio from day to day; from week to week a level wanders more: about .1."""
COEFFICIENTS = np.concatenate([[0.0], np.logspace(-2, 1.5, 8)])
"""Variance of the standardised coefficients ÷ variance of the noise: the ridge."""
MODEST = 0.3
"""Half-Cauchy scale of the root of that ratio."""
DOUBT, EXPLAINED = 0.1, 0.8
"""Before looking, the controls are thought to explain four fifths; that counts for a tenth of the times seen."""


@dataclass(frozen=True, slots=True)
class LevelEffect:
    """``effect``: mean of the series after the change minus what was to be expected, ``low``…``high`` with probability ``level``.

    ``expected`` (after,) is the course without the change, ``error`` the standard deviation of the effect, ``freedom`` the degrees of its
    t distribution, ``wandering`` the mean ratio of level steps to noise.
    """

    effect: float
    low: float
    high: float
    error: float
    freedom: float
    expected: Floats
    wandering: float
    level: float = 0.95


def local_level(
    series: npt.ArrayLike,
    before: int,
    controls: npt.ArrayLike | None = None,
    *,
    steady: float = STEADY,
    level: float = 0.95,
) -> LevelEffect | Refusal:
    """The effect of a change on ``series`` (times,), of which the first ``before`` lie before it; NaN is a time left out.

    ``controls`` (series, times) are unchanged series without gaps, standardised here. The series is a random walk plus noise plus a ridge
    regression on the controls; forecasts are averaged over how far the level wanders and how strongly coefficients are pulled to zero,
    weighted by the likelihood of what was seen before the change (the coefficients and the noise are integrated out). ``steady`` is the
    prior scale of the level's steps, in units of the noise.

    Refuses ``too_short`` below 8 times before or without one after, ``constant`` where nothing moved before the change.
    Assumes: the relation to the controls outlasts the change. Source: Brodersen et al., Annals of Applied Statistics 9 (2015) 247, with a
    ridge for its spike and slab; Harvey, Forecasting, Structural Time Series Models and the Kalman Filter (1989), section 2.3.
    """
    from scipy.special import stdtrit

    y = np.asarray(series, dtype=np.float64)
    known = ~np.isnan(y)
    early, late = np.flatnonzero(known[:before]), before + np.flatnonzero(known[before:])
    if early.size < FEWEST_BEFORE or not late.size:
        return Refusal("too_short", needed=FEWEST_BEFORE, have=int(early.size) if late.size else 0)
    scale = float(y[early].std())
    if scale <= 1e-12 * max(float(np.abs(y[early]).max()), 1e-300):
        return Refusal("constant", needed=2, have=1)
    design = _standardised(controls, y.size, early)
    wandering, ridge, prior = _grid(design.shape[1], steady)
    walks, pulled = np.minimum.outer(np.arange(1.0, y.size + 1), np.arange(1.0, y.size + 1)), design @ design.T
    covariance = wandering[:, None, None] * walks + ridge[:, None, None] * pulled + np.eye(y.size)
    doubt = DOUBT * early.size if design.shape[1] else 0.0
    found = _Forecasts(covariance, y / scale, early, late, doubt)
    weight = prior * np.exp(found.likelihood - found.likelihood.max())
    weight /= weight.sum()
    effect = float(weight @ found.effect)
    spread = float(weight @ (found.variance + (found.effect - effect) ** 2))
    freedom = early.size - 1 + doubt
    error = scale * float(np.sqrt(spread))
    reach = float(stdtrit(freedom, (1 + level) / 2)) * error
    value = scale * effect
    expected = scale * (weight @ found.expected)
    return LevelEffect(value, value - reach, value + reach, error, freedom, expected, float(weight @ wandering), level)


def _standardised(controls: npt.ArrayLike | None, times: int, early: npt.NDArray[np.int64]) -> Floats:
    """Columns of mean 0 and spread 1 over the times learnt from; series that never moved there are left out."""
    if controls is None:
        return np.zeros((times, 0))
    rows = np.atleast_2d(np.asarray(controls, dtype=np.float64))
    if rows.shape[1] != times or np.isnan(rows).any():
        raise ValueError(f"controls {rows.shape} must have {times} times each and no gaps")
    mean, spread = rows[:, early].mean(axis=1), rows[:, early].std(axis=1)
    moving = spread > 1e-12 * np.maximum(np.abs(mean), 1e-300)
    return np.asarray(((rows - mean[:, None])[moving] / spread[moving, None]).T)


def _grid(controls: int, steady: float) -> tuple[Floats, Floats, Floats]:
    """Ratios of level steps and of coefficients, and the prior weight of each pair."""
    wanders, coefficients = _believed(WANDERING, steady), _believed(COEFFICIENTS, MODEST)
    if not controls:
        return WANDERING, np.zeros(WANDERING.size), wanders
    first, second = np.meshgrid(WANDERING, COEFFICIENTS, indexing="ij")
    return first.ravel(), second.ravel(), np.outer(wanders, coefficients).ravel()


def _believed(ratios: Floats, scale: float) -> Floats:
    """Prior weights of ratios whose roots are half-Cauchy with ``scale``: what lies nearest to each."""
    roots = np.sqrt(ratios)
    edges = np.concatenate([[0.0], (roots[1:] + roots[:-1]) / 2, [np.inf]])
    return np.asarray(np.diff(np.arctan(edges / scale)) / (np.pi / 2))


class _Forecasts:
    """For each covariance (settings, times, times), in units of the noise: log likelihood of the times before, the course expected
    (settings, after), the mean effect and its variance. The starting level is unknown (a flat prior)."""

    def __init__(
        self,
        covariance: Floats,
        y: Floats,
        early: npt.NDArray[np.int64],
        late: npt.NDArray[np.int64],
        doubt: float,
    ) -> None:
        n = early.size
        inside = covariance[:, early[:, None], early]
        across = covariance[:, late[:, None], early]
        lower = np.linalg.cholesky(inside)
        both = np.stack([y[early], np.ones(n)], axis=1)
        solved = np.linalg.solve(inside, np.broadcast_to(both, (covariance.shape[0], n, 2)))
        precision = solved[:, :, 1].sum(axis=1)
        start = solved[:, :, 0].sum(axis=1) / precision
        residual = y[early] - start[:, None]
        drawn = solved[:, :, 0] - start[:, None] * solved[:, :, 1]
        freedom = n - 1 + doubt
        noise = ((residual * drawn).sum(axis=1) + doubt * (1 - EXPLAINED)) / freedom
        half_log = np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
        self.likelihood = -half_log - 0.5 * np.log(precision) - 0.5 * freedom * np.log(noise)
        self.expected = start[:, None] + np.einsum("klj,kj->kl", across, drawn)
        self.effect = (y[late] - self.expected).mean(axis=1)
        mean = across.mean(axis=1)
        own = covariance[:, late[:, None], late].mean(axis=(1, 2))
        explained = np.linalg.solve(inside, mean[:, :, None])[:, :, 0]
        unsure = 1 - explained.sum(axis=1)
        self.variance = noise * (own - (mean * explained).sum(axis=1) + unsure**2 / precision)

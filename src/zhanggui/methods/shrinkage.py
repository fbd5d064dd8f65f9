"""Rates and means of many small groups, drawn towards what groups of their kind usually show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from zhanggui.units import Estimate, Refusal

Floats = npt.NDArray[np.float64]
MOST_PRIOR = 400.0
"""A category's experience never counts for more than this many visitors of the product's own."""


@dataclass(frozen=True, slots=True)
class Beta:
    """What is believed of a rate: ``hits`` and ``misses`` as pseudo-counts."""

    hits: float
    misses: float

    @property
    def mean(self) -> float:
        return self.hits / (self.hits + self.misses)

    @property
    def size(self) -> float:
        return self.hits + self.misses

    def after(self, hits: float, trials: float) -> Beta:
        """The belief after ``hits`` of ``trials``."""
        return Beta(self.hits + hits, self.misses + trials - hits)

    def held(self, most: float = MOST_PRIOR) -> Beta:
        """The same mean with at most ``most`` pseudo-trials."""
        share = min(1.0, most / self.size)
        return Beta(self.hits * share, self.misses * share)

    def quantile(self, share: float) -> float:
        from scipy.special import betaincinv

        return float(betaincinv(self.hits, self.misses, share))

    def below(self, rate: float) -> float:
        """P(rate < ``rate``)."""
        from scipy.special import betainc

        return float(betainc(self.hits, self.misses, min(max(rate, 0.0), 1.0)))

    def estimate(self, level: float = 0.9) -> Estimate:
        return Estimate(self.mean, self.quantile((1 - level) / 2), self.quantile((1 + level) / 2), level)


FLAT = Beta(1.0, 1.0)


def _groups(hits: npt.ArrayLike, trials: npt.ArrayLike) -> tuple[Floats, Floats]:
    k, n = np.asarray(hits, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    if k.shape != n.shape or k.ndim != 1:
        raise ValueError(f"hits {k.shape} and trials {n.shape} must be arrays of one length")
    if bool(((k < 0) | (k > n)).any()):
        raise ValueError("hits lie between 0 and their trials")
    return k[n > 0], n[n > 0]


def beta_by_moments(hits: npt.ArrayLike, trials: npt.ArrayLike) -> Beta | Refusal:
    """The spread of rates over groups from mean m and variance v of the raw rates: size = m(1 − m)/v − 1.

    Refuses ``too_few_groups`` below 3 groups with trials, ``constant`` where raw rates do not differ.
    Source: Gelman et al., Bayesian Data Analysis (3rd ed.), section 5.1.
    """
    k, n = _groups(hits, trials)
    if k.size < 3:
        return Refusal("too_few_groups", needed=3, have=int(k.size))
    rates = k / n
    mean, variance = float(rates.mean()), float(rates.var(ddof=1))
    if variance <= 1e-24:
        return Refusal("constant", needed=2, have=1)
    size = max(mean * (1 - mean) / variance - 1, 1e-3)
    return Beta(mean * size, (1 - mean) * size)


def beta_by_likelihood(hits: npt.ArrayLike, trials: npt.ArrayLike) -> Beta | Refusal:
    """The spread of rates over groups by maximum marginal (beta-binomial) likelihood over (logit mean, log size).

    Where groups differ less than chance alone makes them, the size runs to its bound of 1e6 pseudo-trials (all alike).
    Refuses ``too_few_groups`` below 3 groups with trials, ``constant`` where nobody or everybody hit.
    """
    from scipy.optimize import minimize
    from scipy.special import betaln, expit, logit

    k, n = _groups(hits, trials)
    if k.size < 3:
        return Refusal("too_few_groups", needed=3, have=int(k.size))
    overall = float(k.sum() / n.sum())
    if not 0 < overall < 1:
        return Refusal("constant", needed=1, have=0)
    start = beta_by_moments(k, n)
    size = 10.0 if isinstance(start, Refusal) else min(max(start.size, 1.0), 1e4)

    def surprise(at: Floats) -> float:
        mean, weight = float(expit(at[0])), float(np.exp(at[1]))
        a, b = mean * weight, (1 - mean) * weight
        return -float((betaln(k + a, n - k + b) - betaln(a, b)).sum())

    bounds = [(-15.0, 15.0), (np.log(1e-2), np.log(1e6))]
    found = minimize(
        surprise,
        [logit(overall), np.log(size)],
        method="L-BFGS-B",
        bounds=bounds,
        options={"ftol": 1e-15, "gtol": 1e-9},
    )
    polished = minimize(
        surprise, found.x, method="Nelder-Mead", bounds=bounds, options={"xatol": 1e-10, "fatol": 1e-13}
    )
    mean, weight = float(expit(polished.x[0])), float(np.exp(polished.x[1]))
    return Beta(mean * weight, (1 - mean) * weight)


def marginal_log_likelihood(prior: Beta, hits: npt.ArrayLike, trials: npt.ArrayLike) -> float:
    """Log probability of the groups under ``prior``, binomial constants included."""
    from scipy.special import betaln, gammaln

    k, n = _groups(hits, trials)
    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    each = ways + betaln(k + prior.hits, n - k + prior.misses) - betaln(prior.hits, prior.misses)
    return float(each.sum())


@cache
def _gauss() -> tuple[Floats, Floats]:
    """Nodes and weights of a 40-point Gauss-Legendre rule."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    return nodes, weights


def probability_below(first: Beta, second: Beta) -> float:
    """P(first rate < second rate) of two independent beliefs, by quadrature over the first's quantiles; exact to about 1e-10.

    >>> round(probability_below(Beta(101, 901), Beta(131, 871)), 6)
    0.982165
    """
    from scipy.special import betainc, betaincc, betaincinv

    # E over second of P(first < x): Gauss-Legendre on the probability scale of the second, in panels that resolve both tails.
    nodes, weights = _gauss()
    edges = np.array([0, 1e-8, 1e-5, 1e-3, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 0.999, 1 - 1e-5, 1 - 1e-8, 1])
    half, middle = np.diff(edges)[:, None] / 2, (edges[1:] + edges[:-1])[:, None] / 2
    x = betaincinv(second.hits, second.misses, middle + half * nodes)
    below = betainc(first.hits, first.misses, x)
    # The smaller of the two tails is summed: a sum near 1 has no digits left for it.
    chance = float((half * weights * below).sum())
    if chance > 0.5:
        return 1 - float((half * weights * betaincc(first.hits, first.misses, x)).sum())
    return chance


def probability_ratio_above(first: Beta, second: Beta, ratio: float) -> float:
    """P(first rate > ``ratio`` × second rate) of two independent beliefs."""
    from scipy.special import betaincc, betaincinv

    nodes, weights = _gauss()
    edges = np.array([0, 1e-5, 1e-3, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 0.999, 1 - 1e-5, 1])
    half, middle = np.diff(edges)[:, None] / 2, (edges[1:] + edges[:-1])[:, None] / 2
    x = np.minimum(ratio * betaincinv(second.hits, second.misses, middle + half * nodes), 1.0)
    return float((half * weights * betaincc(first.hits, first.misses, x)).sum())


@dataclass(frozen=True, slots=True)
class Shrunk:
    """``means`` (groups,) drawn to ``centre``, with posterior standard deviations ``errors``; ``between`` is the spread of true means."""

    means: Floats
    errors: Floats
    centre: float
    between: float


def shrink(means: npt.ArrayLike, errors: npt.ArrayLike) -> Shrunk | Refusal:
    """Normal means drawn to their precision-weighted centre by how much of their spread is noise.

    The variance between groups is Paule & Mandel's (the value at which the weighted sum of squares equals groups − 1).
    Refuses ``too_few_groups`` below 3; raises on an error that is not positive. Source: Paule & Mandel, J. Res. NBS 87 (1982) 377.
    """
    y, s = np.asarray(means, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if y.size < 3:
        return Refusal("too_few_groups", needed=3, have=int(y.size))
    if not bool((s > 0).all()):
        raise ValueError("a standard error is positive")

    def centre_of(between: float) -> float:
        weights = 1 / (s**2 + between)
        return float((weights * y).sum() / weights.sum())

    def excess(between: float) -> float:
        return float(((y - centre_of(between)) ** 2 / (s**2 + between)).sum()) - (y.size - 1)

    between = 0.0
    if excess(0.0) > 0:
        low, high = 0.0, float(y.var()) * y.size + float(s.max()) ** 2
        for _ in range(200):
            between = (low + high) / 2
            low, high = (between, high) if excess(between) > 0 else (low, between)
    centre = centre_of(between)
    keep = between / (between + s**2)
    error = np.sqrt(keep * s**2 + np.square(1 - keep) / (1 / (s**2 + between)).sum())
    return Shrunk(centre + keep * (y - centre), error, centre, float(np.sqrt(between)))


def james_stein(means: npt.ArrayLike, variance: float) -> tuple[Floats, float] | Refusal:
    """The positive-part Efron-Morris estimate of equally known means and its factor c = 1 − (k − 3) σ² / Σ(y − ȳ)².

    Refuses ``too_few_groups`` below 4 and ``constant`` where all are equal. Source: Efron & Morris, JASA 70 (1975) 311.
    """
    y = np.asarray(means, dtype=np.float64)
    if y.size < 4:
        return Refusal("too_few_groups", needed=4, have=int(y.size))
    spread = float(np.square(y - y.mean()).sum())
    if spread <= 0:
        return Refusal("constant", needed=2, have=1)
    factor = max(0.0, 1 - (y.size - 3) * variance / spread)
    return y.mean() + factor * (y - y.mean()), factor

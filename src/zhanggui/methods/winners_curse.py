"""Why the best of many estimates disappoints, and what to expect of it instead."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
LEAST = 3


@cache
def expected_best(alternatives: int) -> float:
    """The mean of the largest of so many independent standard normals: by how many standard errors the best of equally good alternatives
    is overestimated when each is estimated without bias.

    Raises ``ValueError`` below one. Source: Smith & Winkler, Management Science 52 (2006) 311; by quadrature, exact to 1e-12.

    >>> round(expected_best(10), 10)
    1.5387527308
    """
    from scipy.special import log_ndtr

    if alternatives < 1:
        raise ValueError("the best of none has no mean")
    nodes, weights = np.polynomial.legendre.leggauss(400)
    z = 12.0 * nodes
    density = np.exp((alternatives - 1) * log_ndtr(z) - z**2 / 2) / np.sqrt(2 * np.pi)
    return float(12.0 * (weights * z * alternatives * density).sum())


def disappointment(errors: npt.ArrayLike) -> float | Refusal:
    """What acting on the best of these estimates (standard ``errors``, (alternatives,)) disappoints if all are equally good, in their unit;
    unequal errors by their root mean square. Refuses ``empty``."""
    s = np.asarray(errors, dtype=np.float64)
    if not s.size:
        return Refusal("empty", needed=1, have=0)
    return expected_best(int(s.size)) * float(np.sqrt(np.square(s).mean()))


def expected_after_choice(gains: npt.ArrayLike, errors: npt.ArrayLike) -> Floats | Refusal:
    """What to expect of each of a day's candidates (``gains``, ``errors`` (candidates,)) after one has looked at all of them.

    Most changes do nothing, so true gains are believed to lie around zero; how far, these candidates say themselves:
    τ² = Σw(g² − σ²) / Σw with w = 1 / (τ² + σ²)², the maximum likelihood. Each gain is multiplied by τ² / (τ² + σ²): the less certain it
    is, the more it loses; where the candidates differ from zero no more than their errors, nothing is expected of any. An error of 0
    (arithmetic) keeps its gain and teaches nothing. Refuses ``too_few`` below three uncertain candidates.
    Source: Smith & Winkler (2006), section 4; Efron & Morris, JASA 70 (1975) 311.
    """
    g, s = np.asarray(gains, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if g.shape != s.shape or g.ndim != 1:
        raise ValueError(f"gains {g.shape} and errors {s.shape} must be arrays of one length")
    if not bool((s >= 0).all()):
        raise ValueError("an error is not negative")
    unsure = s > 0
    if unsure.sum() < LEAST:
        return Refusal("too_few", needed=LEAST, have=int(unsure.sum()))
    spread = _spread(g[unsure], s[unsure])
    keep = np.ones(g.size)
    keep[unsure] = spread / (spread + np.square(s[unsure]))
    return g * keep


def _spread(gains: Floats, errors: Floats) -> float:
    """The variance of true gains around zero under which these estimates are likeliest; 0 where noise alone explains them."""
    noise = np.square(errors)

    def score(spread: float) -> float:
        return float(((np.square(gains) - noise - spread) / np.square(spread + noise)).sum())

    if score(0.0) <= 0:
        return 0.0
    low, high = 0.0, float(np.square(gains).max())
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if score(middle) > 0 else (low, middle)
    return (low + high) / 2

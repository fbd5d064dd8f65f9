"""What looking early costs: how often a test that is looked at again and again errs, and which limit keeps its promise."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

MOST_LOOKS = 100


@cache
def _rule() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    nodes, weights = np.polynomial.legendre.leggauss(160)
    return nodes, weights


def error_of_looks(looks: int, limit: float = 1.959963984540054) -> float | Refusal:
    """P(|z| ≥ ``limit`` at one of ``looks`` equally spaced looks) where there is no difference, by recursive integration.

    Refuses ``empty`` without a look and ``too_long`` beyond 100.
    Source: Armitage, McPherson & Rowe, JRSS A 132 (1969) 235.

    >>> [round(error_of_looks(k), 3) for k in (1, 2, 5, 10)]
    [0.05, 0.083, 0.142, 0.193]
    """
    from scipy.special import ndtr

    if looks < 1:
        return Refusal("empty", needed=1, have=looks)
    if looks > MOST_LOOKS:
        return Refusal("too_long", needed=MOST_LOOKS, have=looks)
    nodes, weights = _rule()
    error = 2 * float(ndtr(-limit))
    # The density of the running sum among the tests not yet ended, on nodes between the limits of its look.
    at, width = nodes * limit, limit
    density = np.exp(-(at**2) / 2) / np.sqrt(2 * np.pi)
    for look in range(2, looks + 1):
        mass, width = weights * width * density, limit * np.sqrt(look)
        error += float((mass * (ndtr(-width - at) + ndtr(at - width))).sum())
        ahead = nodes * width
        density = (mass * np.exp(-np.square(ahead[:, None] - at) / 2)).sum(axis=1) / np.sqrt(2 * np.pi)
        at = ahead
    return error


def pocock_limit(looks: int, alpha: float = 0.05) -> float | Refusal:
    """The one limit for |z| that errs ``alpha`` of the time over all ``looks``. Refuses as :func:`error_of_looks`.

    Source: Pocock, Biometrika 64 (1977) 191; Jennison & Turnbull, Group Sequential Methods (2000), table 2.1.

    >>> round(pocock_limit(5), 3)
    2.413
    """
    from scipy.optimize import brentq

    first = error_of_looks(looks)
    if isinstance(first, Refusal):
        return first

    def excess(limit: float) -> float:
        found = error_of_looks(looks, limit)
        return (0.0 if isinstance(found, Refusal) else found) - alpha

    return float(brentq(excess, 0.5, 8.0, xtol=1e-10))

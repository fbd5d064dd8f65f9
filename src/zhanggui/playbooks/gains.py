"""What an action is expected to bring, out of all that is uncertain in its formula: spread over equally likely cases, never drawn."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from zhanggui.actions.kinds import Gain
from zhanggui.methods.shrinkage import Beta

Floats = npt.NDArray[np.float64]
CASES = 4096
CERTAINTY = 10.0
"""How sure the share that a repair recovers is: as if ten cases had shown it."""
TAIL = 0.1
ADDED_TRAFFIC = 0.7
"""κ: visitors beyond those who come by themselves convert that much as well as the others do (docs/rules.md, "Common terms")."""
HORIZON_WEEKS = 4
"""Weeks over which an action's gain is counted; what it costs once is divided by them."""
CONTROLS = 8
"""Untouched siblings from which on a change is read against them, not against its own past."""
UNIT = 1.2815515655446004
FURTHEST = 5.0
"""Standard deviations beyond which none of the cases lies."""


@lru_cache(maxsize=8)
def even_cases(columns: int) -> Floats:
    """4,096 points of the unit cube, each as likely as the others and evenly spread: a Kronecker lattice on powers of the generalised
    golden ratio (Roberts 2018), the same points every time. Shape (4096, columns)."""
    root = 2.0
    for _ in range(60):
        root = (1 + root) ** (1 / (columns + 1))
    steps = (1 / root) ** np.arange(1, columns + 1)
    return np.asarray((0.5 + np.arange(1, CASES + 1)[:, None] * steps) % 1.0)


def of_rate(belief: Beta, even: Floats) -> Floats:
    """A rate's cases: its quantiles at 201 places, evenly spread on the normal scale, and straight lines between them. Exact to a
    thousandth where any case lies, in a tenth of the time."""
    from scipy.special import betaincinv, ndtr, ndtri

    places = np.linspace(-FURTHEST, FURTHEST, 201)
    quantiles = betaincinv(belief.hits, belief.misses, ndtr(places))
    return np.asarray(np.interp(ndtri(even), places, quantiles), dtype=np.float64)


def of_share(middle: float, even: Floats) -> Floats:
    """The cases of a share that is known as well as ten cases tell."""
    return of_rate(Beta(CERTAINTY * middle, CERTAINTY * (1 - middle)), even)


def of_amount(middle: float, spread: float, even: Floats) -> Floats:
    """The cases of an amount with standard deviation ``spread``."""
    from scipy.special import ndtri

    return middle + spread * np.asarray(ndtri(even), dtype=np.float64)


def gain(profit: Floats, *, counted: bool = False) -> Gain:
    """Mean, 80 % range and chance of being above 0 of equally likely profits a week."""
    low, high = np.quantile(profit, [TAIL, 1 - TAIL])
    return Gain(float(profit.mean()), float(low), float(high), float((profit > 0).mean()), counted)

"""What promises were worth: measured effects held against those foretold, a rule's factor for its next promise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
PRIOR, PRIOR_SPREAD = 0.5, 0.3
LEAST, MOST = 0.0, 1.2
EIGHTY = 1.2815515655446004
"""Half an 80 % interval of the normal distribution, in standard deviations."""


@dataclass(frozen=True, slots=True)
class Kept:
    """``factor`` (0…1.2) multiplies the next promise, ``spread`` is its standard deviation; ``bias``: measured − promised, mean of an
    action; ``coverage``: share of measured effects inside the promised 80 % interval, widened by their own error."""

    factor: float
    spread: float
    bias: float
    coverage: float
    count: int


def kept(
    promised: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike, measured: npt.ArrayLike, errors: npt.ArrayLike
) -> Kept | Refusal:
    """What share of ``promised`` (actions,) came true: measured = s · promised, weighted regression through 0, s ~ N(.5, .3) beforehand.

    ``low``…``high`` (actions,) held the effect with probability .8 when promised; ``measured`` (actions,) are read with standard ``errors``
    (actions,) ≥ 0. An action's weight is 1 / (error² + variance of the promise). The factor is cut to 0…1.2. Refuses ``empty``.

    >>> kept([100.0], [20.0], [180.0], [40.0], [0.0]).factor < 0.5
    True
    """
    said, found, error = (np.asarray(each, dtype=np.float64) for each in (promised, measured, errors))
    under, over = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    if not said.size:
        return Refusal("empty", needed=1, have=0)
    doubt = (over - under) / (2 * EIGHTY)
    size = float(np.abs(said).max())
    weights = 1 / np.maximum(error**2 + doubt**2, (1e-6 * size) ** 2 + 1e-300)
    precision = 1 / PRIOR_SPREAD**2 + float(weights @ said**2)
    factor = (PRIOR / PRIOR_SPREAD**2 + float(weights @ (said * found))) / precision
    # The two doubts add as squares: a promise of ±30 read to ±40 leaves ±50.
    reach = EIGHTY * np.sqrt(error**2 + doubt**2)
    middle = (under + over) / 2
    inside = np.abs(found - middle) <= reach * (1 + 1e-12)
    return Kept(
        min(max(factor, LEAST), MOST),
        float(np.sqrt(1 / precision)),
        float((found - said).mean()),
        float(inside.mean()),
        int(said.size),
    )

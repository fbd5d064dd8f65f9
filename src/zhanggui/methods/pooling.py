"""Several effects read as one: the mean of a rule's effects where single ones are too small to be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pooled:
    """Mean effect of the ``count`` readings with ``low``…``high`` at ``level``; ``between``: standard deviation of the true effects."""

    mean: float
    low: float
    high: float
    error: float
    between: float
    count: int
    level: float = 0.95


def pool(effects: npt.ArrayLike, errors: npt.ArrayLike, *, level: float = 0.95) -> Pooled | Refusal:
    """The mean of true effects of which ``effects`` (readings,) are estimates with standard ``errors`` (readings,) > 0.

    Random effects: the variance between true effects is Paule & Mandel's, the interval Hartung, Knapp, Sidik & Jonkman's with a t
    distribution, never narrower than the errors alone allow. Refuses ``few_readings`` below 2.
    Source: Paule & Mandel, J. Res. NBS 87 (1982) 377; IntHout, Ioannidis & Borm, BMC Medical Research Methodology 14 (2014) 25.
    """
    from scipy.special import stdtrit

    seen, error = np.asarray(effects, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if seen.size < 2:
        return Refusal("few_readings", needed=2, have=int(seen.size))
    if not bool((error > 0).all()):
        raise ValueError("a standard error is positive")
    variance = _between(seen, error**2)
    weights = 1 / (error**2 + variance)
    mean = float(weights @ seen / weights.sum())
    spread = float(weights @ (seen - mean) ** 2) / (seen.size - 1)
    wide = float(np.sqrt(max(spread, 1.0) / weights.sum()))
    reach = float(stdtrit(seen.size - 1, (1 + level) / 2)) * wide
    return Pooled(mean, mean - reach, mean + reach, wide, float(np.sqrt(variance)), int(seen.size), level)


def _between(seen: Floats, noise: Floats) -> float:
    """The variance at which the weighted sum of squares equals the number of readings − 1; 0 where chance alone makes less."""

    def excess(variance: float) -> float:
        weights = 1 / (noise + variance)
        mean = float(weights @ seen / weights.sum())
        return float(weights @ (seen - mean) ** 2) - (seen.size - 1)

    if excess(0.0) <= 0:
        return 0.0
    high = float(np.var(seen, ddof=1)) + float(noise.max())
    while excess(high) > 0:
        high *= 2
    low = 0.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return (low + high) / 2

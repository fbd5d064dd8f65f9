"""How large a test must be to show an effect, and which effect a test of some size would show: asked before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

from zhanggui.methods.always_valid import radius
from zhanggui.units import Refusal

POWER = 0.8


def _reach(comparisons: int, alpha: float, power: float) -> float:
    """Standard errors between no effect and one seen ``power`` of the time, for one of so many comparisons."""
    from scipy.special import ndtri

    return float(ndtri(1 - alpha / 2 / comparisons) + ndtri(power))


def _spread(shares: Sequence[float]) -> float:
    """Variance of the difference from the control (the first share) to the smallest other, in one unit's variance over all units."""
    if len(shares) < 2 or min(shares) <= 0:
        raise ValueError(f"shares {list(shares)} are no variants")
    whole = sum(shares)
    return whole / shares[0] + whole / min(shares[1:])


def units_needed(
    mean: float,
    variance: float,
    effect: float,
    shares: Sequence[float] = (0.5, 0.5),
    *,
    alpha: float = 0.05,
    power: float = POWER,
) -> int | Refusal:
    """Units of all variants together with which a relative ``effect`` (.1 = 10 %) on ``mean`` is shown ``power`` of the time at the end.

    ``variance`` is that of one unit; the first of ``shares`` is the control, and ``alpha`` is parted among the others. Refuses
    ``empty`` where mean or variance is not above 0 or the effect is nothing.

    >>> units_needed(0.02667, 0.02667 * (1 - 0.02667), 0.10)
    114579
    """
    if not (mean > 0 and variance > 0 and effect != 0):
        return Refusal("empty", needed=1, have=0)
    spread = _spread(shares)
    return ceil((_reach(len(shares) - 1, alpha, power) / (effect * mean)) ** 2 * variance * spread)


def smallest_shown(
    mean: float,
    variance: float,
    units: float,
    shares: Sequence[float] = (0.5, 0.5),
    *,
    alpha: float = 0.05,
    power: float = POWER,
) -> float | Refusal:
    """The smallest relative effect on ``mean`` that a test of so many ``units`` shows ``power`` of the time at its end.

    Refuses ``empty`` as :func:`units_needed`, and without units.
    """
    if not (mean > 0 and variance > 0 and units > 0):
        return Refusal("empty", needed=1, have=0)
    spread = _spread(shares)
    return _reach(len(shares) - 1, alpha, power) * sqrt(variance * spread / units) / mean


def price_of_looking(comparisons: int = 1, *, alpha: float = 0.05, power: float = POWER) -> float:
    """How many times as many units an effect needs to be shown by the reading that may be looked at every day.

    >>> round(price_of_looking(), 2)
    1.91
    """
    from scipy.special import ndtri

    level = alpha / comparisons
    at_any_time = radius(1.0, planned=1.0, alpha=level) + float(ndtri(power))
    return (at_any_time / _reach(comparisons, alpha, power)) ** 2

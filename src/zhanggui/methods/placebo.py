"""How large an effect is beside those found where nothing was changed: in other units at the same date, and at earlier dates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
FEWEST = 5
WORTH = 0.5
"""Placebos share their donors and their weeks: each tells about half as much of the spread as one that stood alone."""
MANY = 60.0
"""From about so many placebos on their own quantile says more of the interval than their variance."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """``effect`` with ``low``…``high`` at ``level``, ``error`` its standard error and ``freedom`` the degrees of its t distribution.

    ``rank``: its place by size among itself and the placebos (1 = largest), and of how many. ``persistence``: effect, in units of noise,
    that one unit of ``contrast`` foretells where nothing was changed (already taken off).
    """

    effect: float
    low: float
    high: float
    error: float
    freedom: float
    rank: tuple[int, int]
    persistence: float
    level: float = 0.95

    @property
    def p(self) -> float:
        """Share of itself and the placebos that are as large: the p-value of the rank, two-sided."""
        return self.rank[0] / self.rank[1]


def calibrate(
    effect: float,
    scale: float,
    placebos: npt.ArrayLike,
    scales: npt.ArrayLike,
    *,
    contrast: float = 0.0,
    contrasts: npt.ArrayLike | None = None,
    scale_freedom: float = np.inf,
    level: float = 0.95,
) -> Calibrated | Refusal:
    """``effect`` judged by the spread of ``placebos`` (placebos,), each measured in its own noise ``scales`` (placebos,) > 0.

    ``contrast`` is how far the unit stood from its course just before (in its noise), ``contrasts`` (placebos,) how far the placebos
    did: what such a distance foretells without any change, the slope of effects on contrasts, is taken off, so that a change made
    because of a bad month is not credited with the month's end. ``scale_freedom``: degrees behind the scales.

    Refuses ``few_placebos`` below 5, ``constant`` where all placebos are 0.
    Assumes: placebos and effect alike up to their scales. Source: Abadie, Diamond & Hainmueller, JASA 105 (2010) 493 (ranks);
    covariance adjustment of a baseline: Vickers & Altman, BMJ 323 (2001) 1123.
    """
    from scipy.special import stdtrit

    sizes = np.asarray(placebos, dtype=np.float64) / np.asarray(scales, dtype=np.float64)
    if sizes.size < FEWEST:
        return Refusal("few_placebos", needed=FEWEST, have=int(sizes.size))
    distances = np.zeros(sizes.size) if contrasts is None else np.asarray(contrasts, dtype=np.float64)
    weight = float(distances @ distances)
    slope = float(distances @ sizes) / weight if weight > 0 else 0.0
    rest = sizes - slope * distances
    used = 1 if weight > 0 else 0
    variance = float(rest @ rest) / (sizes.size - used)
    if not variance > 0:
        return Refusal("constant", needed=2, have=1)
    size = effect / scale - slope * contrast
    lever = contrast**2 / weight if weight > 0 else 0.0
    freedom = 1 / (1 / (WORTH * (sizes.size - used)) + 1 / scale_freedom)
    times = float(stdtrit(freedom, (1 + level) / 2))
    # Where effects have long tails, few of them make the variance: then the placebos themselves say how far the interval reaches.
    seen = float(np.quantile(np.abs(rest), level)) / times
    trust = sizes.size / (sizes.size + MANY)
    error = scale * ((1 - trust) * float(np.sqrt(variance)) + trust * seen) * float(np.sqrt(1 + lever))
    reach = times * error
    rank = 1 + int((np.abs(rest) >= abs(size)).sum())
    value = scale * size
    return Calibrated(value, value - reach, value + reach, error, freedom, (rank, sizes.size + 1), slope, level)


def smallest_visible_effect(error: float, freedom: float, caution: float = 1.0) -> float:
    """The smallest true effect seen four times in five at 95 %, given the standard error of one: (caution · t at .975 + t at .8) · error,
    where the effect must be ``caution`` half intervals.

    >>> round(smallest_visible_effect(10.0, 1e9), 1)
    28.0
    """
    from scipy.special import stdtrit

    return float(caution * stdtrit(freedom, 0.975) + stdtrit(freedom, 0.8)) * error


def more_chance(grown: float, before: int, after: int) -> float:
    """By how much the error of an effect is larger than that of nothing, where what was changed comes to ``grown`` times what it was:
    the variance of what sells more grows with it, as that of counts does. ``after`` blocks since the change, ``before`` fitted on.

    >>> round(more_chance(1.6, 12, 4), 3)
    1.204
    """
    return float(np.sqrt((max(grown, 1.0) / after + 1 / before) / (1 / after + 1 / before)))


def visible_as_it_grows(visible: npt.ArrayLike, level: npt.ArrayLike, before: int, after: int) -> Floats:
    """What ``visible``, the smallest visible effects in the noise of nothing, come to in the noise that they bring themselves
    (:func:`more_chance`) on ``level`` a block: x = visible · more_chance(1 + x ÷ level).

    >>> round(float(visible_as_it_grows(60.0, 100.0, 12, 4)), 2)
    75.0
    """
    plain, usual = np.asarray(visible, dtype=np.float64), np.asarray(level, dtype=np.float64)
    pull = np.where(usual > 0, plain**2 / np.where(usual > 0, usual, 1.0), 0.0) / (1 + after / before)
    return np.asarray((pull + np.sqrt(pull**2 + 4 * plain**2)) / 2)


def difference_spread(before: int, after: int, most: int) -> float:
    """Standard error of the mean of ``after`` blocks less that of ``before`` (at most ``most``) of them, in the noise of one.

    >>> round(difference_spread(12, 4, 12), 3)
    0.577
    """
    return float(np.sqrt(1 / after + 1 / min(before, most)))

"""Weeks with something and weeks without it, drawn by coin within pairs: what it does, by the draw itself."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
FEWEST_PAIRS = 6
MOST_PAIRS = 16
TOLERANCE = 1e-12


@dataclass(frozen=True, slots=True)
class Switched:
    """``ratio`` of what comes with it to what comes without, from ``low`` to ``high`` at ``level``; ``p`` is how often a draw of coins
    alone gives as much either way."""

    ratio: float
    low: float
    high: float
    p: float
    pairs: int
    level: float

    @property
    def shown(self) -> bool:
        """Whether the draw leaves chance out, and the interval too."""
        return self.p <= 1 - self.level and not self.low <= 1 <= self.high


def switchback(on: Floats, off: Floats, level: float = 0.95) -> Switched | Refusal:
    """Pairs of neighbouring blocks, ``on`` with it and ``off`` without, which of the two came first being drawn by coin.

    The ratio is exp of the mean of ln(on ÷ off); the interval Student's over the pairs; p by every draw that the coins could have given
    (at least 2⁻ⁿ⁺¹, so six pairs are the fewest that can show anything). Assumes that what a block does is over when the next begins.
    Refuses ``too_short`` below six pairs, ``too_long`` above 16, ``not_positive`` for blocks without anything, ``constant``.
    Source: Fisher, The Design of Experiments (1935), 21; Bojinov, Simchi-Levi & Zhao, Management Science 69 (2023) 3759.

    >>> import numpy as np
    >>> found = switchback(np.array([120., 131, 118, 125, 122, 130]), np.array([100., 105, 101, 99, 104, 102]))
    >>> round(found.ratio, 3), found.p, found.shown
    (1.22, 0.03125, True)
    """
    if on.size < FEWEST_PAIRS:
        return Refusal("too_short", needed=FEWEST_PAIRS, have=int(on.size))
    if on.size > MOST_PAIRS:
        return Refusal("too_long", needed=MOST_PAIRS, have=int(on.size))
    if (on <= 0).any() or (off <= 0).any():
        return Refusal("not_positive")
    gaps = np.log(on / off)
    n, mean = gaps.size, float(gaps.mean())
    error = float(gaps.std(ddof=1)) / sqrt(n)
    if error <= TOLERANCE * max(abs(mean), 1.0):
        return Refusal("constant")
    from scipy.stats import t

    half = float(t.ppf((1 + level) / 2, n - 1)) * error
    signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
    drawn = np.abs(signs @ gaps) / n
    p = float((drawn >= abs(mean) - TOLERANCE).mean())
    return Switched(exp(mean), exp(mean - half), exp(mean + half), p, n, level)


def smallest_ratio(before: Floats, pairs: int) -> float | Refusal:
    """The smallest ratio that so many pairs show four times in five, by how unlike neighbouring blocks were before anything was done.

    2.8 standard errors of the mean of ``pairs`` differences of logarithms. Refuses ``too_short`` below six earlier pairs and
    ``not_positive``.
    """
    usable = before[: before.size // 2 * 2]
    if usable.size // 2 < FEWEST_PAIRS:
        return Refusal("too_short", needed=2 * FEWEST_PAIRS, have=int(before.size))
    if (usable <= 0).any():
        return Refusal("not_positive")
    gaps = np.log(usable[::2] / usable[1::2])
    return exp(2.8 * sqrt(float((gaps**2).mean()) / pairs))


def drawn(pairs: int, seed: int) -> list[bool]:
    """Which blocks have it: of every two one, by coin.

    >>> drawn(2, 1)
    [True, False, False, True]
    """
    coins = np.random.default_rng(seed).integers(0, 2, pairs)
    return [bool(side) for coin in coins for side in (coin == 0, coin == 1)]

"""Whether values gather just above a threshold, and how many of those just below stretched to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

BINS = 10
"""Bins between the lower end of "just below" and the threshold."""
WIDE = 3.0
"""So many gaps either side the curve is fitted on."""
FEWEST = 100
FEWEST_BINS = 8


@dataclass(frozen=True, slots=True)
class Bunching:
    """``excess`` values above the threshold beyond what the curve beside it lets expect, ``near`` as many as would lie just below without
    it, and the ``share`` of these that stretched, with its standard ``error``."""

    excess: float
    near: float
    share: float
    error: float


def bunching(
    values: npt.ArrayLike, counts: npt.ArrayLike, threshold: float, *, gap: float = 0.25
) -> Bunching | Refusal:
    """How many of those within ``gap`` (a share of the threshold) below it stretched, out of ``counts`` (values,) of ``values``.

    A curve, the log of counts quadratic in the log of values, is fitted to bins from 3 gaps below to 3 above, without the gap below and
    the gap above the threshold; what lies above it there has stretched. Refuses ``too_few`` below 100 values in all, or 8 bins to fit.
    Assumes values would fall smoothly without the threshold: prices that many pay alone (199 itself) look like stretching.
    Source: Kleven, Annual Review of Economics 8 (2016) 435.

    >>> even = bunching(range(100, 400), [10] * 300, 200)
    >>> round(even.share, 6)
    0.0
    """
    at, many = np.asarray(values, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    width = gap * threshold / BINS
    reach = int(WIDE * BINS)
    edges = threshold + width * np.arange(-reach, reach + 1)
    edges = edges[edges > 0]
    seen = np.histogram(at, bins=edges, weights=many)[0]
    middle = (edges[:-1] + edges[1:]) / 2
    below = (middle > threshold * (1 - gap)) & (middle < threshold)
    above = (middle > threshold) & (middle < threshold * (1 + gap))
    beside = ~(below | above)
    if seen.sum() < FEWEST or np.count_nonzero(seen[beside]) < FEWEST_BINS:
        return Refusal("too_few", needed=FEWEST, have=int(seen.sum()))
    place = np.log(middle / threshold)
    curve = np.polyfit(place[beside], np.log(seen[beside] + 0.5), 2, w=np.sqrt(seen[beside] + 0.5))
    expected = np.maximum(np.exp(np.polyval(curve, place)) - 0.5, 0.0)
    excess = max(float(seen[above].sum() - expected[above].sum()), 0.0)
    near = float(seen[below].sum()) + excess
    if near <= 0:
        return Refusal("too_few", needed=FEWEST, have=0)
    # What is seen above is a count; what was expected there rests on about as many beside.
    error = float(np.sqrt(seen[above].sum() + expected[above].sum())) / near
    return Bunching(excess, near, excess / near, error)

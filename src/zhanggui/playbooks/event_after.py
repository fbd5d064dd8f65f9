"""What the weeks after an event lack: its products' days against those before it, beside how the rest of the shop went meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.intp]
AFTER_DAYS = 21
FEWEST_ASIDE, FEWEST_UNITS = 4, 20.0
"""So many other products, of so many units in both spans, tell how products wander; fewer do not."""
UNKNOWN_WANDER = 0.15


@dataclass(frozen=True, slots=True)
class Course:
    """How the products beside an event went from one span of days to another: the ``ratio`` of their daily units, and how ``unlike`` each
    other they went beyond chance (standard deviation of the log)."""

    ratio: float
    unlike: float


def unevenness(days: Floats) -> float:
    """Variance of daily units ÷ their mean, at least that of counts."""
    mean = float(days.mean()) if days.size else 0.0
    return max(float(days.var(ddof=1)) / mean, 1.0) if days.size > 1 and mean > 0 else 1.0


def course(aside: Floats, later: Days, earlier: Days) -> Course:
    """The course of products beside an event, ``aside`` being their units by age (products, 112); none known: as usual, give or take."""
    now, then = aside[:, later].sum(axis=1), aside[:, earlier].sum(axis=1)
    told = (now >= FEWEST_UNITS) & (then >= FEWEST_UNITS)
    if told.sum() < FEWEST_ASIDE:
        return Course(1.0, UNKNOWN_WANDER)
    days = len(later) / len(earlier)
    ratio = float(now[told].sum() / then[told].sum() / days)
    apart = np.log(now[told] / then[told] / days / ratio)
    uneven = np.array([unevenness(row) for row in aside[told][:, earlier]])
    chance = float((uneven * (1 / now[told] + 1 / then[told])).mean())
    return Course(ratio, float(np.sqrt(max(float((apart**2).sum()) / (told.sum() - 1) - chance, 0.0))))


def lacking(after: Floats, before: Floats, beside: Course) -> tuple[float, float]:
    """Units a day that the days ``after`` lack of those ``before`` (× how the shop went), and the error of that."""
    expected = float(before.mean()) * beside.ratio
    uneven = unevenness(before)
    error = np.sqrt(
        uneven * max(float(after.mean()), 0.1) / after.size
        + beside.ratio**2 * uneven * max(float(before.mean()), 0.1) / before.size
        + (expected * beside.unlike) ** 2
    )
    return expected - float(after.mean()), float(error)

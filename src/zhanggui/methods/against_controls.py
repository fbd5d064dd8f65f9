"""An effect read against a few unchanged series, in blocks (weeks), by a wandering level with ridge regression and its placebos."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.methods.local_level import FEWEST_BEFORE, LevelEffect, local_level
from zhanggui.methods.placebo import (
    WORTH,
    Calibrated,
    difference_spread,
    smallest_visible_effect,
    visible_as_it_grows,
)
from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
STEADY = 0.15
"""Prior scale of the level's steps from week to week, in units of the week's noise."""
TRUST = 8.0
"""The model's own error counts for as much as so many placebos."""
EARLIER = 4
RECENT = 4


@dataclass(frozen=True, slots=True)
class ControlReading:
    """``found``: the effect a block with its interval and rank; ``expected`` (after,) the course without the change; ``earlier`` the
    series' own effects at earlier dates, before the recent blocks, in standard errors."""

    found: Calibrated
    expected: Floats
    earlier: Floats

    @property
    def steady(self) -> bool:
        """Whether nothing of the kind was seen at earlier dates, when nothing was changed."""
        return bool((np.abs(self.earlier) < 3).all())


def against_controls(
    changed: npt.ArrayLike, controls: npt.ArrayLike, before: int, *, level: float = 0.95
) -> ControlReading | Refusal:
    """What a change did to ``changed`` (times,), read against ``controls`` (series, times) that were not changed, per block.

    Blocks are equal and whole weeks; ``before`` of them lie before the change. The model's error (:func:`local_level`) is corrected by how
    far it erred at earlier dates, for the series itself and for each control in its place, where the history reaches.
    Refuses ``no_controls`` without a control that moved, else as :func:`local_level`.
    """
    from scipy.special import stdtrit

    own, others = np.asarray(changed, dtype=np.float64), np.atleast_2d(np.asarray(controls, dtype=np.float64))
    after = own.size - before
    others = others[_moving(others[:, :before])] if others.size else np.zeros((0, own.size))
    if not others.shape[0]:
        return Refusal("no_controls", needed=1, have=0)
    found = local_level(own, before, others, steady=STEADY, level=level)
    if isinstance(found, Refusal):
        return found
    own_past, others_past = _earlier(own, others, before, after)
    placebos = np.concatenate([own_past[RECENT // max(after, 1) :], others_past])
    unit = float(np.sqrt((TRUST + placebos @ placebos) / (TRUST + placebos.size)))
    error = unit * found.error
    freedom = min(found.freedom, TRUST + WORTH * placebos.size)
    reach = float(stdtrit(freedom, (1 + level) / 2)) * error
    rank = 1 + int((np.abs(placebos) >= abs(found.effect / found.error)).sum())
    judged = Calibrated(
        found.effect, found.effect - reach, found.effect + reach, error, freedom, (rank, placebos.size + 1), 0.0, level
    )
    return ControlReading(judged, found.expected, own_past[1:] / unit)


def visible_against_controls(
    changed: npt.ArrayLike, controls: npt.ArrayLike, after: int, *, level: float = 0.95, caution: float = 1.0
) -> float | Refusal:
    """The smallest true effect a block that ``after`` blocks after a change made now would show four times in five; the series end now. The
    last blocks are read as if the change had been before them, fewer than ``after`` where the history is too short for so many. The
    spread is wider as more is sold; ``caution``: so many half intervals an effect must be."""
    own = np.asarray(changed, dtype=np.float64)
    rehearsed = max(min(after, own.size - FEWEST_BEFORE), 1)
    reading = against_controls(own, controls, own.size - rehearsed, level=level)
    if isinstance(reading, Refusal):
        return reading
    longer = difference_spread(own.size, after, own.size) / difference_spread(own.size - rehearsed, rehearsed, own.size)
    plain = longer * smallest_visible_effect(reading.found.error, reading.found.freedom, caution)
    return float(visible_as_it_grows(plain, float(own.mean()), own.size, after))


def _moving(rows: Floats) -> npt.NDArray[np.bool_]:
    return np.asarray(~np.isnan(rows).any(axis=1) & (np.ptp(rows, axis=1) > 0))


def _earlier(own: Floats, others: Floats, before: int, after: int) -> tuple[Floats, Floats]:
    """Effects in the model's errors where nothing was changed: of the series itself at earlier dates, the latest first, and of each
    control with the other controls beside it, at the same dates and at the change's own."""
    dates = [date for k in range(1, EARLIER + 1) if (date := before - k * after) >= FEWEST_BEFORE]
    mine = [local_level(own[: date + after], date, others[:, : date + after], steady=STEADY) for date in dates]
    theirs = [
        local_level(others[k, : date + after], date, np.delete(others, k, axis=0)[:, : date + after], steady=STEADY)
        for date in (before, *dates)
        for k in range(others.shape[0] if others.shape[0] > 1 else 0)
    ]
    return _sizes(mine), _sizes(theirs)


def _sizes(readings: list[LevelEffect | Refusal]) -> Floats:
    return np.array([one.effect / one.error for one in readings if not isinstance(one, Refusal) and one.error > 0])

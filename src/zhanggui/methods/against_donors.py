"""An effect read against many unchanged series of different sizes, in blocks (weeks), with its placebos in space and time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.methods.moderated import moderated_variances
from zhanggui.methods.placebo import (
    Calibrated,
    calibrate,
    difference_spread,
    smallest_visible_effect,
    visible_as_it_grows,
)
from zhanggui.methods.synthetic_did import ENOUGH, synthetic_did
from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
FEWEST_DONORS = 8
TWICE = 2
"""A change is read for at most half as long as is known from before it."""
FIT = 12
"""Blocks before the change that weights are fitted on."""
TIME_RIDGE = 1.0
"""Weeks of a shop's products are mostly chance: time weights free of any ridge follow it and widen the interval by a fifteenth."""
EARLIER = 3
"""Earlier dates at which every series is read as if it had been changed then, where the history reaches."""
RECENT = 4
"""Blocks just before the change in which a bad spell may have been what called for it."""


@dataclass(frozen=True, slots=True)
class DonorReading:
    """``found``: the effect a block with its interval and its rank among placebos. ``weights`` (donors,) sum to 1. ``expected`` (times
    fitted,) is the course without the change over the blocks fitted and after. ``earlier`` are the changed series' own effects at earlier
    dates, before the recent blocks, in standard errors: an effect then shows that the donors do not follow it."""

    found: Calibrated
    weights: Floats
    expected: Floats
    earlier: Floats

    @property
    def steady(self) -> bool:
        """Whether the series went with its donors before the change, as far as that can be looked at."""
        return bool((np.abs(self.earlier) < 3).all())


@dataclass(frozen=True, slots=True)
class _Placed:
    """One reading of all series as if changed at one date: effects, noise, and distance from the course in recent blocks (series,)."""

    effects: Floats
    noise: Floats
    freedom: float
    contrasts: Floats
    weights: Floats
    expected: Floats


def against_donors(
    changed: npt.ArrayLike,
    donors: npt.ArrayLike,
    before: int,
    *,
    sizes: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> DonorReading | Refusal:
    """What a change did to ``changed`` (times,), read against ``donors`` (donors, times) that were not changed, per block.

    Blocks are equal and whole weeks, the oldest first; ``before`` of them lie before the change. Every donor is brought to the changed
    series' level, or, given ``sizes`` (1 + donors,) > 0, the changed series' first, to the ratio of these (for series whose mean may be
    negative); weights are synthetic difference-in-differences' on the last 12 blocks before. The spread comes from reading each
    donor as if it had been changed, at this date and at up to three earlier ones, each in its own noise; what a bad spell
    just before the change foretells by itself is taken off (:func:`calibrate`).

    Refuses ``few_donors`` below 8 that sold, ``too_short`` below twice as many blocks before as after, ``constant`` where the changed
    series never moved. Assumes: shocks common to all move each in proportion to its size; donors untouched by the change.
    """
    own, others = np.asarray(changed, dtype=np.float64), np.atleast_2d(np.asarray(donors, dtype=np.float64))
    after = own.size - before
    if after < 1 or before < max(TWICE * after, 4):
        return Refusal("too_short", needed=max(TWICE * after, 4), have=before)
    fit = min(FIT, before)
    known = None if sizes is None else np.asarray(sizes, dtype=np.float64)
    usable = np.flatnonzero(_usable(others[:, before - fit :], fit, known is None)) if others.size else np.zeros(0, int)
    if usable.size < FEWEST_DONORS:
        return Refusal("few_donors", needed=FEWEST_DONORS, have=int(usable.size))
    if not _usable(own[None, before - fit :], fit, known is None)[0]:
        return Refusal("constant", needed=2, have=1)
    panel = np.vstack([own, others[usable]])
    given = None if known is None else np.concatenate([known[:1], known[1:][usable]])
    now = _read(panel, before, fit, after, given)
    past = _earlier(panel, before, fit, after, given)
    # The changed series' own past is kept out of the spread: it was chosen, perhaps for that past.
    judged = calibrate(
        float(now.effects[0]),
        float(now.noise[0]),
        np.concatenate([now.effects[1:], *(each.effects[1:] for each in past)]),
        np.concatenate([now.noise[1:], *(each.noise[1:] for each in past)]),
        contrast=float(now.contrasts[0]),
        contrasts=np.concatenate([now.contrasts[1:], *(each.contrasts[1:] for each in past)]),
        scale_freedom=now.freedom,
        level=level,
    )
    if isinstance(judged, Refusal):
        return judged
    weights = np.zeros(others.shape[0])
    weights[usable] = now.weights
    unit = judged.error / float(now.noise[0])
    old = [each.effects[0] / each.noise[0] / unit for k, each in enumerate(past, 1) if k * after >= RECENT + after]
    return DonorReading(judged, weights, now.expected, np.array(old))


def visible_against_donors(
    changed: npt.ArrayLike, donors: npt.ArrayLike, after: int, *, level: float = 0.95, caution: float = 1.0
) -> float | Refusal:
    """The smallest true effect a block that ``after`` blocks after a change made now would show four times in five.

    ``changed`` (times,) and ``donors`` (donors, times) end now. The last blocks are read as if the change had been before them; only the
    spread of that reading is used, wider as more is sold. ``caution``: so many half intervals an effect must be. Where the history is too
    short to rehearse so many, fewer are, and the spread is brought to ``after`` as that of a difference of means. Refuses as
    :func:`against_donors`.
    """
    own = np.asarray(changed, dtype=np.float64)
    rehearsed = min(after, own.size // (TWICE + 1))
    reading = against_donors(own, donors, own.size - rehearsed, level=level)
    if isinstance(reading, Refusal):
        return reading
    longer = difference_spread(own.size, after, FIT) / difference_spread(own.size - rehearsed, rehearsed, FIT)
    plain = longer * smallest_visible_effect(reading.found.error, reading.found.freedom, caution)
    return float(visible_as_it_grows(plain, float(own[-FIT:].mean()), FIT, after))


def visible_for_all(series: npt.ArrayLike, after: int, *, most: int = 40, caution: float = 1.0) -> Floats | Refusal:
    """The smallest true effect a block that ``after`` blocks after a change made now would show four times in five, for each of ``series``
    (series, times), which end now and are the other ones' donors: rehearsed for all at once, ``caution`` as above. NaN for a series that
    was not above 0, or not whole, over the last 12 blocks before.

    The ``most`` largest take part in the rehearsal; the others' noise is judged beside theirs. Refuses ``few_donors`` below 9 usable
    series, ``too_short`` below 12 blocks in all.
    """
    panel = np.atleast_2d(np.asarray(series, dtype=np.float64))
    times = panel.shape[1] if panel.size else 0
    rehearsed = min(after, times // (TWICE + 1))
    if rehearsed < 1 or times < 3 * RECENT:
        return Refusal("too_short", needed=3 * RECENT, have=times)
    before = times - rehearsed
    fit = min(FIT, before)
    usable = np.flatnonzero(_usable(panel[:, before - fit :], fit, True))
    if usable.size <= FEWEST_DONORS:
        return Refusal("few_donors", needed=FEWEST_DONORS + 1, have=int(usable.size))
    size = panel[usable, before - fit : before].mean(axis=1)
    order = np.argsort(-size, kind="stable")
    ranked, size = usable[order], size[order]
    largest = panel[ranked[:most]]
    readings = [_read(largest, before, fit, rehearsed, None), *_earlier(largest, before, fit, rehearsed, None)]
    judged = calibrate(
        0.0,
        1.0,
        np.concatenate([each.effects for each in readings]),
        np.concatenate([each.noise for each in readings]),
        contrasts=np.concatenate([each.contrasts for each in readings]),
        scale_freedom=readings[0].freedom,
    )
    if isinstance(judged, Refusal):
        return judged
    noise, _ = _noise(panel[ranked, before - fit : before] / size[:, None], size)
    longer = difference_spread(times, after, FIT) / difference_spread(before, rehearsed, FIT)
    found = np.full(panel.shape[0], np.nan)
    plain = longer * smallest_visible_effect(judged.error, judged.freedom, caution) * noise * size
    found[ranked] = visible_as_it_grows(plain, size, FIT, after)
    return found


def _usable(window: Floats, fit: int, positive: bool) -> npt.NDArray[np.bool_]:
    """Series (series, times) without gaps that moved in the first ``fit`` times, and were above 0 in the mean where that is asked."""
    whole = ~np.isnan(window).any(axis=1)
    early = np.nan_to_num(window[:, :fit])
    return np.asarray(whole & (np.ptp(early, axis=1) > 0) & (not positive or early.mean(axis=1) > 0))


def _earlier(panel: Floats, before: int, fit: int, after: int, sizes: Floats | None) -> list[_Placed]:
    """The same reading at dates ``after`` blocks apart before the change, with the series that were whole then."""
    found = []
    for k in range(1, EARLIER + 1):
        date = before - k * after
        if date < fit:
            break
        window = panel[:, date - fit : date + after]
        usable = _usable(window, fit, sizes is None)
        if not usable[0] or usable.sum() <= FEWEST_DONORS:
            break
        found.append(_read(window[usable], fit, fit, after, None if sizes is None else sizes[usable]))
    return found


def _read(panel: Floats, before: int, fit: int, after: int, sizes: Floats | None) -> _Placed:
    """All series (series, times), the first the changed one, read as if each had been changed after ``before`` blocks."""
    window = panel[:, before - fit : before + after]
    size = window[:, :fit].mean(axis=1) if sizes is None else sizes
    level = window * (size[0] / size)[:, None]
    fitted = synthetic_did(level[0], level[1:], fit, time_ridge=TIME_RIDGE, precision=ENOUGH)
    if isinstance(fitted, Refusal):
        raise ValueError(f"a panel that was looked at before is refused: {fitted}")
    effects = np.append(fitted.effect, fitted.placebos)
    early = level[:, :fit]
    noise, freedom = _noise(early, size)
    spell = min(RECENT, fit // 2)
    contrast = early[:, -spell:].mean(axis=1) - early[:, -2 * spell : -spell].mean(axis=1)
    contrasts = (contrast - np.median(contrast)) / noise
    course = fitted.units @ level[1:]
    expected = course + float((early[0] - course[:fit]) @ fitted.times)
    return _Placed(effects, noise, freedom, contrasts, fitted.units, expected)


def _noise(early: Floats, size: Floats) -> tuple[Floats, float]:
    """Standard deviation (series,) of a block around the course that all share, drawn to what series of that ``size`` have; and the degrees
    behind it."""
    rest = early - early.mean(axis=1, keepdims=True)
    rest = rest - np.median(rest, axis=0)
    freedom = early.shape[1] - 1
    variances = (rest**2).sum(axis=1) / freedom
    drawn = moderated_variances(np.maximum(variances, 1e-12 * float(early[0].mean()) ** 2), freedom, size)
    if isinstance(drawn, Refusal):
        raise ValueError(f"a panel that was looked at before is refused: {drawn}")
    return np.sqrt(drawn.variances), drawn.freedom + freedom

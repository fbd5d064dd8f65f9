"""What was to be expected of the next block (a week or a day), and how surprising what came is."""

from __future__ import annotations

from dataclasses import dataclass
from math import expm1

import numpy as np
import numpy.typing as npt

from zhanggui.methods.level import follow
from zhanggui.methods.many_series import Expectations as Expectations
from zhanggui.methods.many_series import expect_many as expect_many
from zhanggui.methods.surprise import conformal_ends, fit_student, tail
from zhanggui.methods.weekday import Profile as Profile
from zhanggui.methods.weekday import weekday_profile as weekday_profile
from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
FEWEST_BLOCKS = 4
SMALL_COUNT = 10.0
MOST_PLAIN_PERIOD = 26


@dataclass(frozen=True, slots=True)
class Expectation:
    """What was to be expected, ``low``…``high`` with probability ``level``, in the unit of the history.

    ``p_low`` is how likely a value as low as the one seen was, ``p_high`` as high, ``p_two_sided`` as far either way (NaN if none was
    seen). ``scale`` is the typical relative miss (.1 = 10 %), ``n`` how many past misses it rests on, ``shifted_at`` the
    index in the history of the last level shift (0 = none), ``method`` the walk and the kind of interval.
    """

    expected: float
    low: float
    high: float
    p_two_sided: float
    p_low: float
    p_high: float
    scale: float
    n: int
    method: str
    level: float = 0.9
    shifted_at: int = 0


def expect(
    history: npt.ArrayLike,
    observed: float | None = None,
    *,
    season: npt.ArrayLike | None = None,
    period: int | None = None,
    events: npt.ArrayLike | None = None,
    exposure: npt.ArrayLike | None = None,
    level: float = 0.9,
    counts: bool = False,
    root: bool = False,
) -> Expectation | Refusal:
    """What the block after ``history`` (n,) was to be, and how surprising ``observed`` is.

    ``history``: totals ≥ 0 of equal blocks, oldest first; NaN = a gap, not learnt from. ``season`` (n + 1,): known factors (1 = usual),
    the last for the next block. ``period``: blocks a year (52); the annual profile is estimated only from two whole years on.
    ``events`` (n,) or (n + 1,): blocks of known events, not learnt from; if the next block is one, the median effect of the past ones is
    expected, and without two of them it is refused. ``exposure`` (n + 1,): what the value is proportional to (open days, orders).
    ``counts``: whole numbers; below 10 a block a negative binomial judges instead. ``root``: whole numbers that may be few and may move by
    multiples (orders of one product): walked on the square-root scale, on which chance is alike at every level (Anscombe 1948).

    Refuses ``too_short`` (fewer than 4 usable blocks), ``constant``, ``negative``, ``unknown_event``.
    Assumes: misses of one step ahead are exchangeable on the log (or root) scale after level, season and events.

    >>> expect([98, 103, 110, 95, 99, 104, 100, 97, 102], 40.0).p_low < 0.01
    True
    """
    values = np.asarray(history, dtype=np.float64)
    usual, next_usual = _steady(values.size, season, exposure)
    event, next_event = _events(values.size, events)
    known = np.where(event | (usual <= 0), np.nan, values / np.where(usual > 0, usual, 1.0))
    refusal = _refuse(known, values, next_usual)
    if refusal is not None:
        return refusal
    if counts and not next_event and float(np.nanmean(np.where(event, np.nan, values))) < SMALL_COUNT:
        return _small_counts(np.where(event, np.nan, values), usual, next_usual, observed, level)
    unit = 1.0 if counts else 0.02 * float(np.median(known[known > 0]))
    scale = _Roots() if root else _Logs(unit)
    steps = scale.of(known)
    annual = annual_season(steps, period)
    path = follow(steps - annual[: values.size])
    misses = path.errors[~np.isnan(path.errors)]
    if misses.size < 1 or not np.any(misses):
        misses = _around_centre(steps - annual[: values.size])
    centre = path.forecast + annual[values.size]
    if next_event:
        effect = event_effect(scale.of(values / np.where(usual > 0, usual, 1.0)) - annual[: values.size], event)
        if isinstance(effect, Refusal):
            return effect
        centre += effect
    fit = fit_student(misses)
    below, above, kind = conformal_ends(misses, level, fit)
    p_low = p_high = np.nan
    if observed is not None:
        seen = float(scale.of(np.array([max(observed, 0.0) / next_usual]))[0])
        p_low, p_high = tail(misses, (seen - centre) / path.widening, fit)
    expected, low, high = (scale.back(centre + reach * path.widening) * next_usual for reach in (0.0, below, above))
    return Expectation(
        expected,
        low,
        high,
        min(1.0, 2 * min(p_low, p_high)),
        p_low,
        p_high,
        fit.scale,
        int(misses.size),
        f"{path.name}+{kind}",
        level,
        path.restarted,
    )


@dataclass(frozen=True, slots=True)
class _Logs:
    """Money and large counts: what moves, moves by shares. ``unit`` keeps zeros finite."""

    unit: float

    def of(self, values: Floats) -> Floats:
        return np.asarray(np.log1p(values / self.unit))

    def back(self, x: float) -> float:
        return max(expm1(min(x, 700.0)), 0.0) * self.unit


@dataclass(frozen=True, slots=True)
class _Roots:
    """Small counts: chance is alike at every level."""

    def of(self, values: Floats) -> Floats:
        return np.asarray(np.sqrt(values + 0.375))

    def back(self, x: float) -> float:
        return max(max(x, 0.0) ** 2 - 0.375, 0.0)


def _steady(n: int, season: npt.ArrayLike | None, exposure: npt.ArrayLike | None) -> tuple[Floats, float]:
    usual = np.ones(n + 1)
    for factor in (season, exposure):
        if factor is not None:
            given = np.asarray(factor, dtype=np.float64)
            if given.shape != (n + 1,):
                raise ValueError(
                    f"season and exposure have one value a block and one for the next: {n + 1}, not {given.shape}"
                )
            usual = usual * given
    return usual[:n], float(usual[n])


def _events(n: int, events: npt.ArrayLike | None) -> tuple[Mask, bool]:
    if events is None:
        return np.zeros(n, dtype=bool), False
    given = np.asarray(events, dtype=bool)
    if given.shape not in ((n,), (n + 1,)):
        raise ValueError(f"events has {n} or {n + 1} values, not {given.shape}")
    return given[:n], bool(given[n]) if given.size > n else False


def _refuse(known: Floats, values: Floats, next_usual: float) -> Refusal | None:
    usable = known[~np.isnan(known)]
    if usable.size < FEWEST_BLOCKS:
        return Refusal("too_short", needed=FEWEST_BLOCKS, have=int(usable.size))
    if float(np.nanmin(values)) < 0:
        return Refusal("negative", needed=0, have=float(np.nanmin(values)))
    if not next_usual > 0:
        return Refusal("no_exposure", needed=1, have=0)
    if float(usable.max() - usable.min()) <= 1e-12 * float(np.abs(usable).max()):
        return Refusal("constant", needed=2, have=1)
    return None


def _around_centre(values: Floats) -> Floats:
    """Before any step has been walked the spread around the median has to serve."""
    known = values[~np.isnan(values)]
    return np.asarray((known - np.median(known)) * np.sqrt(known.size / (known.size - 1)))


def annual_season(logs: Floats, period: int | None) -> Floats:
    """Log effects of the season for the ``logs`` (n,) and the next block (n + 1,): zeros below two whole years.

    The median over the years of what a block stood above the mean of the year around it; weeks are smoothed over three
    neighbours, since two or three years are few; shrunk by years / (years + .5).
    """
    n = logs.size
    if period is None or n < 2 * period:
        return np.zeros(n + 1)
    place = (np.arange(n + 1) - (n % period)) % period
    above = np.full(n, np.nan)
    for t in range(period // 2, n - period // 2):
        around = logs[t - period // 2 : t + period // 2 + 1]
        ends = np.ones(around.size)
        if period % 2 == 0:
            ends[[0, -1]] = 0.5  # a whole period, its first and last block being the same season
        known = ~np.isnan(around)
        if known.any():
            above[t] = logs[t] - float((around[known] * ends[known]).sum() / ends[known].sum())
    profile = np.array([_nanmedian(above[place[:n] == k]) for k in range(period)])
    if period > MOST_PLAIN_PERIOD:
        profile = (np.roll(profile, 1) + profile + np.roll(profile, -1)) / 3
    years = n / period
    return np.asarray((profile - profile.mean())[place] * years / (years + 0.5))


def _nanmedian(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else 0.0


def event_effect(logs: Floats, event: Mask) -> float | Refusal:
    """The median log effect of past events over the nearest usual blocks before them; refused as ``unknown_event`` below two."""
    effects = []
    for t in np.flatnonzero(event & ~np.isnan(logs)):
        before = logs[:t][~event[:t]][-4:]
        if before.size and not np.isnan(before).all():
            effects.append(float(logs[t] - np.nanmedian(before)))
    if len(effects) < 2:
        return Refusal("unknown_event", needed=2, have=len(effects))
    return float(np.median(effects))


def _small_counts(
    values: Floats, usual: Floats, next_usual: float, observed: float | None, level: float
) -> Expectation | Refusal:
    known = ~np.isnan(values) & (usual > 0)
    seen = np.array([np.nan if observed is None else observed])
    many = expect_many(
        values[known][None, :], seen, exposure=np.append(usual[known], next_usual), level=level, half_lives=(26.0,)
    )
    if isinstance(many, Refusal):
        return many
    return Expectation(
        float(many.expected[0]),
        float(many.low[0]),
        float(many.high[0]),
        float(many.p_two_sided[0]),
        float(many.p_low[0]),
        float(many.p_high[0]),
        float(many.scale[0]),
        int(known.sum()),
        many.method,
        level,
    )


def expect_day(
    history: npt.ArrayLike,
    first_weekday: int,
    observed: float | None = None,
    *,
    events: npt.ArrayLike | None = None,
    pooled: Profile | None = None,
    level: float = 0.9,
    counts: bool = False,
) -> Expectation | Refusal:
    """What the day after ``history`` (days,), whose first day is ``first_weekday`` (0 = Monday), was to be: weekday profile × level.

    On a weekday the shop is closed 0 is expected and nothing is alarming. Refuses as :func:`expect` and :func:`weekday_profile`.
    """
    values = np.asarray(history, dtype=np.float64)
    n = values.size
    days = (first_weekday + np.arange(n + 1)) % 7
    masked = None if events is None else np.asarray(events, dtype=bool)[:n]
    profile = weekday_profile(values, days[:n], events=masked, pooled=pooled)
    if isinstance(profile, Refusal):
        return profile
    if profile.closed[days[n]]:
        unseen = np.nan if observed is None else 1.0
        return Expectation(0.0, 0.0, 0.0, unseen, unseen, unseen, 0.0, n, "closed", level)
    open_days = ~profile.closed[days]
    factors = profile.factors[days]
    kept = None if events is None else np.asarray(events, dtype=bool)[open_days[: np.asarray(events).size]]
    return expect(
        values[open_days[:n]],
        observed,
        season=factors[open_days],
        events=kept,
        level=level,
        counts=counts,
    )

"""Where the month will end: what is in so far and the days that remain, from the weekday profile and the level of late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.methods.weekday import FEWEST_DAYS, Profile, weekday_profile
from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
HALF_LIFE_DAYS = 21.0
FEWEST_TRIALS = 8
FEWEST_SOLD = 8
"""From fewer days with sales the interval is a hundredfold: it says nothing."""


@dataclass(frozen=True, slots=True)
class Pace:
    """``forecast`` of the whole period with its interval, ``so_far`` of it certain; ``reach`` = P(at least the target), NaN without one."""

    forecast: float
    low: float
    high: float
    so_far: float
    reach: float
    level: float
    method: str


def pace(
    history: npt.ArrayLike,
    first_weekday: int,
    so_far: float,
    days_left: int,
    *,
    target: float | None = None,
    events: npt.ArrayLike | None = None,
    level: float = 0.9,
) -> Pace | Refusal:
    """Where a period will end that has ``so_far`` in and ``days_left`` days to go after ``history`` (days,), Monday = 0 on its first day.

    The remaining days are weekday factors times a recency-weighted daily mean; the interval comes from the same forecast made at past days,
    where there are at least 8 of them, else from how weeks scatter. ``events`` (days,) are not learnt from.
    Refuses ``too_short`` below 14 usual days or 8 with sales, ``constant`` if nothing was sold.
    With no day left the answer is ``so_far``, certain.
    """
    from scipy.special import stdtr, stdtrit

    values = np.asarray(history, dtype=np.float64)
    if events is not None:
        values = np.where(np.asarray(events, dtype=bool)[: values.size], np.nan, values)
    if days_left <= 0:
        return Pace(so_far, so_far, so_far, so_far, _certain(so_far, target), level, "done")
    days = (first_weekday + np.arange(values.size + days_left)) % 7
    profile = weekday_profile(values, days[: values.size])
    if isinstance(profile, Refusal):
        return profile
    if (sold := int((values > 0).sum())) < FEWEST_SOLD:
        return Refusal("too_short", needed=FEWEST_SOLD, have=sold)
    ahead = _ahead(values, days, profile, values.size, days_left)
    if not profile.factors[days[values.size :]].any():
        return Pace(so_far, so_far, so_far, so_far, _certain(so_far, target), level, "closed")
    if ahead <= 0:
        return Refusal("constant", needed=1, have=0)
    scale, freedom, method = _scatter(values, days, profile, days_left)
    reach = float(stdtrit(freedom, 0.5 + level / 2)) * scale
    chance = np.nan
    if target is not None:
        missing = target - so_far
        chance = 1.0 if missing <= 0 else 1 - float(stdtr(freedom, np.log(missing / ahead) / max(scale, 1e-12)))
    return Pace(
        so_far + ahead, so_far + ahead * np.exp(-reach), so_far + ahead * np.exp(reach), so_far, chance, level, method
    )


def _certain(so_far: float, target: float | None) -> float:
    return np.nan if target is None else float(so_far >= target)


def _ahead(values: Floats, days: npt.NDArray[np.int64], profile: Profile, at: int, span: int) -> float:
    """Forecast of the ``span`` days from index ``at`` on, by what was known before."""
    known = ~np.isnan(values[:at])
    weights = np.where(known, 0.5 ** (np.arange(at - 1, -1, -1) / HALF_LIFE_DAYS), 0.0)
    usual = float((weights * profile.factors[days[:at]]).sum())
    daily = float((weights * np.nan_to_num(values[:at])).sum()) / usual if usual > 0 else 0.0
    return daily * float(profile.factors[days[at : at + span]].sum())


def _scatter(values: Floats, days: npt.NDArray[np.int64], profile: Profile, span: int) -> tuple[float, float, str]:
    """Scale of the log miss of such a forecast, its degrees of freedom, and where they come from."""
    misses = []
    for at in range(2 * FEWEST_DAYS, values.size - span + 1, 3):
        came = values[at : at + span]
        guess = _ahead(values, days, profile, at, span)
        known = ~np.isnan(came)
        if guess > 0 and known.all() and came.sum() > 0:
            misses.append(float(np.log(came.sum() / guess)))
    # Trials that overlap say the same thing twice: as many degrees of freedom as disjoint spans fit, and one trial more.
    apart = (values.size - 2 * FEWEST_DAYS) / span
    if len(misses) >= FEWEST_TRIALS and apart >= 2:
        return max(float(np.sqrt(np.mean(np.square(misses)))), 1e-9), max(apart, 3.0), "backtest"
    factors = profile.factors[days[: values.size]]
    open_days = (factors > 0) & ~np.isnan(values)
    ratio = values[open_days] / factors[open_days]
    relative = float(ratio.std(ddof=1) / max(ratio.mean(), 1e-300))
    weighed = min(float(ratio.size), 1.44 * HALF_LIFE_DAYS * 2)
    # Days lean on their neighbours: independent days would make the sum look surer than weeks are.
    lean = 1.5
    scale = relative * float(np.sqrt(lean * (1 / max(span, 1) + 1 / weighed)))
    return max(scale, 1e-9), max(ratio.size / 7, 3.0), "scatter"

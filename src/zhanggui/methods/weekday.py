"""How a week goes: the share of a usual day that each weekday has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
FEWEST_DAYS = 14
MOST_CLOSED = 0.1  # a weekday that sold on at most this share of its dates is a closed day


@dataclass(frozen=True, slots=True)
class Profile:
    """How a week goes: ``factors`` (7,), Monday first, mean 1 over open weekdays and 0 on ``closed`` ones; ``seen`` dates of each."""

    factors: Floats
    closed: Mask
    seen: Floats


def weekday_profile(
    history: npt.ArrayLike,
    weekdays: npt.ArrayLike,
    *,
    events: npt.ArrayLike | None = None,
    pooled: Profile | None = None,
    prior_days: float = 3.0,
) -> Profile | Refusal:
    """The share of a usual day each weekday has, shrunk towards ``pooled`` (the shop's profile for a product; else a flat one).

    ``history`` (days,) ≥ 0, ``weekdays`` (days,) 0 = Monday. Each weekday's factor is the median over weeks of day ÷ its
    own week's mean, weighted against ``prior_days`` dates of the prior. A weekday seen ≥ 3 times that sold on at most a tenth of its
    dates is closed, unless all seven would be. Refuses ``too_short`` below 14 days unless ``pooled`` is given, and ``constant`` if
    nothing was ever sold.
    """
    values, days = np.asarray(history, dtype=np.float64), np.asarray(weekdays, dtype=np.int64)
    ordinary = ~np.isnan(values) if events is None else ~np.isnan(values) & ~np.asarray(events, dtype=bool)
    if int(ordinary.sum()) < FEWEST_DAYS:
        return pooled if pooled is not None else Refusal("too_short", needed=FEWEST_DAYS, have=int(ordinary.sum()))
    if not float(values[ordinary].sum()) > 0:
        return Refusal("constant", needed=2, have=1)
    seen = np.bincount(days[ordinary], minlength=7).astype(np.float64)
    sold = np.bincount(days[ordinary & (values > 0)], minlength=7)
    closed = (seen >= 3) & (sold <= MOST_CLOSED * seen)
    closed &= not closed.all()  # a shop that sells once in a while, or stood still for years, is shut on no weekday
    ratios = values / _own_week(np.where(ordinary, values, np.nan))
    prior = np.ones(7) if pooled is None else np.where(pooled.closed, 0.0, pooled.factors)
    factors = np.zeros(7)
    for k in range(7):
        own = ratios[(days == k) & ordinary & np.isfinite(ratios)]
        middle = float(np.median(own)) if own.size else float(prior[k])
        factors[k] = (own.size * middle + prior_days * prior[k]) / (own.size + prior_days)
    factors[closed] = 0.0
    return Profile(factors / factors[~closed].mean(), closed, seen)


def _own_week(values: Floats) -> Floats:
    """Mean of the seven days around each day (fewer at the ends): the level a day's share is measured against."""
    known = ~np.isnan(values)
    total = np.convolve(np.where(known, values, 0.0), np.ones(7), mode="same")
    days = np.convolve(known.astype(np.float64), np.ones(7), mode="same")
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(total > 0, total / days, np.nan))

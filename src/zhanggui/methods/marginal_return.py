"""What one more unit of spend brings: the slope of daily contribution on daily spend, drawn to what was believed before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
FEWEST_DAYS = 14
LAGS = 4
LEAST_SWING = 0.03
"""Standard deviation of what moves the spend, as a share of its mean, below which there is nothing to learn from."""
STRONG = 10.0
"""F of the spend on what moves it, below which the slope of a ratio cannot be trusted (Staiger & Stock 1997)."""
WEEK = 7


@dataclass(frozen=True, slots=True)
class MarginalReturn:
    """``mean`` and ``error`` of the contribution that the last unit of spend brings, after the data; ``data_mean`` and ``data_error`` what
    the days alone say; ``weight`` the share of the days in ``mean``; ``noise`` the day's standard deviation of contribution."""

    mean: float
    error: float
    data_mean: float
    data_error: float
    weight: float
    noise: float

    def below(self, value: float) -> float:
        """P(return < ``value``)."""
        from scipy.special import ndtr

        return float(ndtr((value - self.mean) / self.error))


def marginal_return(
    contribution: npt.ArrayLike,
    spend: npt.ArrayLike,
    *,
    moved_by: npt.ArrayLike | None = None,
    beside: npt.ArrayLike | None = None,
    prior: tuple[float, float],
) -> MarginalReturn | Refusal:
    """How much more ``contribution`` (days,) came on days with more ``spend`` (days,), oldest first, NaN = a day left out.

    Level, trend and weekday are taken off both, and the columns ``beside`` (days, others), such as the spend of other plans. ``moved_by``
    (days,) is what moved the spend by decision (the budget): the slope is then the ratio of what it moved in both, which demand that
    draws spend cannot bend. ``prior`` is (mean, standard deviation) of what is believed of the return before.

    Standard errors hold for days that resemble their neighbours (Newey & West 1987, four lags). Refuses ``too_short`` below 14 days,
    ``constant`` where spend (or what moves it) hardly varies or does not move it.
    """
    y, x = np.asarray(contribution, dtype=np.float64), np.asarray(spend, dtype=np.float64)
    z = x if moved_by is None else np.asarray(moved_by, dtype=np.float64)
    if not (x.shape == y.shape == z.shape and y.ndim == 1):
        raise ValueError(
            f"contribution {y.shape}, spend {x.shape} and what moves it {z.shape} must be arrays of one length"
        )
    others = np.zeros((y.size, 0)) if beside is None else np.asarray(beside, dtype=np.float64).reshape(y.size, -1)
    known = ~(np.isnan(y) | np.isnan(x) | np.isnan(z) | np.isnan(others).any(axis=1))
    if int(known.sum()) < FEWEST_DAYS:
        return Refusal("too_short", needed=FEWEST_DAYS, have=int(known.sum()))
    if z[known].mean() <= 0 or z[known].std() < LEAST_SWING * z[known].mean():
        return Refusal("constant", needed=LEAST_SWING, have=0.0)
    frame = np.column_stack([_frame(y.size), others])[known]
    y, x, z = (_without(frame, each[known]) for each in (y, x, z))
    free = y.size - np.linalg.matrix_rank(frame) - 1
    zx, zz = float(z @ x), float(z @ z)
    if free < 4 or zz <= 1e-12 * max(float(x @ x), 1e-300) or not _moves(z, x, free):
        return Refusal("constant", needed=STRONG, have=0.0)
    slope = float(z @ y) / zx
    left = y - slope * x
    error = float(np.sqrt(_long_run(z * left) * y.size / free)) / abs(zx)
    plain = float(np.sqrt(left @ left / free * zz)) / abs(zx)
    error = max(error, plain, 1e-12)
    before, spread = prior
    weight = spread**2 / (spread**2 + error**2)
    return MarginalReturn(
        weight * slope + (1 - weight) * before,
        float(np.sqrt(weight) * error),
        slope,
        error,
        weight,
        float(np.sqrt(left @ left / free)),
    )


def _frame(days: int) -> Floats:
    """Level, trend, and from four weeks on the weekday."""
    day = np.arange(days)
    columns = [np.ones(days), day / max(days - 1, 1)]
    if days >= 4 * WEEK:
        columns += [(day % WEEK == k).astype(np.float64) for k in range(1, WEEK)]
    return np.column_stack(columns)


def _without(frame: Floats, values: Floats) -> Floats:
    """What the frame leaves of a column."""
    return np.asarray(values - frame @ np.linalg.lstsq(frame, values, rcond=None)[0], dtype=np.float64)


def _moves(z: Floats, x: Floats, free: int) -> bool:
    """Whether ``z`` moves ``x`` clearly enough; a spend moves itself."""
    share = float(z @ x) ** 2 / max(float(z @ z) * float(x @ x), 1e-300)
    return share >= 1 - 1e-12 or free * share / (1 - share) >= STRONG


def _long_run(scores: Floats) -> float:
    """Variance of a sum of neighbouring values, with falling weights for the lags."""
    total = float(scores @ scores)
    for lag in range(1, min(LAGS, scores.size - 1) + 1):
        total += 2 * (1 - lag / (LAGS + 1)) * float(scores[lag:] @ scores[:-lag])
    return max(total, 0.0)

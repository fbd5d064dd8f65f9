"""Refunds still to come: how a cohort's refunds develop by age, what it will end at, and rates compared at equal age only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.units import Estimate, Refusal

Floats = npt.NDArray[np.float64]
Ages = npt.NDArray[np.int64]
FEWEST_MATURED = 4
FEWEST_REFUNDS = 10.0


@dataclass(frozen=True, slots=True)
class Development:
    """``seen_by`` (ages + 1,) is F: the share of a cohort's final refunds that shows after 0, 1, 2 … complete ages (0 … 1).

    ``ratio`` is the usual final refunds ÷ sales and ``ratio_error`` its standard error, ``between`` its standard deviation from cohort to
    cohort beyond chance, ``unit`` the money one independent refund is worth (the variance of refunds ÷ their mean).
    """

    seen_by: Floats
    ratio: float
    ratio_error: float
    between: float
    unit: float
    matured: int

    def at(self, ages: npt.ArrayLike) -> Floats:
        """F at complete ``ages``; 1 beyond the last."""
        return self.seen_by[np.clip(np.asarray(ages, dtype=np.int64), 0, self.seen_by.size - 1)]


@dataclass(frozen=True, slots=True)
class ToCome:
    """``refunds`` still to come, the ``net`` sales that will remain, and the final refund ``ratio``, each with its interval."""

    refunds: Estimate
    net: Estimate
    ratio: Estimate


def develop(
    refunds: npt.ArrayLike,
    sales: npt.ArrayLike,
    ages_seen: npt.ArrayLike,
    *,
    pooled: Development | None = None,
    prior_refunds: float = 20.0,
) -> Development | Refusal:
    """How refunds of a cohort (orders of one week) come in by age, from all cohorts as far as each has been seen.

    ``refunds`` (cohorts, ages): money (or number) refunded at that age; ``sales`` (cohorts,) in the same unit; ``ages_seen``
    (cohorts,): how many ages are complete, what lies beyond is not read. The share of each age is the sum of its refunds over the
    sales of the cohorts that reached it (additive chain ladder), drawn to ``pooled`` (the shop, for a category) as if that had shown
    ``prior_refunds`` refunds. Refunds later than the last age are not foreseen: give enough ages.

    Refuses ``few_matured`` below 4 cohorts seen to the last age, ``few_refunds`` below 10 independent refunds, ``empty`` without sales.
    Assumes the pattern by age is the same for all cohorts; their final ratios may differ.
    Source: additive (incremental loss ratio) method, Schmidt & Zocher 2008; quasi-Poisson dispersion by Pearson's statistic.
    """
    money, sold = np.asarray(refunds, dtype=np.float64), np.asarray(sales, dtype=np.float64)
    reached = np.asarray(ages_seen, dtype=np.int64)
    if money.ndim != 2 or sold.shape != (money.shape[0],) or reached.shape != sold.shape:
        raise ValueError(f"refunds {money.shape}, sales {sold.shape} and ages_seen {reached.shape} do not fit")
    ages = money.shape[1]
    inside = (np.arange(ages) < reached[:, None]) & (sold > 0)[:, None]
    matured = int(((reached >= ages) & (sold > 0)).sum()) if ages else 0
    if not inside.any():
        return Refusal("empty", needed=FEWEST_MATURED, have=0)
    if matured < FEWEST_MATURED:
        return Refusal("few_matured", needed=FEWEST_MATURED, have=matured)
    money = np.where(inside, money, 0.0)
    base = np.where(inside, sold[:, None], 0.0).sum(axis=0)
    pattern = money.sum(axis=0) / base
    unit = _unit(money, sold, inside, pattern)
    if pattern.sum() <= 0 or money.sum() / unit < FEWEST_REFUNDS:
        return Refusal("few_refunds", needed=FEWEST_REFUNDS, have=float(money.sum() / unit) if unit > 0 else 0.0)
    ratio = float(pattern.sum())
    shares = pattern / ratio
    if pooled is not None:
        own = money.sum() / unit
        prior = np.diff(pooled.at(np.arange(ages + 1)))
        shares = (own * shares + prior_refunds * prior) / (own + prior_refunds)
    grown = np.concatenate([[0.0], np.cumsum(shares)])
    grown[-1] = 1.0
    between = _between(money, sold, reached, grown, ratio, unit)
    error = float(np.sqrt(unit * (pattern / base).sum() + between**2 / sold.size))
    return Development(grown, ratio, error, between, unit, matured)


def _unit(money: Floats, sold: Floats, inside: npt.NDArray[np.bool_], pattern: Floats) -> float:
    """Pearson dispersion around each cohort's own level, so that good and bad weeks do not count as noise."""
    expected = np.where(inside, sold[:, None] * pattern, 0.0)
    level = money.sum(axis=1) / np.maximum(expected.sum(axis=1), 1e-300)
    expected = expected * level[:, None]
    cells = expected > 0
    free = int(cells.sum()) - int((expected.sum(axis=1) > 0).sum()) - int((pattern > 0).sum()) + 1
    square = np.square(money - expected)[cells] / expected[cells]
    return max(float(square.sum()) / max(free, 1), 1e-300)


def _between(money: Floats, sold: Floats, reached: Ages, grown: Floats, ratio: float, unit: float) -> float:
    """Standard deviation of the cohorts' final ratios beyond what ``unit`` explains (moments, weighted by exposure)."""
    exposure = sold * grown[np.clip(reached, 0, grown.size - 1)]
    known = exposure > 0
    if int(known.sum()) < 2:
        return 0.0
    own, weight = money.sum(axis=1)[known] / exposure[known], exposure[known]
    spread = float((weight * np.square(own - ratio)).sum())
    chance = unit * ratio * (known.sum() - 1)
    free = float(weight.sum() - np.square(weight).sum() / weight.sum())
    return float(np.sqrt(max((spread - chance) / free, 0.0)))


def to_come(
    development: Development,
    refunds_so_far: npt.ArrayLike,
    sales: npt.ArrayLike,
    ages_seen: npt.ArrayLike,
    level: float = 0.9,
) -> ToCome | Refusal:
    """What the cohorts of a period (cohorts,) will still be refunded and what will remain, with a gamma prior on each cohort's final ratio.

    The prior has the development's ``ratio`` and ``between``; what was seen by age updates it, so a young cohort stays near the usual and
    an old one near its own. Refuses ``empty`` without sales.
    """
    from scipy.special import gammaincinv

    seen, sold = np.asarray(refunds_so_far, dtype=np.float64), np.asarray(sales, dtype=np.float64)
    if not sold.sum() > 0:
        return Refusal("empty", needed=1, have=0)
    shown = development.at(ages_seen)
    unit, mean = development.unit, development.ratio
    spread = max(development.between**2, (0.05 * mean) ** 2)
    shape, weight = mean**2 / spread, mean / spread
    after_shape, after_weight = shape + seen / unit, weight + sold * shown / unit
    final = after_shape / after_weight
    open_sales = sold * (1 - shown)
    coming = float((final * open_sales).sum())
    own = (final / after_weight * open_sales**2).sum() + unit * coming
    # An error in the usual ratio moves every young cohort the same way.
    common = float((development.ratio_error * weight / after_weight * open_sales).sum()) ** 2
    variance = float(own) + common
    so_far, total = float(seen.sum()), float(sold.sum())
    if coming <= 0 or variance <= 0:
        low = high = coming
    else:
        k = coming**2 / variance
        low, high = (float(gammaincinv(k, p)) * coming / k for p in ((1 - level) / 2, (1 + level) / 2))
    return ToCome(
        Estimate(coming, low, high, level),
        Estimate(total - so_far - coming, total - so_far - high, total - so_far - low, level),
        Estimate((so_far + coming) / total, (so_far + low) / total, (so_far + high) / total, level),
    )


@dataclass(frozen=True, slots=True)
class RatioTest:
    """``ratio`` of two refund rates at equal age with its interval; ``p_higher`` is how likely it would look so if the first
    were at most ``above`` times the second."""

    ratio: Estimate
    p_higher: float
    p_lower: float
    above: float


def compare_at_equal_age(
    first: float,
    first_exposure: float,
    second: float,
    second_exposure: float,
    *,
    unit: float = 1.0,
    above: float = 1.0,
    level: float = 0.9,
) -> RatioTest | Refusal:
    """Whether refunds of a window run higher than another's, each over its sales times the share seen by age (Σ sales · F(age)).

    ``first``, ``second``: refunds so far, numbers (``unit`` 1) or money (``unit`` of the development: what one independent refund is
    worth). Gamma(½) priors make the p-values mid-p-like. Refuses ``empty`` without exposure, ``few_refunds`` if neither has one.
    """
    from scipy.special import betaincc, betaincinv

    if not (first_exposure > 0 and second_exposure > 0 and unit > 0):
        return Refusal("empty", needed=1, have=0)
    a, b = first / unit + 0.5, second / unit + 0.5
    if a + b < 2:
        return Refusal("few_refunds", needed=1, have=0)
    even = above * first_exposure / (above * first_exposure + second_exposure)
    higher = float(betaincc(a, b, even))

    def ratio_at(share: float) -> float:
        x = float(betaincinv(a, b, share))
        return x / max(1 - x, 1e-300) * second_exposure / first_exposure

    middle = (first / unit + 1e-300) / first_exposure / ((second / unit or 0.5) / second_exposure)
    ends = (ratio_at((1 - level) / 2), ratio_at((1 + level) / 2))
    return RatioTest(Estimate(max(middle, 0.0), *ends, level), 1 - higher, higher, above)

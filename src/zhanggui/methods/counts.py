"""Counts against what was to be expected of them: Poisson and negative binomial tails, runs of zeros, demand until stock arrives."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, log1p

import numpy as np

from zhanggui.units import Refusal


def poisson_tails(seen: float, mean: float) -> tuple[float, float]:
    """P(count ≤ ``seen``) and P(count ≥ ``seen``) of a Poisson with ``mean`` ≥ 0.

    >>> [round(p, 4) for p in poisson_tails(0, 3.0)]
    [0.0498, 1.0]
    """
    from scipy.special import pdtr

    count = np.floor(seen)
    below = float(pdtr(count - 1, mean)) if count > 0 else 0.0
    return (float(pdtr(count, mean)) if count >= 0 else 0.0), 1.0 - below


def negative_binomial_cdf(count: float, shape: float, mean: float) -> float:
    """P(count ≤ ``count``) of a gamma-Poisson with ``mean`` and variance mean + mean² / ``shape``."""
    from scipy.special import betainc

    whole = np.floor(count)
    if whole < 0:
        return 0.0
    return float(betainc(shape, whole + 1, shape / (shape + mean))) if mean > 0 else 1.0


def zero_run(sold: float, days: float, run_days: float) -> float | Refusal:
    """How likely ``run_days`` days without a sale are by chance, after ``sold`` units in ``days`` days in stock.

    The rate is not known but estimated, so the chance is that of a gamma-Poisson, (1 + run/days)^−(sold + ½): a little above the
    Poisson's exp(−rate · run). Refuses ``too_short`` below one sale or 14 days.

    >>> zero_run(28, 56, 10) < 0.01
    True
    """
    if not (sold >= 1 and days >= 14):
        return Refusal("too_short", needed=14, have=days if sold >= 1 else 0)
    return exp(-(sold + 0.5) * log1p(max(run_days, 0.0) / days))


def poisson_zero_run(rate: float, run_days: float) -> float:
    """How likely ``run_days`` days without a sale are at a known ``rate`` a day: exp(−rate · run)."""
    return exp(-rate * run_days)


@dataclass(frozen=True, slots=True)
class Demand:
    """Daily demand as gamma(shape, mean / shape): what is known about the rate of a product after ``shape`` or so units were seen.

    >>> Demand(31, 1.1).mean_over(10)
    11.0
    """

    shape: float
    daily: float

    def mean_over(self, days: float) -> float:
        return self.daily * days

    def exceeds(self, stock: float, days: float) -> float:
        """P(demand of ``days`` days > ``stock``)."""
        return 1 - negative_binomial_cdf(stock, self.shape, self.mean_over(days))

    def level(self, share: float, days: float) -> int:
        """The smallest stock that covers the demand of ``days`` days with probability ``share`` (the newsvendor's level)."""
        mean = self.mean_over(days)
        below, level = -1, 1
        while negative_binomial_cdf(level, self.shape, mean) < share:
            below, level = level, 2 * level
        while level - below > 1:
            middle = (below + level) // 2
            below, level = (
                (middle, level) if negative_binomial_cdf(middle, self.shape, mean) < share else (below, middle)
            )
        return level

    def expected_short(self, stock: float, days: float) -> float:
        """E[max(demand of ``days`` days − stock, 0)] in units."""
        from scipy.special import betainc

        mean, whole = self.mean_over(days), max(ceil(stock), 0)
        if mean <= 0:
            return 0.0
        reach = max(int(mean + 12 * (mean + mean**2 / self.shape) ** 0.5 + 20), whole + 1)
        success = self.shape / (self.shape + mean)
        more = 1 - betainc(self.shape, np.arange(whole, reach) + 1.0, success)
        return float(more.sum()) + (whole - stock) * (1 - negative_binomial_cdf(whole - 1, self.shape, mean))


SUREST = 100.0
"""The pace of coming weeks is known to a tenth at best, however much was sold before."""


def demand(
    sold: float, days: float, prior_sold: float = 0.0, prior_days: float = 0.0, *, uneven: float = 1.0
) -> Demand | Refusal:
    """Demand a day after ``sold`` units on ``days`` days in stock, with a prior of ``prior_sold`` in ``prior_days``.

    ``uneven`` is the variance of a day's units ÷ their mean (1: Poisson): units that come in bulk tell less of the pace than as many that
    come one by one. Refuses ``too_short`` below 14 days in all, ``constant`` if nothing was sold.
    """
    if days + prior_days < 14:
        return Refusal("too_short", needed=14, have=days + prior_days)
    if sold + prior_sold <= 0:
        return Refusal("constant", needed=1, have=0)
    shape = min((sold + prior_sold) / max(uneven, 1.0), SUREST)
    return Demand(shape, (sold + prior_sold) / (days + prior_days))


@dataclass(frozen=True, slots=True)
class Reorder:
    """``stock_out``: P(demand in the lead time > on hand); ``quantile``: Cu / (Cu + Co); ``level``: units to have; ``order``: units to buy;
    ``units_saved``: expected units not lost over lead time and review because of the order."""

    stock_out: float
    quantile: float
    level: int
    order: int
    units_saved: float


def reorder(
    rate: Demand, on_hand: float, lead_days: float, review_days: float, *, under: float, over: float, lot: int = 1
) -> Reorder | Refusal:
    """How many to order so that the cost of a lost unit (``under``) and of one left over (``over``) balance.

    ``on_hand`` includes what is under way; ``lot`` is the smallest quantity ordered at a time. Refuses ``no_margin`` where a
    unit sold earns nothing.
    Source: newsvendor, quantile Cu / (Cu + Co), over lead time + review.
    """
    if not (under > 0 and over >= 0):
        return Refusal("no_margin", needed=0, have=under)
    quantile = under / (under + over) if over > 0 else 0.99
    horizon = lead_days + review_days
    level = rate.level(quantile, horizon)
    order = ceil(max(level - on_hand, 0.0) / lot) * lot
    saved = rate.expected_short(on_hand, horizon) - rate.expected_short(on_hand + order, horizon)
    return Reorder(rate.exceeds(on_hand, lead_days), quantile, level, order, saved)

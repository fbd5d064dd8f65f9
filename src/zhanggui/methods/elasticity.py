"""How units answer to price: what a product's own days say, drawn to what products usually show, and what a price step brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
USUAL, SPREAD = -2.6, 0.8
"""What is believed of a product that says nothing itself. Mean of 1,851 elasticities: −2.62 (Bijmolt, van Heerde & Pieters, J. Marketing
Research 42 (2005) 141)."""
OF_CATEGORY = 0.5
"""Half of the spread's variance is between categories, half between the products of one."""
LEAST_LEVELS = 3
LEVEL_DAYS = 3
SAME_PRICE = 0.01
NUISANCE = 2.0
"""Standard deviation of an event's, weekday's or trend's effect on log units before any data: e⁴ either way is beyond every festival."""
WEEK = 7


@dataclass(frozen=True, slots=True)
class Elasticity:
    """Per cent of units for a per cent of price: N(``mean``, ``sd``²). ``own`` and ``error`` are what the product's days say alone (None:
    nothing, the belief is the usual one), ``levels`` at how many prices it was sold outside events."""

    mean: float = USUAL
    sd: float = SPREAD
    own: float | None = None
    error: float | None = None
    levels: int = 0

    def quantile(self, share: float) -> float:
        from scipy.special import ndtri

        return self.mean + self.sd * float(ndtri(share))


PRIOR = Elasticity()


@dataclass(frozen=True, slots=True)
class Step:
    """What a price step brings, as a share of present sales: ``gain`` at the belief's mean, 80 % of the belief between ``low`` and
    ``high``, and the ``chance`` that it is above zero."""

    gain: float
    low: float
    high: float
    chance: float


def elasticity(
    units: npt.ArrayLike,
    prices: npt.ArrayLike,
    terms: npt.ArrayLike | None = None,
    *,
    quiet: npt.ArrayLike | None = None,
    prior: Elasticity = PRIOR,
) -> Elasticity | Refusal:
    """Own elasticity from ``units`` (days,) sold at the paid ``prices`` (days,), drawn to ``prior``.

    log E[units] = a + e·log price + terms, by quasi-likelihood with variance in proportion to the mean, so that a day without a sale
    counts as what it is; its price (NaN) is that of the day before. ``terms`` (days, columns) are events, weekdays, trend
    (``calendar_terms``). The standard error is the larger of the model's and of the one that takes whole weeks as the unit of chance.
    Refuses ``few_price_levels`` unless ``quiet`` days (default: all) held at least three prices, each on three days, that differ by more
    than 1 %: a cut that came with a festival says nothing of price alone. Refuses ``no_sales`` and ``too_short``.
    Assumes: paid prices, days in stock only. Source: McCullagh & Nelder, Generalized Linear Models (2nd ed.), 9.2.
    """
    sold, paid = np.asarray(units, dtype=np.float64), carried(prices)
    if sold.shape != paid.shape or sold.ndim != 1:
        raise ValueError(f"units {sold.shape} and prices {paid.shape} must be arrays of one length")
    others = np.zeros((sold.size, 0)) if terms is None else np.asarray(terms, dtype=np.float64)
    calm = np.ones(sold.size, dtype=bool) if quiet is None else np.asarray(quiet, dtype=bool)
    known = paid > 0
    levels = price_levels(paid[known & calm])
    if levels < LEAST_LEVELS:
        return Refusal("few_price_levels", needed=LEAST_LEVELS, have=levels)
    if not sold[known].sum() > 0:
        return Refusal("no_sales", needed=1, have=0)
    fitted = _fit(sold[known], np.log(paid[known]), others[known])
    if isinstance(fitted, Refusal):
        return fitted
    own, error = fitted
    return _after(prior, own, error, levels)


def in_category(estimates: Sequence[Elasticity | Refusal], prior: Elasticity = PRIOR) -> list[Elasticity]:
    """The same products again, each drawn also to what its siblings show: e = category + product, half of the prior variance each.

    What a product says alone is used for itself and for its category; one that says nothing (a Refusal) is believed what its siblings
    let expect. Closed form of the normal hierarchy. Source: Gelman et al., Bayesian Data Analysis (3rd ed.), 5.4.
    """
    between, inside = OF_CATEGORY * prior.sd**2, (1 - OF_CATEGORY) * prior.sd**2
    told = [
        (e.own, e.error) if isinstance(e, Elasticity) and e.own is not None and e.error is not None else None
        for e in estimates
    ]
    weight = [0.0 if t is None else 1 / (inside + t[1] ** 2) for t in told]
    pull = [0.0 if t is None else w * (t[0] - prior.mean) for t, w in zip(told, weight, strict=True)]
    found = []
    for estimate, said, own_weight, own_pull in zip(estimates, told, weight, pull, strict=True):
        precision = 1 / between + sum(weight) - own_weight
        sibling = Elasticity(prior.mean + (sum(pull) - own_pull) / precision, sqrt(inside + 1 / precision))
        levels = estimate.levels if isinstance(estimate, Elasticity) else int(estimate.have or 0)
        found.append(
            Elasticity(sibling.mean, sibling.sd, levels=levels) if said is None else _after(sibling, *said, levels)
        )
    return found


def price_step(belief: Elasticity, change: float, margin: float) -> Step:
    """What moving the price by ``change`` (.05 = 5 % up) brings where ``margin`` is contribution ÷ price: (1 + d)^e · (c + d) − c.

    Times price and units a week it is money a week. Raises ``ValueError`` on a change of −1 or less.

    >>> round(price_step(Elasticity(-2.62, 0.8), 0.05, 0.28).gain * 40 * 100, 1)
    41.6
    """
    from scipy.special import ndtr

    if change <= -1:
        raise ValueError("a price falls by less than all of itself")

    def gain(e: float) -> float:
        return float((1 + change) ** e * (margin + change) - margin)

    low, high = sorted((gain(belief.quantile(0.1)), gain(belief.quantile(0.9))))
    slope = (margin + change) * log(1 + change)
    if slope == 0 or margin / (margin + change) <= 0:
        chance = 1.0 if gain(belief.mean) > 0 else 0.0
    else:
        even = log(margin / (margin + change)) / log(1 + change)
        below = float(ndtr((even - belief.mean) / belief.sd))
        chance = 1 - below if slope > 0 else below
    return Step(gain(belief.mean), low, high, chance)


def calendar_terms(days: npt.ArrayLike, events: Sequence[str] | None = None) -> Floats:
    """Columns (days, columns) for ``elasticity``: six weekdays against the seventh, a trend, and a column for each event.

    ``days`` are numbers of days (ordinals); ``events`` (days,) names the event of each day, empty where there is none.
    """
    at = np.asarray(days, dtype=np.float64)
    weekdays = (at[:, None] % WEEK == np.arange(WEEK - 1)).astype(np.float64)
    trend = (at - at.mean()) / max(float(np.ptp(at)), 1.0) if at.size else at
    names = np.asarray(list(events or [""] * at.size), dtype=object)
    own = [(names == name).astype(np.float64) for name in sorted({*names.tolist()} - {""})]
    return np.column_stack([weekdays, trend, *own])


def carried(prices: npt.ArrayLike) -> Floats:
    """``prices`` (days,) with the last known price on days that have none; days before the first stay NaN.

    >>> carried([float("nan"), 9.0, float("nan"), 8.0]).tolist()
    [nan, 9.0, 9.0, 8.0]
    """
    given = np.asarray(prices, dtype=np.float64)
    last = np.maximum.accumulate(np.where(np.isnan(given), -1, np.arange(given.size)))
    return np.where(last >= 0, given[last], np.nan) if given.size else given


def price_levels(prices: npt.ArrayLike) -> int:
    """How many different prices held on at least three days; prices within 1 % of the lowest of their group are one."""
    levels: list[list[float]] = []
    for price in np.sort(np.asarray(prices, dtype=np.float64)):
        if levels and price <= levels[-1][0] * (1 + SAME_PRICE):
            levels[-1].append(float(price))
        else:
            levels.append([float(price)])
    return sum(len(level) >= LEVEL_DAYS for level in levels)


def _after(prior: Elasticity, own: float, error: float, levels: int) -> Elasticity:
    """The belief after a product's own estimate: precisions add."""
    weight = prior.sd**2 / (prior.sd**2 + error**2)
    return Elasticity(prior.mean + weight * (own - prior.mean), prior.sd * sqrt(1 - weight), own, error, levels)


def _fit(units: Floats, log_prices: Floats, terms: Floats) -> tuple[float, float] | Refusal:
    """Slope on log price and its standard error, by iterated weighted least squares."""
    centred = log_prices - np.average(log_prices, weights=np.maximum(units, 1e-9))
    x = np.column_stack([centred, np.ones(units.size), terms])
    freedom = units.size - x.shape[1]
    if freedom < 1:
        return Refusal("too_short", needed=x.shape[1] + 1, have=units.size)
    held = np.full(x.shape[1], NUISANCE**-2.0)
    held[:2] = 0.0  # price and level are the data's own
    slopes, dispersion = np.zeros(x.shape[1]), 1.0
    slopes[1] = log(float(units.mean()))
    for _ in range(100):
        expected = np.exp(np.clip(x @ slopes, -30, 30))
        inner = np.linalg.inv(x.T * expected @ x + dispersion * np.diag(held))
        move = inner @ (x.T @ (units - expected) - dispersion * held * slopes)
        slopes = slopes + move * min(1.0, 4.0 / max(float(np.abs(x @ move).max()), 1e-12))
        dispersion = max(float(((units - expected) ** 2 / expected).sum()) / freedom, 1e-12)
        if float(np.abs(move).max()) < 1e-10:
            break
    model = dispersion * inner[0, 0]
    weeks = np.arange(units.size) // WEEK
    scores = np.zeros((int(weeks[-1]) + 1, x.shape[1]))
    np.add.at(scores, weeks, x * (units - expected)[:, None])
    many = scores.shape[0] / max(scores.shape[0] - 1, 1)
    clustered = many * float(np.square(scores @ inner[0]).sum())
    return float(slopes[0]), sqrt(max(model, clustered))

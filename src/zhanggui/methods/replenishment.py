"""What an order of stock brings that arrives after its lead time, and what a dearer price brings while stock is short."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.methods.counts import Demand
from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
RATES = 48
"""Equally likely values of the unknown rate."""
REACH = 9.0
"""Standard deviations beyond which a Poisson's tail is dropped."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """``sold`` (order + 1,): P(the order sells 0, 1, … units more before the next one can arrive). ``lost_before``, ``lost_after``:
    expected units lost until it arrives, which it cannot save, and after that without it."""

    sold: Floats
    lost_before: float
    lost_after: float

    @property
    def mean(self) -> float:
        """Expected units that the order sells more."""
        return float(np.arange(self.sold.size) @ self.sold)

    def quantile(self, share: float) -> int:
        """The smallest number of units that ``sold`` reaches with probability ``share``."""
        return int(np.searchsorted(np.cumsum(self.sold), share - 1e-12))

    def at_least(self, units: float) -> float:
        """P(the order sells ``units`` or more)."""
        return float(self.sold[max(int(np.ceil(units)), 0) :].sum())


def arrival(rate: Demand, on_hand: float, order: int, lead_days: float, review_days: float) -> Arrival | Refusal:
    """What ``order`` units bring that arrive after ``lead_days``, over ``review_days`` until the next can.

    Demand is Poisson at one unknown rate throughout; units wanted while there are none are lost. Of what the order could sell only demand
    after its arrival beyond what is then left counts: what is lost before, no order of today saves. Refuses ``empty`` without an order.
    """
    if order < 1:
        return Refusal("empty", needed=1, have=order)
    stock = max(int(on_hand), 0)
    sold, before, after = np.zeros(order + 1), 0.0, 0.0
    for daily in rates(rate):
        early, late = _poisson(daily * lead_days), _poisson(daily * review_days)
        left = np.bincount(np.maximum(stock - np.arange(early.size), 0), weights=early, minlength=stock + 1)
        chance = np.convolve(late, left[::-1])  # of late − left, from −(left.size − 1) on
        wanted = np.arange(chance.size) - (left.size - 1)
        sold += np.bincount(np.clip(wanted, 0, order), weights=chance, minlength=order + 1)
        before += float(np.maximum(np.arange(early.size) - stock, 0) @ early)
        after += float(np.maximum(wanted, 0) @ chance)
    return Arrival(sold / RATES, before / RATES, after / RATES)


def sold_while_short(rate: Demand, on_hand: float, days: float, factors: npt.ArrayLike) -> Floats:
    """Expected units sold of ``on_hand`` in ``days``, where demand is each of ``factors`` (n,) times what it was: shape (rates, n).

    Of a Poisson N with mean m: E[min(N, s)] = m·P(N < s) + s·P(N > s).
    """
    from scipy.special import pdtr, pdtrc

    times, stock = np.asarray(factors, dtype=np.float64), max(int(on_hand), 0)
    mean = rates(rate)[:, None] * days * times[None, :]
    if not stock:
        return np.zeros_like(mean)
    return np.asarray(mean * pdtr(stock - 1, mean) + stock * pdtrc(stock, mean), dtype=np.float64)


def rates(rate: Demand) -> Floats:
    """Equally likely values of the daily rate: the middles of equal parts of its gamma belief, shape (48,)."""
    from scipy.special import gammaincinv

    shares = (np.arange(RATES) + 0.5) / RATES
    return np.asarray(gammaincinv(rate.shape, shares) * rate.daily / rate.shape)


def _poisson(mean: float) -> Floats:
    """P(0), P(1), … of a Poisson, as far as it matters; they sum to 1."""
    from scipy.special import gammaln

    count = np.arange(int(mean + REACH * np.sqrt(mean + 1)) + 2)
    chance = np.exp(count * np.log(max(mean, 1e-300)) - mean - gammaln(count + 1))
    return np.asarray(chance / chance.sum())

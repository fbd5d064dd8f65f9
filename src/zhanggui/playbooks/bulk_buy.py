"""Buying more at once for less: what a larger lot saves, against what may be left over.

Reads: what is asked (lots and their cost), the product's pace on ordinary days, its cost now.
Says: what each lot is expected to save over buying as now, its range, the demand from which it pays, what is bound and what may be left.
Does: nothing by itself.
Source: arithmetic over a gamma-Poisson demand; docs/rules.md, "Products".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.methods.counts import Demand

Floats = npt.NDArray[np.float64]
SURE_OF_FUTURE = 11.0
"""How sure the pace of the coming months is: give or take 30 %, however much was sold in the last eight weeks."""
TENTH = 0.1
LIKELY = 0.8
YEAR = 365.0


@dataclass(frozen=True, slots=True)
class Lot:
    """So many units at so much each."""

    quantity: float
    cost: float

    @property
    def cash(self) -> float:
        return self.quantity * self.cost


@dataclass(frozen=True, slots=True)
class Saving:
    """What a lot saves over buying as now in the days looked at: mean, tenth and nine tenths, and how likely anything; ``left`` units are
    expected over, ``even`` is the demand from which it pays (None: never), ``days`` until it is sold at the present pace."""

    lot: Lot
    saves: float
    low: float
    high: float
    chance: float
    left: float
    even: float | None
    days: float

    @property
    def pays(self) -> bool:
        return self.saves > 0 and self.chance >= LIKELY


def saving(lot: Lot, present: float, pace: Demand, days: float, salvage: float, interest: float) -> Saving:
    """What ``lot`` saves over ``days`` against buying at ``present`` whenever stock is needed.

    ``salvage`` is the share of its cost that a unit left over still fetches, ``interest`` what a year of bound money and storage costs as
    a share of it. What is asked beyond the lot is bought as now. Everything sold counts the same either way, so the selling price does
    not matter.

    >>> found = saving(Lot(100, 9.0), 10.0, Demand(1e9, 1.0), 200, 0.5, 0.0)
    >>> round(found.saves, 2), found.left, round(found.even, 1)
    (100.0, 0.0, 81.8)
    """
    demand, weight = _cases(pace, days)
    per_unit, per_left = present - lot.cost, lot.cost * (1 - salvage)
    sold = np.minimum(demand, lot.quantity)
    left = lot.quantity - sold
    gain = sold * per_unit - left * per_left - _bound(lot, demand, days) * interest
    order = np.argsort(gain, kind="stable")
    below = np.cumsum(weight[order])
    low, high = (float(gain[order][min(int(np.searchsorted(below, at)), gain.size - 1)]) for at in (TENTH, 1 - TENTH))
    even = lot.quantity * per_left / (per_unit + per_left) if per_unit > 0 else None
    return Saving(
        lot,
        float(weight @ gain),
        low,
        high,
        float(weight[gain > 0].sum()),
        float(weight @ left),
        even,
        lot.quantity / pace.daily,
    )


def best(savings: Sequence[Saving]) -> Saving | None:
    """The lot that saves most of those that likely pay; None where none does."""
    return max((each for each in savings if each.pays), key=lambda each: each.saves, default=None)


def _cases(pace: Demand, days: float) -> tuple[Floats, Floats]:
    """Every demand that may come, up to one in a million, with its probability."""
    from scipy.special import betainc

    mean = pace.mean_over(days)
    reach = int(mean + 8 * (mean + mean**2 / pace.shape) ** 0.5 + 20)
    whole = np.arange(reach, dtype=np.float64)
    below = betainc(pace.shape, whole + 1, pace.shape / (pace.shape + mean))
    weight = np.diff(below, prepend=0.0)
    return whole, weight / weight.sum()


def _bound(lot: Lot, demand: Floats, days: float) -> Floats:
    """Money × years that a lot binds until it is sold or the days are over, sold evenly."""
    sold = np.minimum(demand, lot.quantity)
    time = np.where(demand >= lot.quantity, days * lot.quantity / np.maximum(demand, 1e-9), days)
    bound: Floats = (lot.quantity - sold / 2) * time * lot.cost / YEAR
    return bound

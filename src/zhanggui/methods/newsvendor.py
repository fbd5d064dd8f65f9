"""How much to have ready once for a demand that is only known as a normal belief: what is short is lost, what is left is cleared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhanggui.units import Refusal


@dataclass(frozen=True, slots=True)
class Stocked:
    """``quantity`` to have ready; of it the expected ``sales``, what is ``left`` over, and what is ``lost`` for want of more; ``profit``
    in the unit of the prices. ``ratio`` is the share of demands that the quantity covers."""

    quantity: float
    ratio: float
    sales: float
    lost: float
    left: float
    profit: float


def newsvendor(price: float, cost: float, salvage: float, mean: float, deviation: float) -> Stocked | Refusal:
    """The quantity at which one unit more is as likely to earn ``price`` − ``cost`` as not to lose ``cost`` − ``salvage``.

    Demand is normal with ``mean`` and ``deviation`` > 0, in units. Refuses ``no_margin`` unless ``salvage`` < ``cost`` < ``price``, and
    ``constant`` without deviation. Source: Cu ÷ (Cu + Co); the normal's loss function, Raiffa & Schlaifer (1961).
    """
    from scipy.special import ndtr, ndtri

    if not salvage < cost < price:
        return Refusal("no_margin", needed=1, have=0)
    if not deviation > 0:
        return Refusal("constant", needed=2, have=1)
    ratio = (price - cost) / (price - salvage)
    z = float(ndtri(ratio))
    lost = deviation * (float(np.exp(-(z**2) / 2)) / float(np.sqrt(2 * np.pi)) - z * float(ndtr(-z)))
    quantity, sales = mean + z * deviation, mean - lost
    left = quantity - sales
    return Stocked(quantity, ratio, sales, lost, left, (price - cost) * sales - (cost - salvage) * left)

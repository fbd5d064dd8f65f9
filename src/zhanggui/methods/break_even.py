"""How many orders a day pay what has to be paid whether anybody orders or not."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from zhanggui.units import Refusal

Floats = npt.NDArray[np.float64]
FEWEST_DAYS = 14


@dataclass(frozen=True, slots=True)
class BreakEven:
    """``orders`` a day that pay the fixed costs, from ``low`` to ``high`` at ``level``; ``high`` is None where so little is known of what
    an order leaves that no number can be named. ``each`` is what an order leaves, with its own interval."""

    orders: float
    low: float
    high: float | None
    each: float
    each_low: float
    each_high: float
    level: float


def break_even(fixed: float, left: Floats, orders: Floats, level: float = 0.9) -> BreakEven | Refusal:
    """Fixed costs a day ÷ what an order leaves. ``left`` and ``orders`` are a day's contribution and its orders.

    What an order leaves is Σ left ÷ Σ orders; its error takes days as clusters (ratio estimator, Student). Assumes days independent and
    the mix of products as in these days. Refuses ``too_short`` below fourteen days with orders and ``no_margin`` where an order leaves
    nothing: no number of orders pays then. Source: Cochran, Sampling Techniques, 3rd ed., 6.4.

    >>> import numpy as np
    >>> found = break_even(300.0, np.tile([90.0, 110.0], 14), np.full(28, 10.0))
    >>> found.orders, round(found.low, 2), round(found.high, 2)
    (30.0, 29.05, 31.02)
    """
    sold = orders > 0
    if int(sold.sum()) < FEWEST_DAYS:
        return Refusal("too_short", needed=FEWEST_DAYS, have=int(sold.sum()))
    total, n = float(orders.sum()), left.size
    each = float(left.sum()) / total
    if each <= 0:
        return Refusal("no_margin")
    off = left - each * orders
    error = sqrt(n / (n - 1) * float(off @ off)) / total
    from scipy.stats import t

    half = float(t.ppf((1 + level) / 2, n - 1)) * error
    low, high = each - half, each + half
    return BreakEven(fixed / each, fixed / high, fixed / low if low > 0 else None, each, low, high, level)

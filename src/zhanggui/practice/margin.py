"""What an order truly brings: the expected contribution with refunds still to come."""

from __future__ import annotations

import numpy as np

from zhanggui.practice.chance import Floats
from zhanggui.practice.kinds import Terms

LOST = 0.1
"""Share of refunds after shipment in which the goods do not come back."""


def order_margin(
    paid: Floats,
    cost: Floats,
    units: Floats,
    before: Floats,
    after: Floats,
    terms: Terms,
    *,
    packing: Floats | float | None = None,
    commission: Floats | float = 0.0,
) -> Floats:
    """Expected contribution of an order of ``units`` at ``paid`` each, of which ``before`` and ``after`` are refunded before and after
    shipment. Fees are not given back; goods that come back are worth their cost but for the unsellable share."""
    kept = 1 - before - after
    returned = (1 - LOST) * after
    shipped = 1 - before
    pack = terms.packing if packing is None else packing
    return np.asarray(
        paid * units * (kept - terms.fee - commission)
        - cost * units * (kept + LOST * after + returned * terms.unsellable)
        - shipped * (terms.freight + pack)
        - returned * (terms.return_freight + terms.handling),
        dtype=np.float64,
    )

"""How a change of a product will be read, and the smallest effect that this reading shows: said before anything is changed."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from zhanggui.actions.kinds import Design, Measure
from zhanggui.methods.smallest_visible import smallest_visible_change
from zhanggui.playbooks.gains import CONTROLS
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.visits import WINDOW, Visits, changes_of, visits
from zhanggui.units import Refusal

CART_PAIRS = 20
LINKED = 0.5


def untouched(situation: Situation, product: str) -> list[Visits]:
    """Other products that can stand beside it: visited in both windows, nothing logged or done on them in the last four weeks."""
    since = situation.as_of - timedelta(days=WINDOW)
    busy = {name for past in situation.standing.past if past.state in ("approved", "done") for name in past.touches}
    return [
        v
        for v in visits(situation).values()
        if v.product != product
        and v.product not in busy
        and min(v.now.buyers, v.before.buyers) > 0
        and not any(change.day > since for change in changes_of(situation, v.product))
    ]


def measure(
    situation: Situation, v: Visits, rate: float, value: float, days: int = WINDOW, *, early: bool = True
) -> Measure:
    """Contribution of the product against untouched siblings, or against its own past where they are too few; ``value`` is what an order
    brings. The cart rate is read beside it where it is told and known to move with orders."""
    controls = len(untouched(situation, v.product))
    change = smallest_visible_change(rate, v.weekly * days / 7)
    visible = None if isinstance(change, Refusal) else change * rate * v.weekly * value
    told = early and min(v.now.cart_base, v.before.cart_base) > 0 and carts_tell(situation)
    design: Design = "synthetic_control" if controls >= CONTROLS else "before_after"
    return Measure("contribution_profit", design, days, visible, "cart_rate" if told else None)


def carts_tell(situation: Situation) -> bool:
    """Whether this shop's cart rate moves with its orders: over products, the change of one goes with the change of the other (r ≥ .5 of
    twenty products or more)."""
    if "carts_tell" not in situation.workings:
        situation.workings["carts_tell"] = _linked(list(visits(situation).values()))
    return bool(situation.workings["carts_tell"])


def _linked(known: list[Visits]) -> bool:
    told = [v for v in known if min(v.now.carts, v.before.carts, v.now.buyers, v.before.buyers) > 0]
    if len(told) < CART_PAIRS:
        return False
    carts = np.array([v.now.carts / v.now.cart_base / (v.before.carts / v.before.cart_base) for v in told])
    paid = np.array([v.now.rate / v.before.rate for v in told])
    if carts.std() <= 0 or paid.std() <= 0:
        return False
    return bool(np.corrcoef(np.log(carts), np.log(paid))[0, 1] >= LINKED)

"""What an event brings in money: normal units, contribution at the usual price and at the event's, what is only bought earlier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhanggui.playbooks.answers_to_price import answer_to_price
from zhanggui.playbooks.contribution import cases
from zhanggui.playbooks.event_history import Belief, Terms, ordinary_pace
from zhanggui.playbooks.gains import ADDED_TRAFFIC, even_cases, of_amount
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.protection import paid_back
from zhanggui.playbooks.reachable import lowest
from zhanggui.playbooks.worth import order_worth, rest_of_order

Floats = npt.NDArray[np.float64]
JOIN = 0.7
"""How likely an event must pay before it is joined."""
STEPS = 20
"""Prices between the event's and the usual one that are tried as counter-terms."""


def needed_multiple(normal: float, event: float, pulled: float, fee: float) -> float | None:
    """How many times its normal units an event must sell: (n(1−λ) + F/U) / (e − λn). ``normal`` and ``event`` are contributions of a unit,
    ``pulled`` the share of the extra units that is only bought earlier, ``fee`` a normal unit's part of the event's fee. None: never.

    >>> round(needed_multiple(44, 21, 0.2, 2000 / 310), 3), round(needed_multiple(44, 31, 0.2, 2000 / 310), 3)
    (3.414, 1.876)
    >>> needed_multiple(44, 8, 0.2, 0) is None
    True
    """
    left = event - pulled * normal
    return (normal * (1 - pulled) + fee) / left if left > 0 else None


def brings(
    units: npt.ArrayLike,
    multiple: npt.ArrayLike,
    event: npt.ArrayLike,
    normal: npt.ArrayLike,
    pulled: npt.ArrayLike,
    fee: float,
) -> Floats:
    """Profit of an event beside none: U·(k·e − n − λ(k−1)n) − F.

    >>> [round(float(brings(310, k, 21, 44, 0.2, 2000)), 1) for k in (2.4, 1.8)]
    [-3835.2, -6104.4]
    """
    k, n = np.asarray(multiple), np.asarray(normal)
    return np.asarray(np.asarray(units) * (k * np.asarray(event) - n - np.asarray(pulled) * (k - 1) * n) - fee)


@dataclass(frozen=True, slots=True)
class Side:
    """One product in an event: normal ``units`` of its days (over ``seen`` units), ``normal`` contribution of a unit with what else its
    orders hold (``rest``) in equally likely cases, the usual ``price`` and that of the event, ``kept`` of a price after fees and refunds,
    ``answer`` to price, money that protected buyers get ``back``."""

    product: str
    units: float
    seen: float
    normal: Floats
    price: float
    event_price: float
    kept: float
    answer: float
    back: float
    rest: float = 0.0

    def event(self, price: float | None = None) -> Floats:
        """Contribution of a unit at the event's price, or at another."""
        asked_price = self.event_price if price is None else price
        return np.asarray(self.normal + (asked_price - self.price) * self.kept - (1 - ADDED_TRAFFIC) * self.rest)


def sides_of(situation: Situation, terms: Terms) -> tuple[list[Side], list[str]]:
    """The products whose costs and pace are known, and all that the event is for."""
    products = sorted(terms.offer.products or ())
    if not products:
        products = sorted({str(p) for p in situation.frames["product_diary"]["product_id"].unique()})
    found = []
    for product in products:
        worth = order_worth(situation, product)
        units, days, usual = ordinary_pace(situation, product)
        if worth is None or not worth.known or units <= 0 or days <= 0:
            continue
        spread = cases(situation, product, worth)
        reached = lowest(usual, [terms.offer], terms.offer.start)
        price = min(reached.price, usual)
        # What an order brought in eight weeks holds events; a usual one is paid the usual price.
        rest = rest_of_order(situation, product, worth) / worth.units
        normal = (
            spread.value / worth.units + (usual - spread.unit_price) * spread.kept - reached.gifts / worth.units + rest
        )
        found.append(
            Side(
                product,
                units / days * terms.days,
                units,
                np.asarray(normal),
                usual,
                price,
                spread.kept,
                min(answer_to_price(situation, product).mean, 0.0),
                paid_back(situation, product, usual, 1 - price / usual),
                rest,
            )
        )
    return found, products


@dataclass(frozen=True, slots=True)
class Whole:
    """All sides of an event together: normal ``units``, contributions of a unit ``normal`` and in the ``event`` by case, ``back`` to
    protected buyers."""

    units: float
    seen: float
    normal: Floats
    event: Floats
    back: float


def taken_together(sides: Sequence[Side], price: float | None = None) -> Whole:
    """All products of an event as one, at its price or at another."""
    units = sum(side.units for side in sides)
    normal = sum((side.units * side.normal for side in sides), np.zeros(1)) / units
    event = sum((side.units * side.event(price) for side in sides), np.zeros(1)) / units
    return Whole(units, sum(s.seen for s in sides), np.asarray(normal), np.asarray(event), sum(s.back for s in sides))


def multiple_needed(sides: Sequence[Side], terms: Terms, pulled: float) -> float | None:
    """How many times its normal units the event must sell, at the middle of what is believed; None: never."""
    whole = taken_together(sides)
    fee = (terms.fee + whole.back) / whole.units
    return needed_multiple(float(whole.normal.mean()), float(whole.event.mean()), pulled, fee)


def event_profit(whole: Whole, believed: Belief, fee: float, factor: float = 1.0) -> Floats:
    """The event's profit over what is not known: its multiple, what is pulled forward, the normal pace, costs and refunds."""
    even = even_cases(3)
    multiple = np.exp(of_amount(believed.log, believed.spread, even[:, 0])) * factor
    pulled = np.clip(of_amount(believed.pulled, believed.pulled_spread, even[:, 1]), 0.0, 0.9)
    units = whole.units * np.maximum(1 + of_amount(0.0, 1 / np.sqrt(whole.seen + 1), even[:, 2]), 0.1)
    return brings(units, multiple, whole.event, whole.normal, pulled, fee + whole.back)


def counter_terms(sides: Sequence[Side], terms: Terms, believed: Belief) -> tuple[float, float] | None:
    """The lowest price above the event's at which it pays likely enough, and the multiple that it then needs; buyers answer to it."""
    if not terms.offer.price or len({side.event_price for side in sides}) > 1:
        return None
    usual, offered = min(side.price for side in sides), sides[0].event_price
    answer = float(np.average([s.answer for s in sides], weights=[s.units for s in sides]))
    for step in range(1, STEPS):
        price = round(offered + (usual - offered) * step / STEPS)
        whole = taken_together(sides, price)
        factor = (price / offered) ** answer
        profit = event_profit(whole, believed, terms.fee, factor)
        if (profit > 0).mean() >= JOIN and profit.mean() > 0:
            fee = (terms.fee + whole.back) / whole.units
            needed = needed_multiple(float(whole.normal.mean()), float(whole.event.mean()), believed.pulled, fee)
            return (float(price), needed) if needed else None
    return None

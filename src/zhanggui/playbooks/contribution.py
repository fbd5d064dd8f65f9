"""Contribution of an order in equally likely cases, out of what is not known exactly: its costs and how many are refunded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from zhanggui.i18n import LOCALES, text
from zhanggui.methods.shrinkage import Beta
from zhanggui.playbooks.gains import even_cases, of_amount, of_rate
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.terms import contribution_after_refunds
from zhanggui.playbooks.worth import PRIOR_ORDERS, Worth, refunded_orders

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cases:
    """``value`` (cases,): contribution of an order after refunds. ``price`` of an order and of a unit, ``kept`` the share of a higher price
    that fees and refunds leave, ``normal`` (cases,) standard normal values for whatever else is uncertain."""

    value: Floats
    price: float
    unit_price: float
    kept: float
    normal: Floats


def refund_belief(situation: Situation, product: str, worth: Worth) -> Beta:
    """The share of a product's orders refunded in the end: as sure as its own orders of both windows, and the prior's, make it."""
    size = refunded_orders(situation).get(product, (0.0, 0.0))[0] + PRIOR_ORDERS
    middle = min(max(worth.refunds, 0.5 / size), 1 - 0.5 / size)
    return Beta(middle * size, (1 - middle) * size)


def cases(situation: Situation, product: str, worth: Worth) -> Cases:
    """What an order of a product with known costs brings, over its cost ranges and its refunds. Raises ValueError without costs."""
    if worth.costs is None:
        raise ValueError("contribution is reckoned of known costs only")
    from scipy.special import ndtri

    even = even_cases(3)
    early = worth.early / worth.refunds if worth.refunds else 0.0
    refunds = of_rate(refund_belief(situation, product, worth), even[:, 0])
    ends = [contribution_after_refunds(worth.price, worth.costs, r * early, r * (1 - early)) for r in (0.0, 1.0)]
    value = ends[0] + refunds * (ends[1] - ends[0]) + of_amount(0.0, worth.spread, even[:, 1])
    kept = (1 - worth.costs.fee_share) * (1 - worth.refunds)
    return Cases(value, worth.price, worth.price / worth.units, kept, np.asarray(ndtri(even[:, 2])))


def declared_leader(situation: Situation, product: str) -> bool:
    """Whether the owner noted of this product, in any language of the program, that it is sold at a loss to lead buyers in."""
    notes = situation.frames.get("annotated_days")
    if notes is None:
        return False
    said = " ".join(str(t) for t in notes.filter(pl.col("target") == product)["text"].drop_nulls()).casefold()
    return any(word in said for locale in LOCALES for word in text("rules_products.loss_leader", locale).split("|"))

"""What a visitor brings: of the shop, of a part of its visitors; the one figure that parts are compared by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from zhanggui.methods.shrinkage import Beta
from zhanggui.playbooks.gains import Floats, of_amount, of_rate
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.terms import column_sum
from zhanggui.playbooks.visits import PRIOR_VISITORS
from zhanggui.playbooks.worth import mean_order

BASKETS = 0.8
"""How far what buyers pay differs, as a share of the mean: the error of a mean of n is this ÷ √n."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """``rate`` of visitors who buy, ``value`` of what a buyer brings (contribution, or sales where costs are unknown) with standard
    deviation ``spread``; ``visitors`` and ``buyers`` it was seen in."""

    rate: Beta
    value: float
    spread: float
    visitors: float
    buyers: float

    @property
    def mean(self) -> float:
        """u: contribution of a visitor."""
        return self.rate.mean * self.value

    def cases(self, even: Floats) -> Floats:
        """The cases of u; ``even`` (cases, 2)."""
        return np.asarray(of_rate(self.rate, even[:, 0]) * of_amount(self.value, self.spread, even[:, 1]))


def shop_visitor(situation: Situation, weeks: tuple[int, ...]) -> Visitor | None:
    """A visitor of the shop in these weeks back from the brief, counted as parts are: who looks at three products is three visitors of
    parts. None where the shop's own visitors are not told."""
    days, products = (
        situation.frames[n].filter((pl.col("age") // 7).is_in(weeks)) for n in ("shop_visits", "product_diary")
    )
    unique, buyers = column_sum(days, "visitors"), column_sum(days, "pay_buyers")
    if unique <= 0 or buyers <= 0:
        return None
    visitors = max(unique, column_sum(products, "visitors"))
    value = mean_order(situation)
    return Visitor(
        Beta(0.5, 0.5).after(min(buyers, visitors), visitors), value, BASKETS * value / buyers**0.5, visitors, buyers
    )


def part_visitor(shop: Visitor, visitors: float, buyers: float, value: float, spread: float = 0.0) -> Visitor:
    """A visitor of a part: its rate drawn to the shop's as by 400 visitors. ``spread``: what is not known of costs."""
    prior = Beta(shop.rate.mean * PRIOR_VISITORS, (1 - shop.rate.mean) * PRIOR_VISITORS)
    luck = BASKETS * value / max(buyers, 1.0) ** 0.5
    return Visitor(prior.after(min(buyers, visitors), visitors), value, (luck**2 + spread**2) ** 0.5, visitors, buyers)

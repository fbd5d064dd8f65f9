"""Whether to open a category: a gate of five conditions, and what it would bring beside what is sold already.

Reads: the shop's own traffic, conversion of eight weeks and buyers of the neighbouring category; the new goods, cash and hours.
Says: which condition fails, the first one; or what six weeks of three to five products are expected to bring.
Does: three to five products, placed beside what is bought with them, six weeks, then kept or dropped.
Source: docs/rules.md, "Positioning".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from zhanggui.methods.shrinkage import Beta
from zhanggui.playbooks.gains import even_cases, of_rate

Condition = Literal["traffic", "steady", "neighbours", "cash", "hours"]
FEWEST_VISITORS, FEWEST_ORDERS = 1000.0, 30.0
"""A day; one of them is enough."""
WEEKS = 8
FEWEST_NEIGHBOURS = 60.0
MOST_CASH = 0.25
ATTACH = Beta(2.0, 98.0)
"""Orders that take a thing of the new category along: 2 % in the mean, half a percent to four."""
TRIAL_WEEKS = 6
UNSTEADY, ODD = 0.2, 0.01


@dataclass(frozen=True, slots=True)
class Shop:
    """What the shop shows: visitors (None = not told) and orders a day, buyers and visitors of the last eight weeks (orders and 0 where
    visits are not told), buyers of the neighbouring category in ninety days."""

    visitors: float | None
    orders: float
    weeks: Sequence[tuple[float, float]]
    neighbours: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be opened: contribution of a unit sold beside an order, units of first stock and what they cost, share of it that unsold
    ones fetch, free cash, hours a week it takes and there are, what an hour is worth, and new visitors a week with what each brings."""

    contribution: float
    units: float
    stock_cash: float
    free_cash: float
    hours: float
    free_hours: float
    hour: float
    salvage: float = 0.3
    new_visitors: float = 0.0
    visitor: float = 0.0


@dataclass(frozen=True, slots=True)
class Gate:
    """``fails``: the first condition that is not met, None where the gate is open; ``profit`` a week with its 80 % range and chance."""

    fails: Condition | None
    profit: tuple[float, float, float]
    chance: float


def attached(share: float, orders: float, contribution: float) -> float:
    """a · o · cm of the new: what orders that take it along bring a week.

    >>> round(attached(0.02, 280, 30), 6)
    168.0
    """
    return share * orders * contribution


def gate(shop: Shop, plan: Plan) -> Gate:
    """The conditions in the book's order, and what opening would bring: attached sales + new visitors − unsold stock − hours."""
    weekly = 7 * shop.orders
    even = even_cases(1)
    share = of_rate(ATTACH, even[:, 0])
    brought = share * weekly * plan.contribution + plan.new_visitors * plan.visitor
    sold = share * weekly * TRIAL_WEEKS
    each = plan.stock_cash / plan.units if plan.units else 0.0
    unsold = np.maximum(plan.units - sold, 0) * each * (1 - plan.salvage) / TRIAL_WEEKS
    profit = brought - unsold - plan.hours * plan.hour
    ends = np.quantile(profit, [0.1, 0.9])
    return Gate(_fails(shop, plan), (float(profit.mean()), float(ends[0]), float(ends[1])), float((profit > 0).mean()))


def _fails(shop: Shop, plan: Plan) -> Condition | None:
    met: dict[Condition, bool] = {
        "traffic": (shop.visitors or 0.0) >= FEWEST_VISITORS or shop.orders >= FEWEST_ORDERS,
        "steady": steady(shop.weeks),
        "neighbours": shop.neighbours >= FEWEST_NEIGHBOURS,
        "cash": plan.stock_cash <= MOST_CASH * plan.free_cash,
        "hours": plan.hours <= plan.free_hours,
    }
    return next((name for name, held in met.items() if not held), None)


def steady(weeks: Sequence[tuple[float, float]]) -> bool:
    """Whether eight weeks convert alike: no week a fifth off the mean beyond what chance makes (χ², 1 %). Fewer weeks are not known to."""
    from scipy.special import chdtrc

    if len(weeks) < WEEKS:
        return False
    hits, trials = (np.array(column, dtype=np.float64) for column in zip(*weeks, strict=True))
    base = np.where(trials > 0, trials, 1.0)
    if hits.sum() <= 0:
        return False
    expected = hits.sum() / base.sum() * base
    odd = float(chdtrc(len(weeks) - 1, ((hits - expected) ** 2 / expected).sum()))
    return not (odd < ODD and float(np.abs(hits / expected - 1).max()) >= UNSTEADY)

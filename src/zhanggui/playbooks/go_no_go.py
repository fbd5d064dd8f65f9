"""Whether a product or a kind of shop is worth starting: a question that an owner asks once, answered as a sum.

Reads: price, goods, freight, fees and first stock of a candidate; what is believed of conversion, refunds and the price of a click.
Says: which conversion it needs, how likely that is, and what is lost if it fails.
Does: go, test small, or leave it. An advantage that changes none of these inputs does not count.
Source: docs/rules.md, "Positioning".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from zhanggui.costs import Range
from zhanggui.playbooks.gains import UNIT, Floats, even_cases, of_amount
from zhanggui.playbooks.terms import UnitCosts, contribution_after_refunds

Verdict = Literal["go", "test", "no"]
GO, TEST = 0.6, 0.3
WEEKS = 12
FIRST_UNITS = 30
TAIL = 0.1


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is weighed. ``rate``, ``refunds`` and ``click`` hold 80 % of what is believed; ``visitors`` a week; ``units`` of first stock,
    ``set_up`` is money spent once, ``salvage`` the share of cost that unsold goods still fetch; ``risk``: the most that may be lost, None
    where nobody said."""

    name: str
    price: float
    costs: UnitCosts
    rate: Range
    refunds: Range
    click: Range
    visitors: float
    units: float
    set_up: float = 0.0
    salvage: float = 0.3
    risk: float | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """``order``: contribution of an order after refunds; ``needed``: the conversion at which a click pays; ``chance``: P(a visitor brings
    more than his click); ``profit`` of twelve weeks with its 80 % range; ``to_even``: visitors until what was spent once is back (None =
    never, in the mean) and ``cash`` bound until then; ``worst``: the lost tenth."""

    verdict: Verdict
    order: float
    needed: float
    chance: float
    profit: tuple[float, float, float]
    to_even: float | None
    cash: float
    worst: float


def needed_conversion(click: float, order: float) -> float:
    """r* = price of a click ÷ contribution of an order.

    >>> round(needed_conversion(1.2, 30.73), 5)
    0.03905
    """
    return click / order if order > 0 else float("inf")


def weigh(candidate: Candidate) -> Weighed:
    """Twelve weeks over equally likely cases of conversion, refunds and click price: Σ V·(u − cpc) − set-up − unsold goods."""
    even = even_cases(3)
    rate = np.clip(_believed(candidate.rate, even[:, 0]), 0, 1)
    refunds = np.clip(_believed(candidate.refunds, even[:, 1]), 0, 0.99)
    click = np.maximum(_believed(candidate.click, even[:, 2]), 0)
    kept, lost = (contribution_after_refunds(candidate.price, candidate.costs, 0.0, r) for r in (0.0, 1.0))
    order = kept + refunds * (lost - kept)
    visitor = rate * order
    sold = WEEKS * candidate.visitors * rate * (1 - refunds)
    unsold = np.maximum(candidate.units - sold, 0) * candidate.costs.goods * (1 - candidate.salvage)
    profit = WEEKS * candidate.visitors * (visitor - click) - candidate.set_up - unsold
    chance = float((visitor > click).mean())
    each = float((visitor - click).mean())
    even_at = candidate.set_up / each if each > 0 else None
    worst = max(-float(np.quantile(profit, TAIL)), 0.0)
    stock = candidate.units * candidate.costs.goods + candidate.set_up
    middle = float(click.mean())
    return Weighed(
        _verdict(chance, worst, candidate.risk),
        float(order.mean()),
        needed_conversion(middle, float(order.mean())),
        chance,
        (float(profit.mean()), float(np.quantile(profit, TAIL)), float(np.quantile(profit, 1 - TAIL))),
        even_at,
        stock + (even_at or 0.0) * middle,
        worst,
    )


def _believed(belief: Range, even: Floats) -> Floats:
    return of_amount(belief.middle, (belief.high - belief.low) / 2 / UNIT, even)


def _verdict(chance: float, worst: float, risk: float | None) -> Verdict:
    """Go where it likely pays and may be lost; small where either is open."""
    if chance >= GO:
        return "go" if risk is None or worst <= risk else "test"
    return "test" if chance >= TEST else "no"

"""What the last unit of spend brings by the shop's own clicks: how many more it buys, and what a visitor of its products is worth.

The platform's claim is left out. What more clicks a unit of spend buys is seen on every day on which spend went up or down, far sooner
than in sales; that organic visits come or go with them is believed as widely as anybody knows it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhanggui.methods.marginal_return import MarginalReturn, marginal_return
from zhanggui.playbooks.gains import ADDED_TRAFFIC, Floats
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.plans import Plan
from zhanggui.playbooks.visits import visits
from zhanggui.playbooks.worth import order_worth, rest_of_order

BENT = 0.4
"""How far off κ × the mean clicks of a unit may be before days were looked at, as a share of it."""
HALO, HALO_SPREAD = 0.1, 0.35
"""Organic visitors gained for each paid one, before it is measured: it may be negative (docs/rules.md)."""
READY_SPREAD = 0.15
"""How far off κ itself may be: how much less often visitors buy who would not have come by themselves."""
FEWEST_BUYERS = 8.0


@dataclass(frozen=True, slots=True)
class ByClicks:
    """The return of the last unit of spend by clicks, with its standard deviation; ``weight``: which share of the click part the shop's
    own days say; ``most``: the return with no more clicks than returns usually diminish to, where no decision moved the spend, and
    ``click`` what the next one then costs."""

    mean: float
    spread: float
    weight: float
    most: float | None = None
    click: float | None = None


def by_clicks(situation: Situation, plan: Plan, moved_by: Floats | None) -> ByClicks | None:
    """Clicks that the last unit of spend buys × what a visitor of the plan's products is worth × (κ + halo). None of a plan of the whole
    shop, without clicks, or with too few buyers to tell what a visitor is worth."""
    seen = [v for p in plan.products if (v := visits(situation).get(p)) is not None]
    buyers, visitors = (
        sum(getattr(w, name) for v in seen for w in (v.now, v.before)) for name in ("buyers", "visitors")
    )
    if buyers < FEWEST_BUYERS or visitors <= 0 or plan.clicks.sum() <= 0 or plan.spend.sum() <= 0:
        return None
    worth = spread = 0.0
    for v in seen:
        each = order_worth(situation, v.product)
        if each is not None:
            share = (v.now.buyers + v.before.buyers) / buyers
            worth, spread = (
                worth + share * (each.value + rest_of_order(situation, v.product, each)),
                spread + share * each.spread,
            )
    if worth <= 0:
        return None
    mean = float(plan.clicks.sum() / plan.spend.sum())
    prior = ADDED_TRAFFIC * mean, BENT * mean
    clicks, error, weight, most = *prior, 0.0, prior[0]
    told = np.where(np.isnan(plan.contribution), np.nan, plan.clicks)
    answers = [(by, marginal_return(told, plan.spend, moved_by=by, prior=prior)) for by in (moved_by, None)]
    known = [(by, found) for by, found in answers if isinstance(found, MarginalReturn)]
    if known:
        # A budget that took one step says less than days on which spend went up and down by itself: the surer of both is taken.
        by, found = min(known, key=lambda each: each[1].data_error)
        clicks, error, weight = max(found.mean, 0.0), found.error, found.weight
        most = clicks if by is not None else min(clicks, prior[0])
    ready = ADDED_TRAFFIC + HALO
    unsure = (READY_SPREAD**2 + HALO_SPREAD**2) / ready**2 + 1 / buyers + (spread / worth) ** 2
    visitor = buyers / visitors * worth
    middle = clicks * visitor * ready
    wide = float(np.sqrt(middle**2 * unsure + (error * visitor * ready) ** 2))
    return ByClicks(middle, wide, weight, most * visitor * ready, 1 / most if most > 0 else None)

"""Whether a product's stock lasts for more visitors, and what a visitor costs to buy."""

from __future__ import annotations

import polars as pl

from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.terms import column_sum
from zhanggui.playbooks.visits import Visits

SAFE_DAYS = 21
FASTER = 1.3
RECENT_DAYS = 28
FEWEST_CLICKS = 30


def lasts(situation: Situation, v: Visits, days: float = SAFE_DAYS, faster: float = FASTER) -> bool | None:
    """Whether what is on hand lasts ``days`` at ``faster`` times the present pace; None where its stock is not told."""
    own = situation.frames["stock"].filter(pl.col("product_id") == v.product)
    if own.is_empty():
        return None
    sized = own.filter(pl.col("sku") != "*")
    have = column_sum(sized if sized.height else own, "on_hand")
    pace = v.now.units / v.now.days if v.now.days else 0.0
    return have >= days * faster * pace


def cost_per_click(situation: Situation, product: str) -> float | None:
    """What a click of this product's paid promotion cost in the last four weeks, else of the shop's; None where nobody clicked."""
    recent = situation.frames["ad_plans"].filter(pl.col("age") < RECENT_DAYS)
    for rows in (recent.filter(pl.col("product_id") == product), recent):
        clicks, cost = column_sum(rows, "clicks"), column_sum(rows, "cost")
        if clicks >= FEWEST_CLICKS and cost > 0:
            return cost / clicks
    return None

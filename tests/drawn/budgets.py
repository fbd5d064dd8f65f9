"""A plan of paid promotion and the sales it makes, drawn by a seeded hand: what the last unit of spend truly brings is known."""

from __future__ import annotations

from typing import Any

import numpy as np

DAYS = 84


def plan_days(
    *,
    marginal: float,
    budget: float = 800.0,
    swing: float = 0.2,
    own: float = 3000.0,
    noise: float = 150.0,
    claimed: float = 3.0,
    rate: float = 0.5,
    days: int = DAYS,
    seed: int = 1,
    told: bool = True,
    step: float = 1.0,
    drawn_by_demand: float = 0.0,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of the plan and of the product's diary. The budget goes up and down by ``swing`` on pairs of days, drawn by coin; each unit of
    spend brings ``marginal`` of contribution (``rate`` of sales) beside ``own`` a day. ``step`` multiplies the budget of the last four
    weeks. ``drawn_by_demand``: how far the spend follows the day's demand by itself."""
    chance = np.random.default_rng(seed)
    coin = np.repeat(chance.choice([-1.0, 1.0], (days + 1) // 2), 2)[:days]
    level = budget * (1 + swing * coin)
    level[-28:] *= step
    luck = noise * chance.normal(size=days)
    spend = level * (1 + 0.02 * chance.normal(size=days)) + drawn_by_demand * luck
    brought = own + marginal * spend + luck
    plan, diary = [], []
    for i in range(days):
        age = days - 1 - i
        plan.append(
            {
                "platform": "ads",
                "campaign": "one",
                "product_id": "P",
                "age": age,
                "cost": float(spend[i]),
                "clicks": spend[i] / 2,
                "ad_orders": spend[i] * claimed / 100,
                "revenue": float(spend[i] * claimed),
                "budget": float(level[i]) if told else None,
            }
        )
        gross = float(brought[i] / rate)
        diary.append({"product_id": "P", "age": age, "orders": gross / 100, "units": gross / 100, "gross": gross})
        diary[-1] |= {"visitors": 2000, "pay_buyers": 40}
    return plan, diary

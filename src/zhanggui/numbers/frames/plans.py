"""Plans of paid promotion, day by day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import Grid, frame, total

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

DAYS = 112


@frame("platform", "campaign", "product_id", "age")
def ad_plans(warehouse: Warehouse, grid: Grid) -> Any:
    """platform · campaign · product_id (``*`` = the whole plan) · age (days before the brief) · currency · cost · clicks · impressions ·
    ad_orders, revenue (as the platform claims them) · budget (of the day; NULL = not told) · automatic (rows of a plan that bids by
    itself), over the last 112 days. Of rows at several depths (ad group, word, creative) only the least deep of a plan are read."""
    days = warehouse.table("ad_days")
    days = days.filter((days.campaign != "*") & grid.lately(days.day, DAYS))
    deep = [(days[name] != "*").cast("int32") for name in ("ad_group", "keyword", "creative")]
    days = days.mutate(depth=deep[0] + deep[1] + deep[2])
    window = ibis.window(group_by=[days.channel, days.platform, days.campaign])
    days = days.mutate(least=days.depth.min().over(window))
    days = days.filter(days.depth == days.least)
    return days.group_by("platform", "campaign", "product_id", "currency", age=grid.age(days.day)).agg(
        cost=total(days.cost),
        clicks=days.clicks.sum(),
        impressions=days.impressions.sum(),
        ad_orders=days.orders.sum(),
        revenue=total(days.revenue),
        budget=days.daily_budget.sum().cast("float64"),
        automatic=(days.plan == "automatic").sum(),
    )


FRAMES = (ad_plans,)

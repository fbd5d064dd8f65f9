"""Visitors of the shop by day, visitors of products by source, and what the platform says of peers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import MONEY, Grid, frame, top_products

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

FORTNIGHTS = 8
DAYS = 14


@frame("product_id", "source", "fortnight")
def product_sources(warehouse: Warehouse, grid: Grid) -> Any:
    """Traffic of product × source: product_id · source · fortnight (0…7 back from the brief) · visitors · pay_buyers (of days that state
    both)."""
    days = warehouse.table("traffic_days")
    level = days.filter(
        (days.product_id != "*")
        & (days.source != "*")
        & (days.device == "*")
        & grid.lately(days.day, FORTNIGHTS * DAYS)
        & days.pay_buyers.notnull()
    )
    return level.group_by("product_id", "source", fortnight=(grid.age(level.day) // DAYS).cast("int32")).agg(
        visitors=level.visitors.sum(), pay_buyers=level.pay_buyers.sum()
    )


SHOP_DAYS = 120


@frame("age")
def shop_visits(warehouse: Warehouse, grid: Grid) -> Any:
    """age (days before the brief, under 120) · visitors, pay_buyers of the shop as a whole (a day's unique ones, of days that state both)
    · impressions, clicks (of the shop, else summed over its products)."""
    days = warehouse.table("traffic_days")
    days = days.filter((days.source == "*") & (days.device == "*") & grid.lately(days.day, SHOP_DAYS))
    whole = days.product_id == "*"
    both = whole & days.pay_buyers.notnull() & (days.visitors > 0)
    return days.group_by(age=grid.age(days.day)).agg(
        visitors=days.visitors.sum(where=both),
        pay_buyers=days.pay_buyers.sum(where=both),
        impressions=ibis.coalesce(days.impressions.sum(where=whole), days.impressions.sum(where=~whole)),
        clicks=ibis.coalesce(days.clicks.sum(where=whole), days.clicks.sum(where=~whole)),
    )


HEROES = 5
HERO_DAYS = 70


@frame("product_id", "source", "age")
def hero_sources(warehouse: Warehouse, grid: Grid) -> Any:
    """Visitors by source and day of the five products with most sales, each by itself, and of all others together: product_id (``*`` =
    the others) · source · age (days before the brief, under 70) · visitors."""
    days = warehouse.table("traffic_days")
    level = days.filter(
        (days.product_id != "*") & (days.source != "*") & (days.device == "*") & grid.lately(days.day, HERO_DAYS)
    )
    level = level.select("product_id", "source", "visitors", age=grid.age(level.day))
    heroes = top_products(warehouse, grid).limit(HEROES).mutate(hero=True)
    both = level.left_join(heroes, "product_id")
    named = both.select(
        "source", "visitors", "age", product_id=both.hero.fill_null(False).ifelse(both.product_id, ibis.literal("*"))
    )
    return named.group_by("product_id", "source", "age").agg(visitors=named.visitors.sum())


PEER_DAYS = 56


@frame("metric", "peer_group", "age")
def peers(warehouse: Warehouse, grid: Grid) -> Any:
    """What the platform says of shops alike: metric · peer_group · age (days before the brief, under 56) · value (their mean) · high (the
    excellent ones') · members · denominator."""
    told = warehouse.table("benchmarks")
    told = told.filter(grid.lately(told.day, PEER_DAYS) & told.value.notnull())
    return told.group_by("metric", "peer_group", age=grid.age(told.day)).agg(
        value=told.value.mean().cast(MONEY),
        high=told.high.mean().cast(MONEY),
        members=told.members.max(),
        denominator=told.denominator.max(),
    )


FRAMES = (product_sources, shop_visits, hero_sources, peers)

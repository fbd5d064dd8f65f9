"""What was listed lately, and how those who did not know it took to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhanggui.numbers.frames.grid import Grid, frame, goods, refunds, stacked, total
from zhanggui.numbers.moments import AS_OF

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

DAYS = 60
POOR_STARS = 3


@frame("product_id")
def launches(warehouse: Warehouse, grid: Grid) -> Any:
    """Products listed within the last 60 days: product_id · visitors · impressions · clicks · carts (visitors who put it into the cart) ·
    orders · old_orders (of buyers who bought here before) · units · gross · returned (refunds so far) · reviews · low_reviews, all since.
    """
    products = warehouse.table("products")
    young = products.filter(grid.lately(products.listed_day, DAYS)).select("product_id").distinct()
    days = warehouse.table("traffic_days")
    level = days.filter((days.source == "*") & (days.device == "*") & grid.lately(days.day, DAYS))
    level = level.semi_join(young, "product_id")
    lines = goods(warehouse)
    lines = lines.filter(grid.lately(lines.day, DAYS) & (lines.kind == "goods")).semi_join(young, "product_id")
    old = lines.new_or_returning.fill_null("") == "returning"
    back = refunds(warehouse)
    back = back.filter(grid.lately(back.sale_day, DAYS) & (back.day <= AS_OF)).semi_join(young, "product_id")
    told = warehouse.table("reviews")
    told = told.filter(grid.lately(told.created_day, DAYS)).semi_join(young, "product_id")
    stars = told.stars_product.coalesce(told.stars)
    told = told.filter(stars.notnull())
    return stacked(
        ("product_id",),
        level.group_by("product_id").agg(
            visitors=level.visitors.sum(),
            impressions=level.impressions.sum(),
            clicks=level.clicks.sum(),
            carts=level.cart_visitors.sum(),
        ),
        lines.group_by("product_id").agg(
            orders=lines.order_id.nunique(),
            old_orders=lines.order_id.nunique(where=old),
            units=lines.units.sum(),
            gross=total(lines.amount),
        ),
        back.group_by("product_id").agg(returned=total(back.amount)),
        told.group_by("product_id").agg(
            reviews=told.count(), low_reviews=(told.stars_product.coalesce(told.stars) <= POOR_STARS).sum()
        ),
    )


FRAMES = (launches,)

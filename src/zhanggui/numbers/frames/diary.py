"""What is known of each product day by day, side by side: visits, sales, reviews, promises of shipment, presales, empty shelves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import Grid, frame, goods, refunds, stacked, top_products, total
from zhanggui.numbers.moments import AS_OF

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

DAILY = 112
"""Days that are kept apart; older ones are four weeks together."""
OLDEST = 224
MONTH = 28
FEWEST_BUYERS = 8
POOR_STARS = 3
KEYS = ("product_id", "age")


def _age(grid: Grid, day: Any) -> Any:
    age = grid.age(day)
    return (age < DAILY).ifelse(age, DAILY + (age - DAILY) // MONTH * MONTH).cast("int32")


@frame(*KEYS)
def product_diary(warehouse: Warehouse, grid: Grid) -> Any:
    """product_id · age (days before the brief; from 112 on four weeks are one row, named by their youngest day, up to 223) · visitors,
    pay_buyers (of days that state both) · cart_base, cart_visitors (of days that state carts) · orders · units · gross · returned
    (refunds so far of that day's sales) · reviews · low_reviews (three stars or fewer) · promised (orders with a deadline), promised_hours
    (from payment to deadline) · presale (orders placed in advance) · empty (days that ended with nothing on hand).

    Visits stand for products with at least eight paying buyers in all these days, the rest for the products with most sales.
    """
    return stacked(
        KEYS,
        _visits(warehouse, grid),
        _sold(warehouse, grid),
        _returned(warehouse, grid),
        _reviewed(warehouse, grid),
        _promised(warehouse, grid),
        _presold(warehouse, grid),
        _empty(warehouse, grid),
    )


def _visits(warehouse: Warehouse, grid: Grid) -> Any:
    days = warehouse.table("traffic_days")
    level = days.filter(
        (days.product_id != "*")
        & (days.source == "*")
        & (days.device == "*")
        & grid.lately(days.day, OLDEST)
        & days.pay_buyers.notnull()
        & (days.visitors > 0)
    )
    bought = level.group_by("product_id").agg(buyers=level.pay_buyers.sum())
    level = level.semi_join(bought.filter(bought.buyers >= FEWEST_BUYERS), "product_id")
    carts = level.cart_visitors.notnull()
    return level.group_by("product_id", age=_age(grid, level.day)).agg(
        visitors=level.visitors.sum(),
        pay_buyers=level.pay_buyers.sum(),
        cart_base=level.visitors.sum(where=carts),
        cart_visitors=level.cart_visitors.sum(),
    )


def _sold(warehouse: Warehouse, grid: Grid) -> Any:
    lines = goods(warehouse)
    lines = lines.filter(grid.lately(lines.day, OLDEST)).semi_join(top_products(warehouse, grid), "product_id")
    return lines.group_by("product_id", age=_age(grid, lines.day)).agg(
        orders=lines.order_id.nunique(),
        units=lines.units.sum(where=lines.kind == "goods"),
        gross=total(lines.amount),
    )


def _returned(warehouse: Warehouse, grid: Grid) -> Any:
    back = refunds(warehouse)
    back = back.filter(grid.lately(back.sale_day, DAILY) & (back.day <= AS_OF)).semi_join(
        top_products(warehouse, grid), "product_id"
    )
    return back.group_by("product_id", age=_age(grid, back.sale_day)).agg(returned=total(back.amount))


def _reviewed(warehouse: Warehouse, grid: Grid) -> Any:
    reviews = warehouse.table("reviews")
    stars = ibis.coalesce(reviews.stars_product, reviews.stars)
    told = reviews.filter(grid.lately(reviews.created_day, DAILY) & stars.notnull() & reviews.product_id.notnull())
    low = ibis.coalesce(told.stars_product, told.stars) <= POOR_STARS
    return told.group_by("product_id", age=_age(grid, told.created_day)).agg(
        reviews=told.count(), low_reviews=low.sum()
    )


def _promised(warehouse: Warehouse, grid: Grid) -> Any:
    orders = warehouse.table("order_facts")
    dated = orders.filter(
        orders.counted & grid.lately(orders.day, DAILY) & orders.paid_at.notnull() & orders.ship_by.notnull()
    )
    hours = dated.ship_by.delta(dated.paid_at, unit="second") / 3600
    dated = dated.select("channel", "order_id", hours=hours)
    lines = goods(warehouse)
    lines = lines.filter(grid.lately(lines.day, DAILY)).semi_join(top_products(warehouse, grid), "product_id")
    lines = lines.group_by("channel", "order_id", "product_id", age=_age(grid, lines.day)).agg(lines=lines.count())
    waited = lines.inner_join(dated, ["channel", "order_id"])
    return waited.group_by("product_id", "age").agg(promised=waited.count(), promised_hours=waited.hours.sum())


def _presold(warehouse: Warehouse, grid: Grid) -> Any:
    orders = warehouse.table("orders")
    ahead = orders.filter((orders.kind == "presale") & grid.lately(orders.created_day, DAILY))
    ahead = ahead.select("channel", "order_id", "created_day")
    lines = warehouse.table("order_lines").select("channel", "order_id", "product_id")
    lines = lines.filter(lines.product_id.notnull()).inner_join(ahead, ["channel", "order_id"])
    return lines.group_by("product_id", age=_age(grid, lines.created_day)).agg(presale=lines.order_id.nunique())


def _empty(warehouse: Warehouse, grid: Grid) -> Any:
    days = warehouse.table("stock_days")
    days = days.filter(grid.lately(days.day, DAILY) & (days.product_id != "*"))
    left = days.group_by("product_id", "day").agg(left=days.on_hand.sum())
    gone = left.filter(left.left <= 0)
    return gone.group_by("product_id", age=_age(grid, gone.day)).agg(empty=gone.count())


FRAMES = (product_diary,)

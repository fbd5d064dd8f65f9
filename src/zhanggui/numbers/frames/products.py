"""Products: blocks, days, lines, prices, costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import MONEY, Grid, frame, goods, refunds, stacked, top_products, total
from zhanggui.numbers.moments import AS_OF

if TYPE_CHECKING:
    from zhanggui.store import Warehouse


@frame("product_id", "block")
def product_blocks(warehouse: Warehouse, grid: Grid) -> Any:
    """product_id · block · orders · units · gross · listed · refunds · largest (largest line), for the top products."""
    lines = goods(warehouse)
    top = top_products(warehouse, grid)
    lines = lines.filter(grid.within(lines.day)).semi_join(top, "product_id")
    back = refunds(warehouse)
    back = back.filter(grid.within(back.day)).semi_join(top, "product_id")
    return stacked(
        ("product_id", "block"),
        lines.group_by("product_id", block=grid.block(lines.day)).agg(
            orders=lines.order_id.nunique(),
            units=lines.units.sum(where=lines.kind == "goods"),
            gross=total(lines.amount),
            listed=total(lines.listed),
            largest=lines.amount.max().cast(MONEY),
        ),
        back.group_by("product_id", block=grid.block(back.day)).agg(refunds=total(back.amount)),
    )


HEROES = 4
HERO_DAYS = 182


@frame("product_id", "age", "price", "units")
def hero_lines(warehouse: Warehouse, grid: Grid) -> Any:
    """Lines of the four products with the most money, as a histogram: product_id · age (days) · price (paid for a unit, to the cent) ·
    units (of the line) · lines, over half a year."""
    lines = goods(warehouse)
    top = top_products(warehouse, grid).limit(HEROES)
    lines = lines.filter(grid.lately(lines.day, HERO_DAYS) & (lines.kind == "goods") & (lines.units > 0)).semi_join(
        top, "product_id"
    )
    price = (lines.amount.cast(MONEY) / lines.units.cast(MONEY)).round(2)
    return lines.group_by("product_id", age=grid.age(lines.day), price=price, units=lines.units).agg(
        lines=lines.count()
    )


@frame("product_id")
def product_last_sales(warehouse: Warehouse, grid: Grid) -> Any:
    """product_id · first_day · last_day · orders · gross (all time) · gross_year, one row per product ever sold."""
    lines = goods(warehouse)
    lines = lines.filter((lines.day <= AS_OF) & (lines.product_id != ""))
    year = lines.day > grid.before(364)
    return lines.group_by("product_id").agg(
        first_day=lines.day.min(),
        last_day=lines.day.max(),
        orders=lines.order_id.nunique(),
        gross=total(lines.amount),
        gross_year=total(lines.amount, year),
    )


@frame("product_id")
def product_names(warehouse: Warehouse, grid: Grid) -> Any:
    """product_id · name (short name, else title) · category · listed_day · cost · price · lead_days · min_order · status."""
    products = warehouse.table("products")
    name = ibis.coalesce(products.short_name, products.title, products.product_id)
    return products.group_by("product_id").agg(
        name=name.max(),
        category=products.category.max(),
        listed_day=products.listed_day.min(),
        cost=products.cost.max().cast(MONEY),
        price=products.price.max().cast(MONEY),
        lead_days=products.lead_days.max(),
        min_order=products.min_order.max(),
        status=products.status.max(),
    )


@frame("product_id", "window")
def paid_prices(warehouse: Warehouse, grid: Grid) -> Any:
    """product_id · window (0, 1) · units · gross · listed · orders · median paid unit price, last 28 days and the 28 before."""
    lines = goods(warehouse)
    lines = lines.filter(
        grid.lately(lines.day, 2 * grid.window_days)
        & (lines.kind == "goods")
        & (lines.units > 0)
        & (lines.product_id != "")
    )
    price = lines.amount.cast(MONEY) / lines.units.cast(MONEY)
    return lines.group_by("product_id", window=(grid.age(lines.day) // grid.window_days).cast("int32")).agg(
        orders=lines.order_id.nunique(),
        units=lines.units.sum(where=lines.kind == "goods"),
        gross=total(lines.amount),
        listed=total(lines.listed),
        price=price.median(),
    )


FRAMES = (
    product_blocks,
    hero_lines,
    product_last_sales,
    product_names,
    paid_prices,
)

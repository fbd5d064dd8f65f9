"""What each product left over on each day of sale: sales, cost, its share of orders' costs and fees, refunds by their age, advertising."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import polars as pl

from zhanggui.config import Config
from zhanggui.errors import Unanswerable
from zhanggui.metrics.refunds import refunded
from zhanggui.numbers.frames.grid import MONEY, goods, refunds, total
from zhanggui.numbers.joined import Costs, goods_cost
from zhanggui.numbers.kinds import Question
from zhanggui.numbers.moments import END, START, put
from zhanggui.numbers.query import ask
from zhanggui.units import Clock, Period

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

ORDER = ("channel", "order_id")
DAY = ("product_id", "day")
OLDEST_REFUND = 366
"""Refunds this old or older are kept together."""


@dataclass(frozen=True, slots=True)
class ProductMoney:
    """Money of every product by day of sale over ``period``, in the workspace's currency.

    ``sold``: product_id · day · orders · units · gross · cost · costed (gross of lines whose cost is known) · beside (the product's share,
    by money, of what its orders cost beside goods) · fees. ``back``: product_id · day (of the sale) · age (days until the refund) · early
    (whether before shipment) · amount · refunds (their number; one of a whole order is shared by money) · kept (cost of goods that came
    back) · parcels (how many orders were sent back). ``ads``: product_id · day · ad_cost; empty where no advertising is told by product.
    ``empty``: product_id · day that ended with nothing on hand.
    """

    period: Period
    sold: pl.DataFrame
    back: pl.DataFrame
    ads: pl.DataFrame
    empty: pl.DataFrame


def product_money(
    warehouse: Warehouse, period: Period, *, config: Config, clock: Clock, costs: Costs | None
) -> ProductMoney:
    """Read it from the engine, four questions in all."""
    moments = {START: period.start, END: period.end}
    shape, common = ("product_money", config.currency, repr(costs)), costs is None
    sold = put(warehouse, (*shape, "sold"), lambda: _sold(warehouse, config.currency, costs), moments, common=common)
    back = put(warehouse, (*shape, "back"), lambda: _back(warehouse, config.currency, costs), moments, common=common)
    empty = put(warehouse, ("product_money", "empty"), lambda: _empty(warehouse), moments)
    ads = _ads(warehouse, period, config, clock)
    return ProductMoney(period, sold.sort(*DAY), back.sort(*DAY, "age", "early"), ads, empty.sort(*DAY))


def costed(warehouse: Warehouse, lines: Any, currency: str, costs: Costs | None) -> Any:
    """Lines with ``known_cost``, as the catalogue reckons it."""
    products = warehouse.table("products")
    own = products.currency.isnull() | (products.currency == currency)
    named = products.select(
        _channel=products.channel,
        _product=products.product_id,
        category=products.category.fill_null(""),
        unit_cost=own.ifelse(products.cost.cast(MONEY), ibis.null(MONEY)),
    )
    joined = lines.left_join(named, [lines.channel == named["_channel"], lines.product_id == named["_product"]])
    return joined.mutate(**goods_cost(joined, costs))


def _sold(warehouse: Warehouse, currency: str, costs: Costs | None) -> Any:
    lines = goods(warehouse)
    lines = lines.filter((lines.day >= START) & (lines.day <= END))
    lines = costed(warehouse, lines, currency, costs)
    bought = lines.group_by(*ORDER, *DAY).agg(
        units=lines.units.sum(where=lines.kind == "goods").fill_null(0.0),
        gross=total(lines.amount),
        cost=lines.known_cost.sum().fill_null(0.0),
        costed=total(lines.amount, lines.known_cost.notnull()),
    )
    orders = warehouse.table("order_facts")
    orders = orders.filter((orders.day >= START) & (orders.day <= END) & orders.counted)
    orders = orders.select(*ORDER, whole=orders.goods.cast(MONEY), booked=orders.fees.cast(MONEY))
    bought = bought.left_join(orders, list(ORDER))
    each = bought.count().over(ibis.window(group_by=[bought.channel, bought.order_id]))
    part = ibis.coalesce(bought.gross / bought.whole.nullif(0), 1.0 / each)
    per_order = float(costs.per_order) if costs else 0.0
    share = float(costs.sales_share) if costs else 0.0
    bought = bought.mutate(
        beside=part * per_order, fees=ibis.coalesce(bought.booked * part, bought.gross * share).fill_null(0.0)
    )
    bought = bought.filter(bought.product_id.notnull() & (bought.product_id != ""))
    sums = {name: bought[name].sum() for name in ("units", "gross", "cost", "costed", "beside", "fees")}
    return bought.group_by(*DAY).agg(orders=bought.count().cast(MONEY), **sums)


def _back(warehouse: Warehouse, currency: str, costs: Costs | None) -> Any:
    """Refunds by the sale they reverse; those of a whole order fall on its products by money."""
    back = refunds(warehouse)
    back = back.filter((back.sale_day >= START) & (back.sale_day <= END) & refunded(back))
    early = (back.phase == "before_shipment").fill_null(False)
    lost = ((back.kind == "refund_only") & ~early).fill_null(False)
    sent = ~early & ~lost
    # Several refunds of one order are one parcel.
    same = sent.ifelse(1, 0).sum().over(ibis.window(group_by=[back.channel, back.order_id]))
    back = back.select(
        *ORDER,
        product=back.product_id.fill_null(""),
        day=back.sale_day,
        age=ibis.least(back.age_days.fill_null(0), ibis.literal(OLDEST_REFUND)).cast("int32"),
        amount=back.amount.cast(MONEY),
        early=early,
        returned=~lost,
        parcel=sent.ifelse(1.0 / same.nullif(0), 0.0),
    )
    lines = goods(warehouse)
    lines = lines.filter((lines.day >= START) & (lines.day <= END) & (lines.product_id != ""))
    lines = costed(warehouse, lines, currency, costs)
    sold = lines.group_by(*ORDER, "product_id").agg(
        paid=total(lines.amount),
        known=total(lines.amount, lines.known_cost.notnull()),
        cost=lines.known_cost.sum().fill_null(0.0),
    )
    whole = sold.group_by(*ORDER).agg(whole=sold.paid.sum())
    sold = sold.inner_join(whole, list(ORDER))
    met = back.left_join(
        sold,
        [
            back.channel == sold.channel,
            back.order_id == sold.order_id,
            (back["product"] == "") | (back["product"] == sold.product_id),
        ],
    )
    # A refund that names a product not in its order's lines stays with the product it names.
    product = ibis.coalesce(met.product_id, met["product"])
    part = (met["product"] == "").ifelse(met.paid / met.whole.nullif(0), 1.0).fill_null(1.0)
    rate = (met.cost / met.known.nullif(0)).fill_null(0.0)
    met = met.mutate(
        product_id=product,
        part=part,
        money=met.amount * part,
        kept=met.returned.ifelse(met.amount * part * rate, 0.0),
        parcels=met.parcel * part,
    )
    met = met.filter(met.product_id != "")
    sums = {"amount": met.money, "refunds": met["part"], "kept": met.kept, "parcels": met.parcels}
    return met.group_by(*DAY, "age", "early").agg(**{name: column.sum() for name, column in sums.items()})


def _empty(warehouse: Warehouse) -> Any:
    stock = warehouse.table("stock_days")
    stock = stock.filter((stock.day >= START) & (stock.day <= END) & (stock.product_id != "*"))
    left = stock.group_by(*DAY).agg(left=stock.on_hand.sum())
    return left.filter(left["left"] <= 0).select(*DAY)


def _ads(warehouse: Warehouse, period: Period, config: Config, clock: Clock) -> pl.DataFrame:
    nothing = pl.DataFrame(schema={"product_id": pl.String, "day": pl.Date, "ad_cost": pl.Float64})
    question = Question(("ad_cost",), DAY, start=period.start, end=period.end)
    try:
        rows = ask(warehouse, question, config=config, clock=clock).rows
    except Unanswerable:
        return nothing
    if not rows.height:
        return nothing
    told = rows.filter(pl.col("ad_cost").is_not_null() & pl.col("product_id").is_not_null())
    return told.select("product_id", pl.col("day").str.to_date(), "ad_cost").filter(pl.col("product_id") != "")

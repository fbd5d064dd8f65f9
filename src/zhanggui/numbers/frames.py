"""The frames that rules and the brief read: sufficient statistics, one engine query each, shared by all who ask for them.

A frame is a function of the warehouse and a :class:`View`; ``FRAMES`` names them. Blocks count back from the day of the brief: block
0 is its last ``days`` days, block 1 the ``days`` before, and so on, so that every block holds each weekday equally often.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import ibis
import polars as pl

from zhanggui.units import Period

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

TOP_PRODUCTS = 300
"""Products followed one by one; the rest are one row named ``*``."""
MONEY = "float64"


@dataclass(frozen=True, slots=True)
class View:
    """The day a brief is of: blocks of ``days`` days back from ``as_of``, ``blocks`` of them at most."""

    as_of: date
    days: int = 7
    blocks: int = 112
    window_days: int = 28

    @property
    def period(self) -> Period:
        return Period.ending(self.as_of, self.days)

    @property
    def start(self) -> date:
        """The first day of the oldest block."""
        return self.as_of - timedelta(days=self.days * self.blocks - 1)

    def within(self, day: Any) -> Any:
        """Whether a date expression lies in the view's blocks."""
        return (day >= ibis.literal(self.start)) & (day <= ibis.literal(self.as_of))

    def block(self, day: Any) -> Any:
        """The block a date expression lies in."""
        return (ibis.literal(self.as_of).delta(day, unit="day") // self.days).cast("int32")

    def age(self, day: Any) -> Any:
        """Days from a date expression to the day of the brief."""
        return ibis.literal(self.as_of).delta(day, unit="day").cast("int32")


def total(column: Any, where: Any = None) -> Any:
    """The sum of a money column as float64, 0 of no rows: summed as decimals first, so that no cent is lost."""
    return column.sum(where=where).cast(MONEY).fill_null(0.0)


def stacked(keys: Sequence[str], *parts: Any) -> Any:
    """Aggregates over several tables side by side: rows of all parts under the same keys, a measure that a part lacks adds nothing."""
    columns: dict[str, Any] = {}
    for part in parts:
        columns |= {name: kind for name, kind in part.schema().items() if name not in keys}
    rows = [
        part.select(
            *keys,
            **{name: part[name].cast("float64") if name in part.columns else ibis.null("float64") for name in columns},
        )
        for part in parts
    ]
    union = rows[0] if len(rows) == 1 else ibis.union(*rows, distinct=False)
    return union.group_by(*keys).agg(**{name: union[name].sum() for name in columns})


def goods(warehouse: Warehouse) -> Any:
    """Lines of goods and gifts of counted sales, as the catalogue counts them; postage, manual and fee lines are apart."""
    sales = warehouse.table("sales")
    return sales.filter(sales.kind != "non_goods")


def refunds(warehouse: Warehouse) -> Any:
    """Refunds of goods."""
    facts = warehouse.table("refund_facts")
    return facts.filter(~facts.non_goods.fill_null(False))


def shop_blocks(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """block · orders · placed · buyers · known_orders · new_buyers · returning_buyers · units · gross · listed · discount · cost ·
    costed (gross of lines with a known cost) · refunds · refund_rows · days (days with a sale)."""
    orders = warehouse.table("order_facts")
    counted = orders.filter(orders.counted & view.within(orders.day))
    placed = orders.filter(orders.placed & view.within(orders.placed_day))
    lines = goods(warehouse)
    lines = lines.filter(view.within(lines.day))
    back = refunds(warehouse)
    back = back.filter(view.within(back.day))
    expression = stacked(
        ("block",),
        counted.group_by(block=view.block(counted.day)).agg(
            orders=counted.count(),
            buyers=counted.customer_key.nunique(),
            known_orders=counted.customer_key.count(),
            new_buyers=counted.customer_key.nunique(where=counted.new_or_returning == "new"),
            returning_buyers=counted.customer_key.nunique(where=counted.new_or_returning == "returning"),
            days=counted.day.nunique(),
        ),
        placed.group_by(block=view.block(placed.placed_day)).agg(placed=placed.count()),
        lines.group_by(block=view.block(lines.day)).agg(
            units=lines.units.sum(),
            gross=total(lines.amount),
            listed=total(lines.listed),
            discount=total(lines.discount),
            cost=total(lines.cost),
            costed=total(lines.amount, lines.cost.notnull()),
        ),
        back.group_by(block=view.block(back.day)).agg(refunds=total(back.amount), refund_rows=back.count()),
    )
    return warehouse.run(expression).sort("block")


def shop_days(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """day · orders · gross · refunds, for the weekday profile, the month's pace and days without sales."""
    orders = warehouse.table("order_facts")
    counted = orders.filter(orders.counted & (orders.day <= ibis.literal(view.as_of)))
    back = refunds(warehouse)
    back = back.filter(back.day <= ibis.literal(view.as_of))
    expression = stacked(
        ("day",),
        counted.group_by("day").agg(orders=counted.count(), gross=total(counted.goods), units=counted.units.sum()),
        back.group_by("day").agg(refunds=total(back.amount)),
    )
    return warehouse.run(expression).sort("day")


def _top_products(lines: Any, view: View) -> Any:
    """The products with the most money in the view's recent year, and in its last four blocks."""
    recent = lines.filter((lines.day > ibis.literal(view.as_of - timedelta(days=364))) & (lines.product_id != ""))
    ranked = recent.group_by("product_id").agg(money=recent.amount.sum())
    return ranked.order_by([ibis.desc("money"), ibis.asc("product_id")]).limit(TOP_PRODUCTS).select("product_id")


def product_blocks(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """product_id · block · orders · units · gross · listed · refunds · largest (largest line), for the top products."""
    lines = goods(warehouse)
    top = _top_products(lines, view)
    lines = lines.filter(view.within(lines.day)).semi_join(top, "product_id")
    back = refunds(warehouse)
    back = back.filter(view.within(back.day)).semi_join(top, "product_id")
    expression = stacked(
        ("product_id", "block"),
        lines.group_by("product_id", block=view.block(lines.day)).agg(
            orders=lines.order_id.nunique(),
            units=lines.units.sum(),
            gross=total(lines.amount),
            listed=total(lines.listed),
            largest=lines.amount.max().cast(MONEY),
        ),
        back.group_by("product_id", block=view.block(back.day)).agg(refunds=total(back.amount)),
    )
    return warehouse.run(expression).sort("product_id", "block")


def product_days(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """product_id · age (days before the brief) · orders · units, over the last 84 days, for runs without a sale."""
    lines = goods(warehouse)
    top = _top_products(lines, view)
    since = ibis.literal(view.as_of - timedelta(days=83))
    lines = lines.filter((lines.day >= since) & (lines.day <= ibis.literal(view.as_of))).semi_join(top, "product_id")
    expression = lines.group_by("product_id", age=view.age(lines.day)).agg(
        orders=lines.order_id.nunique(), units=lines.units.sum()
    )
    return warehouse.run(expression).sort("product_id", "age")


def product_last_sales(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """product_id · first_day · last_day · orders · gross (all time) · gross_year, one row per product ever sold."""
    lines = goods(warehouse)
    lines = lines.filter((lines.day <= ibis.literal(view.as_of)) & (lines.product_id != ""))
    year = lines.day > ibis.literal(view.as_of - timedelta(days=364))
    expression = lines.group_by("product_id").agg(
        first_day=lines.day.min(),
        last_day=lines.day.max(),
        orders=lines.order_id.nunique(),
        gross=total(lines.amount),
        gross_year=total(lines.amount, year),
    )
    return warehouse.run(expression).sort("product_id")


def product_names(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """product_id · name (short name, else title) · category · listed_day · cost · price · lead_days · status."""
    products = warehouse.table("products")
    name = ibis.coalesce(products.short_name, products.title, products.product_id)
    expression = products.group_by("product_id").agg(
        name=name.max(),
        category=products.category.max(),
        listed_day=products.listed_day.min(),
        cost=products.cost.max().cast(MONEY),
        price=products.price.max().cast(MONEY),
        lead_days=products.lead_days.max(),
        status=products.status.max(),
    )
    return warehouse.run(expression)


def refund_ages(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """cohort (block of the sale) · age (days from sale to refund, capped at 180) · amount · refunds; rows with age −1 hold the cohort's
    sales: amount = gross, refunds = orders."""
    lines = goods(warehouse)
    lines = lines.filter(view.within(lines.day))
    back = refunds(warehouse)
    seen = back.filter(view.within(back.sale_day) & (back.day <= ibis.literal(view.as_of)) & back.dated)
    sold = lines.group_by(cohort=view.block(lines.day)).agg(
        amount=total(lines.amount), refunds=lines.order_id.nunique().cast("float64")
    )
    came = seen.group_by(
        cohort=view.block(seen.sale_day), age=ibis.least(seen.age_days, ibis.literal(180)).cast("int32")
    ).agg(amount=total(seen.amount), refunds=seen.order_id.nunique().cast("float64"))
    expression = ibis.union(
        sold.select("cohort", age=ibis.literal(-1, type="int32"), amount="amount", refunds="refunds"),
        came.select("cohort", "age", "amount", "refunds"),
        distinct=False,
    )
    return warehouse.run(expression).sort("cohort", "age")


def product_refunds(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """product_id · window (0 = last 28 days, 1 = the 28 before) · orders · refunded orders and amounts, both windows seen to equal age:
    sales aged ≥ 7 days, refunds within the age that the younger window has had."""
    age = 7
    length = view.window_days
    lines = goods(warehouse)
    sale_age = view.age(lines.day)
    lines = lines.filter((sale_age >= age) & (sale_age < age + 2 * length) & (lines.product_id != ""))
    back = refunds(warehouse)
    refund_sale_age = view.age(back.sale_day)
    back = back.filter(
        (refund_sale_age >= age)
        & (refund_sale_age < age + 2 * length)
        & (back.age_days <= age)
        & (back.day <= ibis.literal(view.as_of))
        & back.dated
    )
    expression = stacked(
        ("product_id", "window"),
        lines.group_by("product_id", window=((view.age(lines.day) - age) // length).cast("int32")).agg(
            orders=lines.order_id.nunique(), gross=total(lines.amount)
        ),
        back.group_by("product_id", window=((view.age(back.sale_day) - age) // length).cast("int32")).agg(
            refunded=back.order_id.nunique(), refunds=total(back.amount)
        ),
    )
    return warehouse.run(expression).sort("product_id", "window")


def open_orders(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """Paid orders that have not left: channel · order_id · paid_at · ship_by · goods, of the last 30 days; plus, per channel, whether
    ``shipped_at`` is ever filled (``tracked``)."""
    orders = warehouse.table("order_facts")
    recent = orders.filter(
        orders.counted & view.within(orders.day) & (view.age(orders.day) <= 60) & orders.paid_at.notnull()
    )
    tracked = recent.group_by("channel").agg(tracked=recent.shipped_at.count())
    waiting = recent.filter(
        recent.shipped_at.isnull()
        & (recent.status == "paid")
        & (recent.kind != "presale")
        & (view.age(recent.day) <= 30)
    )
    back = refunds(warehouse).select("channel", "order_id").distinct()
    waiting = waiting.anti_join(back, ["channel", "order_id"])
    expression = waiting.inner_join(tracked, "channel").select(
        "channel", "order_id", "paid_at", "ship_by", goods=waiting.goods.cast(MONEY), tracked="tracked"
    )
    return warehouse.run(expression.order_by("paid_at").limit(5000))


def large_orders(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """The largest orders of the last 8 blocks: channel · order_id · day · block · goods · units · country · customer_key · lines · part
    (share of the largest line)."""
    lines = goods(warehouse)
    lines = lines.filter(view.within(lines.day) & (view.block(lines.day) < 8))
    expression = (
        lines.group_by("channel", "order_id")
        .agg(
            day=lines.day.min(),
            goods=total(lines.amount),
            units=lines.units.sum(),
            lines=lines.count(),
            largest=lines.amount.max().cast(MONEY),
            product_id=lines.product_id.argmax(lines.amount),
            country=lines.country.max(),
            customer_key=lines.customer_key.max(),
        )
        .order_by([ibis.desc("goods"), ibis.asc("order_id")])
        .limit(40)
    )
    rows = warehouse.run(expression)
    return rows.with_columns(((pl.lit(view.as_of) - pl.col("day")).dt.total_days() // view.days).alias("block"))


def order_sizes(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """bucket (quarter powers of two of the order's goods) · orders · goods, over the last 12 blocks: the size distribution."""
    orders = warehouse.table("order_facts")
    recent = orders.filter(
        orders.counted & view.within(orders.day) & (view.block(orders.day) < 12) & (orders.goods > 0)
    )
    bucket = (recent.goods.cast("float64").log2() * 4).floor().cast("int32")
    expression = recent.group_by(bucket=bucket).agg(orders=recent.count(), goods=total(recent.goods))
    return warehouse.run(expression).sort("bucket")


def non_goods(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """What is in no sales metric: sku · amount · rows · refunds, all time and of block 0 (``_now``)."""
    sales = warehouse.table("sales")
    lines = sales.filter((sales.kind == "non_goods") & (sales.day <= ibis.literal(view.as_of)))
    back = warehouse.table("refund_facts")
    back = back.filter(back.non_goods.fill_null(False) & (back.day <= ibis.literal(view.as_of)))
    now = ibis.literal(view.period.start)
    expression = stacked(
        ("sku",),
        lines.group_by("sku").agg(
            amount=total(lines.amount), rows=lines.count(), amount_now=total(lines.amount, lines.day >= now)
        ),
        back.group_by("sku").agg(
            refunds=total(back.amount), refund_rows=back.count(), refunds_now=total(back.amount, back.day >= now)
        ),
    )
    return warehouse.run(expression).sort("sku")


def set_apart(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """Orders that are no sales: kind · status · orders · goods · block-0 orders · missing rates (fx) of sales."""
    orders = warehouse.table("order_facts")
    day = orders.placed_day
    seen = orders.filter(day <= ibis.literal(view.as_of))
    now = seen.placed_day >= ibis.literal(view.period.start)
    expression = seen.group_by("kind", "status", "counted").agg(
        orders=seen.count(),
        orders_now=now.sum(),
        goods=total(seen.goods),
        no_rate=(seen.rate.isnull() & seen.counted).sum(),
        no_buyer=(seen.customer_key.isnull() & seen.counted).sum(),
        no_buyer_goods=total(seen.goods, seen.customer_key.isnull() & seen.counted),
    )
    return warehouse.run(expression)


def below_cost(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """Lines of the last 28 days with a known cost: product_id · lines · units · gross · cost · loss_lines · loss_orders · loss_gross ·
    loss_cost · loss_units, loss meaning paid price below the goods' own cost."""
    lines = goods(warehouse)
    lines = lines.filter(
        view.within(lines.day)
        & (view.age(lines.day) < view.window_days)
        & lines.cost.notnull()
        & (lines.kind == "goods")
    )
    loss = lines.amount < lines.cost
    expression = lines.group_by("product_id").agg(
        lines=lines.count(),
        units=lines.units.sum(),
        gross=total(lines.amount),
        cost=total(lines.cost),
        orders=lines.order_id.nunique(),
        loss_lines=loss.sum(),
        loss_orders=lines.order_id.nunique(where=loss),
        loss_units=lines.units.sum(where=loss),
        loss_gross=total(lines.amount, loss),
        loss_cost=total(lines.cost, loss),
    )
    return warehouse.run(expression).sort("product_id")


def paid_prices(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """product_id · window (0, 1) · units · gross · listed · orders · median paid unit price, last 28 days and the 28 before."""
    lines = goods(warehouse)
    lines = lines.filter(
        view.within(lines.day)
        & (view.age(lines.day) < 2 * view.window_days)
        & (lines.kind == "goods")
        & (lines.units > 0)
        & (lines.product_id != "")
    )
    price = lines.amount.cast(MONEY) / lines.units.cast(MONEY)
    expression = lines.group_by("product_id", window=(view.age(lines.day) // view.window_days).cast("int32")).agg(
        orders=lines.order_id.nunique(),
        units=lines.units.sum(),
        gross=total(lines.amount),
        listed=total(lines.listed),
        price=price.median(),
    )
    return warehouse.run(expression).sort("product_id", "window")


def stock(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """The latest stock at or before the day: product_id · sku · day · on_hand · inbound, over all locations."""
    days = warehouse.table("stock_days")
    past = days.filter(days.day <= ibis.literal(view.as_of))
    latest = past.group_by("channel", "product_id", "sku").agg(day=past.day.max())
    now = past.inner_join(latest, ["channel", "product_id", "sku", "day"])
    expression = now.group_by("product_id", "sku", "day").agg(on_hand=now.on_hand.sum(), inbound=now.inbound.sum())
    return warehouse.run(expression).sort("product_id", "sku")


def product_sources(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """Traffic of product × source, last 28 days and the 28 before: product_id · source · window · visitors · pay_buyers."""
    days = warehouse.table("traffic_days")
    level = days.filter(
        (days.product_id != "*")
        & (days.source != "*")
        & (days.device == "*")
        & view.within(days.day)
        & (view.age(days.day) < 2 * view.window_days)
    )
    expression = level.group_by(
        "product_id", "source", window=(view.age(level.day) // view.window_days).cast("int32")
    ).agg(visitors=level.visitors.sum(), pay_buyers=level.pay_buyers.sum())
    return warehouse.run(expression)


def product_traffic(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """Traffic of products over all sources, last 28 days and the 28 before, in halves: product_id · half (0…3) · visitors · pay_buyers ·
    cart_visitors."""
    days = warehouse.table("traffic_days")
    level = days.filter(
        (days.product_id != "*")
        & (days.source == "*")
        & (days.device == "*")
        & view.within(days.day)
        & (view.age(days.day) < 2 * view.window_days)
    )
    expression = level.group_by("product_id", half=(view.age(level.day) // (view.window_days // 2)).cast("int32")).agg(
        visitors=level.visitors.sum(), pay_buyers=level.pay_buyers.sum(), cart_visitors=level.cart_visitors.sum()
    )
    return warehouse.run(expression).sort("product_id", "half")


def targets(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """month · metric · value."""
    table = warehouse.table("targets")
    return warehouse.run(table.group_by("month", "metric").agg(value=table.value.sum()))


def annotated_days(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """day · target · text: days that are explained away."""
    table = warehouse.table("annotations")
    return warehouse.run(table.select("day", "target", "text").order_by("day"))


def coverage(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """table · rows · start · end of the tables that have days."""
    parts = []
    for name, column in COVERED.items():
        table = warehouse.table(name)
        parts.append(
            table.agg(rows=table.count(), start=table[column].min(), end=table[column].max()).select(
                table=ibis.literal(name), rows="rows", start="start", end="end"
            )
        )
    return warehouse.run(ibis.union(*parts, distinct=False))


def places(warehouse: Warehouse, view: View) -> pl.DataFrame:
    """How many values each dimension of the orders takes in the last 8 blocks: country · region · city · source · channel · campaign."""
    orders = warehouse.table("order_facts")
    recent = orders.filter(orders.counted & view.within(orders.day) & (view.block(orders.day) < 8))
    names = ("country", "region", "city", "source", "channel", "campaign")
    return warehouse.run(recent.agg(**{name: recent[name].nunique() for name in names}))


COVERED = {
    "orders": "created_day",
    "refunds": "finished_day",
    "traffic_days": "day",
    "ad_days": "day",
    "keyword_days": "day",
    "reviews": "created_day",
    "chats": "started_day",
    "stock_days": "day",
    "scores": "day",
    "benchmarks": "day",
    "changes": "at_day",
}

FRAMES: dict[str, Callable[[Warehouse, View], pl.DataFrame]] = {
    function.__name__: function
    for function in (
        shop_blocks,
        shop_days,
        product_blocks,
        product_days,
        product_last_sales,
        product_names,
        refund_ages,
        product_refunds,
        open_orders,
        large_orders,
        order_sizes,
        non_goods,
        set_apart,
        below_cost,
        paid_prices,
        stock,
        product_sources,
        product_traffic,
        targets,
        annotated_days,
        coverage,
        places,
    )
}

"""The frames that rules and the brief read: sufficient statistics, one engine query each, shared by all who ask for them.

A frame is a function of the warehouse and a :class:`View`; ``FRAMES`` names them. Blocks count back from the day of the brief: block
0 is its last ``days`` days, block 1 the ``days`` before, and so on, so that every block holds each weekday equally often.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

import ibis
import polars as pl

from zhanggui.numbers.moments import AS_OF, days_before, put
from zhanggui.units import Period

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

TOP_PRODUCTS = 300
"""Products followed one by one; the rest are one row named ``*``."""
MONEY = "float64"


@dataclass(frozen=True, slots=True)
class Grid:
    """How days fall into blocks counted back from the day of a brief, whichever day that is."""

    days: int = 7
    blocks: int = 112
    window_days: int = 28

    def before(self, days: int) -> Any:
        """The day ``days`` before the day of the brief, as an expression."""
        return days_before(AS_OF, days)

    def within(self, day: Any) -> Any:
        """Whether a date expression lies in the blocks."""
        return (day >= self.before(self.days * self.blocks - 1)) & (day <= AS_OF)

    def lately(self, day: Any, days: int) -> Any:
        """Whether a date expression lies in the last ``days`` days."""
        return (day > self.before(days)) & (day <= AS_OF)

    def block(self, day: Any) -> Any:
        """The block a date expression lies in."""
        return (AS_OF.delta(day, unit="day") // self.days).cast("int32")

    def age(self, day: Any) -> Any:
        """Days from a date expression to the day of the brief."""
        return AS_OF.delta(day, unit="day").cast("int32")


@dataclass(frozen=True, slots=True)
class View:
    """The day a brief is of: blocks of ``days`` days back from ``as_of``, ``blocks`` of them at most."""

    as_of: date
    days: int = 7
    blocks: int = 112
    window_days: int = 28

    @property
    def grid(self) -> Grid:
        return Grid(self.days, self.blocks, self.window_days)

    @property
    def period(self) -> Period:
        return Period.ending(self.as_of, self.days)

    @property
    def start(self) -> date:
        """The first day of the oldest block."""
        return self.as_of - timedelta(days=self.days * self.blocks - 1)


Frame = Callable[["Warehouse", View], pl.DataFrame]


def frame(*order: str) -> Callable[[Callable[[Warehouse, Grid], Any]], Frame]:
    """Make a frame of a function that builds its expression: the rows as of a view's day, sorted by ``order``. The expression holds
    for every day, so it is built and compiled once."""

    def declared(build: Callable[[Warehouse, Grid], Any]) -> Frame:
        @wraps(build)
        def rows(warehouse: Warehouse, view: View) -> pl.DataFrame:
            grid = view.grid
            found = put(warehouse, (build, grid), lambda: build(warehouse, grid), {AS_OF: view.as_of})
            return found.sort(*order) if order else found

        return rows

    return declared


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


@frame("block")
def shop_blocks(warehouse: Warehouse, grid: Grid) -> Any:
    """block · orders · valued (orders whose money is known) · placed · buyers · known_orders · new_buyers · returning_buyers · units ·
    gross · listed · discount · cost · costed (gross of lines with a known cost) · refunds · refund_rows · days (days with a sale)."""
    orders = warehouse.table("order_facts")
    counted = orders.filter(orders.counted & grid.within(orders.day))
    placed = orders.filter(orders.placed & grid.within(orders.placed_day))
    lines = goods(warehouse)
    lines = lines.filter(grid.within(lines.day))
    back = refunds(warehouse)
    back = back.filter(grid.within(back.day))
    return stacked(
        ("block",),
        counted.group_by(block=grid.block(counted.day)).agg(
            orders=counted.count(),
            valued=counted.goods.count(),
            buyers=counted.customer_key.nunique(),
            known_orders=counted.customer_key.count(),
            new_buyers=counted.customer_key.nunique(where=counted.new_or_returning == "new"),
            returning_buyers=counted.customer_key.nunique(where=counted.new_or_returning == "returning"),
            days=counted.day.nunique(),
        ),
        placed.group_by(block=grid.block(placed.placed_day)).agg(placed=placed.count()),
        lines.group_by(block=grid.block(lines.day)).agg(
            units=lines.units.sum(where=lines.kind == "goods"),
            gross=total(lines.amount),
            listed=total(lines.listed),
            discount=total(lines.discount),
            cost=total(lines.cost),
            costed=total(lines.amount, lines.cost.notnull()),
        ),
        back.group_by(block=grid.block(back.day)).agg(refunds=total(back.amount), refund_rows=back.count()),
    )


@frame("day")
def shop_days(warehouse: Warehouse, grid: Grid) -> Any:
    """day · orders · gross · refunds, for the weekday profile, the month's pace and days without sales."""
    orders = warehouse.table("order_facts")
    counted = orders.filter(orders.counted & (orders.day <= AS_OF))
    back = refunds(warehouse)
    back = back.filter(back.day <= AS_OF)
    return stacked(
        ("day",),
        counted.group_by("day").agg(orders=counted.count(), gross=total(counted.goods), units=counted.units.sum()),
        back.group_by("day").agg(refunds=total(back.amount)),
    )


def _top_products(warehouse: Warehouse, grid: Grid) -> Any:
    """The products with the most money in the recent year. Reads the sales by themselves: what two parts of an expression share is
    copied by the engine, all columns of it."""
    sales = warehouse.table("sales")
    recent = sales.filter((sales.day > grid.before(364)) & (sales.product_id != "") & (sales.kind != "non_goods"))
    ranked = recent.group_by("product_id").agg(money=recent.amount.sum())
    return ranked.order_by([ibis.desc("money"), ibis.asc("product_id")]).limit(TOP_PRODUCTS).select("product_id")


@frame("product_id", "block")
def product_blocks(warehouse: Warehouse, grid: Grid) -> Any:
    """product_id · block · orders · units · gross · listed · refunds · largest (largest line), for the top products."""
    lines = goods(warehouse)
    top = _top_products(warehouse, grid)
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


@frame("product_id", "age")
def product_days(warehouse: Warehouse, grid: Grid) -> Any:
    """product_id · age (days before the brief) · orders · units, over the last 84 days, for runs without a sale."""
    lines = goods(warehouse)
    top = _top_products(warehouse, grid)
    lines = lines.filter(grid.lately(lines.day, 84)).semi_join(top, "product_id")
    return lines.group_by("product_id", age=grid.age(lines.day)).agg(
        orders=lines.order_id.nunique(), units=lines.units.sum(where=lines.kind == "goods")
    )


HEROES = 4
HERO_DAYS = 182


@frame("product_id", "age", "price", "units")
def hero_lines(warehouse: Warehouse, grid: Grid) -> Any:
    """Lines of the four products with the most money, as a histogram: product_id · age (days) · price (paid for a unit, to the cent) ·
    units (of the line) · lines, over half a year."""
    lines = goods(warehouse)
    top = _top_products(warehouse, grid).limit(HEROES)
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
    """product_id · name (short name, else title) · category · listed_day · cost · price · lead_days · status."""
    products = warehouse.table("products")
    name = ibis.coalesce(products.short_name, products.title, products.product_id)
    return products.group_by("product_id").agg(
        name=name.max(),
        category=products.category.max(),
        listed_day=products.listed_day.min(),
        cost=products.cost.max().cast(MONEY),
        price=products.price.max().cast(MONEY),
        lead_days=products.lead_days.max(),
        status=products.status.max(),
    )


@frame("cohort", "age")
def refund_ages(warehouse: Warehouse, grid: Grid) -> Any:
    """cohort (block of the sale) · age (days from sale to refund, capped at 180) · amount · refunds; rows with age −1 hold the cohort's
    sales: amount = gross, refunds = orders."""
    lines = goods(warehouse)
    lines = lines.filter(grid.within(lines.day))
    back = refunds(warehouse)
    seen = back.filter(grid.within(back.sale_day) & (back.day <= AS_OF) & back.dated)
    sold = lines.group_by(cohort=grid.block(lines.day)).agg(
        amount=total(lines.amount), refunds=lines.order_id.nunique().cast("float64")
    )
    came = seen.group_by(
        cohort=grid.block(seen.sale_day), age=ibis.least(seen.age_days, ibis.literal(180)).cast("int32")
    ).agg(amount=total(seen.amount), refunds=seen.order_id.nunique().cast("float64"))
    return ibis.union(
        sold.select("cohort", age=ibis.literal(-1, type="int32"), amount="amount", refunds="refunds"),
        came.select("cohort", "age", "amount", "refunds"),
        distinct=False,
    )


@frame("product_id", "window")
def product_refunds(warehouse: Warehouse, grid: Grid) -> Any:
    """product_id · window (0 = last 28 days, 1 = the 28 before) · orders · refunded orders and amounts, both windows seen to equal age:
    sales aged ≥ 7 days, refunds within the age that the younger window has had."""
    age = 7
    length = grid.window_days
    oldest, youngest = grid.before(age + 2 * length), grid.before(age)
    lines = goods(warehouse)
    lines = lines.filter((lines.day > oldest) & (lines.day <= youngest) & (lines.product_id != ""))
    back = refunds(warehouse)
    back = back.filter(
        (back.sale_day > oldest)
        & (back.sale_day <= youngest)
        & (back.age_days <= age)
        & (back.day <= AS_OF)
        & back.dated
    )
    return stacked(
        ("product_id", "window"),
        lines.group_by("product_id", window=((grid.age(lines.day) - age) // length).cast("int32")).agg(
            orders=lines.order_id.nunique(), gross=total(lines.amount)
        ),
        back.group_by("product_id", window=((grid.age(back.sale_day) - age) // length).cast("int32")).agg(
            refunded=back.order_id.nunique(), refunds=total(back.amount)
        ),
    )


@frame()
def open_orders(warehouse: Warehouse, grid: Grid) -> Any:
    """Paid orders that have not left: channel · order_id · paid_at · ship_by · goods, of the last 30 days; plus, per channel, whether
    ``shipped_at`` is ever filled (``tracked``)."""
    orders = warehouse.table("order_facts")
    recent = orders.filter(orders.counted & grid.lately(orders.day, 61) & orders.paid_at.notnull())
    tracked = recent.group_by("channel").agg(tracked=recent.shipped_at.count())
    waiting = recent.filter(
        recent.shipped_at.isnull()
        & (recent.status == "paid")
        & (recent.kind != "presale")
        & grid.lately(recent.day, 31)
    )
    back = refunds(warehouse).select("channel", "order_id").distinct()
    waiting = waiting.anti_join(back, ["channel", "order_id"])
    expression = waiting.inner_join(tracked, "channel").select(
        "channel", "order_id", "paid_at", "ship_by", goods=waiting.goods.cast(MONEY), tracked="tracked"
    )
    return expression.order_by("paid_at").limit(5000)


@frame()
def large_orders(warehouse: Warehouse, grid: Grid) -> Any:
    """The largest orders of the last 8 blocks: channel · order_id · day · block · goods · units · country · customer_key · lines · part
    (share of the largest line)."""
    lines = goods(warehouse)
    lines = lines.filter(grid.lately(lines.day, 8 * grid.days))
    expression = (
        lines.group_by("channel", "order_id")
        .agg(
            day=lines.day.min(),
            goods=total(lines.amount),
            units=lines.units.sum(where=lines.kind == "goods"),
            lines=lines.count(),
            largest=lines.amount.max().cast(MONEY),
            product_id=lines.product_id.argmax(lines.amount),
            country=lines.country.max(),
            customer_key=lines.customer_key.max(),
        )
        .order_by([ibis.desc("goods"), ibis.asc("order_id")])
        .limit(40)
    )
    return expression.mutate(block=grid.block(expression.day))


@frame("bucket")
def order_sizes(warehouse: Warehouse, grid: Grid) -> Any:
    """bucket (quarter powers of two of the order's goods) · orders · goods, over the last 12 blocks: the size distribution."""
    orders = warehouse.table("order_facts")
    recent = orders.filter(orders.counted & grid.lately(orders.day, 12 * grid.days) & (orders.goods > 0))
    bucket = (recent.goods.cast("float64").log2() * 4).floor().cast("int32")
    return recent.group_by(bucket=bucket).agg(orders=recent.count(), goods=total(recent.goods))


@frame("sku")
def non_goods(warehouse: Warehouse, grid: Grid) -> Any:
    """What is in no sales metric: sku · amount · rows · refunds, all time and of block 0 (``_now``)."""
    sales = warehouse.table("sales")
    lines = sales.filter((sales.kind == "non_goods") & (sales.day <= AS_OF))
    back = warehouse.table("refund_facts")
    back = back.filter(back.non_goods.fill_null(False) & (back.day <= AS_OF))
    now = grid.before(grid.days - 1)
    return stacked(
        ("sku",),
        lines.group_by("sku").agg(
            amount=total(lines.amount), rows=lines.count(), amount_now=total(lines.amount, lines.day >= now)
        ),
        back.group_by("sku").agg(
            refunds=total(back.amount), refund_rows=back.count(), refunds_now=total(back.amount, back.day >= now)
        ),
    )


@frame("kind", "status", "counted")
def set_apart(warehouse: Warehouse, grid: Grid) -> Any:
    """Orders that are no sales: kind · status · orders · goods · block-0 orders · missing rates (fx) of sales."""
    orders = warehouse.table("order_facts")
    day = orders.placed_day
    seen = orders.filter(day <= AS_OF)
    now = seen.placed_day >= grid.before(grid.days - 1)
    return seen.group_by("kind", "status", "counted").agg(
        orders=seen.count(),
        orders_now=now.sum(),
        goods=total(seen.goods),
        no_rate=(seen.rate.isnull() & seen.counted).sum(),
        no_buyer=(seen.customer_key.isnull() & seen.counted).sum(),
        no_buyer_goods=total(seen.goods, seen.customer_key.isnull() & seen.counted),
    )


@frame("product_id")
def below_cost(warehouse: Warehouse, grid: Grid) -> Any:
    """Lines of the last 28 days with a known cost: product_id · lines · units · gross · cost · loss_lines · loss_orders · loss_gross ·
    loss_cost · loss_units, loss meaning paid price below the goods' own cost."""
    lines = goods(warehouse)
    lines = lines.filter(grid.lately(lines.day, grid.window_days) & lines.cost.notnull() & (lines.kind == "goods"))
    loss = lines.amount < lines.cost
    return lines.group_by("product_id").agg(
        lines=lines.count(),
        units=lines.units.sum(where=lines.kind == "goods"),
        gross=total(lines.amount),
        cost=total(lines.cost),
        orders=lines.order_id.nunique(),
        loss_lines=loss.sum(),
        loss_orders=lines.order_id.nunique(where=loss),
        loss_units=lines.units.sum(where=loss),
        loss_gross=total(lines.amount, loss),
        loss_cost=total(lines.cost, loss),
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


@frame("product_id", "sku")
def stock(warehouse: Warehouse, grid: Grid) -> Any:
    """The latest stock at or before the day: product_id · sku · day · on_hand · inbound, over all locations."""
    days = warehouse.table("stock_days")
    past = days.filter(days.day <= AS_OF)
    latest = past.group_by("channel", "product_id", "sku").agg(day=past.day.max())
    now = past.inner_join(latest, ["channel", "product_id", "sku", "day"])
    return now.group_by("product_id", "sku", "day").agg(on_hand=now.on_hand.sum(), inbound=now.inbound.sum())


@frame("product_id", "age")
def empty_shelves(warehouse: Warehouse, grid: Grid) -> Any:
    """Days of the last 56 on which stock was reported and none of a product was left: product_id · age (days before the brief)."""
    days = warehouse.table("stock_days")
    recent = days.filter(grid.lately(days.day, 56))
    left = recent.group_by("product_id", age=grid.age(recent.day)).agg(left=recent.on_hand.sum())
    return left.filter(left.left <= 0).select("product_id", "age")


@frame("product_id", "source", "window")
def product_sources(warehouse: Warehouse, grid: Grid) -> Any:
    """Traffic of product × source, last 28 days and the 28 before: product_id · source · window · visitors · pay_buyers."""
    days = warehouse.table("traffic_days")
    level = days.filter(
        (days.product_id != "*")
        & (days.source != "*")
        & (days.device == "*")
        & grid.lately(days.day, 2 * grid.window_days)
    )
    return level.group_by("product_id", "source", window=(grid.age(level.day) // grid.window_days).cast("int32")).agg(
        visitors=level.visitors.sum(), pay_buyers=level.pay_buyers.sum()
    )


@frame("product_id", "half")
def product_traffic(warehouse: Warehouse, grid: Grid) -> Any:
    """Traffic of products over all sources, last 28 days and the 28 before, in halves: product_id · half (0…3) · visitors · pay_buyers ·
    cart_visitors."""
    days = warehouse.table("traffic_days")
    level = days.filter(
        (days.product_id != "*")
        & (days.source == "*")
        & (days.device == "*")
        & grid.lately(days.day, 2 * grid.window_days)
    )
    return level.group_by("product_id", half=(grid.age(level.day) // (grid.window_days // 2)).cast("int32")).agg(
        visitors=level.visitors.sum(), pay_buyers=level.pay_buyers.sum(), cart_visitors=level.cart_visitors.sum()
    )


@frame("month", "metric")
def targets(warehouse: Warehouse, grid: Grid) -> Any:
    """month · metric · value."""
    table = warehouse.table("targets")
    return table.group_by("month", "metric").agg(value=table.value.sum())


@frame()
def annotated_days(warehouse: Warehouse, grid: Grid) -> Any:
    """day · target · text: days that are explained away."""
    table = warehouse.table("annotations")
    return table.select("day", "target", "text").order_by("day")


@frame()
def coverage(warehouse: Warehouse, grid: Grid) -> Any:
    """table · rows · start · end of the tables an owner brings; start and end NULL where a table has no days of its own."""
    parts = []
    for place, (name, column) in enumerate(COVERED.items()):
        table = warehouse.table(name)
        never = ibis.null("date")
        start, end = (table[column].min(), table[column].max()) if column else (never, never)
        parts.append(
            table.agg(rows=table.count(), start=start, end=end).select(
                table=ibis.literal(name), rows="rows", start="start", end="end", place=ibis.literal(place)
            )
        )
    return ibis.union(*parts, distinct=False).order_by("place").drop("place")


@frame()
def places(warehouse: Warehouse, grid: Grid) -> Any:
    """How many values each dimension of the orders takes in the last 8 blocks: country · region · city · source · channel · campaign."""
    orders = warehouse.table("order_facts")
    recent = orders.filter(orders.counted & grid.lately(orders.day, 8 * grid.days))
    names = ("country", "region", "city", "source", "channel", "campaign")
    return recent.agg(**{name: recent[name].nunique() for name in names})


COVERED = {
    "orders": "created_day",
    "order_lines": None,
    "refunds": "finished_day",
    "products": None,
    "customers": None,
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
        hero_lines,
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
        empty_shelves,
        product_sources,
        product_traffic,
        targets,
        annotated_days,
        coverage,
        places,
    )
}

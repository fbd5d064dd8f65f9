"""Every product in one row: what it sold, who came, what it left over, what came back, what is in stock; and one product's own records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import polars as pl

from zhanggui.config import Config
from zhanggui.errors import Unanswerable
from zhanggui.metrics.profit import COST_GAP
from zhanggui.numbers.frames import FRAMES, View
from zhanggui.numbers.joined import Costs
from zhanggui.numbers.kinds import Question
from zhanggui.numbers.moments import a_text, put
from zhanggui.numbers.product_money import product_money
from zhanggui.numbers.query import ask
from zhanggui.units import Clock, Period

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

ONE = a_text("one_product")
"""The product that one page is of."""
MOST_SAID = 20
COLUMNS = ("sales", "units", "visitors", "conversion_rate", "contribution", "refund_rate", "on_hand", "visitor_value")
"""The numbers of the table, in its order."""


def product_table(
    warehouse: Warehouse, period: Period, *, config: Config, clock: Clock, costs: Costs | None
) -> pl.DataFrame:
    """product_id · name · category · status · sales (gross) · units · visitors · conversion_rate · contribution (before ads, of the sales
    of ``period``, refunds so far taken off; NULL where too little of the cost is known) · refund_rate · on_hand · visitor_value.

    One row for each product that was sold or visited or stands in the catalogue; NULL is unknown.
    """
    money = _money(warehouse, period, config, clock, costs)
    names = FRAMES["product_names"](warehouse, View(period.end, period.days))
    found = names.select("product_id", "name", "category", "status").join(
        money, "product_id", how="full", coalesce=True
    )
    for metrics in (("visitors", "conversion_rate"), ("on_hand",)):
        found = found.join(_asked(warehouse, metrics, period, config, clock), "product_id", how="full", coalesce=True)
    found = found.filter(pl.col("product_id").is_not_null() & ~pl.col("product_id").is_in(["", "*"]))
    seen = pl.col("sales").is_not_null() | (pl.col("visitors") > 0)
    found = found.filter(seen | (pl.col("status").fill_null("active") != "archived"))
    value = pl.when(pl.col("visitors") > 0).then(pl.col("contribution") / pl.col("visitors"))
    return found.with_columns(
        pl.col("name").fill_null(pl.col("product_id")),
        visitor_value=value,
        sales=pl.col("sales").fill_null(0.0),
        units=pl.col("units").fill_null(0.0),
    ).sort(["sales", "product_id"], descending=[True, False])


def _money(warehouse: Warehouse, period: Period, config: Config, clock: Clock, costs: Costs | None) -> pl.DataFrame:
    money = product_money(warehouse, period, config=config, clock=clock, costs=costs)
    sums = ("units", "gross", "cost", "costed", "beside", "fees")
    sold = money.sold.group_by("product_id").agg(pl.col(name).sum() for name in sums)
    back = money.back.group_by("product_id").agg(pl.col("amount").sum(), pl.col("kept").sum())
    whole = sold.join(back, "product_id", how="left").with_columns(pl.col("amount", "kept").fill_null(0.0))
    gross, amount = pl.col("gross"), pl.col("amount")
    left = gross - amount - (pl.col("cost") - pl.col("kept")) - pl.col("beside") - pl.col("fees")
    known = (gross > 0) & (pl.col("costed") >= gross * (1 - COST_GAP))
    return whole.select(
        "product_id",
        "units",
        sales=gross,
        contribution=pl.when(known).then(left),
        refund_rate=pl.when(gross > 0).then(amount / gross),
    )


def _asked(
    warehouse: Warehouse, metrics: tuple[str, ...], period: Period, config: Config, clock: Clock
) -> pl.DataFrame:
    nothing = pl.DataFrame(schema={"product_id": pl.String, **dict.fromkeys(metrics, pl.Float64)})
    question = Question(metrics, ("product_id",), start=period.start, end=period.end)
    try:
        rows = ask(warehouse, question, config=config, clock=clock).rows
    except Unanswerable:
        return nothing
    return rows.select("product_id", *metrics) if rows.height else nothing


# ---- one product


@dataclass(frozen=True, slots=True)
class ProductRecords:
    """What the tables say of one product. ``facts`` has one row for each channel that lists it; ``sold`` whether it ever was."""

    facts: pl.DataFrame
    changes: pl.DataFrame
    reviews: pl.DataFrame
    stock: pl.DataFrame
    sold: bool


def product_records(warehouse: Warehouse, product: str) -> ProductRecords:
    """Its listing, the latest changes and reviews, and the stock of the last day reported."""

    def read(name: str, build: Any) -> pl.DataFrame:
        return put(warehouse, ("one_product", name), lambda: build(_own(warehouse, name)), {ONE: product})

    return ProductRecords(
        facts=read("products", lambda t: t.order_by("channel")),
        changes=read("changes", _last_changes),
        reviews=read("reviews", _last_reviews),
        stock=read("stock_days", _last_stock),
        sold=bool(read("sales", lambda t: t.limit(1).select("product_id")).height),
    )


def _last_changes(t: Any) -> Any:
    return t.order_by(t.at_day.desc()).limit(MOST_SAID).select("at_day", "what", "before", "after", "by")


def _last_reviews(t: Any) -> Any:
    told = t.filter(t.text.notnull() & (t.text != ""))
    return told.order_by([told.created_day.desc(), told.review_id]).limit(MOST_SAID)


def _own(warehouse: Warehouse, table: str) -> Any:
    t = warehouse.table(table)
    return t.filter(t.product_id == ONE)


def _last_stock(t: Any) -> Any:
    """The last day of each SKU and place."""
    place = ibis.window(group_by=[t.channel, t.sku, t.location])
    last = t.mutate(_last=t.day.max().over(place))
    last = last.filter(last.day == last["_last"])
    return last.select("day", "sku", "location", "on_hand", "inbound", "inbound_day").order_by("sku", "location")

"""The rows behind a number: the lines, refunds or reports that a metric of one place and period is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from zhanggui.config import Config
from zhanggui.metrics import metric as metric_named
from zhanggui.numbers.blocks import Asked, Rows, given, rows_of
from zhanggui.numbers.joined import Costs
from zhanggui.numbers.kinds import Question
from zhanggui.numbers.query import asked_of
from zhanggui.numbers.reads import Reads
from zhanggui.units import Clock, Period

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

SHOWN: Mapping[str, tuple[str, ...]] = {
    "sales": ("order_id", "product_id", "sku", "channel", "source", "country", "units", "listed", "discount", "amount"),
    "order_facts": ("order_id", "status", "channel", "source", "country", "units", "discount", "goods", "shipping"),
    "refund_facts": ("order_id", "sale_day", "product_id", "sku", "reason", "units", "amount"),
    "traffic_days": (
        "channel",
        "source",
        "product_id",
        "device",
        "visitors",
        "sessions",
        "page_views",
        "cart_visitors",
        "pay_buyers",
    ),
    "ad_days": ("platform", "campaign", "keyword", "product_id", "impressions", "clicks", "cost", "orders", "revenue"),
    "keyword_days": ("keyword", "product_id", "market_searches", "impressions", "clicks", "visitors", "pay_buyers"),
    "stock_days": ("product_id", "sku", "location", "on_hand", "inbound"),
    "reviews": ("product_id", "order_id", "stars", "text", "reply"),
    "chats": ("agent", "product_id", "order_id", "first_reply_seconds", "rounds", "rounds_within_target"),
    "scores": ("system", "object", "name", "value"),
    "costs": ("kind", "amount", "currency"),
}
"""What of each table a reader wants to see, the day before it. Nothing of a buyer is among it."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows of one table that are behind a number, the latest first: at most as many as were asked, after as many as were skipped,
    ``count`` in all."""

    table: str
    rows: pl.DataFrame
    count: int
    period: Period


def behind(
    warehouse: Warehouse,
    question: Question,
    *,
    most: int,
    skip: int = 0,
    table: str = "",
    config: Config,
    clock: Clock,
    costs: Costs | None = None,
) -> list[Behind]:
    """The rows behind the one metric of ``question``, a list per table that it reads, or of ``table`` alone.

    Raises BadValue for unknown names and Unanswerable for a dimension that a table of it does not have.
    """
    declared = metric_named(question.metrics[0])
    asked, measures, held = asked_of(warehouse, question, [declared], config=config, clock=clock, costs=costs)
    if asked is None:
        return []
    found: dict[str, Behind] = {}
    for rows in Reads().groups(measures, held, asked, {}):
        if rows.table in SHOWN and rows.table not in found and table in ("", rows.table):
            found[rows.table] = _read(warehouse, rows, asked, most, skip)
    return [one for one in found.values() if one.count]


def _read(warehouse: Warehouse, rows: Rows, asked: Asked, most: int, skip: int) -> Behind:
    plain = replace(rows, joins=())
    t = rows_of(warehouse, plain, asked)
    names = dict.fromkeys((rows.day, *(name for name in SHOWN[rows.table] if name in t.columns)))
    moments = given(asked, [plain])
    count = int(warehouse.run(t.aggregate(n=t.count()), moments)["n"][0])
    day, *others = names
    listed = t.select(*names).order_by([t[day].desc(), *(t[name] for name in others)]).limit(most, offset=skip)
    shown = warehouse.run(listed, moments) if count else pl.DataFrame()
    return Behind(rows.table, shown, count, asked.period)

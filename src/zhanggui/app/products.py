"""What the pages about products show."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from zhanggui.app.numbers import quick, span
from zhanggui.errors import BadValue
from zhanggui.i18n.writing import days
from zhanggui.units import Period

if TYPE_CHECKING:
    import polars as pl

    from zhanggui.app.shop import Shop
    from zhanggui.brief import Brief
    from zhanggui.numbers.kinds import Answer
    from zhanggui.report.cards import Card

DAYS = 28
"""How many days the table is of, unless a reader asks otherwise."""
PAGE_ROWS = 50
WEEKS = 26
HISTORY = ("net_sales", "visitors", "conversion_rate")
TILES = ("net_sales", "units", "visitors", "conversion_rate", "refund_rate", "days_of_stock")


def columns() -> tuple[str, ...]:
    """The numbers by which products can be sorted, in the order of the table."""
    from zhanggui.numbers.product_table import COLUMNS

    return COLUMNS


def period_of(shop: Shop, start: date | None, end: date | None) -> Period:
    """The days that are asked, or the last 28 complete ones. Raises BadValue for days that end before they begin, Unanswerable where
    there is no data."""
    from zhanggui.numbers.query import data_span, last_complete_day

    first, _ = data_span(shop.warehouse, shop.config.currency)
    last = end or last_complete_day(shop.warehouse, shop.clock, shop.config.currency)
    begin = start or max(min(first, last), last - timedelta(days=DAYS - 1))
    if begin > last:
        raise BadValue("metrics.bad_period", start=begin.isoformat(), end=last.isoformat())
    return Period(begin, last)


def product_rows(shop: Shop, period: Period) -> pl.DataFrame:
    """Every product over ``period``, one row each."""
    from zhanggui.numbers.product_table import product_table

    return product_table(shop.warehouse, period, config=shop.config, clock=shop.clock, costs=shop.costs)


class Table:
    """Every product over some days, as it was counted once. What is written and drawn of it is kept with it: it cannot be of other data."""

    def __init__(self, shop: Shop, start: date | None, end: date | None) -> None:
        self.period = period_of(shop, start, end)
        self.rows = product_rows(shop, self.period)
        self.lacking = lacking(self.rows)
        self._days, self._currency = span(shop), shop.config.currency
        self._pictures: dict[str, dict[str, Any] | None] = {}
        self._guard = threading.Lock()

    def quick(self, locale: str) -> list[dict[str, str]]:
        """Periods to choose with one click."""
        return quick(*self._days, locale)

    def cells(self, locale: str, **how: Any) -> dict[str, Any]:
        """One page of the table, as of ``product_cells``."""
        return product_cells(self.rows, locale, self._currency, **how)

    def picture(self, locale: str) -> dict[str, Any] | None:
        """The picture over the table; drawn once for each language."""
        with self._guard:
            if locale not in self._pictures:
                self._pictures[locale] = product_picture(self.rows, locale, self._currency)
            return self._pictures[locale]


def product_cells(
    rows: pl.DataFrame, locale: str, currency: str, *, sort: str, up: bool, search: str = "", page: int = 1
) -> dict[str, Any]:
    """One page of the table as written cells, sorted by a column of its own. Raises BadValue for another."""
    import polars as pl

    from zhanggui.i18n.writing import write
    from zhanggui.report.products import table

    if sort not in (*columns(), "name"):
        raise BadValue(
            "web_metrics.unknown_choice", name="sort", value=sort[:100], known=", ".join((*columns(), "name"))
        )
    if search:
        said = pl.concat_str(pl.col("name"), pl.lit(" "), pl.col("product_id")).str.to_lowercase()
        rows = rows.filter(said.str.contains(search.casefold(), literal=True))
    rows = rows.sort([sort, "product_id"], descending=[not up, False], nulls_last=True)
    last = max(1, -(-rows.height // PAGE_ROWS))
    at = min(max(page, 1), last)
    return {
        "rows": table(rows.slice((at - 1) * PAGE_ROWS, PAGE_ROWS), locale, currency),
        "count": write(rows.height, locale),
        "page": at,
        "pages": last,
    }


def product_file(rows: pl.DataFrame, form: str) -> bytes:
    """The whole table as a ``csv``, ``xlsx`` or ``parquet`` file."""
    from zhanggui.report.files import file_of

    return file_of(rows, form, ("units", "visitors", "on_hand"))


def product_picture(rows: pl.DataFrame, locale: str, currency: str) -> dict[str, Any] | None:
    """The picture of visitors and contribution per visitor; None where one of them is unknown."""
    from zhanggui.report.products import picture

    return picture(rows, locale, currency)


def lacking(rows: pl.DataFrame) -> list[str]:
    """What the picture lacks: ``visitors``, ``contribution``."""
    return [name for name in ("visitors", "contribution") if not rows[name].drop_nulls().len()]


def product(shop: Shop, name: str, locale: str) -> dict[str, Any] | None:
    """One product as written cells and pictures; None where nothing is known of it."""
    from zhanggui.numbers.product_table import product_records
    from zhanggui.numbers.query import data_span
    from zhanggui.report.products import history, product_page, tile

    records = product_records(shop.warehouse, name)
    if not records.facts.height and not records.sold:
        return None
    currency, period = shop.config.currency, period_of(shop, None, None)
    monday = period.end - timedelta(days=period.end.weekday() + 7 * (WEEKS - 1))
    first = min(data_span(shop.warehouse, currency)[0], period.end)
    tiles = (tile(answer, locale, currency) for answer in _each(shop, TILES, name, period, against="previous"))
    drawn = (
        history(answer, records.changes, locale, currency)
        for answer in _each(shop, HISTORY, name, Period(max(monday, first), period.end), by=("week",))
    )
    return {
        **product_page(records, name, locale, currency),
        "tiles": [one for one in tiles if one],
        "history": [one for one in drawn if one],
        "now": days(period, locale, year=True),
        "before": days(period.aligned_before(), locale, year=True),
    }


def _each(shop: Shop, metrics: Sequence[str], product: str, period: Period, **more: Any) -> Iterator[Answer]:
    """One answer a metric, asked together where that can be: one that this shop cannot give does not take the others with it."""
    from zhanggui.errors import Unanswerable

    try:
        asked = shop.query(metrics, where={"product_id": product}, start=period.start, end=period.end, **more)
    except Unanswerable:
        for metric in metrics if len(metrics) > 1 else ():
            yield from _each(shop, [metric], product, period, **more)
        return
    for metric in metrics:
        flags = [flag for flag in asked.flags if flag.metric == metric]
        yield replace(asked, question=replace(asked.question, metrics=(metric,)), flags=flags)


def actions_about(shop: Shop, product: str, locale: str) -> Sequence[Card]:
    """The actions that aim at a product or move its numbers, as cards."""
    found = [
        entry.id
        for entry in shop.actions.list(everything=True)
        if entry.action.where.get("product_id") == product or product in entry.action.touches
    ]
    return [card for card in shop.actions.cards(locale, everything=True) if card.id in found] if found else []


def findings_about(brief: Brief, product: str, locale: str) -> list[str]:
    """What a brief says of a product, in sentences."""
    from zhanggui.i18n.writing import say

    return [
        say(said.finding.words, locale, brief.currency, brief.names)
        for said in brief.findings
        if said.finding.where.get("product_id") == product
    ]

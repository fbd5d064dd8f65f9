"""What every ad platform's report becomes: ``ad_days`` by campaign and below, and search words to ``keyword_days``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from zhanggui.sources import reports
from zhanggui.sources.reports import Report
from zhanggui.tables.loading import Piece

KEYS = ("campaign", "ad_group", "keyword", "creative", "product_id")
MONEY = ("cost", "revenue", "orders")
WHOLE = ("impressions", "clicks", "carts")
LARGEST = ("bid", "daily_budget", "quality_score")
OF_WORDS = 15
"""The layout of spend known by search word alone: such reports leave out rare words, so a report of ads goes before them."""


@dataclass(frozen=True, slots=True)
class Names:
    """Which columns of a report are which: dimensions, and measures, each by the columns that may hold it, the best first."""

    platform: str
    dimensions: Mapping[str, tuple[str, ...]]
    measures: Mapping[str, tuple[str, ...]]
    currency: str = ""  # the column of currency codes
    term: tuple[str, ...] = field(default=())
    dates: frozenset[str] = frozenset()

    @property
    def mapped(self) -> frozenset[str]:
        """All columns that have a place in a table."""
        named = (*self.dimensions.values(), *self.measures.values(), self.term)
        return frozenset(name for names in named for name in names) | self.dates | {self.currency}


def pieces(report: Report, names: Names, currency: str | None, *, terms: bool = False) -> list[Piece]:
    """``ad_days`` of a report whose rows are dated; where its rows are search words (``terms``) also ``keyword_days``.

    Rows of one day and one key (split by device, match type, age) are added up. ``currency`` is what rows without one are in.
    """
    if report.frame.is_empty():
        return []
    rows = _rows(report, names)
    money = float(rows["cost"].sum() or 0)
    key = ("_first", "_last", "platform", *KEYS, "currency")
    sums = tuple(name for name in (*MONEY, *WHOLE) if rows[name].count())
    largest = tuple(name for name in LARGEST if rows[name].count())
    if terms:
        rows = rows.with_columns(pl.lit(None, pl.String).alias("extra"))
    ads = _daily(_apart(reports.added(rows, key, sums, largest)), sums)
    made = []
    for layout, some in _by_layout(ads, reports.BY_DAY if not terms else OF_WORDS):
        share = float(some["cost"].sum() or 0) if "cost" in some.columns else None
        exact = money if share is not None and len(some) == len(ads) else share
        made.append(report.piece("ad_days", some, layout=layout, currency=currency, money=exact))
    return [*made, *(_words(report, names) if terms else [])]


def _rows(report: Report, names: Names) -> pl.DataFrame:
    frame = report.frame
    measures = {name: _measure(frame, names, name) for name in (*MONEY, *WHOLE, *LARGEST)}
    currency = pl.col(names.currency) if names.currency in frame.columns else pl.lit(None, pl.String)
    return frame.select(
        "_row",
        "_first",
        "_last",
        pl.lit(names.platform).alias("platform"),
        *(reports.named(frame, *names.dimensions.get(name, ())).alias(name) for name in KEYS),
        *measures.values(),
        currency.str.strip_chars().alias("currency"),
        reports.beside(frame, report.sheet, names.mapped).alias("extra"),
    )


def _measure(frame: pl.DataFrame, names: Names, name: str) -> pl.Expr:
    read = reports.count if name in WHOLE else reports.number
    return read(frame, *names.measures.get(name, ())).alias(name)


def _apart(rows: pl.DataFrame) -> pl.DataFrame:
    """Campaigns of one name in accounts of several currencies, told apart by the currency: amounts of two are never added."""
    key = ("_first", "_last", *KEYS)
    twice = rows.select(pl.struct(key).is_duplicated()).to_series()
    named = pl.when(twice).then(pl.format("{} ({})", "campaign", "currency")).otherwise("campaign")
    return rows.with_columns(named.alias("campaign")) if twice.any() else rows


def _daily(rows: pl.DataFrame, sums: tuple[str, ...]) -> pl.DataFrame:
    several = pl.col("_first") != pl.col("_last")
    spread = reports.spread(
        rows.with_columns(several.alias("_spread")),
        [name for name in MONEY if name in sums],
        [name for name in WHOLE if name in sums],
    )
    return spread.drop("_first", "_last")


def _by_layout(rows: pl.DataFrame, best: int) -> list[tuple[int, pl.DataFrame]]:
    """The rows of one day, and those that were spread, each with its layout."""
    parts = [(best, rows.filter(~pl.col("_spread"))), (min(best, reports.BY_PERIOD), rows.filter("_spread"))]
    return [(layout, part.drop("_spread")) for layout, part in parts if len(part)]


def _words(report: Report, names: Names) -> list[Piece]:
    """Impressions, clicks and claimed sales by the words buyers typed; cost and claimed orders stand beside them."""
    frame = report.frame
    told = {name: _measure(frame, names, name) for name in ("impressions", "clicks", "cost", "orders", "revenue")}
    rows = frame.select(
        "_row",
        "_first",
        "_last",
        reports.named(frame, *names.term).alias("keyword"),
        *told.values(),
        pl.lit(None, pl.String).alias("extra"),
    )
    rows = reports.added(rows, ("_first", "_last", "keyword"), tuple(told))
    rows = rows.with_columns(pl.lit("*").alias("product_id"), pl.col("revenue").alias("pay_amount"))
    rows = reports.spread(
        rows.with_columns((pl.col("_first") != pl.col("_last")).alias("_spread")),
        ("cost", "orders", "pay_amount"),
        ("impressions", "clicks"),
    )
    rows = rows.with_columns(
        pl.struct(pl.col("cost").alias("ad_cost"), pl.col("orders").alias("ad_orders"))
        .struct.json_encode()
        .alias("extra")
    ).drop("_first", "_last", "cost", "orders", "revenue")
    return [
        report.piece("keyword_days", some, layout=layout, currency=None, money=float(some["pay_amount"].sum() or 0))
        for layout, some in _by_layout(rows, reports.BY_DAY)
    ]

"""Reports of paid promotion on Chinese platforms: rows by day, plan, unit, word and item, several of one key added up."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from zhanggui.sources import advertising, exports, reading, reports
from zhanggui.sources import values as v
from zhanggui.sources.advertising import Names
from zhanggui.sources.exports import CURRENCY, Layout
from zhanggui.sources.matching import by_header
from zhanggui.sources.reports import UNKNOWN, Report
from zhanggui.tables.loading import Options, Piece, Reading, Recognition, Sheet

ITEM_TYPES = ("商品", "宝贝", "单品", "item")
"""What a promoted subject is called where it is one product."""


@dataclass(frozen=True, slots=True)
class Paid:
    """One platform's report.

    ``days`` are the columns that may say the day or the days, the best first. ``scene`` is the column of the kind of promotion,
    ``platforms`` what it is called in other files; ``subject`` the columns of what is promoted, its type and its name; ``audience``
    refines the ad group.
    """

    layout: Layout
    names: Names
    days: tuple[str, ...]
    scene: str = ""
    platforms: tuple[tuple[str, str], ...] = ()
    subject: tuple[str, str, str] = ("", "", "")
    audience: str = ""


def read(paid: Paid, sheet: Sheet, recognition: Recognition, options: Options, channel: str) -> Reading:
    """A report as ``ad_days``. Days are those of the click; sales are claimed within a window that the file does not name."""
    report = _report(paid, sheet)
    pieces: list[Piece] = []
    for platform, part in _by_platform(report, paid):
        pieces += advertising.pieces(part, replace(paid.names, platform=platform), CURRENCY, terms=False)
    pieces += _products(report, paid)
    if pieces:
        report.notes.append(("claimed_window", {"file": sheet.name}))
    return report.reading(sheet, recognition, pieces, options.channel or channel)


def _report(paid: Paid, sheet: Sheet) -> Report:
    """The rows that are counted, dated, with what is no product out of the column of products."""
    layout = paid.layout
    seen = exports.renamed(sheet, layout)
    rows, rejects = reading.rows(sheet)
    frame = by_header(rows, seen)
    v.check_ids(frame, layout.ids, sheet)
    report = reports.opened(seen, frame, rejects)
    cost = paid.names.measures["cost"][0]
    for label in (name for name in layout.labels if name in frame.columns):
        report.without_totals((cost, *paid.names.measures["clicks"]), cost, first=label)
    report.readable(layout.amounts)
    exports.date(report, paid.days, cost)
    report.spread_note()
    report.frame = _tidy(report.frame, paid)
    return report


def _tidy(frame: pl.DataFrame, paid: Paid) -> pl.DataFrame:
    """Shops and live rooms that are promoted are no product; an audience belongs to its ad group's name."""
    item, sort, _ = paid.subject
    if item in frame.columns and sort in frame.columns:
        is_item = v.missing(pl.col(sort)).is_in(ITEM_TYPES) | v.missing(pl.col(sort)).is_null()
        frame = frame.with_columns(pl.when(is_item).then(pl.col(item)).otherwise(pl.lit(UNKNOWN)).alias(item))
    group = next((name for name in paid.names.dimensions.get("ad_group", ()) if name in frame.columns), None)
    if paid.audience in frame.columns:
        audience = v.missing(pl.col(paid.audience)).fill_null(UNKNOWN)
        named = (
            audience
            if group is None
            else pl.concat_str(v.missing(pl.col(group)).fill_null(UNKNOWN), audience, separator=" / ")
        )
        frame = frame.with_columns(named.alias(group or paid.names.dimensions["ad_group"][0]))
    return frame


def _products(report: Report, paid: Paid) -> list[Piece]:
    """The promoted items by their names."""
    item, _, title = paid.subject
    if item not in report.frame.columns or title not in report.frame.columns:
        return []
    named = report.frame.select(
        "_row",
        v.identifier(pl.col(item)).alias("product_id"),
        v.safe_text(pl.col(title)).alias("title"),
        pl.lit(CURRENCY).alias("currency"),
    ).filter(pl.col("product_id").is_not_null() & (pl.col("product_id") != UNKNOWN))
    rows = named.unique("product_id", keep="last", maintain_order=True)
    return [report.piece("products", rows, layout=10, currency=CURRENCY, money=None)] if len(rows) else []


def _by_platform(report: Report, paid: Paid) -> list[tuple[str, Report]]:
    """The report by the kind of promotion, under the name other files give it."""
    if paid.scene not in report.frame.columns:
        return [(paid.names.platform, report)]
    known = dict(paid.platforms)
    scene = v.missing(pl.col(paid.scene)).fill_null(paid.names.platform).alias("_scene")
    parts = report.frame.with_columns(scene).partition_by("_scene", as_dict=True, maintain_order=True)
    made: dict[str, list[pl.DataFrame]] = {}
    for (name, *_), rows in parts.items():
        made.setdefault(known.get(str(name), str(name)), []).append(rows.drop("_scene"))
    return [(name, replace(report, frame=pl.concat(frames))) for name, frames in made.items()]

"""Plausible's tables by day, as it exports and imports them: ``imported_visitors_….csv`` and the others. See docs/sources/plausible.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from zhanggui.sources import reading, reports, visits
from zhanggui.sources.matching import by_header, fit, words
from zhanggui.tables.loading import LeftOut, Options, Reading, Recognition, Sheet

CHANNEL = "plausible:main"
TABLES: Mapping[str, tuple[str, ...]] = {
    "sources": words("date source visitors visits"),
    "devices": words("date device visitors visits"),
    "pages": words("date page visitors pageviews"),
    "entry_pages": words("date entry_page visitors entrances"),
    "exit_pages": words("date exit_page visitors exits"),
    "locations": words("date country visitors visits"),
    "browsers": words("date browser visitors visits"),
    "operating_systems": words("date operating_system visitors visits"),
    "custom_events": words("date name visitors events"),
    "visitors": words("date visitors pageviews visits bounces"),
}
"""Each table by the columns it is told by, the ones with a dimension first."""
_COLUMNS = words(
    """date hostname page visits visitors pageviews visit_duration bounces entrances exits entry_page exit_page source referrer
    utm_source utm_medium utm_campaign utm_content utm_term channel device browser browser_version operating_system
    operating_system_version country region city name link_url path events time_on_page total_scroll_depth
    total_scroll_depth_visits active_visitors total_time_on_page total_time_on_page_visits"""
)
_USED = ("visitors", "sources", "devices", "pages")
_TELLING = words("visit_duration entrances exits entry_page exit_page hostname")


class Plausible:
    """The source of Plausible's tables."""

    name = "plausible"
    known = frozenset(words("visit_duration entry_page exit_page pageviews hostname bounces entrances"))

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """The table whose columns are there; the more general ones need the file's own name or another of Plausible's columns."""
        headers = set(sheet.headers)
        if not (sheet.path.name.startswith("imported_") or headers & set(_TELLING)):
            return None
        layout = next((name for name, core in TABLES.items() if headers.issuperset(core)), None)
        return fit(self.name, layout, sheet, core=TABLES[layout], known=_COLUMNS) if layout else None

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Visitors, sources and devices become visits by day; of pages only how many were seen; the rest has no place and is named."""
        for sheet, recognition in sheets:
            table, rejects = reading.rows(sheet)
            report = reports.opened(sheet, by_header(table, sheet), rejects)
            pieces = []
            if recognition.layout not in _USED:
                report.left_out.append(LeftOut("not_used", len(report.frame)))
            else:
                report.readable(("visitors", "visits", "pageviews", "bounces"))
                report.dated(day="date")
                rows = _traffic(report.frame, recognition.layout)
                layout = reports.BY_PERIOD if recognition.layout == "pages" else reports.BY_DAY
                pieces = (
                    [report.piece("traffic_days", rows, layout=layout, currency=None, money=None)] if len(rows) else []
                )
            yield report.reading(
                sheet,
                recognition,
                pieces,
                options.channel or CHANNEL,
                (visits.notes(sheet.name, CHANNEL, options.channel) if pieces else ()),
            )


def _traffic(frame: pl.DataFrame, layout: str) -> pl.DataFrame:
    """A row a day, source or device. Visits, views and bounces add up over finer rows (campaigns, pages); visitors do not."""
    key = {"sources": "source", "devices": "device"}.get(layout)
    sums = (
        {"page_views": "pageviews"}
        if layout == "pages"
        else {"sessions": "visits", "page_views": "pageviews", "bounces": "bounces"}
    )
    rows = frame.select(
        "_row",
        pl.col("_first").alias("day"),
        *(reports.named(frame, key if name == key else "").alias(name) for name in ("source", "device")),
        *(reports.count(frame, column).alias(name) for name, column in sums.items()),
        (reports.count(frame, "visitors") if layout != "pages" else pl.lit(None, pl.Float64)).alias("visitors"),
    )
    return rows.group_by("day", "source", "device", maintain_order=True).agg(
        pl.col("_row").first(),
        *(pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in sums),
        pl.when(pl.len() == 1).then(pl.col("visitors").first()).alias("visitors"),
        pl.lit("*").alias("product_id"),
    )


SOURCE = Plausible()

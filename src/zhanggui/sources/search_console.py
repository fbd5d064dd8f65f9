"""Google Search Console: the performance export's tables. See docs/sources/search_console.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from zhanggui.sources import reading, reports, visits
from zhanggui.sources import values as v
from zhanggui.sources.matching import by_header, fit, words
from zhanggui.sources.periods import Period, period
from zhanggui.tables.loading import LeftOut, Options, Piece, Reading, Recognition, Sheet

CHANNEL = "search_console:main"
SOURCE_NAME = "google / organic"
_FIRST = {
    "queries": "Top queries|Query|Queries|Häufigste Suchanfragen|Requêtes les plus fréquentes|Consultas principales|Query principali"
    "|热门查询|熱門查詢|上位のクエリ",
    "pages": "Top pages|Page|Pages|Seiten mit den meisten Klicks|Pages les plus populaires|Páginas principales"
    "|热门网页|熱門網頁|上位のページ",
    "countries": "Country|Countries|Land|Pays|País|国家/地区|國家/地區|国",
    "devices": "Device|Devices|Gerät|Appareil|Dispositivo|设备|裝置|デバイス",
    "appearance": "Search Appearance|Search appearance|Darstellung in der Suche|搜索结果呈现|搜尋外觀",
    "days": "Date|Datum|Fecha|Data|日期|日付",
}
_NAMES = reports.synonyms(
    {
        "Clicks": "Klicks|Clics|Clic|点击次数|點擊|クリック数",
        "Impressions": "Impressionen|Impresiones|Impressioni|展示|曝光|曝光次數|表示回数",
        "CTR": "点击率|點閱率",
        "Position": "Average position|Posición|Posizione|排名|掲載順位",
    }
)
_LAYOUTS = {name: layout for layout, names in _FIRST.items() for name in reports.synonyms({layout: names})}
_MEASURES = words("Clicks Impressions CTR Position")
_FILTERS = ("Filter", "Value")


class SearchConsole:
    """The source of Search Console's exports."""

    name = "search_console"
    known = frozenset({name for name, layout in _LAYOUTS.items() if layout in ("queries", "pages")})

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """Clicks, impressions, share and position by one thing; or the list of filters that lies beside the tables."""
        if sheet.headers == _FILTERS:
            return fit(self.name, "filters", sheet, core=_FILTERS, known=_FILTERS)
        seen = reports.renamed(sheet, _NAMES)
        of = _of(sheet)
        if not of or len(sheet.headers) > 9:
            return None
        return fit(self.name, _LAYOUTS[of], seen, core=_MEASURES, known=(*_MEASURES, of))

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Words to ``keyword_days``, days to ``traffic_days``; a table without days has those of the filters in its folder or of its
        file's name. What other tables add up to is in these two."""
        filters = {sheet.path.parent: _days_of_filters(sheet) for sheet, one in sheets if one.layout == "filters"}
        for sheet, recognition in sheets:
            table, rejects = reading.rows(sheet)
            seen = reports.renamed(sheet, _NAMES)
            report = reports.opened(seen, by_header(table, seen), rejects)
            pieces: list[Piece] = []
            if recognition.layout == "queries":
                pieces = _words(report, filters.get(sheet.path.parent))
            elif recognition.layout == "days":
                pieces = _days(report)
            else:
                report.left_out.append(LeftOut("not_used", len(report.frame)))
            made = [piece for piece in pieces if isinstance(piece.rows, pl.DataFrame) and len(piece.rows)]
            yield report.reading(
                sheet,
                recognition,
                made,
                options.channel or CHANNEL,
                (visits.notes(sheet.name, CHANNEL, options.channel) if made else ()),
            )


def _days_of_filters(sheet: Sheet) -> Period | None:
    """The period that the list of filters names as two days, if it does (``Last 3 months`` names none)."""
    for cells in reading.frame(sheet).drop("_row").rows():
        found = period(cells[1])
        if found:
            return found
    return None


def _of(sheet: Sheet) -> str:
    """The column that says of what a table is, wherever it stands; '' where there is none."""
    return next((header for header in sheet.headers if header in _LAYOUTS), "")


def _measured(report: reports.Report) -> None:
    report.readable(("Clicks", "Impressions", "Position"))


def _words(report: reports.Report, days: Period | None) -> list[Piece]:
    first = _of(report.sheet)
    _measured(report)
    if days:
        report.frame = report.frame.with_columns(pl.lit(days[0]).alias("_first"), pl.lit(days[1]).alias("_last"))
    else:
        report.dated(money="")
    report.spread_note()
    frame = report.frame
    rows = frame.select(
        "_row",
        "_first",
        "_last",
        v.missing(pl.col(first)).fill_null(reports.UNKNOWN).alias("keyword"),
        reports.count(frame, "Clicks").alias("clicks"),
        reports.count(frame, "Impressions").alias("impressions"),
        reports.number(frame, "Position").alias("position"),
        pl.lit("*").alias("product_id"),
    )
    by_day = rows.select((pl.col("_first") == pl.col("_last")).all()).item()
    spread = reports.spread(rows, (), ("clicks", "impressions")).drop("_first", "_last")
    layout = reports.BY_DAY if by_day else reports.BY_PERIOD
    return [report.piece("keyword_days", spread, layout=layout, currency=None, money=None)]


def _days(report: reports.Report) -> list[Piece]:
    """What was seen and clicked in Google's search, by day: a source of its own."""
    first = _of(report.sheet)
    _measured(report)
    report.dated(day=first)
    frame = report.frame
    rows = frame.select(
        "_row",
        pl.col("_first").alias("day"),
        pl.lit(SOURCE_NAME).alias("source"),
        pl.lit("*").alias("product_id"),
        pl.lit("*").alias("device"),
        reports.count(frame, "Clicks").alias("clicks"),
        reports.count(frame, "Impressions").alias("impressions"),
        reports.beside(frame, report.sheet, {first, "Clicks", "Impressions", "CTR"}).alias("extra"),
    )
    return [report.piece("traffic_days", rows, layout=reports.BY_DAY, currency=None, money=None)]


SOURCE = SearchConsole()

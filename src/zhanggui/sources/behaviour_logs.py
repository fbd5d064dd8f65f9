"""Logs of what users did with items, a line each: user, item, category, behaviour, Unix seconds. See docs/sources/behaviour_logs.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import polars as pl

from zhanggui.sources import reading, visits
from zhanggui.tables.loading import LeftOut, Options, Piece, Reading, Recognition, Sheet

CHANNEL = "taobao:main"
KINDS = {"pv": "view", "cart": "cart", "fav": "favourite", "buy": "pay"}
NAMES = ("user", "item", "category", "behaviour", "seconds")
MOST = 0.75
"""Of the first lines so many must fit."""
NO_TIME = "sources.reject.no_unix_time"
NO_KIND = "sources.reject.unknown_behaviour"
_SECONDS = re.compile(r"1[0-9]{9}(\.0)?")


class BehaviourLogs:
    """The source of such logs."""

    name = "behaviour_logs"

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """Five columns whose fourth holds the four behaviours and whose fifth Unix seconds; a damaged line here and there is none less."""
        lines = [line for line in sheet.head if len(line) == len(NAMES) and line[4].strip()]
        if len(sheet.columns) != len(NAMES) or not lines:
            return None
        fits = sum(line[3] in KINDS and _SECONDS.fullmatch(line[4]) is not None for line in lines)
        return Recognition(self.name, "lines", 0.95, known=sheet.columns) if fits >= MOST * len(lines) else None

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Visits of the shop and of each item by day of the workspace's zone, and the items' categories; all files together."""
        loaded = [_Log(sheet) for sheet, _ in sheets]
        whole = pl.concat([log.lines for log in loaded]).unique(NAMES, maintain_order=True)
        again = sum(len(log.lines) for log in loaded) - len(whole)
        hits = visits.sessions(_hits(whole, options.timezone))
        items = whole.unique("item", keep="last", maintain_order=True)
        pieces = (
            Piece("traffic_days", visits.traffic(hits), sheets[0][0].name, 30, rows_read=len(whole)),
            Piece("products", items.select("_row", product_id="item", category="category"), sheets[0][0].name, 20),
        )
        for at, ((sheet, recognition), log) in enumerate(zip(sheets, loaded, strict=True)):
            yield Reading(
                sheet=sheet,
                recognition=recognition,
                pieces=pieces if at == 0 else (),
                channel=options.channel or CHANNEL,
                rows_read=log.rows,
                left_out=[LeftOut("repeated_rows", again)] if again and at == 0 else [],
                rejects=log.rejects,
            )


class _Log:
    """One file: its lines, and those that cannot be read."""

    def __init__(self, sheet: Sheet) -> None:
        table, rejects = reading.rows(sheet)
        table = table.rename(dict(zip(sheet.columns, NAMES, strict=True)))
        timed = pl.col("seconds").str.contains(rf"^{_SECONDS.pattern}$").fill_null(value=False)
        known = pl.col("behaviour").is_in(list(KINDS)).fill_null(value=False)
        self.rows = len(table) + len(rejects)
        self.lines = table.filter(timed & known)
        untimed, strange = table.filter(~timed), table.filter(timed & ~known)
        self.rejects = [
            *rejects,
            *((row, "seconds", seconds or "", NO_TIME) for row, seconds in untimed.select("_row", "seconds").rows()),
            *((row, "behaviour", kind or "", NO_KIND) for row, kind in strange.select("_row", "behaviour").rows()),
        ]


def _hits(lines: pl.DataFrame, zone: str) -> pl.DataFrame:
    at = pl.from_epoch(pl.col("seconds").cast(pl.Float64).cast(pl.Int64), time_unit="s").cast(pl.Datetime("us"))
    local = at.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)
    none = pl.lit(None, pl.String)
    kind = pl.col("behaviour").replace_strict(KINDS, return_dtype=pl.String)
    return lines.select(
        day=local.dt.date(),
        at=local,
        visitor=pl.col("user").hash(),
        session=pl.lit(None, pl.UInt64),
        kind=kind,
        views=(kind == "view").cast(pl.UInt32),
        source=none,
        device=none,
        product_id="item",
        amount=pl.lit(None, pl.Float64),
    )


SOURCE = BehaviourLogs()

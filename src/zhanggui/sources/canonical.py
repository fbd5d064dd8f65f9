"""Files that speak the canonical tables' own names already: what ``zhanggui export`` writes and any program can.

Recognised by the file's name (``orders.csv``, ``orders.parquet``) or, under another name, by its set of columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from zhanggui.sources import reading
from zhanggui.tables import TABLES, Table
from zhanggui.tables.loading import CsvFile, Options, Piece, Reading, Recognition, Sheet

LAYOUT = 40
CHANNEL = "shop:main"


class Canonical:
    """The source of canonical files."""

    name = "canonical"
    known = frozenset(name for table in TABLES.values() for name in table.stated)

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """Score 1 where file name and columns are a table's; 0.9 where only the columns are, among them the whole key."""
        stem = sheet.path.name.split(".")[0]
        if sheet.header_row == 0 and sheet.kind != "parquet":
            return None
        if stem in TABLES and _fits(sheet, TABLES[stem]):
            return self._recognition(sheet, TABLES[stem], 1.0)
        fitting = [
            table for table in TABLES.values() if len(sheet.columns) >= 3 and _fits(sheet, table, whole_key=True)
        ]
        if len(fitting) != 1:
            return None
        return self._recognition(sheet, fitting[0], 0.9)

    def _recognition(self, sheet: Sheet, table: Table, score: float) -> Recognition:
        missing = tuple(name for name in table.stated if name not in sheet.columns)
        return Recognition(self.name, table.name, score, known=sheet.columns, missing=missing)

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """One piece a file: the file itself where the engine can read it (CSV, Parquet), else its rows. Instants without a
        zone are the workspace's in a CSV or workbook and UTC in Parquet, as the export writes them."""
        for sheet, recognition in sheets:
            table = TABLES[recognition.layout]
            rows, count = _rows(sheet, table)
            zone = "UTC" if sheet.kind == "parquet" else None
            piece = Piece(table.name, rows, sheet.name, layout=LAYOUT, timezone=zone, currency=options.currency)
            yield Reading(
                sheet=sheet,
                recognition=recognition,
                pieces=[piece],
                channel=options.channel or CHANNEL,
                rows_read=count,
            )


def _fits(sheet: Sheet, table: Table, *, whole_key: bool = False) -> bool:
    """Whether all columns are the table's and the key is there; key columns that may say ``*`` can be left out of a file
    that has the table's name. Computed day columns may stand in a file and are not read."""
    columns = set(sheet.columns)
    needed = {name for name in table.key if whole_key or name not in table.wildcard}
    return needed <= columns <= set(table.names)


def _rows(sheet: Sheet, table: Table) -> tuple[pl.DataFrame | CsvFile | Path, int]:
    """What the store reads, and the number of rows where they were counted here (0: the engine counts them)."""
    stated = [name for name in sheet.columns if name in table.stated]
    if sheet.kind == "csv" and sheet.delimiter != " ":
        columns = {name: name for name in stated}
        path = reading.utf8_path(sheet)
        return CsvFile(path, columns, delimiter=sheet.delimiter, header_row=sheet.header_row), 0
    if sheet.kind == "parquet" and len(stated) == len(sheet.columns):
        return sheet.path, 0
    frame = reading.frame(sheet).select("_row", *stated)
    return frame, len(frame)


SOURCE = Canonical()

"""What passes from ``sources`` to ``store``: sheets found in files, how they were recognised, and rows for canonical tables.

A source knows nothing of the engine: it hands over :class:`Piece` s, and ``store`` types, checks, versions and folds them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table found in a file: a CSV, one sheet of a workbook, a Parquet file.

    ``columns`` are the header's names as they stand in the file, ``headers`` the same normalised (NFKC, no white space, half-width
    brackets). ``head`` are the first rows as text, at most 200. ``header_row`` counts from 1, and ``above`` are the texts above it.
    """

    path: Path
    kind: str  # csv | xlsx | xls | parquet
    columns: tuple[str, ...]
    headers: tuple[str, ...]
    head: tuple[tuple[str, ...], ...]
    header_row: int = 1
    above: tuple[str, ...] = ()
    sheet: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    byte_size: int = 0

    @property
    def name(self) -> str:
        return f"{self.path.name}[{self.sheet}]" if self.sheet else self.path.name


@dataclass(frozen=True, slots=True)
class Recognition:
    """How sure a source is of a sheet: ``score`` 0…1, which known columns are there and which are missing.

    ``lacking`` are columns without which the sheet cannot be read, though it is surely one of the source's.
    """

    source: str
    layout: str
    score: float
    known: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """What the user said about the import. ``mapping`` is canonical field ← column in the file (``--map``)."""

    channel: str | None = None
    currency: str = "CNY"
    timezone: str = "Asia/Shanghai"
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows of the file that are meant to be left out (totals rows, empty rows, write-offs), with their money."""

    reason: str  # key under ``sources.left_out``
    rows: int
    money: float = 0.0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A UTF-8 CSV that the engine reads itself. ``columns`` maps canonical column → column in the file."""

    path: Path
    columns: Mapping[str, str]
    delimiter: str = ","
    quote: str = '"'
    header_row: int = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows for one canonical table.

    ``rows`` is a Polars frame (or a CsvFile, or a Parquet path) whose columns are canonical names (``Table.stated``), of text or already
    of the right kind; text is typed by ``store``, and a value that does not fit becomes a reject. Special columns, all optional:
    ``_row`` the row number in the file (for error messages), ``_time`` the row's own update or status time (instant or local text,
    for the rank), ``_identity`` what names the buyer (``store`` turns it into ``customer_key``; never stored), ``_layout`` is not a
    column: ``layout`` ranks layouts of one platform that state the same set (order_lines: sub-order list 30, item list 20, order list
    10; general 20; canonical 40).
    """

    table: str
    rows: pl.DataFrame | CsvFile | Path
    origin: str  # the file's name, for messages
    layout: int = 20
    exported_at: str | None = None  # the export's own timestamp, local text ``YYYY-MM-DD HH:MM:SS``
    timezone: str | None = None  # of naive instants; None = the workspace's
    currency: str | None = None  # where a row has none
    file_money: float | None = None  # the file's own sum of the table's money column, counted from the raw text
    rows_read: int | None = None  # rows of the file behind this piece, where they are not one to one


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far a live shop has been read: kept in the same transaction as the rows that were read up to there.

    ``cursor`` is the connector's own, as JSON. All pages of one sync are one import: until one has ``ended`` it, the next goes onto it.
    """

    connection: str
    cursor: str
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything a source makes of one sheet."""

    sheet: Sheet
    recognition: Recognition
    pieces: Sequence[Piece]
    channel: str
    rows_read: int
    left_out: Sequence[LeftOut] = ()
    rejects: Sequence[tuple[int, str, str, str]] = ()  # (row, column, value, reason key under ``rejects``)
    notes: Sequence[tuple[str, Mapping[str, object]]] = ()  # (key under ``sources.note``, parameters)
    shop: str = ""  # the shop the file itself names, to notice files of two shops

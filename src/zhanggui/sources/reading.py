"""Files as sheets: where the header is, which delimiter it has, and the rows as text under their original names.

Looking (:func:`sheets`) reads the head of a file only; :func:`frame` and :func:`rows` read it all.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Collection, Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.csv

from zhanggui.errors import BadFile
from zhanggui.sources import json_files, weblogs, workbooks
from zhanggui.sources.encoding import encoding_of, head_bytes, magic, utf8_copy
from zhanggui.sources.headers import find_header, normalised, split_blank, unique_names
from zhanggui.tables.loading import Sheet

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
BOOK_SUFFIXES = (".xlsx", ".xls", ".xlsm", ".xltx")
SUFFIXES = (*TEXT_SUFFIXES, *BOOK_SUFFIXES, ".parquet", *json_files.SUFFIXES, *weblogs.SUFFIXES)
DELIMITERS = (",", "\t", ";", "|")
ODD_DELIMITERS = (*DELIMITERS, "^", "~", "\x01", "¦")
HEAD_ROWS = 200
_HEAD_BYTES = 1 << 20
_CELL_LIMIT = 1 << 28
_MEMORY_PER_BYTE = 10
"""What reading takes: a file of 3 GB of short order lines was measured to need more than 24 GB."""

TOO_MANY_CELLS = "sources.reject.too_many_cells"

Rejects = list[tuple[int, str, str, str]]


def readable(path: Path) -> bool:
    """Whether the file's name is of a kind that is read here."""
    return path.name.lower().endswith(SUFFIXES) or weblogs.is_log(path)


def sheets(path: Path, known: Collection[str] = frozenset()) -> list[Sheet]:
    """The tables in a file, looking at its first rows only.

    ``known`` are normalised header names that sources know: the row of the first 20 with most of them is the header, else
    the first row that is all text. ``Sheet.header_row`` is 0 where a file has no header line: its columns are then
    ``column_1`` …; equal names get `` (2)``. ``delimiter`` is a blank for columns aligned by blanks.

    Raises BadFile for an empty file, a header without rows, binary content under a text name, a cut-off workbook, bytes
    no encoding explains and a header that uses another delimiter than its rows.
    """
    if path.stat().st_size == 0:
        raise BadFile("sources.empty", file=path.name)
    kind = magic(path)
    if path.suffix.lower() == ".parquet" or kind == "parquet":
        return [_parquet_sheet(path)]
    if path.suffix.lower() in BOOK_SUFFIXES and kind in ("xlsx", "xls"):
        return workbooks.sheets(path, kind, known, HEAD_ROWS)
    if json_files.is_json(path):
        return [json_files.sheet_of(path, HEAD_ROWS)]
    if weblogs.is_log(path):
        return [weblogs.sheet_of(path, HEAD_ROWS)]
    return [_text_sheet(path, known)]


def frame(sheet: Sheet) -> pl.DataFrame:
    """All rows of a sheet: every column as text under the name in ``sheet.columns`` (empty cells NULL), and ``_row``, the
    row's number in the file counted from 1 with the header row included. Wholly empty rows are not kept, and rows with
    more cells than the header are left to :func:`rows`, which says which they are."""
    return rows(sheet)[0]


def rows(sheet: Sheet, unquoted: str = "") -> tuple[pl.DataFrame, Rejects]:
    """:func:`frame`, and as rejects the rows that have more cells than the header (an unguarded comma in a note, say).

    ``unquoted`` is the normalised header of a column that may hold such commas: the cells too many are put together there.
    """
    _check_room(sheet)
    if sheet.kind == "parquet":
        table, rejects = _parquet_frame(sheet), Rejects()
    elif sheet.kind in ("xlsx", "xls"):
        table, rejects = workbooks.frame(sheet), Rejects()
    elif sheet.kind in (json_files.LINES, json_files.LIST):
        table, rejects = json_files.frame(sheet)
    elif sheet.kind == weblogs.KIND:
        table, rejects = weblogs.frame(sheet), Rejects()
    else:
        table, rejects = _text_rows(sheet, unquoted)
    filled = table.filter(~pl.all_horizontal(pl.exclude("_row").is_null()))
    return filled, rejects


def unquoted(sheet: Sheet) -> tuple[pl.DataFrame, Rejects]:
    """:func:`rows` of a text file whose quotation marks are signs like others (a 12" plate), as Amazon writes its files."""
    if sheet.kind != "csv" or sheet.delimiter == " ":
        return rows(sheet)
    _check_room(sheet)
    lines = pl.Series(
        "line", [line.rstrip("\r\n") for line in utf8_path(sheet).open(encoding="utf-8-sig", newline="\n")]
    )
    width = len(sheet.columns)
    data = pl.DataFrame({"cells": lines[sheet.header_row :].str.split(sheet.delimiter)}).with_row_index(
        "_row", offset=sheet.header_row + 1
    )
    data = data.with_columns(pl.col("_row").cast(pl.Int64)).filter(
        pl.col("cells").list.join("").str.strip_chars() != ""
    )
    wide = data.filter(pl.col("cells").list.len() > width)
    rejects = [(row, sheet.columns[-1], sheet.delimiter.join(cells)[:80], TOO_MANY_CELLS) for row, cells in wide.rows()]
    cells = [
        pl.col("cells").list.get(i, null_on_oob=True).replace("", None).alias(n) for i, n in enumerate(sheet.columns)
    ]
    return data.filter(pl.col("cells").list.len() <= width).select("_row", *cells), rejects


def _check_room(sheet: Sheet) -> None:
    """Raises BadFile where the file's rows would not fit into the machine's memory: the system would end the process without
    a word."""
    size, memory = sheet.path.stat().st_size, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if size * _MEMORY_PER_BYTE > memory:
        raise BadFile(
            "sources.too_large", file=sheet.name, size=_gigabytes(size), most=_gigabytes(memory // _MEMORY_PER_BYTE)
        )


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:,.1f} GB"


def utf8_path(sheet: Sheet) -> Path:
    """The file itself where it is UTF-8 from end to end, else a UTF-8 copy of it in a temporary folder."""
    return utf8_copy(sheet.path, sheet.encoding)


def _text_sheet(path: Path, known: Collection[str]) -> Sheet:
    lines, encoding, delimiter = _head_of_text(path)
    if not any(cell.strip() for row in lines for cell in row):
        raise BadFile("sources.empty", file=path.name)
    _check_delimiter(path, lines, delimiter)
    row = find_header(lines, known)
    body = [line for line in lines[row:] if any(cell.strip() for cell in line)]
    if not body:
        raise BadFile("sources.header_only", file=path.name, row=row)
    width = max(len(line) for line in body[:HEAD_ROWS])
    if row:
        columns = unique_names(lines[row - 1])
        while len(columns) > 1 and not lines[row - 1][len(columns) - 1].strip() and not _used(body, len(columns) - 1):
            columns = columns[:-1]
    else:
        columns = unique_names([""] * width)
    return Sheet(
        path=path,
        kind="csv",
        columns=columns,
        headers=tuple(normalised(name) for name in columns),
        head=tuple(_fitted(line, len(columns)) for line in body[:HEAD_ROWS]),
        header_row=row,
        above=tuple(delimiter.join(cell for cell in line if cell.strip()) for line in lines[: max(row - 1, 0)]),
        encoding=encoding,
        delimiter=delimiter,
        byte_size=path.stat().st_size,
    )


def _used(body: Sequence[Sequence[str]], index: int) -> bool:
    return any(len(line) > index and line[index].strip() for line in body)


def _fitted(line: Sequence[str], width: int) -> tuple[str, ...]:
    return (*line[:width], *[""] * (width - len(line)))


def _head_of_text(path: Path) -> tuple[list[list[str]], str, str]:
    """The head as records, its encoding and delimiter, doubling what is read until a few whole records are in it."""
    limit = _HEAD_BYTES
    while True:
        raw, whole = head_bytes(path, limit)
        encoding = encoding_of(path, raw, whole=whole)
        try:
            text = raw.decode(encoding, errors="replace" if not whole else "strict").lstrip("\ufeff")
        except UnicodeDecodeError:
            raise BadFile("sources.encoding", file=path.name) from None
        delimiter = sniff(text)
        lines = records(text, delimiter, HEAD_ROWS + 21)
        if not whole and len(lines) < HEAD_ROWS + 21:
            lines = lines[:-1]
        if whole or len(lines) > 2 or limit >= _CELL_LIMIT:
            return lines, encoding, delimiter
        limit *= 8


def records(text: str, delimiter: str, limit: int | None = None) -> list[list[str]]:
    """The first records of a delimited text, blank lines as empty records."""
    if delimiter == " ":
        return [split_blank(line) for line in text.splitlines()[:limit]]
    csv.field_size_limit(_CELL_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[list[str]] = []
    for record in reader:
        found.append(record)
        if limit is not None and len(found) >= limit:
            break
    return found


def sniff(text: str) -> str:
    """The delimiter under which most of the first rows have the same number (over one) of cells; a blank for aligned text."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = [len(record) for record in records(text, delimiter, 60) if record]
        many = [width for width in widths if width > 1]
        if not many:
            continue
        mode = max(sorted(set(many)), key=many.count)
        score = (round(many.count(mode) / len(widths), 1), mode)
        if score > best_score:
            best, best_score = delimiter, score
    if best_score[0] < 0.5 and _aligned(text):
        return " "
    return best


def _aligned(text: str) -> bool:
    lines = [split_blank(line) for line in text.splitlines()[:60] if line.strip()]
    lines = lines[:-1] if len(lines) == 60 else lines
    if len(lines) < 2:
        return False
    width = len(lines[-1])
    numeric = sum(bool(re.fullmatch(r"[-+]?[\d.,/:-]+", cell)) for cell in lines[-1])
    return width >= 3 and numeric * 2 >= width and sum(len(line) == width for line in lines) >= 0.95 * len(lines)


def _check_delimiter(path: Path, lines: Sequence[Sequence[str]], delimiter: str) -> None:
    """Refuse a header of one cell that is plainly several cells under another delimiter."""
    first = next((line for line in lines if any(cell.strip() for cell in line)), None)
    if first is None or len(first) != 1:
        return
    widths = [len(line) for line in lines[1:21] if line]
    usual = max(sorted(set(widths)), key=widths.count) if widths else 1
    for other in ODD_DELIMITERS:
        parts = first[0].count(other) + 1
        if other != delimiter and parts >= 3 and (parts == usual or (usual == 1 and _splits(lines, other, parts))):
            raise BadFile("sources.delimiter", file=path.name, found=repr(other), used=repr(delimiter), row=1)


def _splits(lines: Sequence[Sequence[str]], other: str, parts: int) -> bool:
    body = [line[0] for line in lines[1:21] if line]
    return all(text.count(other) + 1 == parts for text in body)


def _text_rows(sheet: Sheet, unquoted: str) -> tuple[pl.DataFrame, Rejects]:
    path = utf8_path(sheet)
    if sheet.delimiter == " ":
        return _aligned_rows(path, sheet)
    return _fast_rows(path, sheet) or _careful_rows(path, sheet, unquoted)


def _fast_rows(path: Path, sheet: Sheet) -> tuple[pl.DataFrame, Rejects] | None:
    """Read with Arrow's reader; None where a row is longer or shorter than the header or larger than a block."""
    ragged: list[object] = []

    def note(row: object) -> str:
        ragged.append(row)
        return "skip" if len(ragged) < 2 else "error"

    try:
        table = pyarrow.csv.read_csv(
            path,
            read_options=pyarrow.csv.ReadOptions(
                column_names=list(sheet.columns), skip_rows=_lines_to_skip(path, sheet), block_size=16 << 20
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=sheet.delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types={name: pa.large_string() for name in sheet.columns},
                strings_can_be_null=True,
                null_values=[""],
                check_utf8=False,  # utf8_path has seen to it
            ),
        )
    except pa.ArrowInvalid:
        return None
    if ragged:
        return None
    data = pl.DataFrame(pl.from_arrow(table))
    return _numbered(data, sheet), []


def _numbered(data: pl.DataFrame, sheet: Sheet) -> pl.DataFrame:
    return data.with_row_index("_row", offset=sheet.header_row + 1).with_columns(pl.col("_row").cast(pl.Int64))


def _lines_to_skip(path: Path, sheet: Sheet) -> int:
    """How many physical lines the rows up to and with the header take."""
    if not sheet.header_row:
        return 0
    csv.field_size_limit(_CELL_LIMIT)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=sheet.delimiter)
        for _ in range(sheet.header_row):
            next(reader)
        return reader.line_num


def _careful_rows(path: Path, sheet: Sheet, unquoted: str) -> tuple[pl.DataFrame, Rejects]:
    """Read row by row: short rows are filled up, rows with too many cells become rejects."""
    csv.field_size_limit(_CELL_LIMIT)
    loose = sheet.headers.index(unquoted) if unquoted in sheet.headers else None
    width, good, rejects, numbers = len(sheet.columns), [], Rejects(), []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, record in enumerate(csv.reader(file, delimiter=sheet.delimiter), start=1):
            if number <= sheet.header_row:
                continue
            if loose is not None and len(record) > width:
                more = len(record) - width
                record[loose : loose + more + 1] = [sheet.delimiter.join(record[loose : loose + more + 1])]
            if any(cell.strip() for cell in record[width:]):
                rejects.append(
                    (number, sheet.columns[-1], sheet.delimiter.join(record[width - 1 :])[:80], TOO_MANY_CELLS)
                )
                continue
            good.append([cell or None for cell in _fitted(record, width)])
            numbers.append(number)
    return _from_lists(sheet.columns, good, numbers), rejects


def _aligned_rows(path: Path, sheet: Sheet) -> tuple[pl.DataFrame, Rejects]:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    data = pl.DataFrame({"line": lines[sheet.header_row :]}, schema={"line": pl.String}).select(
        pl.col("line").str.strip_chars().str.replace_all(r"\s+", " ").str.split(" ").alias("cells"),
        pl.int_range(sheet.header_row + 1, len(lines) + 1, dtype=pl.Int64).alias("_row"),
    )
    width = len(sheet.columns)
    wide = data.filter(pl.col("cells").list.len() > width)
    rejects = [(row, sheet.columns[-1], " ".join(cells)[:80], TOO_MANY_CELLS) for cells, row in wide.rows()]
    cells = [
        pl.col("cells").list.get(i, null_on_oob=True).replace("", None).alias(n) for i, n in enumerate(sheet.columns)
    ]
    return data.filter(pl.col("cells").list.len() <= width).select("_row", *cells), rejects


def _from_lists(columns: Sequence[str], lines: Sequence[Sequence[str | None]], numbers: Sequence[int]) -> pl.DataFrame:
    data = pl.DataFrame(
        [list(cells) for cells in zip(*lines, strict=True)] if lines else [[] for _ in columns],
        schema=dict.fromkeys(columns, pl.String),
        orient="col",
    )
    return data.with_columns(pl.Series("_row", numbers, dtype=pl.Int64)).select("_row", *columns)


def _parquet_sheet(path: Path) -> Sheet:
    try:
        lazy = pl.scan_parquet(path, glob=False)
        head = _as_text(lazy.head(HEAD_ROWS).collect())
    except (pl.exceptions.PolarsError, OSError) as error:
        raise BadFile("sources.truncated", file=path.name, reason=str(error)[:200]) from None
    if head.is_empty():
        raise BadFile("sources.header_only", file=path.name, row=0)
    return Sheet(
        path=path,
        kind="parquet",
        columns=tuple(head.columns),
        headers=tuple(normalised(name) for name in head.columns),
        head=tuple(tuple(cell or "" for cell in line) for line in head.rows()),
        byte_size=path.stat().st_size,
    )


def _parquet_frame(sheet: Sheet) -> pl.DataFrame:
    try:
        data = pl.read_parquet(sheet.path, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise BadFile("sources.truncated", file=sheet.path.name, reason=str(error)[:200]) from None
    return _numbered(_as_text(data), sheet)


def _as_text(data: pl.DataFrame) -> pl.DataFrame:
    """Every column as text; whole numbers kept as floats (an id with gaps, read by another program) lose their ``.0``."""
    return data.with_columns(_column_as_text(data[name]) for name in data.columns)


def _column_as_text(column: pl.Series) -> pl.Series:
    kind = column.dtype
    if kind.is_float() and column.drop_nulls().drop_nans().is_finite().all():
        whole = column.drop_nulls().drop_nans()
        if (whole == whole.round()).all() and (whole.abs() < 2**53).all():
            return column.fill_nan(None).cast(pl.Int64).cast(pl.String)
    if isinstance(kind, pl.Datetime):
        zone = "%:z" if kind.time_zone else ""
        return column.dt.strftime(f"%Y-%m-%d %H:%M:%S{zone}")
    if isinstance(kind, pl.List):
        return column.list.eval(pl.element().cast(pl.String)).list.join(";")
    if kind == pl.Binary:
        return column.cast(pl.String, strict=False)
    return column.cast(pl.String)

"""Workbooks (xlsx, xls): their sheets and cells as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import python_calamine

from zhanggui.errors import BadFile
from zhanggui.sources.headers import find_header, normalised, unique_names
from zhanggui.tables.loading import Sheet

_EXACT = 2**53


def sheets(path: Path, kind: str, known: Collection[str], limit: int) -> list[Sheet]:
    """The filled sheets of a workbook. Raises BadFile where it is cut off, locked, empty, or has headers only."""
    book = _opened(path)
    found, headers_only = [], 0
    for name in book.sheet_names:
        lines = _lines(path, book, name)
        if not any(any(line) for line in lines):
            continue
        sheet = _sheet(path, kind, name if len(book.sheet_names) > 1 else "", lines, known, limit)
        if sheet is None:
            headers_only += 1
        else:
            found.append(sheet)
    if not found:
        raise BadFile("sources.header_only" if headers_only else "sources.empty", file=path.name, row=1)
    return found


def frame(sheet: Sheet) -> pl.DataFrame:
    """All rows below the header as text, with ``_row``."""
    book = _opened(sheet.path)
    lines = _lines(sheet.path, book, sheet.sheet or book.sheet_names[0])
    width = len(sheet.columns)
    body = [[*line[:width], *[""] * (width - len(line))] for line in lines[sheet.header_row :]]
    columns = {
        name: pl.Series(name, [line[i] or None for line in body], dtype=pl.String)
        for i, name in enumerate(sheet.columns)
    }
    numbers = pl.Series("_row", range(sheet.header_row + 1, len(lines) + 1), dtype=pl.Int64)
    return pl.DataFrame({"_row": numbers, **columns})


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Whatever the library meets in a spoilt workbook is said as one thing; on some it gives up in a way that is no Exception."""
    try:
        yield
    except python_calamine.PasswordError:
        raise BadFile("sources.locked", file=path.name) from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise BadFile("sources.truncated", file=path.name, reason=str(error)[:200]) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise BadFile("sources.truncated", file=path.name, reason=str(error)[:200]) from None


def _opened(path: Path) -> Any:
    with _reading(path):
        return python_calamine.load_workbook(str(path))


def _lines(path: Path, book: Any, name: str) -> list[list[str]]:
    with _reading(path):
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [[cell_text(cell) for cell in row] for row in rows]


def cell_text(cell: object) -> str:
    """A cell as text. A whole number beyond 2^53 has lost digits already and is written ``6.9…E+18``, so that ids are refused.

    >>> cell_text(17850.0), cell_text(6.901234567890123e18), cell_text(dt.datetime(2019, 5, 1, 10, 2, 11))
    ('17850', '6.90123456789012E+18', '2019-05-01 10:02:11')
    """
    match cell:
        case None | "":
            return ""
        case bool():
            return "true" if cell else "false"
        case float():
            if cell != cell or abs(cell) >= _EXACT:
                return f"{cell:.14E}" if cell == cell else ""
            return str(int(cell)) if cell == int(cell) else repr(cell)
        case dt.datetime():
            return cell.strftime("%Y-%m-%d %H:%M:%S")
        case dt.date() | dt.time():
            return cell.isoformat()
        case _:
            return str(cell)


def _sheet(
    path: Path, kind: str, name: str, lines: Sequence[list[str]], known: Collection[str], limit: int
) -> Sheet | None:
    row = find_header(lines[: limit + 20], known)
    body = [line for line in lines[row:] if any(cell.strip() for cell in line)]
    if not body:
        return None
    header = lines[row - 1] if row else [""] * len(body[0])
    columns = unique_names(header)
    while (
        len(columns) > 1
        and not header[len(columns) - 1].strip()
        and not any(line[len(columns) - 1 :][:1] != [""] for line in body)
    ):
        columns = columns[:-1]
    return Sheet(
        path=path,
        kind=kind,
        columns=columns,
        headers=tuple(normalised(column) for column in columns),
        head=tuple(tuple(line[: len(columns)]) for line in body[:limit]),
        header_row=row,
        above=tuple(" ".join(cell for cell in line if cell) for line in lines[: max(row - 1, 0)]),
        sheet=name,
        byte_size=path.stat().st_size,
    )

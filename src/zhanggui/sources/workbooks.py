"""Workbooks (xlsx, xls): their sheets and cells as text."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

import polars as pl

from zhanggui.errors import BadFile
from zhanggui.sources import workbook_cells
from zhanggui.sources.headers import find_header, normalised, unique_names
from zhanggui.tables.loading import Sheet


def sheets(path: Path, kind: str, known: Collection[str], limit: int) -> list[Sheet]:
    """The filled sheets of a workbook. Raises BadFile where it is cut off, locked, empty, or has headers only."""
    book = _cells(path)
    found, headers_only = [], 0
    for name, lines in book.items():
        if not any(any(line) for line in lines):
            continue
        sheet = _sheet(path, kind, name if len(book) > 1 else "", lines, known, limit)
        if sheet is None:
            headers_only += 1
        else:
            found.append(sheet)
    if not found:
        raise BadFile("sources.header_only" if headers_only else "sources.empty", file=path.name, row=1)
    return found


def frame(sheet: Sheet) -> pl.DataFrame:
    """All rows below the header as text, with ``_row``."""
    (lines,) = _cells(sheet.path, sheet.sheet).values()
    width = len(sheet.columns)
    body = [[*line[:width], *[""] * (width - len(line))] for line in lines[sheet.header_row :]]
    columns = {
        name: pl.Series(name, [line[i] or None for line in body], dtype=pl.String)
        for i, name in enumerate(sheet.columns)
    }
    numbers = pl.Series("_row", range(sheet.header_row + 1, len(lines) + 1), dtype=pl.Int64)
    return pl.DataFrame({"_row": numbers, **columns})


def _cells(path: Path, sheet: str | None = None) -> dict[str, list[list[str]]]:
    """The lines of every sheet, or of one ('' is the first), read by a process of its own: what ends that one does not end this one."""
    program = [sys.executable, "-I", workbook_cells.__file__, str(path.resolve()), *([] if sheet is None else [sheet])]
    done = subprocess.run(program, capture_output=True, check=False)
    told = pickle.loads(done.stdout) if done.returncode == 0 else ("spoilt", _last_words(done.stderr))
    if isinstance(told, dict):
        return told
    kind, reason = told
    if kind == "locked":
        raise BadFile("sources.locked", file=path.name)
    raise BadFile("sources.truncated", file=path.name, reason=reason)


def _last_words(errors: bytes) -> str:
    """Why the process ended: the first line of what it said."""
    return errors.decode(errors="replace").strip().partition("\n")[0][:200]


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

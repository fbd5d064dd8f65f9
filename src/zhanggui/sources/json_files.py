"""JSON as sheets: a record a line (JSON lines), a list of records, or one object that holds them. The keys of a record are the columns.

Records are read one after the other, so a list of any length takes no more memory than one of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from zhanggui.errors import BadFile
from zhanggui.sources.encoding import encoding_of, head_bytes, utf8_copy
from zhanggui.sources.headers import normalised
from zhanggui.tables.loading import Sheet

SUFFIXES = (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz")
LINES, LIST = "jsonl", "json"
NOT_JSON = "sources.reject.not_json"

_HEAD_BYTES = 1 << 20
_BLOCK = 1 << 20
_LONGEST = 1 << 28
_HOLDERS = ("orders", "products", "customers", "refunds", "reviews", "data", "results", "items", "events", "rows")
"""Keys under which an object holds its records."""

Record = Mapping[str, Any]


def is_json(path: Path) -> bool:
    """Whether the file's name says that it is JSON."""
    return path.name.lower().endswith(SUFFIXES)


def sheet_of(path: Path, limit: int) -> Sheet:
    """The file as a sheet, looking at its first records only. Raises BadFile where there is none or the first is broken."""
    head, whole = head_bytes(path, _HEAD_BYTES)
    encoding = encoding_of(path, head, whole=whole)
    kind = LINES if _is_lines(head.decode(encoding, errors="replace").lstrip("\ufeff")) else LIST
    sheet = Sheet(path, kind, (), (), (), header_row=0, encoding=encoding, byte_size=path.stat().st_size)
    found: list[Record] = []
    for _, record in records(sheet, broken=lambda row, text: None):
        found.append(record)
        if len(found) >= limit:
            break
    if not any(found):
        raise BadFile("sources.header_only", file=path.name, row=0)
    columns = tuple(dict.fromkeys(key for record in found for key in record))
    return Sheet(
        path=path,
        kind=kind,
        columns=columns,
        headers=tuple(normalised(name) for name in columns),
        head=tuple(tuple(as_text(record.get(name)) or "" for name in columns) for record in found),
        header_row=0,
        encoding=encoding,
        byte_size=sheet.byte_size,
    )


def records(sheet: Sheet, broken: Any = None) -> Iterator[tuple[int, Record]]:
    """The records of a sheet with their number, counted from 1 (in JSON lines the line's number).

    ``broken`` is called with the number and text of a line that is no object; without it, and where a list is broken, BadFile is
    raised.
    """
    path = utf8_copy(sheet.path, sheet.encoding)
    if sheet.kind == LINES:
        yield from _of_lines(path, sheet, broken)
    else:
        yield from _of_list(path, sheet)


def frame(sheet: Sheet) -> tuple[pl.DataFrame, list[tuple[int, str, str, str]]]:
    """All records as text cells (nested values as JSON) with ``_row``, and as rejects the lines that are no records."""
    rejects: list[tuple[int, str, str, str]] = []
    numbers: list[int] = []
    cells: dict[str, list[str | None]] = {name: [] for name in sheet.columns}
    for row, record in records(sheet, lambda row, text: rejects.append((row, sheet.columns[0], text[:80], NOT_JSON))):
        numbers.append(row)
        for name, column in cells.items():
            column.append(as_text(record.get(name)))
    columns = [pl.Series(name, column, dtype=pl.String) for name, column in cells.items()]
    return pl.DataFrame([pl.Series("_row", numbers, dtype=pl.Int64), *columns]), rejects


def as_text(value: object) -> str | None:
    """A value as a cell: text as it is, nested values as JSON, NULL for null and empty text."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _is_lines(head: str) -> bool:
    """Whether the first filled line is an object by itself and another follows, or the file is that line."""
    lines = [line for line in head.split("\n", 50) if line.strip()]
    try:
        return bool(lines) and isinstance(json.loads(lines[0]), dict)
    except ValueError:
        return False


def _of_lines(path: Path, sheet: Sheet, broken: Any) -> Iterator[tuple[int, Record]]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for row, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                if broken is None:
                    raise BadFile("sources.truncated", file=sheet.path.name, reason=f"{row}: {error}") from None
                broken(row, line.strip())
                continue
            if isinstance(record, dict):
                yield row, record
            elif broken is not None:
                broken(row, line.strip())


def _of_list(path: Path, sheet: Sheet) -> Iterator[tuple[int, Record]]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        start = file.read(_BLOCK).lstrip()
        if start.startswith("["):
            yield from enumerate(_elements(file, start[1:], sheet), start=1)
            return
        text = start + file.read(_LONGEST)
    try:
        whole = json.loads(text)
    except ValueError as error:
        raise BadFile("sources.truncated", file=sheet.path.name, reason=str(error)) from None
    yield from enumerate(_held(whole), start=1)


def _held(whole: object) -> Sequence[Record]:
    """The records an object holds under one of the usual keys, else the object itself."""
    if not isinstance(whole, dict):
        return []
    for key in _HOLDERS:
        inside = whole.get(key)
        if isinstance(inside, list) and inside and all(isinstance(one, dict) for one in inside):
            return inside
    return [whole]


def _elements(file: Any, text: str, sheet: Sheet) -> Iterator[Record]:
    """The objects of a list whose ``[`` has been read, reading on as they are needed."""
    decoder, ended = json.JSONDecoder(), False
    while True:
        text = text.lstrip().removeprefix(",").lstrip()
        if text.startswith("]"):
            return
        try:
            record, at = decoder.raw_decode(text)
        except ValueError as error:
            more = "" if ended or len(text) > _LONGEST else file.read(max(_BLOCK, len(text)))
            if not more:
                raise BadFile("sources.truncated", file=sheet.path.name, reason=str(error)) from None
            text += more
            continue
        if isinstance(record, dict):
            yield record
        text = text[at:]

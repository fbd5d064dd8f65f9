"""Web servers' logs as sheets: lines of the combined format of nginx and Apache, split into their parts.

A log is looked at by its first lines and read in blocks of lines, so that its size does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from zhanggui.errors import BadFile
from zhanggui.sources.encoding import head_bytes, opened
from zhanggui.tables.loading import Sheet

SUFFIXES = (".log", ".log.gz")
KIND = "log"
COLUMNS = ("host", "time", "request", "status", "bytes", "referer", "agent", "rest")
PATTERN = (
    r'^(?:[^\s"\[]+:\d{1,5} )?(?P<host>\S+) \S+ (?:[^\[]*?) ?\[(?P<time>\d{2}/[A-Za-z]{3}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\] '
    r'"(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) (?P<bytes>\d+|-)'
    r'(?: "(?P<referer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)")?(?P<rest>.*)$'
)
"""Address, time, request, status, bytes, where from, with what; a leading ``host:port`` (vhost_combined) is passed over."""
BLOCK = 16 << 20
_HEAD_BYTES = 1 << 18
_ROTATED = re.compile(
    r"\.log(?:[.-]\d[\d.-]*)?(?:\.gz)?$|(?:^|[._-])access[._-]log(?:[.-]\d[\d.-]*)?(?:\.gz)?$", re.IGNORECASE
)


def is_log(path: Path) -> bool:
    """Whether the file's name is one of a log: ``access.log``, ``access.log.1``, ``access_log-20260301.gz``."""
    return bool(_ROTATED.search(path.name))


def sheet_of(path: Path, limit: int) -> Sheet:
    """The log as a sheet of its parts, looking at its first lines. A log of another kind has the one column ``line``."""
    head, whole = head_bytes(path, _HEAD_BYTES)
    lines = head.decode("utf-8", errors="replace").splitlines()
    lines = [line for line in (lines if whole else lines[:-1]) if line.strip()][:limit]
    if not lines:
        raise BadFile("sources.empty", file=path.name)
    parts = split(pl.Series("line", lines))
    fitting = parts.filter(pl.col("time").is_not_null())
    fits = len(fitting) * 2 >= len(lines)
    columns = COLUMNS if fits else ("line",)
    rows = fitting.select(COLUMNS).rows() if fits else [(line,) for line in lines]
    return Sheet(
        path=path,
        kind=KIND,
        columns=columns,
        headers=columns,
        head=tuple(tuple(cell or "" for cell in row) for row in rows),
        header_row=0,
        byte_size=path.stat().st_size,
    )


def split(lines: pl.Series) -> pl.DataFrame:
    """Lines as their parts, all NULL where a line is not of the format."""
    return lines.to_frame("line").select(pl.col("line").str.extract_groups(PATTERN).alias("parts")).unnest("parts")


def blocks(path: Path) -> Iterator[tuple[int, pl.Series]]:
    """The lines of a log in blocks, each with the number of lines before it. Raises BadFile where a packed log is cut short."""
    before, rest = 0, b""
    try:
        with opened(path) as file:
            while block := file.read(BLOCK):
                block = rest + block
                cut = block.rfind(b"\n") + 1
                rest = block[cut:]
                if cut:
                    lines = _lines(block[:cut])
                    yield before, lines
                    before += len(lines)
        if rest.strip():
            yield before, _lines(rest)
    except (OSError, EOFError) as error:
        raise BadFile("sources.truncated", file=path.name, reason=str(error)) from None


def _lines(block: bytes) -> pl.Series:
    text = block.decode("utf-8", errors="replace").removesuffix("\n")
    return pl.Series("line", text.split("\n"), dtype=pl.String)


def frame(sheet: Sheet) -> pl.DataFrame:
    """All lines as their parts, with ``_row``: for small logs and other readers; :func:`blocks` is for large ones."""
    made = []
    for before, lines in blocks(sheet.path):
        parts = split(lines).select(COLUMNS) if sheet.columns == COLUMNS else lines.to_frame("line")
        made.append(parts.with_row_index("_row", offset=before + 1).with_columns(pl.col("_row").cast(pl.Int64)))
    return pl.concat(made)

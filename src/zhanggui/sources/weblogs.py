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
    r"^(?:[\w.-]+:\d{1,5} )?(?P<host>\S+) \S+ (?:[^\[]*?) ?\[(?P<time>\d{2}/[A-Za-z]{3}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\] "
    r'"(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) (?P<bytes>\d+|-)'
    r'(?: "(?P<referer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)"(?P<rest>.*)|[^"]*)$'
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
    escaped = lines.str.contains('\\"', literal=True).fill_null(value=False)
    if not escaped.any():
        return _by_quotes(lines)
    rows = lines.to_frame("line").with_row_index("_at")
    plain, odd = rows.filter(~escaped), rows.filter(escaped)
    parts = [_by_quotes(plain["line"]).with_columns(plain["_at"]), _by_pattern(odd["line"]).with_columns(odd["_at"])]
    return pl.concat(parts).sort("_at").drop("_at")


def _by_pattern(lines: pl.Series) -> pl.DataFrame:
    """The parts by :data:`PATTERN`, which knows of escaped quotation marks."""
    return lines.to_frame("line").select(pl.col("line").str.extract_groups(PATTERN).alias("parts")).unnest("parts")


def _by_quotes(lines: pl.Series) -> pl.DataFrame:
    """The parts between quotation marks, for lines without escaped ones: the same as by :data:`PATTERN`, in half the time."""
    cut = lines.to_frame("line").select(pl.col("line").str.splitn('"', 7).alias("cut")).unnest("cut")
    cut = cut.with_columns(pl.col("field_0").str.splitn("[", 2).alias("who")).unnest("who", separator=".")
    name, time, answer = pl.col("who.field_0"), pl.col("who.field_1"), pl.col("field_2")
    fits = (
        time.str.contains(r"^\d{2}/[A-Za-z]{3}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\] $")
        & name.str.contains(r"^(?:[^\s\[]+:\d{1,5} )?\S+ \S+ \S")
        & answer.str.contains(r"^ \d{3} (?:\d+|-)")
        & (pl.col("field_3").is_null() | pl.col("field_5").is_not_null())
    ).fill_null(value=False)
    virtual = name.str.contains(r"^[\w.-]+:\d{1,5} \S+ \S+ \S")
    host = (
        pl.when(virtual)
        .then(name.str.extract(r"^\S+ (\S+)", 1))
        .otherwise(name.str.splitn(" ", 2).struct.field("field_0"))
    )
    parts = {
        "host": host,
        "time": time.str.slice(0, 26),
        "request": pl.col("field_1"),
        "status": answer.str.slice(1, 3),
        "bytes": answer.str.extract(r"^ \d{3} (\d+|-)", 1),
        "referer": pl.col("field_3"),
        "agent": pl.col("field_5"),
        "rest": pl.col("field_6"),
    }
    return cut.select(pl.when(fits).then(part).alias(name) for name, part in parts.items())


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

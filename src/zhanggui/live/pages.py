"""Records of a live shop as a reading like a file's: rows of text for canonical tables, each with the place it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from zhanggui.live.kinds import Connection
from zhanggui.sources.json_files import as_text
from zhanggui.tables.loading import LeftOut, Piece, Reading, Recognition, Sheet

MONEY = {"orders": "order_total", "order_lines": "line_total", "refunds": "amount", "order_fees": "amount"}
KIND = "live"


def sheet(connection: Connection, stream: str) -> Sheet:
    """What stands for a file: ``<connection>:<stream>``."""
    return Sheet(Path(f"{connection.name}:{stream}"), KIND, (), (), (), header_row=0)


def reading(
    connection: Connection,
    stream: str,
    pieces: Sequence[Piece],
    count: int,
    *,
    left_out: Sequence[LeftOut] = (),
    rejects: Sequence[tuple[int, str, str, str]] = (),
) -> Reading:
    """``count`` records of a stream and what they became."""
    recognition = Recognition(connection.kind, stream, 1.0)
    return Reading(sheet(connection, stream), recognition, pieces, connection.channel, count, left_out, rejects)


def pieces(
    connection: Connection,
    stream: str,
    rows: Iterable[tuple[str, Mapping[str, Any]]],
    *,
    layout: int = 20,
    zone: str = "UTC",
    currency: str | None = None,
    count: int | None = None,
) -> list[Piece]:
    """(table, row) pairs as one piece a table. Cells may be text, numbers or nested values; ``_row``, ``_time`` and ``_identity`` mean what
    :class:`Piece` says; times without a zone are in ``zone``."""
    tables: dict[str, list[Mapping[str, Any]]] = {}
    for table, row in rows:
        tables.setdefault(table, []).append(row)
    return [
        _piece(table, told, f"{connection.name}:{stream}", layout=layout, zone=zone, currency=currency, count=count)
        for table, told in tables.items()
    ]


def _piece(
    table: str,
    rows: list[Mapping[str, Any]],
    origin: str,
    *,
    layout: int,
    zone: str,
    currency: str | None,
    count: int | None,
) -> Piece:
    names = [name for name in dict.fromkeys(name for row in rows for name in row) if name != "_row"]
    cells = {name: pl.Series(name, [cell(row.get(name)) for row in rows], dtype=pl.String) for name in names}
    numbers = [int(row.get("_row", nth)) for nth, row in enumerate(rows, start=1)]
    frame = pl.DataFrame(cells).with_columns(pl.Series("_row", numbers, dtype=pl.Int64))
    money = MONEY.get(table, "")
    total = float(frame[money].cast(pl.Float64, strict=False).sum() or 0) if money in frame.columns else None
    return Piece(table, frame, origin, layout, timezone=zone, currency=currency, file_money=total, rows_read=count)


def cell(value: Any) -> str | None:
    """A value as text; NULL for null and empty text.

    >>> cell(8.5), cell(True), cell(""), cell({"a": 1})
    ('8.5000', 'true', None, '{"a": 1}')
    """
    return f"{value:.4f}" if isinstance(value, float) else as_text(value)

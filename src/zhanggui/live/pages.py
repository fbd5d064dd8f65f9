"""Records of a live shop as a reading like a file's: rows of text for canonical tables, each with the place it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from zhanggui.live.kinds import Connection
from zhanggui.sources.records import piece
from zhanggui.tables.loading import LeftOut, Piece, Reading, Recognition, Sheet

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
        piece(table, told, f"{connection.name}:{stream}", layout=layout, zone=zone, currency=currency, count=count)
        for table, told in tables.items()
    ]

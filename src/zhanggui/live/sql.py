"""Any database that SQLAlchemy reaches, by a mapping file (docs/sources/sql.md): tables or queries become canonical rows, read in the order
of their last change.

The connection only reads: a query is always the inner part of a SELECT, and the session is set to read-only where the database can be.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from zhanggui.live import pages
from zhanggui.live.database import Database
from zhanggui.live.kinds import Cursor, Option, Page, Visit
from zhanggui.live.sql_mapping import Read, mapping
from zhanggui.live.sql_marks import earlier, from_json, to_json
from zhanggui.tables.loading import LeftOut

Row = dict[str, Any]


class Sql:
    """The connector."""

    kind = "sql"
    channel = "shop:main"
    secrets = ("password",)
    optional = ("password",)
    options = (Option("mapping", "sql.toml"), Option("page_size", 5000.0))

    def pages(self, visit: Visit, cursor: Cursor) -> Iterator[Page]:
        """Every read of the mapping that is left of a sync that broke off, else all."""
        reads = mapping(visit)
        left = [name for name in cursor.get("left", ()) if name in {read.name for read in reads}]
        marks: dict[str, Any] = dict(cursor.get("marks", {}))
        if not left:
            left = [read.name for read in reads]
            marks = {name: earlier(mark, visit.connection.number("overlap_minutes")) for name, mark in marks.items()}
        with Database(visit) as database:
            for read in [read for read in reads if read.name in left]:
                yield from _Reading(visit, database, read, marks, left).pages()


class _Reading:
    """One read of the mapping. ``marks`` is how far each is; ``left`` loses this one with its last page."""

    def __init__(self, visit: Visit, database: Database, read: Read, marks: dict[str, Any], left: list[str]) -> None:
        self._visit, self._database, self._read = visit, database, read
        self._marks, self._left = marks, left
        self._size = max(1, int(visit.connection.number("page_size")))
        self._rows = read.rows()

    def pages(self) -> Iterator[Page]:
        """By the time of change where there is one, else whole."""
        yield from self._by_change() if self._read.updated else self._whole()

    def _by_change(self) -> Iterator[Page]:
        read, left_out = self._read, tuple(self._without_time())
        updated, key = self._rows.c[read.updated], self._rows.c[read.key]
        mark = from_json(self._marks.get(read.name))
        more = True
        while more:
            asked = sa.select(self._rows).where(updated.is_not(None)).order_by(updated, key).limit(self._size)
            if mark and mark[1] is None:
                asked = asked.where(updated >= mark[0])
            elif mark:
                asked = asked.where(sa.or_(updated > mark[0], sa.and_(updated == mark[0], key > mark[1])))
            found = self._database.rows(read.name, asked)
            if found:
                mark = (found[-1][read.updated], found[-1][read.key])
                self._marks[read.name] = to_json(mark)
            more = len(found) == self._size
            yield self._page(found, last=not more, left_out=left_out, time=read.updated)
            left_out = ()

    def _without_time(self) -> Iterator[LeftOut]:
        """Rows without a time of change are never read: that is said, at the first page."""
        updated = self._rows.c[self._read.updated]
        counted = sa.select(sa.func.count().label("rows")).select_from(self._rows).where(updated.is_(None))
        [row] = self._database.rows(self._read.name, counted)
        if row["rows"]:
            yield LeftOut("no_change_time", int(row["rows"]))

    def _whole(self) -> Iterator[Page]:
        """All rows, where any of them is another than at the last sync: what changed cannot be told otherwise."""
        read, order = self._read, sa.select(self._rows)
        if read.key:
            order = order.order_by(self._rows.c[read.key])
        found = self._database.rows(read.name, order)
        digest = _digest(found)
        if digest == (self._marks.get(read.name) or {}).get("digest"):
            yield self._page([], last=True)
            return
        at = self._visit.now.replace(tzinfo=None, microsecond=0).isoformat(" ")
        parts = [found[begin : begin + self._size] for begin in range(0, len(found), self._size)] or [[]]
        for number, part in enumerate(parts, start=1):
            if number == len(parts):
                self._marks[read.name] = {"digest": digest}
            yield self._page([{**row, "_at": at} for row in part], last=number == len(parts), time="_at")

    def _page(self, rows: list[Row], *, last: bool, left_out: tuple[LeftOut, ...] = (), time: str = "") -> Page:
        connection, read = self._visit.connection, self._read
        told = [(read.into, read.told(row, time, number)) for number, row in enumerate(rows, start=1)]
        currency, zone = self._visit.options.currency, read.timezone or self._visit.options.timezone
        made = pages.pieces(
            connection, read.name, told, layout=read.layout, zone=zone, currency=currency, count=len(rows)
        )
        if last:
            self._left.remove(read.name)
        # A read of which nothing is left over counts what it left out as read.
        count = len(rows) + sum(part.rows for part in left_out)
        reading = pages.reading(connection, read.name, made, count, left_out=left_out)
        return Page(read.name, (reading,), {"left": list(self._left), "marks": dict(self._marks)})


def _digest(rows: list[Row]) -> str:
    """What all rows say, in whatever order they came."""
    lines = sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


CONNECTOR = Sql()

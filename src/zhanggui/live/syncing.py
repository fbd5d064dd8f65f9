"""One sync: pages are read, stored together with how far that is, and the next sync goes on from there.

A process may die at any moment: what was stored is whole, what was not is read again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from zhanggui.errors import Unreached
from zhanggui.live import connector
from zhanggui.live.kinds import Connection, Cursor, Visit
from zhanggui.store import Kept, Reconciliation, Reject
from zhanggui.tables.loading import Bookmark, Reading
from zhanggui.units import Words

ROWS_AT_ONCE, SECONDS_AT_ONCE = 2000, 10.0
"""Pages are stored together until they hold so many rows, or so long was read: storing a page alone takes as long as asking for it."""
_OF = "_of"
SHOWN_REJECTS = 50


class Shelf(Protocol):
    """Where pages are stored: a warehouse, or a desk that lets others write between two pages."""

    def bookmark(self, connection: str) -> Kept:
        """How far a live shop has been read."""
        ...

    def load(
        self, readings: list[Reading], *, dry_run: bool = False, bookmark: Bookmark | None = None
    ) -> Reconciliation:
        """Store pages with how far they go, all or nothing."""
        ...


@dataclass(slots=True)
class Synced:
    """What one sync did. ``batch`` is empty where there was nothing new; ``streams`` are the records read of each stream."""

    connection: str
    dry_run: bool = False
    batch: str = ""
    pages: int = 0
    streams: dict[str, int] = field(default_factory=dict)
    new: int = 0
    replaced: int = 0
    already_there: int = 0
    rejected: int = 0
    changed: bool = False
    rejects: list[Reject] = field(default_factory=list)
    notes: list[Words] = field(default_factory=list)

    @property
    def rows_read(self) -> int:
        return sum(self.streams.values())

    def count(self, stream: str, records: int) -> None:
        """Count a page that was read."""
        self.pages += 1
        self.streams[stream] = self.streams.get(stream, 0) + records

    def add(self, done: Reconciliation) -> None:
        """Count what storing pages did."""
        self.batch = done.batch or self.batch
        self.new += done.new
        self.replaced += done.replaced
        self.already_there += done.already_there
        self.rejected += done.rejected
        self.changed = self.changed or done.changed
        self.rejects += done.rejects[: SHOWN_REJECTS - len(self.rejects)]
        self.notes += [note for note in done.notes if note not in self.notes]


def sync(
    shelf: Shelf,
    visit: Visit,
    *,
    dry_run: bool = False,
    anew: bool = False,
    told: Callable[[str, int], None] = lambda stream, records: None,
) -> Synced:
    """Read what changed since the last sync and store it; ``anew`` reads everything again. ``told`` hears of each page.

    A dry run reads the same and stores nothing. Raises Unreached, BadValue for a missing secret; what was stored before stays, and the
    next sync goes on from there.
    """
    connection, done = visit.connection, Synced(visit.connection.name, dry_run)
    gathered = _Gathered()
    try:
        for page in connector(connection.kind).pages(visit, {} if anew else cursor_of(shelf, connection)):
            records = sum(reading.rows_read for reading in page.readings)
            told(page.stream, records)
            if gathered.full():
                _store(shelf, connection, gathered, done)
            gathered.add(page.readings, page.cursor)
            done.count(page.stream, records)
    except Unreached:
        if gathered.cursor is not None:
            _store(shelf, connection, gathered, done)
        raise
    if gathered.cursor is not None:
        _store(shelf, connection, gathered, done, ended=True)
    return done


def cursor_of(shelf: Shelf, connection: Connection) -> Cursor:
    """From where to read on; from the beginning where the connection now leads to another shop."""
    told = shelf.bookmark(connection.name).cursor
    cursor: dict[str, object] = json.loads(told) if told else {}
    return cursor if cursor.pop(_OF, None) == _mark(connection) else {}


class _Gathered:
    """Pages that wait to be stored."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.cursor: Mapping[str, object] | None = None
        self._rows, self._since = 0, time.monotonic()

    def add(self, readings: tuple[Reading, ...], cursor: Cursor) -> None:
        self.readings += readings
        self.cursor = cursor
        self._rows += sum(reading.rows_read for reading in readings)

    def full(self) -> bool:
        waited = time.monotonic() - self._since
        return self.cursor is not None and (self._rows >= ROWS_AT_ONCE or waited >= SECONDS_AT_ONCE)

    def empty(self) -> None:
        self.readings, self.cursor, self._rows, self._since = [], None, 0, time.monotonic()


def _store(shelf: Shelf, connection: Connection, gathered: _Gathered, done: Synced, *, ended: bool = False) -> None:
    cursor = json.dumps({**(gathered.cursor or {}), _OF: _mark(connection)}, sort_keys=True)
    mark = Bookmark(connection.name, cursor, ended)
    done.add(shelf.load(gathered.readings, dry_run=done.dry_run, bookmark=mark))
    gathered.empty()


def _mark(connection: Connection) -> str:
    return f"{connection.kind} {connection.url} {connection.channel}"

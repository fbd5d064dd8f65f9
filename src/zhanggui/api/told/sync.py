"""Live shops: which are connected, whether one answers, what a sync did."""

from __future__ import annotations

from datetime import datetime

from zhanggui.api.told.common import Fault, Told
from zhanggui.api.told.imports import RejectedRow


class SecretTold(Told):
    """Where a secret is looked for, and whether it is there. The secret itself is in no answer."""

    name: str
    variable: str
    there: bool


class ConnectionTold(Told):
    """A live shop and how far it has been read; ``last`` is when (UTC)."""

    name: str
    kind: str
    url: str
    channel: str
    options: dict[str, str | float]
    last: datetime | None
    ended: bool
    missing: list[str]


class Connected(ConnectionTold):
    """A live shop that was just connected, and where its secrets go."""

    secrets: list[SecretTold]


class Connections(Told):
    """A page of the live shops, by name."""

    connections: list[ConnectionTold]
    next: str | None = None


class AnsweredTold(Told):
    """A live shop's first page, of which nothing was stored."""

    name: str
    stream: str
    records: int


class SyncRows(Told):
    """Rows that a sync read, and what became of them."""

    read: int
    new: int
    replaced: int
    already_there: int
    rejected: int


class SyncedTold(Told):
    """What a sync did, or would do; ``batch`` is the import by which it can be taken back, empty where nothing was new."""

    name: str
    dry_run: bool
    batch: str
    changed: bool
    pages: int
    streams: dict[str, int]
    rows: SyncRows
    rejects: list[RejectedRow]
    notes: list[str]
    error: Fault | None = None


class Removed(Told):
    """What is read no more."""

    name: str

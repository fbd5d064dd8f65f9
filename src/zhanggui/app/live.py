"""Live shops: which there are, reading what changed in them, and saying how they are reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from zhanggui import config as settings
from zhanggui.errors import BadValue, UserError

if TYPE_CHECKING:
    from zhanggui.app.desk import Desk
    from zhanggui.app.shop import Shop
    from zhanggui.live.kinds import Connection
    from zhanggui.live.syncing import Shelf, Synced
    from zhanggui.store import Kept, Reconciliation, Warehouse
    from zhanggui.tables.loading import Bookmark, Reading

Told = Callable[[str, int], None]


def _silent(stream: str, records: int) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A live shop and how far it has been read. ``at`` (UTC) is when the last page was stored, None before the first; ``ended`` says
    whether that sync came to its end; ``missing`` are secrets that are nowhere."""

    connection: Connection
    at: datetime | None
    ended: bool
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """One connection of a sync of all: what was done, or why it could not be."""

    name: str
    done: Synced | None = None
    problem: UserError | None = None


@dataclass(slots=True)
class Live:
    """The live shops of a workspace."""

    shop: Shop
    environment: Mapping[str, str] | None = field(default=None, repr=False)

    def connections(self) -> list[Standing]:
        """Every connection, in the order of the settings."""
        from zhanggui.live import missing
        from zhanggui.live.connections import connections
        from zhanggui.live.keys import Keys

        found = []
        for connection in connections(self.shop.config):
            kept = self.shop.warehouse.bookmark(connection.name)
            keys = Keys(connection.name, self.environment)
            at = datetime.fromisoformat(kept.at) if kept.at else None
            found.append(Standing(connection, at, kept.ended, missing(connection, keys)))
        return found

    def sync(
        self, name: str, *, dry_run: bool = False, anew: bool = False, told: Told = _silent, shelf: Shelf | None = None
    ) -> Synced:
        """Read what changed in one live shop. Raises Unreached, BadValue; what was stored before stays."""
        from zhanggui.live.syncing import sync

        return sync(shelf or self.shop.warehouse, self.visit(name), dry_run=dry_run, anew=anew, told=told)

    def tried(
        self, name: str, *, dry_run: bool = False, anew: bool = False, told: Told = _silent, shelf: Shelf | None = None
    ) -> Tried:
        """The same, giving what went wrong instead of raising it: one shop that cannot be reached keeps no other from being read."""
        try:
            return Tried(name, self.sync(name, dry_run=dry_run, anew=anew, told=told, shelf=shelf))
        except UserError as problem:
            return Tried(name, problem=problem)

    def sync_all(self, *, told: Told = _silent, shelf: Shelf | None = None) -> list[Tried]:
        """Read what changed in every live shop."""
        return [self.tried(name, told=told, shelf=shelf) for name in self.shop.config.sync]

    def shelf(self, alone: Callable[[], AbstractContextManager[Any]]) -> SharedShelf:
        """Where pages are stored while others may write between two of them."""
        return SharedShelf(self.shop.warehouse, alone)

    def visit(self, name: str) -> Any:
        """What a connector needs to call a shop: for reading, and for whoever writes to it."""
        from zhanggui.live.connections import find
        from zhanggui.live.keys import Keys
        from zhanggui.live.kinds import Visit
        from zhanggui.tables.loading import Options

        connection = find(self.shop.config, name)
        options = Options(connection.channel, self.shop.config.currency, self.shop.config.timezone)
        keys = Keys(connection.name, self.environment)
        return Visit(connection, keys, self.shop.clock.now(), options, self.shop.folder)

    def add(
        self, name: str, kind: str, url: str, *, channel: str = "", options: Mapping[str, str] | None = None
    ) -> Connection:
        """Say how a live shop is reached: in ``zhanggui.toml``, without its secrets. Raises BadValue for what makes no sense."""
        from zhanggui.live import connections

        if name in self.shop.config.sync:
            raise BadValue("live.name_taken", name=name)
        raw = {"kind": kind, "url": url, "channel": channel, **connections.typed(kind, options or {})}
        connection = connections.connection_of(name, raw)
        settings.rewrite_sync(self.shop.folder, name, connections.as_told(connection))
        return connection

    def secrets(self, connection: Connection) -> list[tuple[str, str]]:
        """The secrets of a connection, and the variable of the environment that may hold each."""
        from zhanggui.live import keys, secrets_of

        return [(name, keys.variable(connection.name, name)) for name in secrets_of(connection)]

    def keep_secret(self, name: str, secret: str, typed: str) -> None:
        """Keep a secret in the system's keyring. Raises Unreached where there is none."""
        from zhanggui.live import keys

        keys.keep(name, secret, typed)

    def remove(self, name: str) -> None:
        """Read a live shop no more, and forget its secrets and how far it was read. What was read stays."""
        from zhanggui.live import connections, keys, secrets_of

        connection = connections.find(self.shop.config, name)
        settings.rewrite_sync(self.shop.folder, name, None)
        for secret in secrets_of(connection):
            keys.forget(name, secret)
        self.shop.warehouse.forget_bookmark(name)


class SharedShelf:
    """A warehouse that others write to as well, between two pages: ``alone`` keeps them waiting while pages are stored."""

    def __init__(self, warehouse: Warehouse, alone: Callable[[], AbstractContextManager[Any]]) -> None:
        self._warehouse, self._alone = warehouse, alone

    def bookmark(self, connection: str) -> Kept:
        """How far a live shop has been read."""
        return self._warehouse.bookmark(connection)

    def load(
        self, readings: list[Reading], *, dry_run: bool = False, bookmark: Bookmark | None = None
    ) -> Reconciliation:
        """Store pages, on top of what others have stored meanwhile."""
        with self._alone():
            self._warehouse.look_again()
            return self._warehouse.load(readings, dry_run=dry_run, bookmark=bookmark)


@contextmanager
def called(desk: Desk) -> Iterator[tuple[Live, SharedShelf]]:
    """The live shops of a desk, and where it stores what they say. Calling a shop takes long, so nobody waits for it."""
    from zhanggui.app.shop import Shop

    with Shop.open(desk.folder) as shop:
        yield Live(shop), SharedShelf(shop.warehouse, desk.alone)

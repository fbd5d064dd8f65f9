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
    from zhanggui.live.kinds import Connection, Connector
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


@dataclass(frozen=True, slots=True)
class Answered:
    """What a live shop said when it was asked for a first page: of which stream (orders, products), and so many records."""

    name: str
    stream: str
    records: int


@dataclass(frozen=True, slots=True)
class Secret:
    """What only the owner may know of a connection: the variable of the environment that may hold it, and whether it is anywhere."""

    name: str
    variable: str
    there: bool


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

    def test(self, name: str) -> Answered:
        """Ask a live shop for a first page and store nothing. Raises Unreached, BadValue for a missing secret."""
        from zhanggui.live import connector

        visit = self.visit(name)
        pages = iter(connector(visit.connection.kind).pages(visit, {}))
        first = next(pages, None)
        if first is None:
            return Answered(name, "", 0)
        return Answered(name, first.stream, sum(reading.rows_read for reading in first.readings))

    def add(
        self,
        name: str,
        kind: str,
        url: str,
        *,
        channel: str = "",
        options: Mapping[str, str] | None = None,
        from_afar: bool = False,
    ) -> Connection:
        """Say how a live shop is reached: in ``zhanggui.toml``, without its secrets. ``from_afar``: whoever says it came over the network,
        and the connection is held to the open internet. Raises BadValue for what makes no sense or may not be called."""
        from zhanggui.live import connections, connector, reach

        if name in self.shop.config.sync:
            raise BadValue("live.name_taken", name=name)
        told = dict(options or {})
        if from_afar:
            if not over_http(connector(kind)):
                raise BadValue("live.not_over_http", name=name)
            told[reach.NETWORK] = reach.PUBLIC
        raw = {"kind": kind, "url": url, "channel": channel, **connections.typed(kind, told)}
        connection = connections.connection_of(name, raw)
        if from_afar:
            reach.check_entered(name, connection.url)
        settings.rewrite_sync(self.shop.folder, name, connections.as_told(connection))
        return connection

    def secrets(self, connection: Connection) -> list[Secret]:
        """The secrets of a connection, and where each may stand."""
        from zhanggui.live import keys, secrets_of

        known = keys.Keys(connection.name, self.environment)
        return [
            Secret(name, keys.variable(connection.name, name), known.find(name) is not None)
            for name in secrets_of(connection)
        ]

    def keep_secret(self, name: str, secret: str, typed: str) -> None:
        """Keep a secret in the system's keyring. Raises Unreached where there is none, BadValue for one that the connection has not."""
        from zhanggui.live import connections, keys, secrets_of

        known = secrets_of(connections.find(self.shop.config, name))
        if secret not in known:
            raise BadValue("live.unknown_secret", name=name, secret=secret, known=", ".join(known))
        keys.keep(name, secret, typed)

    def remove(self, name: str) -> None:
        """Read a live shop no more, and forget its secrets and how far it was read. What was read stays."""
        from zhanggui.live import connections, keys, secrets_of

        connection = connections.find(self.shop.config, name)
        settings.rewrite_sync(self.shop.folder, name, None)
        for secret in secrets_of(connection):
            keys.forget(name, secret)
        self.shop.warehouse.forget_bookmark(name)


def over_http(system: Connector) -> bool:
    """Whether a shop system is called over HTTP: a database is opened by its driver, which nobody can hold to the open internet."""
    return bool(getattr(system, "over_http", False))


def kinds_from_afar() -> list[str]:
    """The shop systems that may be connected over the network."""
    from zhanggui.live import connectors

    return [kind for kind, system in connectors().items() if over_http(system)]


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

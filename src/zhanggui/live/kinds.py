"""What a connector is: it reads a live shop page by page, and says after each page from where to read on.

A connector is one module of this folder with a module-level ``CONNECTOR`` that satisfies :class:`Connector`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from zhanggui.live.keys import Keys
from zhanggui.tables.loading import Options, Reading

Cursor = Mapping[str, Any]
"""How far a connector has read, in its own words: what JSON can hold, never a secret. Empty: nothing was read yet."""


@dataclass(frozen=True, slots=True)
class Option:
    """A line that a connector understands in ``[sync.<name>]`` beside kind, url and channel. ``default`` says its type: text or number."""

    name: str
    default: str | float


COMMON = (
    Option("per_second", 3.0),
    Option("timeout_seconds", 30.0),
    Option("overlap_minutes", 60.0),
    Option("writes", "no"),
    Option("network", "any"),
)
"""What every connection may say: how many questions a second at most, how long to wait for an answer, how far before the last change
seen a sync begins again, whether the shop may be written to, and whether it stands in the open internet only (``public``)."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A live shop as the workspace's settings name it. Nothing here is secret."""

    name: str
    kind: str
    url: str
    channel: str
    options: Mapping[str, str | float] = field(default_factory=dict)

    def number(self, option: str) -> float:
        """An option that is a number."""
        return float(self.options[option])

    def text(self, option: str) -> str:
        """An option that is a text."""
        return str(self.options[option])


@dataclass(frozen=True, slots=True)
class Visit:
    """One reading of a live shop: who it is, its secrets, and when (UTC) the reading began. ``folder`` is the workspace, for files that
    the connection's settings name."""

    connection: Connection
    keys: Keys
    now: datetime
    options: Options
    folder: Any = None


@dataclass(frozen=True, slots=True)
class Page:
    """Part of what changed, and the cursor from which to go on when it is stored. ``stream`` says what it is of (orders, products)."""

    stream: str
    readings: tuple[Reading, ...]
    cursor: Cursor


@runtime_checkable
class Connector(Protocol):
    """A shop system."""

    kind: str
    channel: str
    """Where a connection names none."""
    secrets: tuple[str, ...]
    """Names of what only the owner may know, in the order in which they are asked for."""
    options: tuple[Option, ...]
    """What it understands beside :data:`COMMON`."""

    def pages(self, visit: Visit, cursor: Cursor) -> Iterator[Page]:
        """What changed since ``cursor``, page by page; the last page's cursor is where the next sync begins.

        A page may be asked for again, and what it states a second time does no harm: rows are known by their content. Raises Unreached.
        """
        ...

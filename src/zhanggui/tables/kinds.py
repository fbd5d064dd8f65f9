"""How a table is declared: columns with kinds, keys, references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "integer", "number", "money", "instant", "day", "flag", "list"]
"""text · integer (BIGINT) · number (DOUBLE) · money (DECIMAL(18,4)) · instant (naive TIMESTAMP in UTC) ·
day (DATE, local) · flag (BOOLEAN) · list (text joined by ``;``)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``day`` asks for a local ``<stem>_day`` beside an instant; ``choices`` closes a text column;
    ``aliases`` are other spellings a general file may use (lower case)."""

    name: str
    kind: Kind = "text"
    required: bool = False
    day: bool = False
    choices: tuple[str, ...] = ()
    masked: bool = False
    """Free text in which phones and e-mails are masked on load."""

    @property
    def day_name(self) -> str:
        """``paid_at`` → ``paid_day``; ``ship_by`` → ``ship_by_day``."""
        stem = self.name[:-3] if self.name.endswith("_at") else self.name
        return f"{stem}_day"


@dataclass(frozen=True, slots=True)
class Table:
    """A canonical table. ``key`` excludes ``channel``, which every table has first. ``wildcard`` keys read blank as
    ``*`` (total over this dimension). ``set_of`` names the parent key whose rows come from one layout only."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    wildcard: tuple[str, ...] = ()
    set_of: str | None = None
    references: tuple[tuple[str, str], ...] = ()
    """Pairs (column, table.column) that should exist; orphans are reported, never dropped."""
    money: str | None = None
    """The money column that reconciliation adds up."""
    has_channel: bool = True

    @property
    def full_key(self) -> tuple[str, ...]:
        return (("channel",) if self.has_channel else ()) + self.key

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """All stored columns in order: channel, declared columns, their day columns, extra."""
        names: list[str] = ["channel"] if self.has_channel else []
        for column in self.columns:
            names.append(column.name)
            if column.day:
                names.append(column.day_name)
        return (*names, "extra")

    @property
    def stated(self) -> tuple[str, ...]:
        """What a source may state: ``names`` without the computed day columns."""
        computed = {column.day_name for column in self.columns if column.day}
        return tuple(name for name in self.names if name not in computed)

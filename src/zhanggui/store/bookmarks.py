"""How far each live shop has been read: kept in ``meta`` by the transaction that keeps the rows, and set back when they are taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from duckdb import DuckDBPyConnection

from zhanggui.store.schema import first, set_meta
from zhanggui.tables.loading import Bookmark

_PREFIX = "sync:"
_BEFORE = "sync_before:"


@dataclass(frozen=True, slots=True)
class Kept:
    """How far one live shop has been read. ``cursor`` is empty before the first page; ``last`` is the number of the last import that holds
    rows of it, ``onto`` the one that the next page goes onto (0: a new one); ``at`` is when (UTC) the last page was kept."""

    cursor: str = ""
    last: int = 0
    onto: int = 0
    ended: bool = True
    at: str = ""


def kept(meta: Mapping[str, str], connection: str) -> Kept:
    """How far a live shop has been read."""
    told = meta.get(_PREFIX + connection)
    return Kept(**json.loads(told)) if told else Kept()


def keep(engine: DuckDBPyConnection, before: Kept, mark: Bookmark, number: int, *, recorded: bool) -> None:
    """Keep a bookmark. ``number`` is the import its page went into, where the page was ``recorded``."""
    if recorded and number != before.onto:
        set_meta(engine, **{f"{_BEFORE}{number}:{mark.connection}": json.dumps(asdict(before))})
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0).isoformat()
    last, onto = (number, number) if recorded else (before.last, 0)
    after = Kept(mark.cursor, last, 0 if mark.ended else onto, mark.ended, now)
    set_meta(engine, **{_PREFIX + mark.connection: json.dumps(asdict(after))})


def set_back(engine: DuckDBPyConnection, meta: Mapping[str, str], number: int) -> None:
    """An import was taken back: whatever it read of a live shop is to be read again."""
    for name, told in meta.items():
        if not name.startswith(f"{_BEFORE}{number}:"):
            continue
        connection, earlier = name.split(":", 2)[2], json.loads(told)
        if kept(meta, connection).last >= number:
            set_meta(engine, **{_PREFIX + connection: json.dumps(earlier | {"onto": 0})})
        engine.execute("DELETE FROM meta WHERE name = ?", [name])


def forget(engine: DuckDBPyConnection, connection: str) -> None:
    """A live shop is to be read from the beginning."""
    engine.execute("DELETE FROM meta WHERE name = ?", [_PREFIX + connection])


def standing(engine: DuckDBPyConnection, number: int) -> bool:
    """Whether an import is there and was not taken back."""
    row = first(engine, "SELECT undone_at IS NULL FROM batches WHERE number = ?", [number])
    return bool(row and row[0])

"""The mapping file of a database: which tables or queries are which canonical table, column by column."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from zhanggui.errors import BadValue
from zhanggui.live.kinds import Visit
from zhanggui.tables import TABLES

_ENTRIES = {"name", "into", "table", "query", "updated", "key", "timezone", "layout", "columns", "values", "constants"}
_SPECIAL = ("_identity", "channel")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")


@dataclass(frozen=True, slots=True)
class Read:
    """One ``[[read]]``: a table or query, the canonical table it goes ``into``, and canonical column ← column there."""

    name: str
    into: str
    columns: Mapping[str, str]
    table: str = ""
    query: str = ""
    updated: str = ""
    key: str = ""
    timezone: str = ""
    layout: int = 20
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)

    def rows(self) -> Any:
        """What is asked: the columns that are wanted, of the table or of the query as an inner part."""
        wanted = dict.fromkeys([*self.columns.values(), *filter(None, (self.updated, self.key))])
        columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in wanted]
        if self.query:
            return sa.text(self.query).columns(*columns).subquery("q")
        schema, _, name = self.table.rpartition(".")
        return sa.select(*columns).select_from(sa.table(name, *columns, schema=schema or None)).subquery("q")

    def told(self, row: Mapping[str, Any], time: str, number: int) -> dict[str, Any]:
        """A row in canonical columns."""
        made: dict[str, Any] = {"_row": number, **self.constants}
        if time:
            made["_time"] = _plain(row[time])
        for field_, column in self.columns.items():
            value = _plain(row[column])
            made[field_] = self.values.get(field_, {}).get(str(value), value)
        return made


def mapping(visit: Visit) -> list[Read]:
    """The reads of a connection's mapping file, which lies in the workspace. Raises BadValue for the first thing that makes no sense."""
    path = Path(visit.folder) / visit.connection.text("mapping")
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadValue("live.no_mapping", connection=visit.connection.name, file=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadValue("live.mapping_unreadable", file=str(path), reason=str(error)) from None
    found = raw.get("read")
    if not isinstance(found, list) or not found:
        raise BadValue("live.mapping_empty", file=str(path))
    reads = [_read(each, path) for each in found]
    for read in reads:
        if sum(other.name == read.name for other in reads) > 1:
            raise BadValue("live.mapping_twice", file=str(path), name=read.name)
    return reads


def _read(raw: Any, path: Path) -> Read:
    name = str(raw.get("name") or raw.get("into") or "") if isinstance(raw, dict) else ""

    def bad(entry: str, value: object, known: str) -> BadValue:
        return BadValue("live.bad_mapping", file=path.name, read=name, entry=entry, value=str(value), known=known)

    if not _NAME.fullmatch(name):
        raise bad("name", name, "a-z, 0-9, _")
    for entry in raw:
        if entry not in _ENTRIES:
            raise bad(entry, raw[entry], ", ".join(sorted(_ENTRIES)))
    into = str(raw.get("into", ""))
    if into not in TABLES:
        raise bad("into", into, ", ".join(TABLES))
    if bool(raw.get("table")) == bool(raw.get("query")):
        raise bad("table", raw.get("table", ""), "table | query")
    query = str(raw.get("query", "")).strip().rstrip(";")
    if ";" in query:
        raise bad("query", query[:60], "SELECT …")
    if raw.get("updated") and not raw.get("key"):
        raise bad("key", "", "id")
    if not raw.get("columns"):
        raise bad("columns", "", f"{', '.join(TABLES[into].stated[:6])} …")
    stated = (*TABLES[into].stated, *_SPECIAL)
    for entry in ("columns", "constants", "values"):
        for column in raw.get(entry, {}):
            if column not in stated:
                raise bad(entry, column, ", ".join(stated))
    return Read(
        name,
        into,
        columns=dict(raw["columns"]),
        table=str(raw.get("table", "")),
        query=query,
        updated=str(raw.get("updated", "")),
        key=str(raw.get("key", "")),
        timezone=str(raw.get("timezone", "")),
        layout=int(raw.get("layout", 20)),
        values=dict(raw.get("values", {})),
        constants=dict(raw.get("constants", {})),
    )


def _plain(value: Any) -> Any:
    """A value as a cell can hold it; texts of bytes and other kinds as text."""
    if isinstance(value, datetime | date):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if value is None or isinstance(value, str | int | float | dict | list):
        return value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)

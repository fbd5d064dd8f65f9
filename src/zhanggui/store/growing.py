"""A warehouse of an earlier version grows the tables and columns that were declared since: nothing is lost or imported anew."""

from __future__ import annotations

import hashlib

from duckdb import DuckDBPyConnection

from zhanggui.store import versions
from zhanggui.store.schema import create_canonical, current_types, fact_types, quote, version_types
from zhanggui.tables import FACTS, TABLES


def shape() -> str:
    """A mark of all declared tables and columns: another one says that the warehouse has to grow or its facts to be made anew."""
    declared = [(name, current_types(table)) for name, table in TABLES.items()]
    declared += [(name, fact_types(fact)) for name, fact in FACTS.items()]
    return hashlib.sha256(repr(declared).encode()).hexdigest()[:16]


def grow(connection: DuckDBPyConnection, home: str) -> None:
    """Add what is missing, empty. A table with new columns gets its hashes anew: they are made of all columns."""
    for table in TABLES.values():
        if not _columns(connection, table.name):
            create_canonical(connection, table)
            continue
        grown = False
        for name, types in ((table.name, current_types(table)), (f"{table.name}_versions", version_types(table))):
            for column, kind in types.items():
                if column not in _columns(connection, name):
                    connection.execute(f"ALTER TABLE {quote(name)} ADD COLUMN {quote(column)} {kind}")
                    grown = True
        if grown:
            versions.rehash(connection, table, home)


def _columns(connection: DuckDBPyConnection, table: str) -> set[str]:
    found = connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = ? AND database_name = current_database()", [table]
    )
    return {name for (name,) in found.fetchall()}

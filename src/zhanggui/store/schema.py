"""The warehouse's own tables: the canonical ones, their versions and claims, the batches, and what the warehouse knows of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhanggui.tables import FACTS, TABLES, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORMAT = 1
"""Grows when a warehouse written by this version cannot be read by the one before."""

FILE = "warehouse.duckdb"

TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "money": "DECIMAL(18,4)",
    "instant": "TIMESTAMP",
    "day": "DATE",
    "flag": "BOOLEAN",
    "list": "VARCHAR",
}

LAYOUT_BITS = 63
"""The rank's lowest six bits are the layout's precedence."""

_VERSIONING = {
    "_key": "UBIGINT",
    "_content": "UBIGINT",
    "_rank": "UBIGINT",
    "_batch": "INTEGER",
    "_piece": "INTEGER",
}


def quote(name: str) -> str:
    """An identifier for the engine.

    >>> quote('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text literal for the engine.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def names(columns: tuple[str, ...], prefix: str = "") -> str:
    """A column list for the engine."""
    return ", ".join(prefix + quote(column) for column in columns)


def types(table: Table) -> dict[str, str]:
    """The engine's type of every stored column, in order."""
    kinds = {column.name: TYPES[column.kind] for column in table.columns}
    days = {column.day_name: "DATE" for column in table.columns if column.day}
    return {name: kinds.get(name) or days.get(name) or "VARCHAR" for name in table.names}


def key_hash(table: Table) -> str:
    """The hash by which a row's key is found. Keys that share a hash are folded in one go, never into each other."""
    return f"hash({names(table.full_key)})"


def content_hash(table: Table) -> str:
    """The hash of everything a row states beside its key."""
    columns = tuple(name for name in table.stated if name not in table.full_key)
    return f"hash({names(columns)})"


def hash_sample(connection: DuckDBPyConnection) -> str:
    """What this engine's hash makes of one row of every type: another value says that all stored hashes are outdated."""
    row = first(
        connection,
        "SELECT hash('key', 'a text that is too long to lie in line', 42::BIGINT, 0.1::DOUBLE, 12.3456::DECIMAL(18,4),"
        " TIMESTAMP '2011-12-09 12:50:00', DATE '2011-12-09', true, NULL::VARCHAR)",
    )
    return str(row[0]) if row else ""


def version_types(table: Table) -> dict[str, str]:
    """The engine's types of a version table: what a source may state, then what versions carry beside."""
    known = types(table)
    return {name: known[name] for name in table.stated} | _VERSIONING


def current_types(table: Table) -> dict[str, str]:
    """The columns of the current table: the canonical ones, then those of versioning (see ``versions``)."""
    return types(table) | _VERSIONING


def create_table(name: str, columns: dict[str, str]) -> str:
    """SQL that makes a table of these columns."""
    body = ", ".join(f"{quote(column)} {kind}" for column, kind in columns.items())
    return f"CREATE TABLE {quote(name)} ({body})"


def versions(table: Table) -> str:
    """The name of a table's versions, quoted."""
    return quote(f"{table.name}_versions")


def stage(table: Table) -> str:
    """The name of the table that an import fills first, quoted."""
    return quote(f"_stage_{table.name}")


def claims(table: Table) -> str:
    """The name of the table that says which batch states which version, quoted."""
    return quote(f"{table.name}_claims")


def create_all(connection: DuckDBPyConnection) -> None:
    """Make every table of an empty warehouse. No key constraints: uniqueness follows from the fold."""
    connection.execute("CREATE TABLE meta (name VARCHAR, value VARCHAR)")
    connection.execute(
        "CREATE TABLE batches (number INTEGER, id VARCHAR, made_at TIMESTAMP, rejected BIGINT, undone_at TIMESTAMP)"
    )
    connection.execute("CREATE TABLE batch_tables (number INTEGER, name VARCHAR, new BIGINT, replaced BIGINT)")
    connection.execute(
        "CREATE TABLE batch_files (number INTEGER, file VARCHAR, sha256 VARCHAR, bytes BIGINT, source VARCHAR,"
        " layout VARCHAR, channel VARCHAR, rows_read BIGINT)"
    )
    for table in TABLES.values():
        create_canonical(connection, table)
    for fact in FACTS.values():
        connection.execute(create_table(fact.name, fact_types(fact)))


def create_canonical(connection: DuckDBPyConnection, table: Table) -> None:
    """Make the current table, its versions and its claims."""
    connection.execute(create_table(table.name, current_types(table)))
    connection.execute(create_table(f"{table.name}_versions", version_types(table)))
    claim = {name: _VERSIONING[name] for name in ("_key", "_content", "_rank", "_batch")}
    connection.execute(create_table(f"{table.name}_claims", claim))


def fact_types(fact: Table) -> dict[str, str]:
    """Facts carry no ``extra``: they are derived."""
    return {name: kind for name, kind in types(fact).items() if name != "extra"}


def get_meta(connection: DuckDBPyConnection) -> dict[str, str]:
    """What the warehouse notes of itself, by name."""
    return dict(connection.execute("SELECT name, value FROM meta").fetchall())


def set_meta(connection: DuckDBPyConnection, **values: object) -> None:
    """Note something of the warehouse itself."""
    for name, value in values.items():
        connection.execute("DELETE FROM meta WHERE name = ?", [name])
        connection.execute("INSERT INTO meta VALUES (?, ?)", [name, str(value)])


def first(connection: DuckDBPyConnection, query: str, values: list[object] | None = None) -> tuple[Any, ...] | None:
    """The first row of a query, or None; the result is read to its end, so that the connection is free again."""
    rows = connection.execute(query, values).fetchall()
    return rows[0] if rows else None

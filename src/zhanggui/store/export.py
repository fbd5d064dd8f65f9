"""The canonical tables written out: as CSV that a spreadsheet can open safely, or as Parquet. Importing them gives the same store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from duckdb import DuckDBPyConnection

from zhanggui.errors import BadValue, WorkspaceError
from zhanggui.store.cells import UNKNOWN
from zhanggui.store.schema import fact_types, first, literal, names, quote, types
from zhanggui.tables import FACTS, TABLES, Table

if TYPE_CHECKING:
    from zhanggui.store.warehouse import Warehouse

FORMATS = ("csv", "parquet")
_NEEDS_QUOTE = r"^''*[=+\-@\t\r]"


def export(connection: DuckDBPyConnection, folder: Path, *, format: str) -> list[Path]:
    """Write every canonical table that has rows, ordered by key; returns the files.

    Raises BadValue for another format than csv or parquet, WorkspaceError where the folder cannot be written.
    """
    if format not in FORMATS:
        raise BadValue("store.unknown_format", format=format, known=", ".join(FORMATS))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceError("store.not_writable", folder=str(folder), reason=str(error)) from None
    written = []
    for table in TABLES.values():
        row = first(connection, f"SELECT EXISTS (SELECT 1 FROM {quote(table.name)})")
        if row and row[0]:
            path = folder / f"{table.name}.{format}"
            query = _csv_rows(table) if format == "csv" else _parquet_rows(table)
            _copy(connection, f"{query} ORDER BY {names(table.full_key, quote(table.name) + '.')}", path, format)
            written.append(path)
    return written


def parquet_copy(warehouse: Warehouse, folder: Path) -> list[Path]:
    """Every canonical and fact table, empty ones too, with all stored columns, as Parquet: for another engine to read."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in (*TABLES, *FACTS):
        path = folder / f"{name}.parquet"
        warehouse.copy_table(name, path)
        written.append(path)
    return written


def _copy(connection: DuckDBPyConnection, query: str, path: Path, format: str) -> None:
    options = "FORMAT csv, HEADER true, NULLSTR ''" if format == "csv" else "FORMAT parquet"
    connection.execute(f"COPY ({query}) TO {literal(str(path))} ({options})")


def copy_table(connection: DuckDBPyConnection, name: str, path: Path) -> None:
    """Write one table as it lies in the warehouse as a Parquet file."""
    columns = tuple(types(TABLES[name]) if name in TABLES else fact_types(FACTS[name]))
    _copy(connection, f"SELECT {names(columns)} FROM {quote(name)}", path, "parquet")


def _parquet_rows(table: Table) -> str:
    """Typed columns; instants carry their zone, unknown key parts are spelled out as in CSV."""
    values = []
    for name in table.stated:
        column = f"{quote(table.name)}.{quote(name)}"
        if types(table)[name] == "TIMESTAMP":
            column = f"timezone('UTC', {column})"
        elif name in table.wildcard:
            column = f"CASE WHEN {column} = '' THEN {literal(UNKNOWN)} ELSE {column} END"
        values.append(f"{column} AS {quote(name)}")
    return f"SELECT {', '.join(values)} FROM {quote(table.name)}"


def _csv_rows(table: Table) -> str:
    """Instants with a ``Z``; unknown key parts spelled out; text that a spreadsheet would run gets a leading quote."""
    values = []
    for name, kind in types(table).items():
        if name not in table.stated:
            continue
        column = f"{quote(table.name)}.{quote(name)}"
        if kind == "TIMESTAMP":
            column = f"replace(CAST({column} AS VARCHAR), ' ', 'T') || 'Z'"
        elif kind == "VARCHAR":
            plain = (
                f"CASE WHEN {column} = '' THEN {literal(UNKNOWN)} ELSE {column} END"
                if name in table.wildcard
                else column
            )
            column = f"CASE WHEN regexp_matches({column}, '{_NEEDS_QUOTE}') THEN '''' || {column} ELSE {plain} END"
        values.append(f"{column} AS {quote(name)}")
    return f"SELECT {', '.join(values)} FROM {quote(table.name)}"

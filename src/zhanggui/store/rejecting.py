"""What could not be taken: every faulty cell and broken line, kept by the engine until it is shown and written to the rejects files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from zhanggui.errors import BadFile
from zhanggui.store import personal
from zhanggui.store.reconcile import SHOWN_REJECTS, Reject
from zhanggui.store.schema import first, literal
from zhanggui.store.staging import Staged
from zhanggui.tables.loading import CsvFile, Reading

TEMPORARY = ("_rejected", "_faults")

_SHOWN = 200
_RUNS = r"^[=+\-@\t\r]"
_CELLS = ("MISSING COLUMNS", "TOO MANY COLUMNS")
_COLUMNS = {"part": pl.Int32, "file": pl.String, "table": pl.String, "row": pl.Int64} | dict.fromkeys(
    ("column", "value", "reason"), pl.String
)


def shown(value: Any, hidden: bool = False) -> str:
    """A value as a reject may show it: ``***`` where it is or looks personal."""
    if value is None:
        return ""
    text = str(value)
    return "***" if hidden or personal.personal_value(text) else text[:_SHOWN]


def begin(connection: DuckDBPyConnection, readings: Sequence[Reading]) -> None:
    """Open the list of rejects with those that the sources have found."""
    rows = [
        (0, reading.sheet.name, "", row, column, shown(value), reason if "." in reason else f"rejects.{reason}")
        for reading in readings
        for row, column, value, reason in reading.rejects
    ]
    connection.register("_of_sources", pl.DataFrame(rows, schema=_COLUMNS, orient="row").to_arrow())
    connection.execute("CREATE OR REPLACE TEMP TABLE _rejected AS SELECT *, 0::BIGINT AS nth FROM _of_sources")
    connection.unregister("_of_sources")


def add_broken_lines(connection: DuckDBPyConnection, plan: Staged) -> int:
    """Add the lines of a CSV that have another number of cells than its header; returns how many.

    Raises BadFile where the engine cannot read on for another reason, or no line is as the header says.
    """
    if not isinstance(plan.piece.rows, CsvFile):
        return 0
    table = f"_broken_{plan.number}"
    other = first(
        connection, f"SELECT line, error_message FROM {table} WHERE error_type NOT IN {_CELLS} ORDER BY line LIMIT 1"
    )
    if other:
        raise _broken_file(plan, *other)
    lines = first(connection, f"SELECT count(DISTINCT line) FROM {table}")
    count = int(lines[0]) if lines else 0
    if count:
        connection.execute(
            f"INSERT INTO _rejected SELECT {plan.number + 1}, {literal(plan.piece.origin)}, {literal(plan.table.name)}, line, '',"
            " max(regexp_extract(error_message, 'Found: *([0-9]+)', 1)), 'store.reject.number_of_cells', 0"
            f" FROM {table} GROUP BY line"
        )
    return count


def no_table(connection: DuckDBPyConnection, plan: Staged) -> BadFile:
    """What to say of a CSV whose every line has another number of cells than its header."""
    row = first(connection, f"SELECT line, error_message FROM _broken_{plan.number} ORDER BY line LIMIT 1")
    return _broken_file(plan, *(row or (0, "")))


def _broken_file(plan: Staged, line: int, reason: str) -> BadFile:
    return BadFile("store.broken_file", file=plan.piece.origin, row=line, reason=reason.splitlines()[0][:300])


def add_faults(connection: DuckDBPyConnection, plan: Staged) -> None:
    """Add every faulty cell of a piece, by a second pass over it. Raises BadFile for faults that stop the file."""
    if not plan.faults:
        return
    origin, table = plan.piece.origin, plan.table
    hidden = {column.name for column in table.columns if column.masked} | {"customer_key"}
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _faults AS {plan.faults}")
    stop = first(connection, 'SELECT line, "column", value, reason FROM _faults WHERE fatal ORDER BY line, nth LIMIT 1')
    if stop:
        line, column, value, reason = stop
        raise BadFile(f"store.{reason}", file=origin, row=line, column=column, value=shown(value, column in hidden))
    masked = ", ".join(map(literal, sorted(hidden)))
    value = (
        f"CASE WHEN value IS NULL THEN '' WHEN \"column\" IN ({masked})"
        f" OR regexp_matches(trim(value), {literal(personal.CONTENT)}) THEN '***' ELSE left(value, {_SHOWN}) END"
    )
    connection.execute(
        f'INSERT INTO _rejected SELECT {plan.number + 1}, {literal(origin)}, {literal(table.name)}, line, "column",'
        f" {value}, 'store.reject.' || reason, nth FROM _faults"
        ' QUALIFY row_number() OVER (PARTITION BY line, "column" ORDER BY nth) = 1'
    )


def listed(connection: DuckDBPyConnection) -> list[Reject]:
    """The first rejects, as many as a reconciliation carries."""
    rows = connection.execute(
        'SELECT file, "table", "row", "column", value, reason FROM _rejected'
        f' ORDER BY part, "row", nth LIMIT {SHOWN_REJECTS}'
    ).fetchall()
    return [Reject(*row) for row in rows]


def files(connection: DuckDBPyConnection) -> list[str]:
    """The files that have rejects."""
    rows = connection.execute("SELECT file FROM _rejected GROUP BY file ORDER BY min(part), file").fetchall()
    return [file for (file,) in rows]


def any_there(connection: DuckDBPyConnection) -> bool:
    """Whether anything was rejected."""
    return first(connection, "SELECT 1 FROM _rejected LIMIT 1") is not None


def places(folder: Path, names: Iterable[str]) -> Iterable[tuple[str, Path]]:
    """Where the rejects of each file go: a CSV of its own, also where an earlier page of the same name has one."""
    for file in names:
        stem = re.sub(r"[^\w.\-]+", "_", file)
        found = (folder / f"{stem}{f'-{nth}' if nth > 1 else ''}.csv" for nth in count(1))
        yield file, next(path for path in found if not path.exists())


def write(connection: DuckDBPyConnection, file: str, path: Path) -> None:
    """Write all rejects of a file to a CSV; texts that a spreadsheet would run get a leading quote."""
    value = f"CASE WHEN regexp_matches(value, '{_RUNS}') THEN '''' || value ELSE nullif(value, '') END AS value"
    table, column = (f"nullif({name}, '') AS {name}" for name in ('"table"', '"column"'))
    connection.execute(
        f'COPY (SELECT file, {table}, "row", {column}, {value}, reason FROM _rejected WHERE file = {literal(file)}'
        f' ORDER BY part, "row", nth) TO {literal(str(path))} (FORMAT csv, HEADER true)'
    )

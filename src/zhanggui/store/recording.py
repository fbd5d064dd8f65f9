"""The books of the imports: which batch holds what, file by file and table by table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from duckdb import DuckDBPyConnection

from zhanggui.store.reconcile import Reconciliation
from zhanggui.store.schema import claims
from zhanggui.tables import TABLES

FileRow = tuple[str, str, int, str, str]
"""A file of an import: name, SHA-256, bytes, source, layout."""
_GATHERED = (
    ("batch_tables", "name", "sum(new)::BIGINT AS new, sum(replaced)::BIGINT AS replaced"),
    (
        "batch_files",
        "file, sha256, source, layout, channel",
        "max(bytes) AS bytes, sum(rows_read)::BIGINT AS rows_read",
    ),
)


def record(
    engine: DuckDBPyConnection, number: int, result: Reconciliation, files: Sequence[FileRow], *, goes_on: bool
) -> None:
    """Enter an import, or a further page of one that ``goes_on``."""
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    if goes_on:
        engine.execute("UPDATE batches SET rejected = rejected + ? WHERE number = ?", [result.rejected, number])
    else:
        engine.execute("INSERT INTO batches VALUES (?, ?, ?, ?, NULL)", [number, result.batch, now, result.rejected])
    sums: dict[str, list[int]] = {}
    for count in result.tables:
        row = sums.setdefault(count.table, [0, 0])
        row[0] += count.new
        row[1] += count.replaced
    for name, (new, replaced) in sums.items():
        engine.execute("INSERT INTO batch_tables VALUES (?, ?, ?, ?)", [number, name, new, replaced])
    for told, file in zip(files, result.files, strict=True):
        values = [number, *told, file.channel, file.rows_read]
        engine.execute("INSERT INTO batch_files VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
    if goes_on:
        _gather(engine, number)


def _gather(engine: DuckDBPyConnection, number: int) -> None:
    """One row a table and a file, however many pages they came in."""
    for name, key, sums in _GATHERED:
        same = f"FROM {name} WHERE number = {number}"
        engine.execute(f"CREATE OR REPLACE TEMP TABLE _gathered AS SELECT number, {key}, {sums} {same} GROUP BY ALL")
        engine.execute(f"DELETE {same}")
        engine.execute(f"INSERT INTO {name} BY NAME SELECT * FROM _gathered")
        engine.execute("DROP TABLE _gathered")


def leave_no_claim(engine: DuckDBPyConnection, number: int, tables: Iterable[str]) -> None:
    """A page of a live shop that said nothing new is no import: nothing is there because of it."""
    for name in tables:
        engine.execute(f"DELETE FROM {claims(TABLES[name])} WHERE _batch = {number}")

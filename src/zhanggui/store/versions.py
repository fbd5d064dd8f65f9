"""Versions: what every import stated, append-only; who claims it; the fold into current rows; and taking an import back.

A version is known by the hashes of its key and its content and by its rank. A batch that states a known version again only
claims it. Current rows are, per column, the highest-ranked value that any version states; equal ranks are decided by the
content's hash, so the order of imports never matters.
"""

from __future__ import annotations

from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from zhanggui.store.cells import local_day
from zhanggui.store.schema import (
    LAYOUT_BITS,
    claims,
    first,
    key_hash,
    names,
    quote,
    version_types,
    versions,
)
from zhanggui.store.staging import stage_name
from zhanggui.tables import Table

_ID = ("_key", "_content", "_rank")
_ORDER = "(CAST(_rank AS UHUGEINT) << 64) | CAST(_content AS UHUGEINT)"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Rows of one piece that came into the versions."""

    new: int = 0
    replaced: int = 0
    already_there: int = 0


def open_stage(connection: DuckDBPyConnection, table: Table) -> None:
    """An empty stage: the columns of the versions, and the fault of each row."""
    columns = version_types(table) | {"_fault": "UTINYINT"}
    body = ", ".join(f"{quote(name)} {kind}" for name, kind in columns.items())
    connection.execute(f"CREATE TABLE {stage_name(table)} ({body})")


def admit(connection: DuckDBPyConnection, table: Table, batch: int, home: str) -> dict[int, Arrival]:
    """Move the faultless rows of the stage into the versions and fold what they touch.

    Returns what arrived per piece. The stage is gone afterwards.
    """
    stage = stage_name(table)
    unique = _one(connection, f"SELECT count(*) = count(DISTINCT _key) FROM {stage}")
    repeated = {} if unique else _drop_repeats(connection, stage)
    first = not _one(connection, f"SELECT EXISTS (SELECT 1 FROM {versions(table)})")
    if first:
        arrivals = _all_new(connection, stage, repeated)
        connection.execute(f"DROP TABLE {versions(table)}")
        connection.execute(f"ALTER TABLE {stage} DROP COLUMN _fault")
        connection.execute(f"ALTER TABLE {stage} RENAME TO {versions(table)}")
        refold(connection, table, home, touched=None, unique=bool(unique))
        return arrivals
    arrivals = _merge(connection, table, stage, batch, repeated)
    connection.execute(f"DROP TABLE {stage}")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _touched AS SELECT DISTINCT _key FROM {versions(table)} WHERE _batch = {batch}"
    )
    refold(connection, table, home, touched="_touched")
    return arrivals


def _drop_repeats(connection: DuckDBPyConnection, stage: str) -> dict[int, int]:
    """Rows stated twice in the same import are kept once; counted per piece."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _twice AS SELECT _key FROM {stage} GROUP BY _key HAVING count(*) > 1"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE _repeats AS SELECT place, _piece FROM ("
        f"SELECT rowid AS place, _piece, row_number() OVER (PARTITION BY {', '.join(_ID)} ORDER BY _piece, rowid) AS nth"
        f" FROM {stage} SEMI JOIN _twice USING (_key)) WHERE nth > 1"
    )
    counted = connection.execute("SELECT _piece, count(*) FROM _repeats GROUP BY _piece").fetchall()
    if counted:
        connection.execute(f"DELETE FROM {stage} WHERE rowid IN (SELECT place FROM _repeats)")
    return dict(counted)


def _all_new(connection: DuckDBPyConnection, stage: str, repeated: dict[int, int]) -> dict[int, Arrival]:
    counted = connection.execute(f"SELECT _piece, count(*) FROM {stage} GROUP BY _piece").fetchall()
    extra = _further_versions(connection, stage)
    return {
        piece: Arrival(rows - extra.get(piece, 0), extra.get(piece, 0), repeated.get(piece, 0))
        for piece, rows in counted
    } | {piece: Arrival(0, 0, rows) for piece, rows in repeated.items() if piece not in dict(counted)}


def _further_versions(connection: DuckDBPyConnection, stage: str) -> dict[int, int]:
    """Versions of a key beyond its first within the stage, per piece."""
    if _one(connection, f"SELECT count(*) = count(DISTINCT _key) FROM {stage}"):
        return {}
    ranked = f"SELECT _piece, row_number() OVER (PARTITION BY _key ORDER BY _piece, {_ORDER}) AS nth FROM {stage}"
    return dict(connection.execute(f"SELECT _piece, count(*) FROM ({ranked}) WHERE nth > 1 GROUP BY _piece").fetchall())


def _merge(
    connection: DuckDBPyConnection, table: Table, stage: str, batch: int, repeated: dict[int, int]
) -> dict[int, Arrival]:
    """Add the versions that are not known; claim those that are."""
    old, using = versions(table), ", ".join(_ID)
    known = dict(
        connection.execute(
            f"SELECT _piece, count(*) FROM {stage} SEMI JOIN {old} USING ({using}) GROUP BY _piece"
        ).fetchall()
    )
    if known:
        connection.execute(
            f"INSERT INTO {claims(table)} SELECT {using}, {batch} FROM {stage} SEMI JOIN {old} USING ({using})"
        )
    fresh = f"SELECT _piece, _key, _rank, _content FROM {stage} ANTI JOIN {old} USING ({using})"
    counted = connection.execute(
        f"SELECT _piece, count(*) FILTER (nth = 1 AND NOT had), count(*) FILTER (nth > 1 OR had) FROM ("
        f"SELECT f._piece, o._key IS NOT NULL AS had, row_number() OVER (PARTITION BY f._key ORDER BY f._piece) AS nth"
        f" FROM ({fresh}) f LEFT JOIN (SELECT DISTINCT _key FROM {old}) o USING (_key)) GROUP BY _piece"
    ).fetchall()
    columns = names(tuple(version_types(table)))
    connection.execute(f"INSERT INTO {old} ({columns}) SELECT {columns} FROM {stage} ANTI JOIN {old} USING ({using})")
    arrived = {piece: (new, replaced) for piece, new, replaced in counted}
    return {
        piece: Arrival(*arrived.get(piece, (0, 0)), known.get(piece, 0) + repeated.get(piece, 0))
        for piece in {*arrived, *known, *repeated}
    }


def refold(
    connection: DuckDBPyConnection,
    table: Table,
    home: str,
    *,
    touched: str | None,
    unique: bool = False,
    sets: bool = False,
) -> None:
    """Make the current rows of the touched keys anew from their versions; of all keys where ``touched`` is None.

    ``touched`` names a table of key hashes. ``unique`` says that no key has two versions. ``sets`` asks that whole sets are
    looked at even where only one layout is left.
    """
    mixed = bool(table.set_of) and (sets or _mixed(connection, table))
    if touched and mixed:
        _widen_to_sets(connection, table, touched)
    if touched:
        connection.execute(f"DELETE FROM {quote(table.name)} WHERE {key_hash(table)} IN (SELECT _key FROM {touched})")
    else:
        connection.execute(f"DELETE FROM {quote(table.name)}")
    source = versions(table)
    if touched:
        source = f"(SELECT * FROM {source} SEMI JOIN {touched} USING (_key))"
    if mixed:
        source = _best_layout(table, source)
    if unique:
        _insert(connection, table, source, home)
        return
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _many AS SELECT _key FROM {source} GROUP BY _key HAVING count(*) > 1"
    )
    if not _one(connection, "SELECT EXISTS (SELECT 1 FROM _many)"):
        _insert(connection, table, source, home)
        return
    _insert(connection, table, f"(SELECT * FROM {source} ANTI JOIN _many USING (_key))", home)
    _insert(connection, table, _folded(table, f"(SELECT * FROM {source} SEMI JOIN _many USING (_key))"), home)


def _insert(connection: DuckDBPyConnection, table: Table, source: str, home: str) -> None:
    values = []
    days = {column.day_name: column.name for column in table.columns if column.day}
    for name in table.names:
        values.append(local_day(quote(days[name]), home) if name in days else quote(name))
    connection.execute(f"INSERT INTO {quote(table.name)} SELECT {', '.join(values)} FROM {source}")


def _folded(table: Table, source: str) -> str:
    """Per column the highest-ranked value that is stated; ``arg_max`` passes over NULL."""
    key = names(table.full_key)
    rest = [name for name in table.stated if name not in table.full_key]
    best = ", ".join(f"arg_max({quote(name)}, _order) AS {quote(name)}" for name in rest)
    return f"(SELECT {key}, {best} FROM (SELECT *, {_ORDER} AS _order FROM {source}) GROUP BY {key})"


def _set_hash(table: Table) -> str:
    return f"hash(channel, {quote(table.set_of or '')})"


def _mixed(connection: DuckDBPyConnection, table: Table) -> bool:
    """Whether rows of several layouts stand side by side, so that each set must take the best one."""
    layout = f"_rank & {LAYOUT_BITS}::UBIGINT"
    return bool(_one(connection, f"SELECT min({layout}) <> max({layout}) FROM {versions(table)}"))


def _widen_to_sets(connection: DuckDBPyConnection, table: Table, touched: str) -> None:
    """Touch every key of the sets (all lines of an order) that a touched key belongs to."""
    of_set = _set_hash(table)
    current = f"SELECT {key_hash(table)} AS _key, {of_set} AS _set FROM {quote(table.name)}"
    stated = f"SELECT _key, {of_set} AS _set FROM {versions(table)}"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _of_set AS SELECT DISTINCT _key, _set FROM ({current} UNION ALL {stated})"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {touched} AS SELECT DISTINCT _key FROM _of_set"
        f" WHERE _set IN (SELECT _set FROM _of_set SEMI JOIN {touched} USING (_key))"
        f" UNION SELECT _key FROM {touched}"
    )


def _best_layout(table: Table, source: str) -> str:
    layout = f"_rank & {LAYOUT_BITS}::UBIGINT"
    best = f"SELECT {_set_hash(table)} AS _set, max({layout}) AS _layout FROM {source} GROUP BY ALL"
    marked = f"SELECT *, {_set_hash(table)} AS _set, {layout} AS _layout FROM {source}"
    return f"(SELECT * FROM ({marked}) SEMI JOIN ({best}) USING (_set, _layout))"


def withdraw(connection: DuckDBPyConnection, table: Table, batch: int, home: str) -> int:
    """Take a batch's versions back, as far as no other batch claims them, and refold their keys.

    Returns how many versions went.
    """
    kept, claimed, using = versions(table), claims(table), ", ".join(_ID)
    connection.execute(f"DELETE FROM {claimed} WHERE _batch = {batch}")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _heirs AS SELECT {using}, min(c._batch) AS heir FROM {claimed} c"
        f" SEMI JOIN (SELECT {using} FROM {kept} WHERE _batch = {batch}) USING ({using}) GROUP BY {using}"
    )
    match = " AND ".join(f"v.{name} = h.{name}" for name in _ID)
    connection.execute(f"UPDATE {kept} v SET _batch = h.heir FROM _heirs h WHERE v._batch = {batch} AND {match}")
    inherited = " AND ".join(f"{claimed}.{name} = h.{name}" for name in _ID)
    connection.execute(f"DELETE FROM {claimed} USING _heirs h WHERE {inherited} AND {claimed}._batch = h.heir")
    gone = _one(connection, f"SELECT count(*) FROM {kept} WHERE _batch = {batch}")
    if not gone:
        return 0
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _touched AS SELECT DISTINCT _key FROM {kept} WHERE _batch = {batch}"
    )
    connection.execute(f"DELETE FROM {kept} WHERE _batch = {batch}")
    refold(connection, table, home, touched="_touched", sets=True)
    return int(gone)


def redate(connection: DuckDBPyConnection, table: Table, home: str) -> None:
    """Compute the local days anew after the workspace moved to another zone."""
    sets = [
        f"{quote(column.day_name)} = {local_day(quote(column.name), home)}" for column in table.columns if column.day
    ]
    if sets:
        connection.execute(f"UPDATE {quote(table.name)} SET {', '.join(sets)}")


def _one(connection: DuckDBPyConnection, query: str) -> int:
    row = first(connection, query)
    return int(row[0] or 0) if row else 0

"""Versions: what every import stated; who claims it; the fold into current rows; and taking an import back.

A version is known by the hashes of its key and its content and by its rank. A batch that states a known version again only
claims it. Current rows are, per column, the highest-ranked value that any version states; equal ranks are decided by the
content's hash, so the order of imports never matters.

Most keys have a single version for ever. Such a version lives in the current table itself (its ``_batch`` is set) and is written
once. As soon as a key has a second version, or its set comes in a second layout, all its versions move to ``<table>_versions`` and
the current row is their fold (its ``_batch`` is NULL).
"""

from __future__ import annotations

from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from zhanggui.store.cells import local_day
from zhanggui.store.moves import Moves
from zhanggui.store.schema import (
    LAYOUT_BITS,
    claims,
    content_hash,
    current_types,
    first,
    key_hash,
    names,
    quote,
    stage,
    version_types,
    versions,
)
from zhanggui.tables import Table

_ID = "_key, _content, _rank"
_ORDER = "(CAST(_rank AS UHUGEINT) << 64) | CAST(_content AS UHUGEINT)"
_LAYOUT = f"_rank & {LAYOUT_BITS}::UBIGINT"
TEMPORARY = ("_touched", "_known", "_twice", "_repeats", "_sets", "_heirs", "_gone")


@dataclass(frozen=True, slots=True)
class Arrival:
    """Rows of one piece that came into the versions."""

    new: int = 0
    replaced: int = 0
    already_there: int = 0


def open_stage(connection: DuckDBPyConnection, table: Table) -> None:
    """An empty stage: the columns of the current table, and the fault of each row."""
    columns = current_types(table) | {"_fault": "UTINYINT"}
    body = ", ".join(f"{quote(name)} {kind}" for name, kind in columns.items())
    connection.execute(f"CREATE TABLE {stage(table)} ({body})")


def admit(connection: DuckDBPyConnection, table: Table, batch: int, home: str, moved: Moves) -> dict[int, Arrival]:
    """Move the rows of the stage into the table and fold what they touch; what was not known before is noted in ``moved``.

    Returns what arrived per piece. The stage is gone afterwards.
    """
    unique = _one(connection, f"SELECT count(*) = count(DISTINCT _key) FROM {stage(table)}")
    empty = not _one(connection, f"SELECT EXISTS (SELECT 1 FROM {quote(table.name)})")
    mixed = _mixed(connection, table)
    if unique and empty and not mixed:
        moved.note(table, stage(table))
        return _take_over(connection, table)
    repeated = {} if unique else _drop_repeats(connection, table)
    known = {} if empty else _claim_known(connection, table, batch)
    moved.note(table, stage(table))
    arrived = _counted(connection, table)
    _touch(connection, table, mixed=mixed)
    hidden = names(tuple(current_types(table)))
    connection.execute(
        f"INSERT INTO {quote(table.name)} ({hidden}) SELECT {hidden} FROM {stage(table)} ANTI JOIN _touched USING (_key)"
    )
    if _one(connection, "SELECT EXISTS (SELECT 1 FROM _touched)"):
        _promote(connection, table)
        refold(connection, table, home)
    connection.execute(f"DROP TABLE {stage(table)}")
    return {
        piece: Arrival(*arrived.get(piece, (0, 0)), known.get(piece, 0) + repeated.get(piece, 0))
        for piece in {*arrived, *known, *repeated}
    }


def _take_over(connection: DuckDBPyConnection, table: Table) -> dict[int, Arrival]:
    """The first rows of a table, each key once: the stage becomes the table, nothing is written twice."""
    counted = connection.execute(f"SELECT _piece, count(*) FROM {stage(table)} GROUP BY _piece").fetchall()
    connection.execute(f"DROP TABLE {quote(table.name)}")
    connection.execute(f"ALTER TABLE {stage(table)} DROP COLUMN _fault")
    connection.execute(f"ALTER TABLE {stage(table)} RENAME TO {quote(table.name)}")
    return {piece: Arrival(new=rows) for piece, rows in counted}


def _drop_repeats(connection: DuckDBPyConnection, table: Table) -> dict[int, int]:
    """Rows stated twice in the same import are kept once; counted per piece."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _twice AS SELECT _key FROM {stage(table)} GROUP BY _key HAVING count(*) > 1"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE _repeats AS SELECT place, _piece FROM ("
        f"SELECT rowid AS place, _piece, row_number() OVER (PARTITION BY {_ID} ORDER BY _piece, rowid) AS nth"
        f" FROM {stage(table)} SEMI JOIN _twice USING (_key)) WHERE nth > 1"
    )
    return _leave(connection, table, "_repeats")


def _claim_known(connection: DuckDBPyConnection, table: Table, batch: int) -> dict[int, int]:
    """Versions that are there already get this batch's claim and leave the stage; counted per piece."""
    there = (
        f"SELECT {_ID} FROM {quote(table.name)} WHERE _batch IS NOT NULL UNION ALL SELECT {_ID} FROM {versions(table)}"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _known AS SELECT rowid AS place, _piece, {_ID} FROM {stage(table)}"
        f" SEMI JOIN ({there}) USING ({_ID})"
    )
    connection.execute(f"INSERT INTO {claims(table)} SELECT {_ID}, {batch} FROM _known")
    return _leave(connection, table, "_known")


def _leave(connection: DuckDBPyConnection, table: Table, leaving: str) -> dict[int, int]:
    counted = dict(connection.execute(f"SELECT _piece, count(*) FROM {leaving} GROUP BY _piece").fetchall())
    if counted:
        connection.execute(f"DELETE FROM {stage(table)} WHERE rowid IN (SELECT place FROM {leaving})")
    return counted


def _all_keys(table: Table) -> str:
    return f"SELECT _key FROM {quote(table.name)} UNION ALL SELECT _key FROM {versions(table)}"


def _counted(connection: DuckDBPyConnection, table: Table) -> dict[int, tuple[int, int]]:
    """Per piece, rows with a key that was not known, and rows that are further versions of one."""
    counted = connection.execute(
        f"WITH keyed AS (SELECT _piece, row_number() OVER (PARTITION BY _key ORDER BY _piece) AS nth,"
        f" _key IN ({_all_keys(table)}) AS had FROM {stage(table)})"
        " SELECT _piece, count(*) FILTER (nth = 1 AND NOT had), count(*) FILTER (nth > 1 OR had) FROM keyed GROUP BY _piece"
    ).fetchall()
    return {piece: (new, replaced) for piece, new, replaced in counted}


def _touch(connection: DuckDBPyConnection, table: Table, *, mixed: bool) -> None:
    """The keys that need a fold: with more than one version, or of a set that stands in more than one layout."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _touched AS SELECT _key FROM {stage(table)} GROUP BY _key HAVING count(*) > 1"
        f" UNION SELECT _key FROM {stage(table)} SEMI JOIN ({_all_keys(table)}) USING (_key)"
    )
    if not mixed:
        return
    of_set = _set_hash(table)
    rows = " UNION ALL ".join(
        f"SELECT _key, _rank, {of_set} AS _set FROM {source}"
        for source in (quote(table.name), versions(table), stage(table))
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _sets AS SELECT _set FROM ({rows})"
        f" SEMI JOIN (SELECT {of_set} AS _set FROM {stage(table)}) USING (_set)"
        f" GROUP BY _set HAVING min({_LAYOUT}) <> max({_LAYOUT})"
    )
    connection.execute(f"INSERT INTO _touched SELECT DISTINCT _key FROM ({rows}) WHERE _set IN (FROM _sets)")
    connection.execute("CREATE OR REPLACE TEMP TABLE _touched AS SELECT DISTINCT _key FROM _touched")


def _promote(connection: DuckDBPyConnection, table: Table) -> None:
    """All versions of the touched keys go side by side."""
    columns = names(tuple(version_types(table)))
    single = f"SELECT {columns} FROM {quote(table.name)} SEMI JOIN _touched USING (_key) WHERE _batch IS NOT NULL"
    fresh = f"SELECT {columns} FROM {stage(table)} SEMI JOIN _touched USING (_key)"
    connection.execute(f"INSERT INTO {versions(table)} ({columns}) {single} UNION ALL {fresh}")


def refold(connection: DuckDBPyConnection, table: Table, home: str) -> None:
    """Make the current rows of the keys in ``_touched`` anew from their versions."""
    source = f"(SELECT * FROM {versions(table)} SEMI JOIN _touched USING (_key))"
    if table.set_of:
        source = _best_layout(table, source)
    key = names(table.full_key)
    rest = [name for name in table.stated if name not in table.full_key]
    best = ", ".join(f"arg_max({quote(name)}, _order) AS {quote(name)}" for name in rest)
    folded = f"SELECT {key}, {best}, any_value(_key) AS _key FROM (SELECT *, {_ORDER} AS _order FROM {source}) GROUP BY {key}"
    connection.execute(f"DELETE FROM {quote(table.name)} WHERE _key IN (SELECT _key FROM _touched)")
    days = {column.day_name: column.name for column in table.columns if column.day}
    values = [local_day(quote(days[name]), home) if name in days else quote(name) for name in table.names]
    connection.execute(
        f"INSERT INTO {quote(table.name)} ({names(table.names)}, _key) SELECT {', '.join(values)}, _key FROM ({folded})"
    )


def _set_hash(table: Table) -> str:
    return f"hash(channel, {quote(table.set_of or '')})"


def _mixed(connection: DuckDBPyConnection, table: Table) -> bool:
    """Whether rows of several layouts stand side by side, so that each set must take the best one."""
    if not table.set_of:
        return False
    ranks = " UNION ALL ".join(
        f"SELECT min({_LAYOUT}) AS low, max({_LAYOUT}) AS high FROM {source}"
        for source in (quote(table.name), versions(table), stage(table))
    )
    return bool(_one(connection, f"SELECT coalesce(min(low) <> max(high), false) FROM ({ranks})"))


def _best_layout(table: Table, source: str) -> str:
    best = f"SELECT {_set_hash(table)} AS _set, max({_LAYOUT}) AS _layout FROM {source} GROUP BY ALL"
    marked = f"SELECT *, {_set_hash(table)} AS _set, {_LAYOUT} AS _layout FROM {source}"
    return f"(SELECT * FROM ({marked}) SEMI JOIN ({best}) USING (_set, _layout))"


def withdraw(connection: DuckDBPyConnection, table: Table, batch: int, home: str, moved: Moves) -> int:
    """Take a batch's versions back, as far as no other batch claims them, and refold their keys; they are noted in ``moved``.

    Returns how many versions went.
    """
    _inherit(connection, table, batch)
    single, many = quote(table.name), versions(table)
    gone = _one(
        connection,
        f"SELECT (SELECT count(*) FROM {single} WHERE _batch = {batch}) + (SELECT count(*) FROM {many} WHERE _batch = {batch})",
    )
    if not gone:
        return 0
    going = " UNION ALL ".join(
        f"SELECT {names(table.stated)}, _key FROM {source} WHERE _batch = {batch}" for source in (single, many)
    )
    moved.note(table, f"({going})")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _touched AS SELECT DISTINCT _key FROM {many} WHERE _batch = {batch}"
    )
    if table.set_of:
        of_set = _set_hash(table)
        sets = f"SELECT {of_set} FROM {many} WHERE _batch = {batch}"
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE _touched AS SELECT DISTINCT _key FROM {many} WHERE {of_set} IN ({sets})"
        )
    connection.execute(f"DELETE FROM {single} WHERE _batch = {batch}")
    connection.execute(f"DELETE FROM {many} WHERE _batch = {batch}")
    if _one(connection, "SELECT EXISTS (SELECT 1 FROM _touched)"):
        refold(connection, table, home)
    return gone


def _inherit(connection: DuckDBPyConnection, table: Table, batch: int) -> None:
    """Give the batch's versions that others claim to the earliest of those."""
    claimed = claims(table)
    connection.execute(f"DELETE FROM {claimed} WHERE _batch = {batch}")
    if not _one(connection, f"SELECT EXISTS (SELECT 1 FROM {claimed})"):
        return
    for place in (quote(table.name), versions(table)):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE _heirs AS SELECT {_ID}, min(_batch) AS heir FROM {claimed}"
            f" SEMI JOIN (SELECT {_ID} FROM {place} WHERE _batch = {batch}) USING ({_ID}) GROUP BY {_ID}"
        )
        match = " AND ".join(f"x.{name} = h.{name}" for name in _ID.split(", "))
        connection.execute(f"UPDATE {place} x SET _batch = h.heir FROM _heirs h WHERE x._batch = {batch} AND {match}")
        connection.execute(f"DELETE FROM {claimed} x USING _heirs h WHERE {match} AND x._batch = h.heir")


def redate(connection: DuckDBPyConnection, table: Table, home: str) -> None:
    """Compute the local days anew after the workspace moved to another zone."""
    sets = [
        f"{quote(column.day_name)} = {local_day(quote(column.name), home)}" for column in table.columns if column.day
    ]
    if sets:
        connection.execute(f"UPDATE {quote(table.name)} SET {', '.join(sets)}")


def rehash(connection: DuckDBPyConnection, table: Table, home: str) -> None:
    """Compute all stored hashes anew, in the claims too, and fold again: equal ranks are decided by the hash."""
    key, content = key_hash(table), content_hash(table)
    single, many, claimed = quote(table.name), versions(table), claims(table)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _heirs AS SELECT {_ID}, {key} AS new_key, {content} AS new_content FROM {single}"
        f" WHERE _batch IS NOT NULL UNION SELECT {_ID}, {key}, {content} FROM {many}"
    )
    match = " AND ".join(f"x.{name} = h.{name}" for name in _ID.split(", "))
    connection.execute(f"UPDATE {claimed} x SET _key = h.new_key, _content = h.new_content FROM _heirs h WHERE {match}")
    connection.execute(f"UPDATE {single} SET _key = {key}, _content = CASE WHEN _batch IS NOT NULL THEN {content} END")
    connection.execute(f"UPDATE {many} SET _key = {key}, _content = {content}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _touched AS SELECT DISTINCT _key FROM {many}")
    refold(connection, table, home)
    connection.execute("DROP TABLE _heirs")
    connection.execute("DROP TABLE _touched")


def _one(connection: DuckDBPyConnection, query: str) -> int:
    row = first(connection, query)
    return int(row[0] or 0) if row else 0

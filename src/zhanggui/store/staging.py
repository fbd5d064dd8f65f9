"""Staging: one piece of a reading is typed, checked and hashed by the engine in a single pass into the table's stage.

Rows that cannot be taken get a fault there; only when there are some is the piece read a second time to say which row, which
column, which value and why.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from zhanggui.errors import BadFile, Broken
from zhanggui.store import cells, identity, personal
from zhanggui.store.cells import CANONICAL_LAYOUT, Cell, Setting
from zhanggui.store.schema import content_hash, key_hash, literal, names, quote
from zhanggui.tables import TABLES, Table
from zhanggui.tables.loading import CsvFile, Piece

SPECIAL = ("_row", "_time", "_identity")
_SAMPLE_ROWS = 2000
_EPOCH = datetime(1990, 1, 1, tzinfo=UTC)
_MAX_MINUTES = (1 << 26) - 1
_LINE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a piece is staged."""

    channel: str
    home: str  # the workspace's zone
    today: date
    key: bytes | None


@dataclass(frozen=True, slots=True)
class Staged:
    """A piece ready to be inserted: the engine's query for its rows, and the one that explains its faults."""

    piece: Piece
    table: Table
    number: int
    insert: str
    faults: str
    strays: tuple[str, ...]
    dropped: tuple[str, ...]
    own_channels: bool  # its rows say themselves which channel they belong to


@dataclass(frozen=True, slots=True)
class _Relation:
    """A piece as the engine sees it: ``scan`` gives raw columns, ``numbered`` the same with ``_line``.

    ``scan`` may be read once, and sets broken lines of a CSV aside; ``sample`` passes over them.
    """

    scan: str
    sample: str
    numbered: str
    kinds: Mapping[str, str]


def prepare(connection: duckdb.DuckDBPyConnection, piece: Piece, place: Place, number: int) -> Staged:
    """Plan how a piece is staged. ``number`` tells the pieces of one import apart.

    Raises BadFile for a file the engine cannot read as the table it is said to be.
    """
    table = TABLES.get(piece.table)
    if table is None:
        raise Broken("store.unknown_table", table=piece.table)
    relation = _relation(connection, piece, table, number)
    kinds = dict(relation.kinds)
    dropped = _personal_columns(connection, relation, table)
    kinds = {name: kind for name, kind in kinds.items() if name not in dropped}
    if "_identity" in kinds:
        _hash_identities(connection, relation, place, number)
    setting = Setting(
        table=table,
        zone=piece.timezone or place.home,
        home=place.home,
        today=place.today.isoformat(),
        layout=piece.layout,
        neutralised=isinstance(piece.rows, CsvFile) and piece.layout >= CANONICAL_LAYOUT,
    )
    made = _cells(piece, kinds, setting, place)
    return Staged(
        piece=piece,
        table=table,
        number=number,
        insert=_insert(table, made, piece, kinds, relation, setting, number),
        faults=_faults(table, piece, made, kinds, relation, number),
        strays=tuple(cell.name for cell in made if cell.stray),
        dropped=dropped,
        own_channels=table.has_channel and "channel" in kinds,
    )


def _cells(piece: Piece, kinds: Mapping[str, str], setting: Setting, place: Place) -> list[Cell]:
    # A blank currency of a canonical file means the workspace's own: filled in, an export read back would state more than was exported.
    currency = None if piece.layout >= CANONICAL_LAYOUT else piece.currency
    made: list[Cell] = []
    if setting.table.has_channel:
        channel = literal(place.channel)
        own = f"coalesce({quote('r_channel')}, {channel})" if "channel" in kinds else channel
        made.append(Cell("channel", own))
    for column in setting.table.columns:
        if column.name == "customer_key" and "_identity" in kinds:
            made.append(Cell("customer_key", quote("_hashed")))
        elif column.name in kinds:
            made.append(cells.cell(column, kinds[column.name], setting, currency))
        else:
            made.append(cells.absent(column, setting, currency))
    return [*made, _extra(kinds, setting.table, made)]


def _extra(kinds: Mapping[str, str], table: Table, made: Sequence[Cell]) -> Cell:
    """Unknown columns, and words a closed column does not know, are kept as a JSON object."""
    unknown = [name for name in kinds if name not in (*table.names, *SPECIAL)]
    strays = [cell for cell in made if cell.stray]
    own = quote("r_extra") if "extra" in kinds else "CAST(NULL AS VARCHAR)"
    faults = (
        (f"{own} IS NOT NULL AND NOT coalesce(json_type(TRY_CAST({own} AS JSON)) = 'OBJECT', false)", "not_json"),
    )
    if not unknown and not strays:
        return Cell("extra", own, faults if "extra" in kinds else ())
    pairs = [f"{literal(name)}, CAST({quote('r_' + name)} AS VARCHAR)" for name in unknown]
    pairs += [f"{literal(cell.name)}, CASE WHEN {cell.stray} THEN {cell.raw} END" for cell in strays]
    given = [f"{quote('r_' + name)} IS NOT NULL" for name in unknown] + [f"({cell.stray})" for cell in strays]
    valid = f"CASE WHEN json_type(TRY_CAST({own} AS JSON)) = 'OBJECT' THEN {own} ELSE '{{}}' END"
    merged = f"CAST(json_merge_patch({valid}, json_object({', '.join(pairs)})) AS VARCHAR)"
    value = f"CASE WHEN {' OR '.join(given)} THEN {personal.masked(merged)} ELSE {own} END"
    return Cell("extra", value, faults if "extra" in kinds else ())


def _layers(
    table: Table, made: Sequence[Cell], kinds: Mapping[str, str], scan: str, keep: Sequence[str], *, by_engine: bool
) -> str:
    """Raw cells, then typed values beside them. ``extra`` comes last: it looks at the typed values."""
    plain = {column.name for column in table.columns if column.kind in ("money", "number")} if by_engine else set()
    raws = [f"{cells.raw(quote(name), kind, name in plain)} AS {quote('r_' + name)}" for name, kind in kinds.items()]
    raws += [quote(name) for name in keep]
    typed = [f"{cell.value} AS {quote(cell.name)}" for cell in made if cell.name != "extra"]
    inner = f"SELECT {', '.join(raws)} FROM {scan}"
    middle = f"SELECT *, {', '.join(typed)} FROM ({inner})"
    return f"SELECT *, {made[-1].value} AS extra FROM ({middle})"


def _insert(
    table: Table,
    made: Sequence[Cell],
    piece: Piece,
    kinds: Mapping[str, str],
    relation: _Relation,
    setting: Setting,
    number: int,
) -> str:
    scan, keep = relation.scan, []
    if "_identity" in kinds:
        scan = f"{scan} LEFT JOIN _identities_{number} ON _identity = _who"
        keep = ["_hashed"]
    typed = _layers(table, made, kinds, scan, keep, by_engine=isinstance(piece.rows, CsvFile))
    fatal = " OR ".join(f"({condition})" for cell in made for condition, _ in cell.fatal) or "false"
    faulty = " OR ".join(f"({condition})" for cell in made for condition, _ in cell.faults) or "false"
    return (
        f"SELECT {names(table.stated)}{_days(table, setting.home)}, {key_hash(table)} AS _key, {content_hash(table)} AS _content,"
        f" {_rank(piece, kinds, setting)} AS _rank, {number} AS _piece,"
        f" CASE WHEN {fatal} THEN 2 WHEN {faulty} THEN 1 ELSE 0 END AS _fault FROM ({typed})"
    )


def _days(table: Table, home: str) -> str:
    """The local day beside each instant."""
    days = (column for column in table.columns if column.day)
    return "".join(f", {cells.local_day(quote(day.name), home)} AS {quote(day.day_name)}" for day in days)


def _rank(piece: Piece, kinds: Mapping[str, str], setting: Setting) -> str:
    """The row's own time in seconds, then the export's minute, then the layout: one integer that orders versions by content alone."""
    minutes = 0
    if piece.exported_at:
        moment = datetime.fromisoformat(piece.exported_at.replace("/", "-"))
        moment = moment.replace(tzinfo=ZoneInfo(setting.zone)) if moment.tzinfo is None else moment
        minutes = min(max(int((moment - _EPOCH).total_seconds() // 60), 0), _MAX_MINUTES)
    low = (minutes << 6) | min(max(piece.layout, 0), 63)
    if "_time" not in kinds:
        return f"CAST({low} AS UBIGINT)"
    moment_sql = cells.instant(quote("r__time"), kinds["_time"], setting)
    seconds = f"coalesce(TRY_CAST(greatest(epoch({moment_sql}), 0) AS UINTEGER), 0)"
    return f"(CAST({seconds} AS UBIGINT) * 4294967296 + {low})::UBIGINT"


def _faults(
    table: Table, piece: Piece, made: Sequence[Cell], kinds: Mapping[str, str], relation: _Relation, number: int
) -> str:
    """The query that names every faulty cell: row, column, value, reason, fatal."""
    scan, keep = relation.numbered, ["_line"]
    if "_identity" in kinds:
        scan = f"{scan} LEFT JOIN _identities_{number} ON _identity = _who"
        keep = ["_line", "_hashed"]
    typed = _layers(table, made, kinds, scan, keep, by_engine=isinstance(piece.rows, CsvFile))
    found = []
    for cell in made:
        value = f"CAST({cell.raw} AS VARCHAR)"
        for fatal, rules in (("true", cell.fatal), ("false", cell.faults)):
            for condition, reason in rules:
                found.append(
                    f"CASE WHEN {condition} THEN {{'column': {literal(cell.name)}, 'value': {value},"
                    f" 'reason': {literal(reason)}, 'fatal': {fatal}}} END"
                )
    if not found:
        return ""
    marks = ", ".join("0" for _ in found)
    row = "CAST(r__row AS BIGINT)" if "_row" in kinds else "_line"
    listed = f"SELECT {row} AS line, unnest([{', '.join(found)}]) AS fault, generate_subscripts([{marks}], 1) AS nth FROM ({typed})"
    return f"SELECT line, nth, unnest(fault) FROM ({listed}) WHERE fault IS NOT NULL"


def _relation(connection: duckdb.DuckDBPyConnection, piece: Piece, table: Table, number: int) -> _Relation:
    if isinstance(piece.rows, CsvFile):
        return _csv_relation(piece, piece.rows, table, number)
    name = f"_piece_{number}"
    if isinstance(piece.rows, Path):
        source = f"read_parquet({literal(str(piece.rows))})"
        kinds = _described(connection, source, piece)
        return _numbered(source, kinds, 1)
    frame = piece.rows.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    connection.register(name, frame.to_arrow())
    return _numbered(name, _described(connection, name, piece), 1)


def _described(connection: duckdb.DuckDBPyConnection, source: str, piece: Piece) -> dict[str, str]:
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    except duckdb.Error as error:
        raise BadFile("store.unreadable_file", file=piece.origin, reason=_first_line(error)) from None
    return {name: kind for name, kind, *_ in described}


def _numbered(source: str, kinds: dict[str, str], header_rows: int) -> _Relation:
    numbered = f"(SELECT *, row_number() OVER () + {header_rows} AS _line FROM {source})"
    return _Relation(source, source, numbered, kinds)


def _csv_relation(piece: Piece, file: CsvFile, table: Table, number: int) -> _Relation:
    header = read_header(file, piece.origin)
    wanted = {field: header.index(column) for field, column in file.columns.items() if column in header}
    if piece.layout >= CANONICAL_LAYOUT:
        taken = set(wanted.values())
        computed = set(table.names) - set(table.stated)
        rest = {name: at for at, name in enumerate(header) if at not in taken and name and name not in computed}
        wanted = wanted | {name: at for name, at in rest.items() if name not in wanted}
    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(header)))
    options = (
        f"{literal(str(file.path))}, auto_detect=false, header=true, skip={file.header_row - 1}, delim={literal(file.delimiter)},"
        f" quote={literal(file.quote)}, escape={literal(file.quote)}, columns={{{columns}}}, max_line_size={_LINE_BYTES},"
        " nullstr=''"
    )
    picked = ", ".join(f"c{at} AS {quote(field)}" for field, at in wanted.items())
    aside = f"store_rejects=true, rejects_table='_broken_{number}', rejects_scan='_broken_scan_{number}'"
    scan = f"(SELECT {picked} FROM read_csv({options}, {aside}))"
    sample = f"(SELECT {picked} FROM read_csv({options}, ignore_errors=true))"
    whole = (
        f"(SELECT {picked}, row_number() OVER () AS _nth FROM read_csv({options}, ignore_errors=true, parallel=false))"
    )
    line = f"_nth + {file.header_row} + coalesce(_above, 0) AS _line"
    numbered = f"(SELECT * EXCLUDE (_nth, _after, _above), {line} FROM {whole} ASOF LEFT JOIN {_gaps(file, number)} ON _nth > _after)"
    return _Relation(scan, sample, numbered, dict.fromkeys(wanted, "VARCHAR"))


def _gaps(file: CsvFile, number: int) -> str:
    """After how many good rows how many broken lines of a CSV have been passed."""
    nth = "row_number() OVER (ORDER BY line)"
    broken = f"SELECT line - {file.header_row} - {nth} AS _after, {nth} AS _above FROM (SELECT DISTINCT line FROM _broken_{number})"
    return f"(SELECT _after, max(_above) AS _above FROM ({broken}) GROUP BY _after)"


def read_header(file: CsvFile, origin: str) -> list[str]:
    """The names of a CSV's columns. Raises BadFile for an empty or binary file."""
    try:
        with file.path.open(encoding="utf-8-sig", newline="") as lines:
            for _ in range(file.header_row - 1):
                lines.readline()
            header = next(csv.reader(lines, delimiter=file.delimiter, quotechar=file.quote), None)
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise BadFile("store.unreadable_file", file=origin, reason=_first_line(error)) from None
    if not header:
        raise BadFile("store.empty_file", file=origin)
    return [name.strip() for name in header]


def _personal_columns(connection: duckdb.DuckDBPyConnection, relation: _Relation, table: Table) -> tuple[str, ...]:
    """Unknown columns that look personal by header or by content: they are dropped, and the import says so."""
    unknown = [name for name in relation.kinds if name not in (*table.names, *SPECIAL)]
    dropped = {name for name in unknown if personal.personal_header(name)}
    rest = [name for name in unknown if name not in dropped and relation.kinds[name] == "VARCHAR"]
    if rest:
        sample = connection.execute(
            f"SELECT {names(tuple(rest))} FROM {relation.sample} LIMIT {_SAMPLE_ROWS}"
        ).fetchall()
        for at, name in enumerate(rest):
            values = [row[at] for row in sample if row[at] is not None and row[at].strip()]
            if personal.personal_content(values):
                dropped.add(name)
    return tuple(name for name in unknown if name in dropped)


def _hash_identities(connection: duckdb.DuckDBPyConnection, relation: _Relation, place: Place, number: int) -> None:
    """A temporary table from what names a buyer to the keyed hash; gone with the import."""
    if place.key is None:
        raise Broken("store.key_not_read")
    found = connection.execute(
        f"SELECT DISTINCT CAST(_identity AS VARCHAR) FROM {relation.sample} WHERE _identity IS NOT NULL"
    )
    hashes = identity.keyed_hashes(place.key, (row[0] for row in found.fetchall()))
    frame = pl.DataFrame(
        {"_who": list(hashes), "_hashed": list(hashes.values())}, schema={"_who": pl.String, "_hashed": pl.String}
    )
    connection.register("_found_identities", frame.to_arrow())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _identities_{number} AS SELECT * FROM _found_identities")
    connection.unregister("_found_identities")


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0][:300] if str(error) else type(error).__name__

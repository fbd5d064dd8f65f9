"""One import: stage every piece, say what cannot be taken, move the rest into the versions, derive the facts, reconcile."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from zhanggui.config import Config
from zhanggui.errors import BadFile
from zhanggui.store import bookmarks, facts, identity, moves, recording, rejecting, schema, staging, versions
from zhanggui.store.digests import Digests
from zhanggui.store.moves import Moves
from zhanggui.store.reconcile import (
    FileCount,
    MoneyCheck,
    Orphans,
    Reconciliation,
    TableCount,
)
from zhanggui.store.schema import stage
from zhanggui.store.staging import Staged
from zhanggui.store.versions import Arrival
from zhanggui.tables import TABLES, Table
from zhanggui.tables.loading import Bookmark, CsvFile, Piece, Reading
from zhanggui.units import Words

_HAPPENED = ("created_at", "paid_at", "finished_at", "requested_at", "at")
_DAY_TABLES = ("traffic_days", "ad_days", "keyword_days")
NAMED_CHANNELS = 3
"""Channels of one file that are named in its reconciliation."""


class Import:
    """The work of one batch, inside the transaction that the warehouse opened."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        folder: Path,
        config: Config,
        meta: Mapping[str, str],
        *,
        dry_run: bool,
        bookmark: Bookmark | None = None,
        today: date | None = None,
    ) -> None:
        self._connection = connection
        self._folder = folder
        self._config = config
        self._meta = meta
        self._dry_run = dry_run
        self._today = today or datetime.now(UTC).date()
        self._bookmark = bookmark
        self._before = bookmarks.kept(meta, bookmark.connection) if bookmark else bookmarks.Kept()
        self._goes_on = bool(self._before.onto) and bookmarks.standing(connection, self._before.onto)
        self._number = self._before.onto if self._goes_on else int(meta["last_batch"]) + 1
        self.batch = f"{self._number:04d}"
        self._reject_files: list[Path] = []
        self._registered: list[str] = []
        self._broken: list[str] = []
        self._digests: Digests | None = None

    def run(self, readings: Sequence[Reading]) -> Reconciliation:
        """Load all readings as one batch."""
        if not self._dry_run:
            self._digests = Digests(reading.sheet.path for reading in readings)
        pieces = [(reading, piece) for reading in readings for piece in reading.pieces]
        rejecting.begin(self._connection, readings)
        staged = self._stage(pieces)
        by_table = {name: [n for n in staged if staged[n].table.name == name] for name in TABLES}
        by_table = {name: numbers for name, numbers in by_table.items() if numbers}
        money: dict[int, tuple[MoneyCheck, ...]] = {}
        read: dict[int, tuple[int, int]] = {}
        arrivals: dict[int, Arrival] = {}
        channels: dict[int, list[str]] = {}
        notes: list[Words] = [*_source_notes(readings)]
        moved = Moves(self._connection)
        for name, numbers in by_table.items():
            table = TABLES[name]
            counted, sums = self._count(table)
            read |= counted
            money |= sums
            channels |= self._channels(table, [n for n in numbers if staged[n].own_channels])
            self._reject(table, [staged[n] for n in numbers if counted.get(n, (0, 0))[1]])
            read |= self._with_broken_lines([staged[n] for n in numbers], counted)
            notes += self._notes(table, [staged[n] for n in numbers])
            arrivals |= versions.admit(self._connection, table, self._number, self._config.timezone, moved)
        changed = any(arrival.new or arrival.replaced for arrival in arrivals.values())
        facts.refresh(self._connection, facts.Terms(self._config.currency, int(self._config["new_buyer_days"])), moved)
        tables = tuple(
            _table_count(staged[n], read.get(n, (0, 0)), arrivals.get(n, Arrival()), money.get(n, ()))
            for n in sorted(staged)
        )
        files = tuple(
            _file_count(reading, tables, [name for n in channels if pieces[n][0] is reading for name in channels[n]])
            for reading in readings
        )
        recorded = self._bookmark is None or self._goes_on or changed or rejecting.any_there(self._connection)
        result = Reconciliation(
            batch="" if self._dry_run or not recorded else self.batch,
            dry_run=self._dry_run,
            changed=changed and not self._dry_run,
            files=files,
            tables=tables,
            rejects=tuple(rejecting.listed(self._connection)),
            rejects_folder=None if self._dry_run else self._write_rejects(),
            notes=tuple(notes),
            orphans=tuple(self._orphans(by_table)),
            source_rejects=sum(len({row for row, *_ in reading.rejects}) for reading in readings),
        )
        if not self._dry_run:
            self._record(readings, result, by_table, recorded=recorded)
        return result

    def forget(self, *, keep_rejects: bool) -> None:
        """Let go of the frames handed to the engine, and of the reject files of an import that was taken back."""
        if self._digests:
            self._digests.stop()
        with suppress(duckdb.Error):
            for name in self._registered:
                self._connection.unregister(name)
            for name in (*versions.TEMPORARY, *moves.TEMPORARY, *rejecting.TEMPORARY, *self._broken):
                self._connection.execute(f"DROP TABLE IF EXISTS {name}")
        if not keep_rejects:
            for path in self._reject_files:
                path.unlink(missing_ok=True)
            with suppress(OSError):  # other pages of the same sync may have rejects there
                (self._folder / "rejects" / self.batch).rmdir()

    def _stage(self, pieces: Sequence[tuple[Reading, Piece]]) -> dict[int, Staged]:
        # Asked for even where no file names a buyer: a workspace that lost its key is mended before it grows.
        key = identity.read_key(self._folder, self._meta["key"])
        opened: set[str] = set()
        staged: dict[int, Staged] = {}
        for number, (reading, piece) in enumerate(pieces):
            place = staging.Place(reading.channel, self._config.timezone, self._today, key)
            self._registered.append(f"_piece_{number}")
            self._broken += [f"_broken_{number}", f"_broken_scan_{number}"]
            plan = staging.prepare(self._connection, piece, place, number)
            if plan.table.name not in opened:
                versions.open_stage(self._connection, plan.table)
                opened.add(plan.table.name)
            self._insert(plan)
            staged[number] = plan
        return staged

    def _insert(self, plan: Staged) -> None:
        try:
            self._connection.execute(
                f"INSERT INTO {stage(plan.table)} BY NAME SELECT *, {self._number} AS _batch FROM ({plan.insert})"
            )
        except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException) as error:
            if isinstance(plan.piece.rows, CsvFile | Path) and "write" not in str(error):
                raise _broken_file(plan.piece, error) from None
            raise

    def _count(self, table: Table) -> tuple[dict[int, tuple[int, int]], dict[int, tuple[MoneyCheck, ...]]]:
        """Rows read and rows with a fault per piece, and the money of both by currency."""
        own = {column.name for column in table.columns}
        money = f"CAST({schema.quote(table.money)} AS DECIMAL(38,4))" if table.money else "NULL"
        currency = "coalesce(currency, '')" if "currency" in own else "''"
        rows = self._connection.execute(
            f"SELECT _piece, {currency}, count(*), count(*) FILTER (_fault > 0), sum({money}),"
            f" sum({money}) FILTER (_fault > 0) FROM {stage(table)} GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        read: dict[int, tuple[int, int]] = {}
        sums: dict[int, list[MoneyCheck]] = {}
        for piece, code, count, faults, total, rejected in rows:
            before = read.get(piece, (0, 0))
            read[piece] = (before[0] + count, before[1] + faults)
            if total is not None:
                lost = float(rejected or 0)
                sums.setdefault(piece, []).append(MoneyCheck(code, float(total), round(float(total) - lost, 4), lost))
        return read, {piece: tuple(checks) for piece, checks in sums.items()}

    def _channels(self, table: Table, numbers: Sequence[int]) -> dict[int, list[str]]:
        """The channels that the rows of these pieces name themselves."""
        if not numbers:
            return {}
        named = f"list(DISTINCT channel ORDER BY channel)[:{NAMED_CHANNELS + 1}]"
        rows = self._connection.execute(
            f"SELECT _piece, {named} FROM {stage(table)} WHERE _piece IN ({', '.join(map(str, numbers))}) GROUP BY _piece"
        )
        return dict(rows.fetchall())

    def _reject(self, table: Table, faulty: Sequence[Staged]) -> None:
        for plan in faulty:
            rejecting.add_faults(self._connection, plan)
        if faulty:
            self._connection.execute(f"DELETE FROM {stage(table)} WHERE _fault > 0")

    def _with_broken_lines(
        self, plans: Sequence[Staged], counted: Mapping[int, tuple[int, int]]
    ) -> dict[int, tuple[int, int]]:
        """Rows read and rejected, with the lines that could not be split into the header's cells counted as both."""
        read: dict[int, tuple[int, int]] = {}
        for plan in plans:
            rows, faults = counted.get(plan.number, (0, 0))
            broken = rejecting.add_broken_lines(self._connection, plan)
            if broken and not rows:
                raise rejecting.no_table(self._connection, plan)
            read[plan.number] = (rows + broken, faults + broken)
        return read

    def _notes(self, table: Table, plans: Sequence[Staged]) -> Iterable[Words]:
        for plan in plans:
            if plan.dropped:
                yield Words(
                    "store.note.personal_columns", {"file": plan.piece.origin, "columns": ", ".join(plan.dropped)}
                )
        for column in dict.fromkeys(name for plan in plans for name in plan.strays):
            yield from self._strays(table, column)
        yield from self._after_clock(table)

    def _strays(self, table: Table, column: str) -> Iterable[Words]:
        path = schema.literal(f'$."{column}"')
        found = self._connection.execute(
            f"SELECT json_extract_string(extra, {path}) AS word, count(*) FROM {stage(table)}"
            f" WHERE extra IS NOT NULL AND {schema.quote(column)} IS NULL AND word IS NOT NULL GROUP BY word ORDER BY 2 DESC, 1"
        ).fetchall()
        if found:
            words = ", ".join(str(word)[:40] for word, _ in found[:5])
            rows = sum(count for _, count in found)
            yield Words(
                "store.note.unknown_words", {"table": table.name, "column": column, "rows": rows, "words": words}
            )

    def _after_clock(self, table: Table) -> Iterable[Words]:
        """Rows later than the machine's clock: either the clock is wrong or the file is."""
        happened = [column.name for column in table.columns if column.name in _HAPPENED]
        happened += ["day"] if table.name in _DAY_TABLES else []
        if not happened:
            return
        latest = ", ".join(f"CAST(max({schema.quote(name)}) AS DATE)" for name in happened)
        row = schema.first(self._connection, f"SELECT {latest} FROM {stage(table)}") or ()
        days = [day for day in row if day is not None]
        if days and max(days) > self._today + timedelta(days=1):
            yield Words("store.note.after_clock", {"table": table.name, "latest": max(days), "clock": self._today})

    def _orphans(self, touched: Iterable[str]) -> Iterable[Orphans]:
        """References of this batch's rows that point to nothing, where the other table has any rows at all."""
        for name in touched:
            table = TABLES[name]
            for column, target in table.references:
                other, _, field = target.partition(".")
                if not self._any(schema.quote(other)):
                    continue
                mine = " UNION ALL ".join(
                    f"SELECT channel, {schema.quote(column)} AS _to, _batch FROM {place}"
                    for place in (schema.quote(name), schema.versions(table))
                )
                theirs = f"SELECT channel, {schema.quote(field)} AS _to FROM {schema.quote(other)}"
                row = schema.first(
                    self._connection,
                    f"SELECT count(*) FROM (SELECT * FROM ({mine}) WHERE _batch = {self._number}"
                    " AND _to IS NOT NULL AND _to NOT IN ('', '*'))"
                    f" ANTI JOIN ({theirs}) USING (channel, _to)",
                )
                if row and row[0]:
                    yield Orphans(name, column, target, row[0])

    def _any(self, table: str) -> bool:
        row = schema.first(self._connection, f"SELECT EXISTS (SELECT 1 FROM {table})")
        return bool(row and row[0])

    def _write_rejects(self) -> Path | None:
        files = rejecting.files(self._connection)
        if not files:
            return None
        folder = self._folder / "rejects" / self.batch
        folder.mkdir(parents=True, exist_ok=True)
        for file, path in rejecting.places(folder, files):
            self._reject_files.append(path)
            rejecting.write(self._connection, file, path)
        return folder

    def _record(
        self, readings: Sequence[Reading], result: Reconciliation, tables: Iterable[str], *, recorded: bool
    ) -> None:
        """Enter the import into the books; a page of a live shop that said nothing new only moves the bookmark."""
        if recorded:
            told = [
                (
                    reading.sheet.name,
                    self._digests.of(reading.sheet.path) if self._digests else "",
                    reading.sheet.byte_size,
                    reading.recognition.source,
                    reading.recognition.layout,
                )
                for reading in readings
            ]
            recording.record(self._connection, self._number, result, told, goes_on=self._goes_on)
            last, version = max(self._number, int(self._meta["last_batch"])), int(self._meta["version"])
            schema.set_meta(self._connection, last_batch=last, version=version + (1 if result.changed else 0))
        else:
            recording.leave_no_claim(self._connection, self._number, tables)
        if self._bookmark:
            bookmarks.keep(self._connection, self._before, self._bookmark, self._number, recorded=recorded)


def _source_notes(readings: Sequence[Reading]) -> Iterable[Words]:
    for reading in readings:
        for key, params in reading.notes:
            yield Words(key if key.startswith("sources.") else f"sources.note.{key}", params)


def _file_count(reading: Reading, tables: Sequence[TableCount], channels: Sequence[str]) -> FileCount:
    """A file that the engine reads itself has its rows counted there, and its ``channels`` found where they say theirs."""
    origins = {piece.origin for piece in reading.pieces}
    counted = [table.rows_read for table in tables if table.file in origins]
    return FileCount(
        file=reading.sheet.name,
        source=reading.recognition.source,
        layout=reading.recognition.layout,
        channel=_listed(tuple(dict.fromkeys(channels))) or reading.channel,
        rows_read=reading.rows_read or max(counted, default=0),
        left_out=tuple(reading.left_out),
        shop=reading.shop,
    )


def _listed(channels: Sequence[str]) -> str:
    return ", ".join((*channels[:NAMED_CHANNELS], *(("…",) if len(channels) > NAMED_CHANNELS else ())))


def _table_count(plan: Staged, read: tuple[int, int], arrival: Arrival, money: tuple[MoneyCheck, ...]) -> TableCount:
    piece = plan.piece
    if piece.file_money is not None and len(money) == 1:
        check = money[0]
        money = (MoneyCheck(check.currency, piece.file_money, check.arrived, check.rejected),)
    return TableCount(
        file=piece.origin,
        table=plan.table.name,
        rows_read=read[0],
        new=arrival.new,
        replaced=arrival.replaced,
        already_there=arrival.already_there,
        rejected=read[1],
        rows_of_file=piece.rows_read,
        money=money,
    )


def _broken_file(piece: Piece, error: duckdb.Error) -> BadFile:
    message = str(error)
    line = re.search(r"Line:? (\d+)", message)
    return BadFile(
        "store.broken_file",
        file=piece.origin,
        row=int(line.group(1)) if line else 0,
        reason=message.splitlines()[0].removeprefix("Invalid Input Error: ")[:300],
    )

"""The warehouse of a workspace: loading, taking back, exporting, and the one door for reading."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import duckdb

from zhanggui.config import Config
from zhanggui.errors import BadValue, Broken, WorkspaceError
from zhanggui.store import bookmarks, facts, growing, identity, lock, schema, sourcing, versions
from zhanggui.store import export as exporting
from zhanggui.store.bookmarks import Kept
from zhanggui.store.importing import Import
from zhanggui.store.moves import Moves
from zhanggui.store.questions import QUESTIONS, Compiled, types_of
from zhanggui.store.reconcile import Batch, Reconciliation, Undone
from zhanggui.store.without import leave_out
from zhanggui.tables import FACTS, TABLES
from zhanggui.tables.loading import Bookmark, Reading

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import polars as pl

    Moments = Mapping[ir.Scalar, date | str]
    """What the parameters of an expression stand for: days, or values of text columns."""

KEPT_STATEMENTS = 512
"""Statements that a connection remembers at most."""
NOTE_TRIES, NOTE_PAUSE_SECONDS = 20, 0.02
"""How often a note is tried while others note something too: each takes a millisecond."""


_TABLES: dict[str, ir.Table] = {}
"""The tables of every warehouse, bound to none: an expression over them is the same for all."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A compiled expression on one connection: what the engine reads anew each time it is fetched, and the types of its columns."""

    rows: duckdb.DuckDBPyRelation
    types: pl.Schema


class Warehouse:
    """An open warehouse. One process writes; reading goes through :meth:`table` and :meth:`run` alone."""

    def __init__(self, folder: Path, config: Config, connection: duckdb.DuckDBPyConnection, *, read_only: bool) -> None:
        self.folder = folder
        self.config = config
        self.read_only = read_only
        self.queries = 0
        """How many questions :meth:`run` has put to the engine."""
        self._connection = connection
        self._ibis: Any = None
        self._in_utc = False
        self._statements: dict[Compiled, Statement] = {}
        self._variables: dict[str, date | str] = {}
        self._counted: tuple[int, dict[str, int]] | None = None
        self._meta = schema.get_meta(connection)

    @classmethod
    def create(cls, folder: Path, config: Config) -> None:
        """Make the warehouse and the key of a new workspace. Raises WorkspaceError where there is one, or none can be written."""
        file = folder / schema.FILE
        if file.exists():
            raise WorkspaceError("store.exists", file=str(file))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            key = identity.create_key(folder)
        except OSError as error:
            raise WorkspaceError("store.not_writable", folder=str(folder), reason=str(error)) from None
        connection = lock.connect(folder, file, config, read_only=False, wait_seconds=0)
        try:
            connection.execute("BEGIN")
            schema.create_all(connection)
            schema.set_meta(
                connection,
                format=schema.FORMAT,
                key=identity.fingerprint(key),
                timezone=config.timezone,
                currency=config.currency,
                new_buyer_days=int(config["new_buyer_days"]),
                hash=schema.hash_sample(connection),
                shape=growing.shape(),
                version=1,
                last_batch=0,
            )
            connection.execute("COMMIT")
        finally:
            connection.close()

    @classmethod
    def open(cls, folder: Path, config: Config, *, read_only: bool = False, wait_seconds: float | None = None) -> Self:
        """Open a workspace's warehouse, waiting at most ``wait_seconds`` (else the setting) for another process to let go.

        Raises Busy, or WorkspaceError for a missing, unreadable or newer warehouse and a folder that cannot be written.
        """
        file = folder / schema.FILE
        if not file.is_file():
            raise WorkspaceError("store.no_warehouse", folder=str(folder))
        wait = config["wait_seconds"] if wait_seconds is None else wait_seconds
        connection = lock.connect(folder, file, config, read_only=read_only, wait_seconds=wait)
        try:
            warehouse = cls(folder, config, connection, read_only=read_only)
            warehouse._check_format()
            if not read_only:
                warehouse._settle()
        except BaseException as error:
            connection.close()
            if isinstance(error, duckdb.Error):
                raise WorkspaceError("store.unreadable", file=str(file), reason=str(error).splitlines()[0]) from None
            raise
        return warehouse

    def _check_format(self) -> None:
        found = int(self._meta.get("format", "0"))
        if found > schema.FORMAT:
            raise WorkspaceError("store.newer_version", found=found, known=schema.FORMAT)

    def _settle(self) -> None:
        """Compute days and facts anew where the workspace's zone, currency or habits differ from those they were made with.

        An engine that hashes otherwise than the one the warehouse was made with would take every known row for a new one: the stored
        hashes are then computed anew too.
        """
        wanted = {
            "timezone": self.config.timezone,
            "currency": self.config.currency,
            "new_buyer_days": str(int(self.config["new_buyer_days"])),
            "hash": schema.hash_sample(self._connection),
            "shape": growing.shape(),
        }
        if all(self._meta.get(name) == value for name, value in wanted.items()):
            return
        with self._transaction():
            if self._meta.get("shape") != wanted["shape"]:
                growing.grow(self._connection, self.config.timezone)
            if self._meta.get("hash", wanted["hash"]) != wanted["hash"]:
                for table in TABLES.values():
                    versions.rehash(self._connection, table, self.config.timezone)
            if self._meta.get("timezone") != self.config.timezone:
                for table in TABLES.values():
                    versions.redate(self._connection, table, self.config.timezone)
            facts.derive(self._connection, self._terms)
            schema.set_meta(self._connection, version=self.version + 1, **wanted)
        self._meta = schema.get_meta(self._connection)

    @property
    def _terms(self) -> facts.Terms:
        return facts.Terms(self.config.currency, int(self.config["new_buyer_days"]))

    @property
    def version(self) -> int:
        """Grows with every commit that changes content: a cache of answers holds as long as it stays."""
        return int(self._meta["version"])

    def look_again(self) -> None:
        """See what another connection of this process has committed since."""
        self._meta = schema.get_meta(self._connection)

    def key(self) -> bytes:
        """The workspace's key, for hashes that nobody else can make. Raises WorkspaceError where it is missing or not the warehouse's."""
        return identity.read_key(self.folder, self._meta["key"])

    # Writing

    def load(
        self, readings: Sequence[Reading], *, dry_run: bool = False, bookmark: Bookmark | None = None
    ) -> Reconciliation:
        """Import what sources have read: one batch, one transaction. ``dry_run`` says what would happen and changes nothing.

        With a ``bookmark`` it is a page of a live shop: the bookmark is kept in the same transaction, all pages of one sync are one batch,
        and a sync that brought nothing new is none.

        Raises BadFile for a file that must not be taken at all, WorkspaceError for a wrong or missing key, a full disk or a
        read-only workspace; in all cases the warehouse is as before.
        """
        self._writable()
        work = Import(self._connection, self.folder, self.config, self._meta, dry_run=dry_run, bookmark=bookmark)
        kept = False
        try:
            with self._transaction(commit=not dry_run):
                result = work.run(readings)
            kept = not dry_run
        finally:
            work.forget(keep_rejects=kept)
        self._meta = schema.get_meta(self._connection)
        return result

    def undo(self, batch: str) -> Undone:
        """Take one import back exactly, also under later ones. Raises BadValue for an unknown or already undone batch."""
        self._writable()
        connection = self._connection
        row = schema.first(connection, "SELECT number, undone_at FROM batches WHERE id = ?", [batch])
        if row is None or row[1] is not None:
            known = [item.id for item in self.batches() if item.undone_at is None]
            raise BadValue("store.unknown_batch", batch=batch, known=", ".join(known[-10:]) or "–")
        removed: dict[str, int] = {}
        with self._transaction():
            stated = connection.execute("SELECT name FROM batch_tables WHERE number = ?", [row[0]]).fetchall()
            moved = Moves(connection)
            for name in sorted(name for (name,) in stated):
                gone = versions.withdraw(connection, TABLES[name], row[0], self.config.timezone, moved)
                if gone:
                    removed[name] = gone
            facts.refresh(connection, self._terms, moved)
            connection.execute("UPDATE batches SET undone_at = ? WHERE number = ?", [_now(), row[0]])
            bookmarks.set_back(connection, self._meta, row[0])
            if removed:
                schema.set_meta(connection, version=self.version + 1)
        self._meta = schema.get_meta(connection)
        shutil.rmtree(self.folder / "rejects" / batch, ignore_errors=True)
        return Undone(batch, removed, bool(removed))

    def bookmark(self, connection: str) -> Kept:
        """How far a live shop has been read."""
        return bookmarks.kept(self._meta, connection)

    def forget_bookmark(self, connection: str) -> None:
        """Read a live shop from the beginning the next time. What was read stays."""
        self._writable()
        with self._transaction():
            bookmarks.forget(self._connection, connection)
        self._meta = schema.get_meta(self._connection)

    def batches(self) -> list[Batch]:
        """Every import, oldest first."""
        files: dict[int, list[str]] = {}
        for number, file in self._connection.execute(
            "SELECT number, file FROM batch_files ORDER BY number, file"
        ).fetchall():
            files.setdefault(number, []).append(file)
        rows: dict[int, dict[str, int]] = {}
        counted = self._connection.execute(
            "SELECT number, name, new + replaced FROM batch_tables ORDER BY number, name"
        )
        for number, name, count in counted.fetchall():
            rows.setdefault(number, {})[name] = count
        listed = self._connection.execute(
            "SELECT number, id, made_at, rejected, undone_at FROM batches ORDER BY number"
        ).fetchall()
        return [
            Batch(id, at, tuple(files.get(number, ())), rows.get(number, {}), rejected, undone)
            for number, id, at, rejected, undone in listed
        ]

    def noted(self, name: str) -> str | None:
        """What the warehouse notes of itself under a name; None where nothing is."""
        return self._meta.get(name)

    def note(self, **values: object) -> None:
        """Note something beside the content, which stays as it is."""
        self._writable()
        for tries_left in reversed(range(NOTE_TRIES)):
            try:
                with self._transaction():
                    schema.set_meta(self._connection, **values)
                break
            except duckdb.TransactionException:  # another reader of the same desk notes something at this very moment
                if not tries_left:
                    raise
                time.sleep(NOTE_PAUSE_SECONDS)
        self._meta = schema.get_meta(self._connection)

    def _writable(self) -> None:
        if self.read_only:
            raise WorkspaceError("store.opened_read_only", folder=str(self.folder))

    def _transaction(self, *, commit: bool = True) -> _Transaction:
        return _Transaction(self._connection, self.folder, commit=commit)

    # Reading

    def table(self, name: str) -> ir.Table:
        """A current canonical table or a fact table, as an Ibis table. Raises Broken for a name that is neither."""
        if name not in TABLES and name not in FACTS:
            raise Broken("store.unknown_table", table=name)
        if name not in _TABLES:
            import ibis

            table = TABLES.get(name)
            columns = table.names if table else tuple(schema.fact_types(FACTS[name]))
            whole = ibis.table(self._engine().table(name).schema(), name=name)
            # Chosen columns would make the engine copy a table that one expression reads twice.
            _TABLES[name] = whole if whole.columns == columns else whole.select(*columns)
        return _TABLES[name]

    def run(self, expression: ir.Table, moments: Moments | None = None) -> pl.DataFrame:
        """The rows of an Ibis expression, its parameters standing for ``moments``: days, or values of text columns. Money arrives as
        float64; every call counts as one query.

        An expression that is asked again, for these days or others, is not compiled again, unless it carries rows of its own.
        """
        asked = expression.op()
        if asked.find(_own_rows()):
            self.queries += 1
            frame: pl.DataFrame = self._engine().to_polars(_plain(expression), params=moments)
            return frame
        return self._rows_of(QUESTIONS.get(asked) or QUESTIONS.keep(asked, self._compile(expression)), moments)

    def ask(
        self,
        shape: Hashable,
        build: Callable[[], ir.Table],
        moments: Moments | None = None,
        *,
        common: bool = False,
    ) -> pl.DataFrame:
        """As :meth:`run`, of the expression that ``build`` makes. It is built and compiled once for all warehouses, so ``shape`` must
        name everything that it depends on besides the tables' names and the parameters.

        ``common`` says that the shape holds no word of the shop: it is then kept for later processes too.
        """
        found = QUESTIONS.get(shape, on_disk=common)
        if found is None:
            expression = build()
            if expression.op().find(_own_rows()):
                return self.run(expression, moments)
            found = QUESTIONS.keep(shape, self._compile(expression), on_disk=common)
        return self._rows_of(found, moments)

    def _rows_of(self, compiled: Compiled, moments: Moments | None) -> pl.DataFrame:
        self.queries += 1
        self._set({_variable(parameter.op()): value for parameter, value in (moments or {}).items()})
        statement = self._statements.get(compiled)
        if statement is None:
            if len(self._statements) >= KEPT_STATEMENTS:
                self._statements.clear()
            self._ready()
            statement = Statement(self._connection.sql(compiled.sql), types_of(compiled))
            self._statements[compiled] = statement
        return self._fetch(statement)

    def _compile(self, expression: ir.Table) -> Compiled:
        """The expression as SQL in which parameters are variables of the connection, and the types of its columns."""
        from ibis.expr.operations import ScalarParameter

        plain = _plain(expression)
        variables = {found: _reading(found) for found in plain.op().find(ScalarParameter)}
        ready = plain.op().replace(variables).to_expr() if variables else plain
        return Compiled(
            self._engine().compile(ready), tuple((name, str(kind)) for name, kind in plain.schema().items())
        )

    def _set(self, variables: Mapping[str, date | str]) -> None:
        changed = {name: value for name, value in variables.items() if self._variables.get(name) != value}
        days = {name: value for name, value in changed.items() if isinstance(value, date)}
        if days:
            self._connection.execute(";".join(f"SET VARIABLE {name} = DATE '{day}'" for name, day in days.items()))
        for name, value in changed.items():
            if name not in days:
                self._connection.execute(f"SET VARIABLE {name} = $1", [value])
        self._variables.update(changed)

    def _fetch(self, statement: Statement) -> pl.DataFrame:
        """The rows of a compiled statement, typed as the expression says."""
        import polars as pl

        rows = pl.from_arrow(statement.rows.to_arrow_table())
        assert isinstance(rows, pl.DataFrame)
        return rows if rows.schema == statement.types else rows.cast(statement.types)

    @contextmanager
    def without(self, orders: pl.DataFrame, reviews: pl.DataFrame) -> Iterator[Self]:
        """The warehouse as if these orders (channel · order_id) and reviews (channel · review_id) had never been, for reading.

        Its questions count as this one's."""
        other = type(self)(self.folder, self.config, self._connection.cursor(), read_only=True)
        try:
            leave_out(other._connection, orders, reviews)
            yield other
        finally:
            self.queries += other.queries
            other.close()

    def heard(self, order: str) -> list[dict[str, Any]]:
        """What each witness says of where the orders of this number came from (see ``sourcing``), in the order in which they are heard."""
        found = self._connection.execute(sourcing.heard(), [order])
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def rows(self) -> dict[str, int]:
        """How many rows each canonical table has."""
        if self._counted is None or self._counted[0] != self.version:
            counts = ", ".join(f"(SELECT count(*) FROM {schema.quote(name)})" for name in TABLES)
            row = schema.first(self._connection, f"SELECT {counts}")
            self._counted = self.version, dict(zip(TABLES, row or (), strict=True))
        return dict(self._counted[1])

    def export(self, folder: Path, *, format: str = "csv") -> list[Path]:
        """Write every canonical table that has rows to ``folder``, as CSV or Parquet. Importing them again gives the same store."""
        return exporting.export(self._connection, folder, format=format)

    def copy_table(self, name: str, path: Path) -> None:
        """Write one canonical or fact table, all stored columns, as Parquet."""
        exporting.copy_table(self._connection, name, path)

    def copy_to(self, file: Path) -> None:
        """Write the whole warehouse to another file, as it stands: a copy of the open file itself would miss what is not flushed yet.

        Raises WorkspaceError where that file cannot be written.
        """
        own = (schema.first(self._connection, "SELECT current_database()") or ("",))[0]
        try:
            self._connection.execute(f"ATTACH {schema.literal(str(file))} AS backup")
            try:
                self._connection.execute(f"COPY FROM DATABASE {schema.quote(own)} TO backup")
            finally:
                self._connection.execute("DETACH backup")
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise WorkspaceError("store.not_writable", folder=str(file.parent), reason=reason) from None

    def _engine(self) -> Any:
        if self._ibis is None:
            import ibis

            self._ibis = ibis.duckdb.from_connection(self._connection)
            self._ready()
        return self._ibis

    def _ready(self) -> None:
        """Days and instants are read in UTC, whatever the machine's own zone."""
        if not self._in_utc:
            self._connection.execute("SET TimeZone = 'UTC'")
            self._in_utc = True

    def close(self) -> None:
        """Let go of the file, so that another process may open it."""
        self._statements.clear()
        self._ibis = None
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Transaction:
    """All or nothing, also for Ctrl-C and a full disk."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path, *, commit: bool) -> None:
        self._connection = connection
        self._folder = folder
        self._commit = commit

    def __enter__(self) -> None:
        self._connection.execute("BEGIN")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            try:
                self._connection.execute("COMMIT" if self._commit else "ROLLBACK")
            except BaseException as failure:
                self._back()
                self._explain(failure)
                raise
            return
        self._back()
        self._explain(error)

    def _back(self) -> None:
        with suppress(duckdb.Error):
            self._connection.execute("ROLLBACK")

    def _explain(self, error: BaseException) -> None:
        message = str(error)
        full = ("No space left", "File too large", "Disk quota", "max_temp_directory_size", "Could not write")
        if isinstance(error, duckdb.Error) and any(sign in message for sign in full):
            raise WorkspaceError("store.no_space", folder=str(self._folder), reason=message.splitlines()[0]) from None
        if isinstance(error, duckdb.OutOfMemoryException):
            raise WorkspaceError("store.no_memory", reason=message.splitlines()[0]) from None
        if isinstance(error, duckdb.InterruptException) or (
            isinstance(error, RuntimeError) and "interrupted" in message
        ):
            raise KeyboardInterrupt from None


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _own_rows() -> Any:
    """The kind of expression node that holds rows in memory, which the engine has to be given first."""
    from ibis.expr.operations import InMemoryTable

    return InMemoryTable


def _plain(expression: ir.Table) -> ir.Table:
    """The expression with its money as float64."""
    wanted = {name: "float64" for name, kind in expression.schema().items() if kind.is_decimal()}
    return expression.cast(wanted) if wanted else expression


def _variable(parameter: Any) -> str:
    """The connection's variable that holds a parameter."""
    return f"moment_{parameter.counter}"


@cache
def _readers() -> Mapping[str, Any]:
    """The engine's function that reads a variable, for a day and for a text: a constant when a statement is planned."""
    import ibis

    def reading(variable: str) -> Any: ...

    builtin = ibis.udf.scalar.builtin
    return {kind: builtin(reading, name="getvariable", signature=(("string",), kind)) for kind in ("date", "string")}


def _reading(parameter: Any) -> Any:
    kind = "date" if parameter.dtype.is_date() else "string"
    return _readers()[kind](_variable(parameter)).op()

"""Opening the ledger file: its tables are brought to the present version, and every writer waits its turn.

SQLite in WAL mode: readers never wait for a writer. A transaction that will write says so at its begin (``BEGIN IMMEDIATE``), so
that what it read is still true when it writes.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.orm import Session

from zhanggui.errors import Busy, WorkspaceError, ZhangguiError

FILE = "ledger.sqlite"
WAIT_SECONDS = 10.0
_STEPS = Path(__file__).parent / "migrations"
_STEP = re.compile(r"v(\d{4})_\w+\.py")
_MADE: dict[tuple[str, ...], tuple[str, ...]] = {}
"""What the steps of these numbers made of an empty file, as SQL: the next new ledger of this process is made of it at once."""


def versions() -> list[str]:
    """The versions this program knows, oldest first: the numbers of the files in ``migrations/versions``."""
    found = (_STEP.fullmatch(path.name) for path in (_STEPS / "versions").iterdir())
    return sorted(match.group(1) for match in found if match)


class Database:
    """The open ledger file of a workspace."""

    def __init__(self, file: Path, engine: Engine) -> None:
        self.file = file
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        self._gate = threading.Condition()
        self._inside = 0
        self._exchanging: int | None = None
        """The thread that puts another file in this one's place."""

    @classmethod
    def open(cls, folder: Path, *, wait_seconds: float = WAIT_SECONDS) -> Self:
        """Open the ledger file of ``folder``, made where there is none, and brought to the present version.

        Raises WorkspaceError for a file of a newer version, one that is no ledger, or a folder that cannot be written; Busy
        where another process writes for longer than ``wait_seconds``. In all cases the file is as before.
        """
        file = folder / FILE
        found = _version(file)
        known = versions()
        if found is not None and found not in known:
            raise WorkspaceError("state.newer_version", file=str(file), found=found, known=known[-1])
        engine = _engine(file, wait_seconds)
        database = cls(file, engine)
        try:
            with _explained(file, wait_seconds):
                if found == known[-1]:
                    engine.connect().close()
                else:
                    database._upgrade()
        except BaseException:
            database.close()
            raise
        return database

    def _upgrade(self) -> None:
        """All missing steps in one transaction; who comes second finds them done."""
        known = tuple(versions())
        with self._writer.begin() as connection:
            empty = not _made_of(connection)
            if empty and known in _MADE:
                for statement in _MADE[known]:
                    connection.exec_driver_sql(statement)
                connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (known[-1],))
                return
            from alembic import command
            from alembic.config import Config

            config = Config()
            config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if empty:
                _MADE[known] = _made_of(connection)

    @property
    def version(self) -> str | None:
        """The number of the last step that was taken."""
        return _version(self.file)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state throughout."""
        with self._entered(), _explained(self.file), Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that writes: alone, and all or nothing. Raises Busy where another process does not let go."""
        with (
            self._entered(),
            _explained(self.file),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            session.connection()
            yield session

    @contextmanager
    def _entered(self) -> Iterator[None]:
        with self._gate:
            self._gate.wait_for(lambda: self._exchanging in (None, threading.get_ident()))
            self._inside += 1
        try:
            yield
        finally:
            with self._gate:
                self._inside -= 1
                self._gate.notify_all()

    @contextmanager
    def exchanged(self) -> Iterator[None]:
        """Let go of the file while another takes its place: whoever is reading or writing ends first, whoever comes waits, but for the
        thread that exchanges: what has to be written into the new file before anybody sees it, it writes at the end of the block."""
        with self._gate:
            self._gate.wait_for(lambda: self._exchanging is None)
            self._exchanging = threading.get_ident()
            self._gate.wait_for(lambda: self._inside == 0)
            self._engine.dispose()
        try:
            yield
        finally:
            with self._gate:
                self._exchanging = None
                self._gate.notify_all()

    def copy_to(self, file: Path) -> None:
        """Write a copy of the ledger as it stands, also while others write."""
        with closing(sqlite3.connect(self.file)) as own, closing(sqlite3.connect(file)) as other:
            own.backup(other)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _made_of(connection: Connection) -> tuple[str, ...]:
    """The tables, indexes and triggers of a ledger file, as SQL, in the order in which they were made."""
    own = "sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
    rows = connection.exec_driver_sql(f"SELECT sql FROM sqlite_master WHERE {own} ORDER BY rowid")
    return tuple(str(row[0]) for row in rows)


def _version(file: Path) -> str | None:
    """The version of a ledger file, read without changing anything; None for one that is yet to be made."""
    if not file.exists() or not file.stat().st_size:
        return None
    try:
        with closing(
            sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=WAIT_SECONDS)
        ) as connection:
            named = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if named[0] else None
            others = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.Error as error:
        raise WorkspaceError("state.unreadable", file=str(file), reason=str(error)) from None
    if row is None and others > named[0]:
        raise WorkspaceError("state.unreadable", file=str(file), reason="alembic_version")
    return str(row[0]) if row else None


def _engine(file: Path, wait_seconds: float) -> Engine:
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": wait_seconds})

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, record: Any) -> None:
        connection.isolation_level = None  # we say ourselves when a transaction begins
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _explained(file: Path, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """What the engine says about a file that is held, full or not to be written, as errors of ours."""
    try:
        yield
    except exc.OperationalError as error:
        raise _explanation(str(error.orig), file, wait_seconds) from None
    except exc.DatabaseError as error:
        if isinstance(error, exc.IntegrityError):
            raise
        raise WorkspaceError("state.unreadable", file=str(file), reason=str(error.orig)) from None


def _explanation(reason: str, file: Path, wait_seconds: float) -> ZhangguiError:
    if "locked" in reason:
        return Busy("state.busy", file=str(file), seconds=round(wait_seconds, 1))
    if "full" in reason:
        return WorkspaceError("state.no_space", file=str(file), reason=reason)
    if "readonly" in reason or "unable to open" in reason:
        return WorkspaceError("state.not_writable", file=str(file), reason=reason)
    return WorkspaceError("state.unreadable", file=str(file), reason=reason)

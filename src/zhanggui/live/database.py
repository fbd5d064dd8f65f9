"""A database that is read, and written to only where that is asked for, with words for everything that goes wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import URL, Connection, Engine, make_url

from zhanggui.errors import Unreached
from zhanggui.live.kinds import Visit

_SHOWN = 200
READ_ONLY = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}
"""How a session is kept from writing, by database; another one is kept from it by the rights of its user."""


class Database:
    """A connection's database while it is read. Every question ends with its transaction: nobody in the shop waits for us. With
    ``writing`` its sessions may write."""

    def __init__(self, visit: Visit, *, writing: bool = False) -> None:
        self._visit, self._name, self._writing = visit, visit.connection.name, writing
        self._engine = self._opened()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def rows(self, read: str, asked: sa.Select[Any]) -> list[dict[str, Any]]:
        """The rows of a question. Raises Unreached."""
        try:
            with self._engine.connect() as connection:
                return [dict(row) for row in connection.execute(asked).mappings()]
        except exc.DBAPIError as error:
            if error.connection_invalidated or not _of_question(error):
                raise self._no_database(error) from None
            raise Unreached(
                "live.bad_query", connection=self._name, read=read, reason=self._hidden(error.orig)
            ) from None
        except exc.SQLAlchemyError as error:
            raise Unreached("live.bad_query", connection=self._name, read=read, reason=self._hidden(error)) from None

    def connect(self) -> Connection:
        """The line itself, for a connector that asks in its own way."""
        return self._engine.connect()

    def _opened(self) -> Engine:
        try:
            url = make_url(self._visit.connection.url)
            file = url.get_backend_name() == "sqlite"
            password = None if file else self._visit.keys.find("password")
            url = url.set(password=password) if password else url
            url = _in_workspace(url, self._visit.folder)
            _look_for_file(url, self._name)
            engine = sa.create_engine(url, hide_parameters=True, pool_pre_ping=False)
        except (exc.ArgumentError, exc.NoSuchModuleError) as error:
            raise Unreached("live.bad_database", connection=self._name, reason=self._hidden(error)) from None
        except ModuleNotFoundError as error:
            raise Unreached("live.no_driver", connection=self._name, driver=str(error.name)) from None
        readonly = READ_ONLY.get(engine.dialect.name)
        if readonly and not self._writing:
            sa.event.listen(engine, "connect", lambda line, record: _told(line, readonly))
        return engine

    def _no_database(self, error: exc.DBAPIError) -> Unreached:
        return Unreached("live.no_database", connection=self._name, reason=self._hidden(error.orig))

    def _hidden(self, error: object) -> str:
        return self._visit.keys.hide(" ".join(str(error).split()))[:_SHOWN]


def _told(line: Any, words: str) -> None:
    """Say something to a fresh connection, outside of any transaction."""
    cursor = line.cursor()
    cursor.execute(words)
    cursor.close()
    line.commit()


def _in_workspace(url: URL, folder: Any) -> URL:
    """A file without a folder of its own lies in the workspace."""
    if url.get_backend_name() != "sqlite" or not url.database or folder is None or url.database == ":memory:":
        return url
    return url.set(database=str(Path(folder, url.database)))


def _look_for_file(url: URL, name: str) -> None:
    """A file that is not there would be made by the mere asking."""
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).is_file():
        raise Unreached("live.no_database", connection=name, reason=url.database)


def _of_question(error: exc.DBAPIError) -> bool:
    """Whether the question was wrong, not the line: a connection that never came about says nothing of a statement."""
    return error.statement is not None

"""The database of a django-oscar shop: one transaction, given up at the end unless something is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event
from sqlalchemy.exc import SQLAlchemyError

from zhanggui.errors import Unreached
from zhanggui.live.database import Database
from zhanggui.live.kinds import Visit


@contextmanager
def opened(visit: Visit, *, writing: bool = False) -> Iterator[Connection]:
    """A transaction on the shop's database. Raises Unreached where the database does not answer or breaks off."""
    try:
        with Database(visit, writing=writing) as database, database.connect() as connection:
            if writing and connection.dialect.name == "sqlite":
                event.listen(connection, "begin", _at_once)
            with connection.begin() as transaction:
                yield connection
                if not writing:
                    transaction.rollback()
    except SQLAlchemyError as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        raise Unreached(
            "oscar.broken_off", connection=visit.connection.name, reason=visit.keys.hide(reason)[:160]
        ) from None


def _at_once(connection: Connection) -> None:
    """Take SQLite's one place for writing before anything is compared, so that it still holds when it is written."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")

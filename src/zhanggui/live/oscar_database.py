"""The database of a django-oscar shop: opened by its SQLAlchemy address, the password from the secrets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from zhanggui.errors import BadValue, Unreached
from zhanggui.live.kinds import Visit

SECRETS: tuple[str, ...] = ()
"""A ``password`` is looked for where the database is no file."""


@contextmanager
def opened(visit: Visit, *, writing: bool = False) -> Iterator[Connection]:
    """A transaction on the shop's database; unless ``writing`` it is given up at the end.

    Raises BadValue for an address that is none, Unreached where the database does not answer or breaks off.
    """
    name = visit.connection.name
    try:
        address = make_url(visit.connection.url)
    except ArgumentError:
        raise BadValue("live.no_url", name=name, value=visit.keys.hide(visit.connection.url)) from None
    if address.get_backend_name() == "sqlite":
        file = Path(str(visit.folder or "."), address.database or "")
        if not file.is_file():
            raise Unreached("oscar.no_file", connection=name, file=str(file))
        address = address.set(database=str(file))
    elif (password := visit.keys.find("password")) is not None:
        address = address.set(password=password)
    try:
        engine = create_engine(address)
        if address.get_backend_name() == "sqlite" and writing:
            event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        try:
            with engine.connect() as connection, connection.begin() as transaction:
                yield connection
                if not writing:
                    transaction.rollback()
        finally:
            engine.dispose()
    except SQLAlchemyError as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        raise Unreached("oscar.broken_off", connection=name, reason=visit.keys.hide(reason)[:160]) from None
    except ImportError as error:
        raise Unreached("oscar.no_driver", connection=name, reason=str(error)) from None

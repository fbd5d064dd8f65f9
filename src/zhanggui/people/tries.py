"""How often one may try to come in: counted by name and by address, in the store, before the password is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from zhanggui.state.people import TryRow

WINDOW = timedelta(minutes=15)
MOST: Mapping[str, int] = {"name": 10, "address": 20}
"""Tries in a window. An owner whose name is being guessed still gets in by a one-time link."""


def take(session: Session, now: datetime, **who: str) -> int:
    """Count a try under each of ``who`` (name, address). Gives 0, or the seconds to wait where one of them is used up."""
    session.execute(delete(TryRow).where(TryRow.since <= now - WINDOW))
    wait = 0
    for kind, value in who.items():
        row = session.get(TryRow, f"{kind}:{value}")
        if row is None:
            session.add(TryRow(key=f"{kind}:{value}", count=1, since=now))
        elif row.count >= MOST[kind]:
            wait = max(wait, round((row.since + WINDOW - now).total_seconds()) + 1)
        else:
            row.count += 1
    return wait


def forget(session: Session, **who: str) -> None:
    """Forget the tries of who came in."""
    keys = [f"{kind}:{value}" for kind, value in who.items()]
    session.execute(delete(TryRow).where(TryRow.key.in_(keys)))

"""The log of who did what: lines are added, never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhanggui.people.kinds import Deed, Person
from zhanggui.state.people import DeedRow

LONGEST = 300


def note(session: Session, now: datetime, who: Person, what: str, target: str = "", address: str = "") -> None:
    """Add a line."""
    line = DeedRow(at=now, by=who.name, role=who.role, what=what, target=target[:LONGEST], address=address)
    session.add(line)


def deeds(session: Session, most: int, before: int | None = None) -> list[Deed]:
    """The latest lines, newest first; ``before`` a number: those older than it."""
    asked = select(DeedRow).order_by(DeedRow.number.desc()).limit(most)
    if before is not None:
        asked = asked.where(DeedRow.number < before)
    return [
        Deed(row.number, row.at, row.by, row.role, row.what, row.target, row.address) for row in session.scalars(asked)
    ]

"""Days on which nothing is changed, and what one shift tells the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhanggui.actions.kinds import Action, Freeze, target_text
from zhanggui.errors import BadValue
from zhanggui.ledger.changing import touched
from zhanggui.ledger.kinds import Handover
from zhanggui.state.decisions import FreezeRow, HandoverRow

ALL = "*"


def freezes(session: Session) -> list[Freeze]:
    """The freezes that hold, by their first day."""
    rows = list(session.scalars(select(FreezeRow).order_by(FreezeRow.start, FreezeRow.number)))
    lifted = {row.lifts for row in rows}
    return [
        Freeze(row.start, row.end, row.target, row.text)
        for row in rows
        if row.lifts is None and row.number not in lifted
    ]


def freeze(session: Session, wanted: Freeze, *, by: str, at: datetime) -> None:
    """Note a freeze; the same again adds nothing. Raises BadValue where it ends before it begins."""
    if wanted.end < wanted.start:
        raise BadValue("ledger.ends_before", start=wanted.start.isoformat(), end=wanted.end.isoformat())
    if wanted not in freezes(session):
        session.add(_row(wanted, by, at))


def lift(session: Session, start: date, end: date, target: str, *, by: str, at: datetime) -> int:
    """Take back the freezes of these days and this target; gives how many. Raises BadValue where there is none."""
    gone = {row.lifts for row in session.scalars(select(FreezeRow).where(FreezeRow.lifts.is_not(None)))}
    held = session.scalars(
        select(FreezeRow).where(FreezeRow.start == start, FreezeRow.end == end, FreezeRow.target == target)
    )
    rows = [row for row in held if row.lifts is None and row.number not in gone]
    if not rows:
        raise BadValue("ledger.no_freeze", start=start.isoformat(), end=end.isoformat(), target=target)
    for row in rows:
        session.add(FreezeRow(start=start, end=end, target=target, text=row.text, by=by, at=at, lifts=row.number))
    return len(rows)


def _row(wanted: Freeze, by: str, at: datetime) -> FreezeRow:
    return FreezeRow(
        start=wanted.start, end=wanted.end, target=wanted.target, text=wanted.text, by=by, at=at, lifts=None
    )


def frozen_by(held: Sequence[Freeze], action: Action, day: date) -> Freeze | None:
    """The freeze that an action on ``day`` would break, if there is one. A freeze's target is ``*``, a product, or ``name=value``."""
    targets = {ALL, target_text(action.where), *(f"{name}={value}" for name, value in action.where.items())}
    targets |= {name for product in touched(action) for name in (product, f"product_id={product}")}
    return next((item for item in held if item.start <= day <= item.end and item.target in targets), None)


def hand_over(session: Session, text: str, on_duty: str, *, by: str, at: datetime) -> None:
    """Write down what the next one must know, and who that is. An empty name leaves who is on duty as it is."""
    last = handover(session)
    session.add(HandoverRow(text=text, on_duty=on_duty or (last.on_duty if last else by), by=by, at=at))


def handover(session: Session) -> Handover | None:
    """The latest note, if there is one."""
    row = session.scalars(select(HandoverRow).order_by(HandoverRow.number.desc()).limit(1)).first()
    return Handover(row.text, row.on_duty, row.by, row.at) if row else None

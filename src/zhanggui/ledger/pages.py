"""Looking things up in the ledger: events as rows, actions folded from them, an action by the beginning of its id."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from zhanggui.errors import BadValue
from zhanggui.ledger.fold import fold
from zhanggui.ledger.kinds import Entry, Event
from zhanggui.state.decisions import ActionRow, EventRow

_NAME = re.compile(r"(?P<base>[0-9a-f]+)(?:-(?P<round>\d+))?")
SHOWN = 10


def entries(session: Session) -> list[Entry]:
    """Every round of every action, folded, in the order they were opened."""
    rows = session.execute(
        select(EventRow, ActionRow)
        .join(ActionRow, EventRow.action == ActionRow.id)
        .order_by(EventRow.action, EventRow.step)
    )
    found = [_folded(list(group)) for _, group in groupby(rows, key=lambda pair: pair[1].id)]
    return sorted(found, key=lambda entry: entry.history[0].number)


def entry_of(session: Session, action: str) -> Entry:
    """One round by its full id."""
    rows = session.execute(
        select(EventRow, ActionRow)
        .join(ActionRow, EventRow.action == ActionRow.id)
        .where(EventRow.action == action)
        .order_by(EventRow.step)
    )
    return _folded(list(rows))


def _folded(rows: list[tuple[EventRow, ActionRow]]) -> Entry:
    return fold([event(row) for row, _ in rows], base=rows[0][1].base, round=rows[0][1].round)


def event(row: EventRow) -> Event:
    """An event from its row."""
    return Event(row.number, row.action, row.step, row.verb, row.by, row.at, row.day, row.content)  # type: ignore[arg-type]


def named(session: Session, name: str) -> str:
    """The full id of the action called ``name``: an id or the beginning of one, of its latest round where none is named.

    Raises BadValue where no action is called so, or several are.
    """
    asked = _NAME.fullmatch(name.strip().lower())
    bases = _bases(session, asked["base"]) if asked else []
    if not asked or not bases:
        raise BadValue("ledger.unknown_action", id=name, known=_shown(_newest(session)))
    if len(bases) > 1 and asked["base"] not in bases:
        raise BadValue("ledger.several_actions", id=name, known=_shown(bases))
    base = asked["base"] if asked["base"] in bases else bases[0]
    rows = session.scalars(select(ActionRow).where(ActionRow.base == base))
    rounds = {row.round: row.id for row in rows}
    number = int(asked["round"] or max(rounds))
    if number not in rounds:
        raise BadValue("ledger.unknown_action", id=name, known=_shown(rounds.values()))
    return rounds[number]


def _bases(session: Session, beginning: str) -> list[str]:
    found = session.scalars(select(ActionRow.base).where(ActionRow.base.startswith(beginning)).distinct())
    return sorted(found)


def _newest(session: Session) -> list[str]:
    first = select(EventRow.action).where(EventRow.step == 1).order_by(EventRow.number.desc()).limit(SHOWN)
    return list(session.scalars(first))


def _shown(names: Iterable[str]) -> str:
    return ", ".join(list(names)[:SHOWN]) or "–"


def last_number(session: Session) -> int:
    """The number of the last event; 0 before the first."""
    return session.scalar(select(func.max(EventRow.number))) or 0


def local(at: datetime, zone: str) -> str:
    """An instant of the ledger as the shop's clock shows it."""
    return f"{at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"

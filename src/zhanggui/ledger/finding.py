"""Taking over what the warehouse knows as done, where the ledger was put back from a day before that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from zhanggui.actions.kinds import Action
from zhanggui.ledger.changing import plain_lines
from zhanggui.ledger.kinds import Change, Entry
from zhanggui.ledger.pen import Pen
from zhanggui.ledger.plain import plain


@dataclass(frozen=True, slots=True)
class Found:
    """A done action as its lines in the table ``changes`` tell of it."""

    id: str
    action: Action
    changes: Sequence[Change]
    stop_on: date
    read_on: date

    @property
    def done_on(self) -> date:
        return min(line.day for line in self.changes)

    @property
    def by(self) -> str:
        return min(self.changes, key=lambda line: line.day).by


def take_over(pen: Pen, found: Found, known: Entry | None) -> Entry:
    """Note as done what was found; the action is opened where the ledger had not heard of it."""
    content = {
        "on": found.done_on.isoformat(),
        "stop_on": found.stop_on.isoformat(),
        "read_on": found.read_on.isoformat(),
        "changes": plain_lines(found.changes),
    }
    if known is not None:
        return pen.write(known, "found", content)
    base, _, number = found.id.partition("-")
    return pen.begin_as(found.id, base, int(number or 1), "found", {"action": plain(found.action), **content})

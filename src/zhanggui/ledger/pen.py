"""The one way an event is written: the next step of its action, at a time that never goes back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from zhanggui.actions.kinds import Action
from zhanggui.ledger.kinds import Entry, Verb
from zhanggui.ledger.pages import entry_of, local
from zhanggui.ledger.plain import plain
from zhanggui.state.decisions import ActionRow, EventRow
from zhanggui.units import Clock, Words

PATIENCE = timedelta(minutes=5)
"""How far two machines' clocks may differ before it is said."""


class Pen:
    """Writes events in one transaction, for one person."""

    def __init__(self, session: Session, clock: Clock, by: str) -> None:
        self.session = session
        self._clock = clock
        self._by = by
        self._now = clock.now().astimezone(UTC).replace(tzinfo=None)
        self._last = session.scalar(select(func.max(EventRow.at))) or self._now

    def begin(self, action: Action, last: Entry | None, verb: Verb, content: Mapping[str, Any] | None = None) -> Entry:
        """Open a round of an action: its first, or the one after ``last``."""
        number = last.round + 1 if last else 1
        name = action.id if number == 1 else f"{action.id}-{number}"
        return self.begin_as(name, action.id, number, verb, {"action": plain(action), **(content or {})})

    def begin_as(self, name: str, base: str, number: int, verb: Verb, content: Mapping[str, Any]) -> Entry:
        """Open a round under an id that is known already."""
        self.session.add(ActionRow(id=name, base=base, round=number))
        self.session.flush()
        self._append(name, 1, verb, content)
        return entry_of(self.session, name)

    def write(self, entry: Entry, verb: Verb, content: Mapping[str, Any]) -> Entry:
        """Write the next step of an action; gives the action as it stands then."""
        self._append(entry.id, entry.step + 1, verb, content)
        return entry_of(self.session, entry.id)

    def _append(self, action: str, step: int, verb: Verb, content: Mapping[str, Any]) -> None:
        """Where the machine's clock went back, the event gets the last one's time and keeps its own beside it."""
        own = {"clock": self._now.isoformat()} if self._behind else {}
        self.session.add(
            EventRow(
                action=action,
                step=step,
                verb=verb,
                by=self._by,
                at=max(self._now, self._last),
                day=self._clock.today(),
                content={**content, **own},
            )
        )
        self.session.flush()

    @property
    def _behind(self) -> bool:
        return self._last - self._now > PATIENCE

    def notes(self) -> list[Words]:
        """That the clock is behind the ledger, where it is."""
        if not self._behind:
            return []
        zone = self._clock.zone
        return [Words("ledger.note.clock", {"now": local(self._now, zone), "last": local(self._last, zone)})]

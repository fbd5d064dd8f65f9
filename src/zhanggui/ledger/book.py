"""The book itself: what is proposed, decided, done and read of every action, one event after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.earlier import DISMISSED_DAYS, comes_back
from zhanggui.actions.kinds import Action, Freeze, Outcome, Record, Standing
from zhanggui.errors import BadValue, Decided
from zhanggui.ledger import notices, pages
from zhanggui.ledger.changing import change_lines, plain_lines, taken_away, touched
from zhanggui.ledger.finding import Found, take_over
from zhanggui.ledger.kinds import Carried, Decision, Entry, Event, Handover, Verb
from zhanggui.ledger.pen import Pen
from zhanggui.ledger.plain import plain
from zhanggui.ledger.steps import check_step, last_word
from zhanggui.state.database import Database
from zhanggui.state.decisions import EventRow, FreezeRow, HandoverRow, MarkRow
from zhanggui.state.experiments import ExperimentEventRow, ExperimentRow
from zhanggui.units import Clock, Words

PROGRAM = __name__.partition(".")[0]
"""Who proposes and reads: the program itself."""


NUMBERED = (EventRow.number, FreezeRow.number, HandoverRow.number, ExperimentEventRow.number)
"""What grows with every line of the ledger's tables."""
FEEDS: tuple[Verb, ...] = ("done", "undone", "stopped", "found")
"""Verbs after which other lines stand in the table ``changes``."""


class Ledger:
    """The open ledger of a workspace. Every verb is one transaction: it holds as a whole or not at all."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    @classmethod
    def open(cls, folder: Path, clock: Clock) -> Self:
        """Open the ledger of a workspace, made where there is none. Raises what ``Database.open`` raises."""
        database = Database.open(folder)
        with database.reading() as session:
            begun = session.get(MarkRow, "id") is not None
        if not begun:
            with database.writing() as session:
                if session.get(MarkRow, "id") is None:
                    session.add(MarkRow(name="id", value=uuid4().hex))
        return cls(database, clock)

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ---- reading

    def entries(self) -> list[Entry]:
        """Every round of every action, in the order they were opened."""
        with self.database.reading() as session:
            return pages.entries(session)

    def entry(self, name: str) -> Entry:
        """The action of that id or the beginning of one; its latest round where no round is named.

        Raises BadValue where no action is called so, or several are.
        """
        with self.database.reading() as session:
            return pages.entry_of(session, pages.named(session, name))

    def standing(self, records: Mapping[str, Record] | None = None) -> Standing:
        """What people decided and what came of it, for rules and brief. ``records`` are the rules' own, by rule."""
        with self.database.reading() as session:
            past = [entry.past for entry in pages.entries(session)]
            return Standing(past=past, records=records or {}, freezes=notices.freezes(session))

    def last(self) -> Event | None:
        """The last event, if there is one."""
        with self.database.reading() as session:
            row = session.get(EventRow, pages.last_number(session))
            return pages.event(row) if row else None

    @property
    def stand(self) -> tuple[int, ...]:
        """How far it is written: as long as this stays, so does everything that people decided."""
        with self.database.reading() as session:
            last = [select(func.coalesce(func.max(number), 0)).scalar_subquery() for number in NUMBERED]
            tests = select(func.count(ExperimentRow.id)).scalar_subquery()
            return tuple(session.execute(select(*last, tests)).one())

    def fed_since(self, number: int) -> bool:
        """Whether an event after that one changed what stands in the table ``changes``."""
        with self.database.reading() as session:
            fed = select(EventRow.number).where(EventRow.number > number, EventRow.verb.in_(FEEDS)).limit(1)
            return session.scalar(fed) is not None

    def marks(self) -> dict[str, str]:
        """What the ledger notes of itself and of the warehouse beside it."""
        with self.database.reading() as session:
            return {row.name: row.value for row in session.scalars(select(MarkRow))}

    def mark(self, **values: object) -> None:
        """Note something of the ledger or of the warehouse beside it."""
        with self.database.writing() as session:
            for name, value in values.items():
                session.merge(MarkRow(name=name, value=str(value)))

    # ---- proposing

    def propose(
        self, actions: Iterable[Action], *, by: str = PROGRAM, dismissed_days: int = DISMISSED_DAYS
    ) -> list[Entry]:
        """Note what the brief proposes today. The same again adds nothing; what was refused or is under way stays as it is; what ended
        opens a new round."""
        today = self.clock.today()
        with self.database.writing() as session:
            pen = Pen(session, self.clock, by)
            latest = {entry.base: entry for entry in pages.entries(session)}
            proposed = []
            for action in actions:
                known = latest.get(action.id)
                if known is None or comes_back(known.past, action, today, dismissed_days=dismissed_days):
                    proposed.append(pen.begin(action, known, "proposed"))
                elif known.state == "proposed":
                    proposed.append(_again(pen, known, action, today))
            return proposed

    def add(self, action: Action, *, by: str, text: str = "") -> Decision:
        """Enter an action by hand. Raises Decided where the same is proposed or approved already."""
        with self.database.writing() as session:
            pen = Pen(session, self.clock, by)
            known = {entry.base: entry for entry in pages.entries(session)}.get(action.id)
            if known is not None and known.state in ("proposed", "approved"):
                raise Decided("ledger.already_there", id=known.id, **last_word(known, self.clock.zone))
            return Decision(pen.begin(action, known, "added", {"text": text}), pen.notes())

    # ---- deciding

    def approve(
        self, name: str, *, by: str, before: Mapping[str, Any] | None = None, text: str = "", seen: int | None = None
    ) -> Decision:
        """Approve a proposal. ``before`` is how its target stands now; ``seen`` the step that the person had before his eyes.

        Raises Decided, with who did what and when, where it is no longer a proposal or somebody was quicker.
        """
        return self._decide(name, "approved", by, {"before": plain(before or {}), "text": text}, seen)

    def dismiss(self, name: str, *, by: str, text: str = "", seen: int | None = None) -> Decision:
        """Refuse a proposal: it stays away for four weeks unless its expected profit doubles."""
        return self._decide(name, "dismissed", by, {"text": text}, seen)

    def snooze(self, name: str, until: date, *, by: str, seen: int | None = None) -> Decision:
        """Put an action off. Raises BadValue for a day that is not to come."""
        today = self.clock.today()
        if until <= today:
            raise BadValue("ledger.day_not_to_come", day=until.isoformat(), today=today.isoformat())
        return self._decide(name, "snoozed", by, {"until": until.isoformat()}, seen)

    def done(self, name: str, *, by: str, on: date | None = None, seen: int | None = None) -> Decision:
        """Note that an approved action was carried out, today or on an earlier day. From then on its effect is read."""
        return self._decide(name, "done", by, {"on": self._happened(on).isoformat()}, seen)

    def undo(self, name: str, *, by: str, seen: int | None = None) -> Decision:
        """Take the last decision back, as made by mistake: done or read becomes approved, approved or dismissed a proposal again."""
        return self._decide(name, "undone", by, {}, seen)

    def stop(self, name: str, *, by: str, on: date | None = None, seen: int | None = None) -> Decision:
        """Note that what was done was taken away again in the shop: its reading ends on that day."""
        return self._decide(name, "stopped", by, {"stop_on": self._happened(on).isoformat()}, seen)

    def may_apply(self, name: str) -> None:
        """Pass an approved action that is not done. Raises Decided for another."""
        check_step(self.entry(name), "applying", self.clock)

    def applying(self, name: str, carried: Carried, *, by: str, seen: int | None = None) -> Decision:
        """Note what is about to be written to a live shop, with the values before. The state stays approved until it is done."""
        content = {"shop": carried.shop, "values": [asdict(value) for value in carried.values]}
        return self._decide(name, "applying", by, content, seen)

    def broke_off(self, name: str, *, by: str, written: int, of: int, code: str) -> Decision:
        """Note that carrying out stopped half-way: how many values were written, and the code of what went wrong."""
        return self._decide(name, "broke_off", by, {"written": written, "of": of, "code": code}, None)

    def put_back(self, name: str, *, by: str, written: int, seen: int | None = None) -> Decision:
        """Note that a live shop holds again what it held before."""
        return self._decide(name, "put_back", by, {"written": written}, seen)

    def assign(
        self, name: str, *, by: str, owner: str | None = None, due: date | None = None, seen: int | None = None
    ) -> Decision:
        """Say who does it and until when."""
        content = {} if owner is None else {"owner": owner}
        return self._decide(name, "assigned", by, content | ({"due": due.isoformat()} if due else {}), seen)

    def note(self, name: str, text: str, *, by: str) -> Decision:
        """Write a remark on an action."""
        return self._decide(name, "noted", by, {"text": text}, None)

    def measured(self, outcomes: Iterable[Outcome], *, by: str = PROGRAM) -> list[Entry]:
        """Store what was read of done actions. One that is no longer done, or was read already, is passed over."""
        with self.database.writing() as session:
            pen = Pen(session, self.clock, by)
            known = {entry.id: entry for entry in pages.entries(session) if entry.state == "done"}
            read = [(known[outcome.action], outcome) for outcome in outcomes if outcome.action in known]
            return [pen.write(entry, "measured", {"outcome": plain(outcome)}) for entry, outcome in read]

    def take_over(self, found: Iterable[Found]) -> list[Entry]:
        """Note as done what the warehouse knows as done and this ledger, put back from an earlier day, does not."""
        with self.database.writing() as session:
            known = {entry.id: entry for entry in pages.entries(session)}
            return [take_over(Pen(session, self.clock, item.by or PROGRAM), item, known.get(item.id)) for item in found]

    def _decide(self, name: str, verb: Verb, by: str, content: dict[str, Any], seen: int | None) -> Decision:
        try:
            return self._decided(name, verb, by, content, seen)
        except IntegrityError:  # another took the step between our look and our word: look again
            return self._decided(name, verb, by, content, seen)

    def _decided(self, name: str, verb: Verb, by: str, content: dict[str, Any], seen: int | None) -> Decision:
        with self.database.writing() as session:
            entry = pages.entry_of(session, pages.named(session, name))
            if seen is not None and seen != entry.step:
                raise Decided("ledger.meanwhile", id=entry.id, **last_word(entry, self.clock.zone))
            check_step(entry, verb, self.clock)
            pen = Pen(session, self.clock, by)
            changed = pen.write(entry, verb, content | _follows(entry, verb, content, by))
            beside = self._beside(session, changed) if verb in ("approved", "done") else []
            return Decision(changed, [*pen.notes(), *beside])

    def _beside(self, session: Session, entry: Entry) -> list[Words]:
        """What a person should know: that nothing was to be changed on that day, and what cannot be told apart from it."""
        notes = []
        day = entry.done_on or self.clock.today()
        freeze = notices.frozen_by(notices.freezes(session), entry.action, day)
        if freeze:
            said = {"start": freeze.start, "end": freeze.end, "text": freeze.text or freeze.target}
            notes.append(Words("ledger.note.frozen", said))
        mine = touched(entry.action)
        others = [
            other.id
            for other in pages.entries(session)
            if other.id != entry.id and other.stop_on and other.stop_on >= day and mine & touched(other.action)
        ]
        if others:
            notes.append(Words("ledger.note.together", {"id": entry.id, "others": ", ".join(others)}))
        return notes

    def _happened(self, on: date | None) -> date:
        """The day something was done: today, or an earlier one. Raises BadValue for a day to come."""
        today = self.clock.today()
        if on is not None and on > today:
            raise BadValue("ledger.day_to_come", day=on.isoformat(), today=today.isoformat())
        return on or today

    # ---- beside the actions

    def freeze(self, wanted: Freeze, *, by: str) -> list[Freeze]:
        """Note days on which nothing is changed. Gives all that hold."""
        with self.database.writing() as session:
            notices.freeze(session, wanted, by=by, at=self._now())
            session.flush()
            return notices.freezes(session)

    def lift(self, start: date, end: date, target: str, *, by: str) -> list[Freeze]:
        """Take a freeze back. Gives those that still hold."""
        with self.database.writing() as session:
            notices.lift(session, start, end, target, by=by, at=self._now())
            session.flush()
            return notices.freezes(session)

    def hand_over(self, text: str, on_duty: str, *, by: str) -> None:
        """Write down what the next one must know, and who that is."""
        with self.database.writing() as session:
            notices.hand_over(session, text, on_duty, by=by, at=self._now())

    def handover(self) -> Handover | None:
        """The latest hand-over note, if there is one."""
        with self.database.reading() as session:
            return notices.handover(session)

    def _now(self) -> datetime:
        return self.clock.now().astimezone(UTC).replace(tzinfo=None)


def _again(pen: Pen, known: Entry, action: Action, today: date) -> Entry:
    """The same proposal on a later day, or with other numbers."""
    same = plain(known.action) == plain(action)
    if same and known.offered_on >= today:
        return known
    return pen.write(known, "proposed", {} if same else {"action": plain(action)})


def _follows(entry: Entry, verb: Verb, content: Mapping[str, Any], by: str) -> dict[str, Any]:
    """What follows from a verb: until when the effect is read, and the lines for the table ``changes``."""
    if verb == "done":
        kind = kind_named(entry.action.kind)
        day = date.fromisoformat(content["on"])
        stop_on = day + timedelta(days=entry.action.measure.days if entry.action.measure else kind.days)
        return {
            "stop_on": stop_on.isoformat(),
            "read_on": (stop_on + timedelta(days=kind.settle_days)).isoformat(),
            "changes": plain_lines(change_lines(entry, kind.changes, day, by)),
        }
    if verb == "stopped":
        day = date.fromisoformat(content["stop_on"])
        if entry.done_on is None or day < entry.done_on:
            raise BadValue("ledger.stopped_before_done", id=entry.id, day=day.isoformat(), done=str(entry.done_on))
        return {
            "read_on": (day + timedelta(days=entry.settle_days)).isoformat(),
            "changes": plain_lines(taken_away(entry.changes, day, by)),
        }
    return {}

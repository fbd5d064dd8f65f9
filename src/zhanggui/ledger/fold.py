"""From events to the present state of an action. The state is never stored: it is what the events add up to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from zhanggui.actions.kinds import State
from zhanggui.ledger.changing import whole_lines
from zhanggui.ledger.kinds import Carried, Entry, Event, Note, Written
from zhanggui.ledger.plain import whole


def fold(events: Sequence[Event], *, base: str, round: int) -> Entry:
    """One round of an action from its events, in the order of their steps."""
    first = events[0]
    stated = next(event.content["action"] for event in reversed(events) if "action" in event.content)
    entry = Entry(
        id=first.action,
        base=base,
        round=round,
        action=whole(stated),
        state="proposed",
        since=first.day,
        by=first.by,
        at=first.at,
        step=0,
        offered_on=first.day,
        by_hand=first.verb == "added",
    )
    for event in events:
        entry = replace(_FOLDS[event.verb](entry, event), step=event.step)
    return replace(entry, history=tuple(events))


def _moved(entry: Entry, event: Event, state: State, day: date | None = None) -> Entry:
    return replace(entry, state=state, since=day or event.day, by=event.by, at=event.at, snoozed_until=None)


def _proposed(entry: Entry, event: Event) -> Entry:
    return replace(entry, offered_on=event.day)


def _approved(entry: Entry, event: Event) -> Entry:
    return _with_note(replace(_moved(entry, event, "approved"), before=whole(event.content.get("before", {}))), event)


def _dismissed(entry: Entry, event: Event) -> Entry:
    return _with_note(_moved(entry, event, "dismissed"), event)


def _snoozed(entry: Entry, event: Event) -> Entry:
    return replace(entry, snoozed_until=date.fromisoformat(event.content["until"]))


def _done(entry: Entry, event: Event) -> Entry:
    """``found`` carries the action too, where the ledger had not heard of it."""
    content = event.content
    done_on = date.fromisoformat(content["on"])
    return replace(
        _moved(entry, event, "done", done_on),
        done_on=done_on,
        done_by=event.by,
        stop_on=date.fromisoformat(content["stop_on"]),
        read_on=date.fromisoformat(content["read_on"]),
        settle_days=(date.fromisoformat(content["read_on"]) - date.fromisoformat(content["stop_on"])).days,
        stopped=False,
        changes=whole_lines(content),
        outcome=None,
    )


def _undone(entry: Entry, event: Event) -> Entry:
    back: State = "approved" if entry.state in ("done", "measured") else "proposed"
    return replace(
        _moved(entry, event, back),
        done_on=None,
        done_by="",
        stop_on=None,
        read_on=None,
        stopped=False,
        changes=(),
        outcome=None,
        before=entry.before if back == "approved" else {},
    )


def _stopped(entry: Entry, event: Event) -> Entry:
    content = event.content
    return replace(
        entry,
        stop_on=date.fromisoformat(content["stop_on"]),
        read_on=date.fromisoformat(content["read_on"]),
        stopped=True,
        changes=(*entry.changes, *whole_lines(content)),
    )


def _assigned(entry: Entry, event: Event) -> Entry:
    due = event.content.get("due", "")
    return replace(
        entry,
        owner=event.content.get("owner", entry.owner),
        due_on=date.fromisoformat(due) if due else entry.due_on,
    )


def _with_note(entry: Entry, event: Event) -> Entry:
    text = event.content.get("text", "")
    return replace(entry, notes=(*entry.notes, Note(text, event.by, event.at))) if text else entry


def _measured(entry: Entry, event: Event) -> Entry:
    return replace(_moved(entry, event, "measured"), outcome=whole(event.content["outcome"]))


def _applying(entry: Entry, event: Event) -> Entry:
    content = event.content
    return replace(entry, carried=Carried(content["shop"], tuple(Written(**value) for value in content["values"])))


def _broke_off(entry: Entry, event: Event) -> Entry:
    return entry


def _put_back(entry: Entry, event: Event) -> Entry:
    return replace(entry, carried=None)


_FOLDS: Mapping[str, Callable[[Entry, Event], Entry]] = {
    "proposed": _proposed,
    "added": _with_note,
    "approved": _approved,
    "dismissed": _dismissed,
    "snoozed": _snoozed,
    "done": _done,
    "found": _done,
    "undone": _undone,
    "stopped": _stopped,
    "assigned": _assigned,
    "noted": _with_note,
    "measured": _measured,
    "applying": _applying,
    "broke_off": _broke_off,
    "put_back": _put_back,
}

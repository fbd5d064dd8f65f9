"""Which step may follow in which state, and what is said where it may not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from zhanggui.actions.kinds import State
from zhanggui.errors import Decided
from zhanggui.ledger.kinds import Entry, Verb
from zhanggui.ledger.pages import local
from zhanggui.units import Clock, Words

FROM: Mapping[Verb, tuple[State, ...]] = {
    "approved": ("proposed",),
    "dismissed": ("proposed", "approved"),
    "snoozed": ("proposed", "approved"),
    "done": ("approved",),
    "undone": ("approved", "dismissed", "done", "measured"),
    "stopped": ("done",),
    "assigned": ("proposed", "approved", "done"),
    "noted": ("proposed", "approved", "dismissed", "done", "measured"),
    "measured": ("done",),
    "applying": ("approved",),
    "broke_off": ("approved",),
    "put_back": ("approved", "done", "measured"),
}
STANDS_DAYS = 28
"""A proposal that no brief has repeated for so long rests on numbers that are gone."""


def check_step(entry: Entry, verb: Verb, clock: Clock) -> None:
    """Raises Decided, with who brought the action where it is and when, for a step that may not follow."""
    said = {"id": entry.id, "by": entry.by, "at": local(entry.at, clock.zone)}
    if entry.state == verb or (verb == "stopped" and entry.stopped):
        raise Decided("ledger.already", verb=Words(f"ledger.verb.{verb}"), **said)
    if verb == "applying" and entry.state in ("done", "measured"):
        raise Decided("ledger.already", verb=Words("ledger.verb.done"), **said)
    if entry.state not in FROM[verb]:
        if verb in ("done", "applying") and entry.state == "proposed":
            raise Decided("ledger.approve_first", id=entry.id)
        raise Decided(
            "ledger.not_now", state=Words(f"ledger.state.{entry.state}"), verb=Words(f"ledger.verb.{verb}"), **said
        )
    if verb == "dismissed" and entry.carried is not None:
        raise Decided("ledger.half_written", id=entry.id, shop=entry.carried.shop)
    if verb == "approved" and lapsed(entry, clock.today()):
        raise Decided("ledger.lapsed", id=entry.id, day=entry.offered_on.isoformat())


def check_open(entry: Entry, clock: Clock) -> None:
    """Raises Decided for an action that was done, read or dismissed: there is nothing left to carry out."""
    if entry.state not in ("proposed", "approved"):
        said = {"id": entry.id, "by": entry.by, "at": local(entry.at, clock.zone)}
        raise Decided("ledger.already", verb=Words(f"ledger.verb.{entry.state}"), **said)


def lapsed(entry: Entry, today: date) -> bool:
    """Whether a proposal is gone: no brief has shown it for four weeks."""
    if entry.state != "proposed" or entry.by_hand:
        return False
    return today - max(entry.offered_on, entry.snoozed_until or entry.offered_on) > timedelta(days=STANDS_DAYS)


def last_word(entry: Entry, zone: str) -> dict[str, object]:
    """Who did what last, and when, to fill an error's words."""
    last = entry.history[-1]
    return {"verb": Words(f"ledger.verb.{last.verb}"), "by": last.by, "at": local(last.at, zone)}

"""Whether what people decided about an action, or what is being read of it, still stands in the way of naming it again."""

from __future__ import annotations

from datetime import date, timedelta

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Past

DISMISSED_DAYS = 28
"""How long what was refused stays away, where the settings say nothing else."""
COUNTED_DAYS = 7
"""How long a done action whose effect is counted, which another does not spoil, stands in the way of the same."""
DOUBLED = 2.0
"""By how much what was refused must promise more to be named again early."""


def stays_away(past: Past, action: Action, today: date, days: int = DISMISSED_DAYS) -> bool:
    """Whether ``past`` was refused less than ``days`` ago, and ``action``, which is the same, does not promise twice as much."""
    if past.state != "dismissed" or today - past.since >= timedelta(days=days):
        return False
    then, now = past.expected, action.gain
    return then is None or now is None or then.profit <= 0 or now.profit < DOUBLED * then.profit


def under_way(past: Past, today: date) -> bool:
    """Whether a done action keeps its lever: while its effect is read, or for a week where it is counted."""
    if past.state != "done":
        return False
    if kind_named(past.kind).design == "counted":
        return today - (past.done_on or past.since) < timedelta(days=COUNTED_DAYS)
    return read_still(past, today)


def read_still(past: Past, today: date) -> bool:
    """Whether the effect of a done action is still being read."""
    return past.stop_on is None or past.stop_on >= today


def comes_back(past: Past, action: Action, today: date, *, dismissed_days: int = DISMISSED_DAYS) -> bool:
    """Whether ``action`` opens a new round after ``past``, the latest one: nobody is asked twice for what he has refused or is doing."""
    match past.state:
        case "dismissed":
            return not stays_away(past, action, today, dismissed_days)
        case "done":
            return not under_way(past, today)
        case "measured":
            return True
    return False

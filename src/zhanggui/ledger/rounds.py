"""When an action that was proposed before opens a new round: nobody is asked twice for what he has refused or is doing."""

from __future__ import annotations

from datetime import date, timedelta

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Gain, Past

DISMISSED_DAYS = 28
COUNTED_DAYS = 7
DOUBLED = 2.0


def comes_back(past: Past, action: Action, today: date, *, dismissed_days: int = DISMISSED_DAYS) -> bool:
    """Whether ``action`` opens a new round after ``past``, the latest one.

    What was dismissed stays away for four weeks unless its expected profit doubles; what is done, until its reading is over, or a week
    where nothing is read because its effect is counted.
    """
    match past.state:
        case "dismissed":
            return today - past.since >= timedelta(days=dismissed_days) or _doubled(past.expected, action.gain)
        case "done":
            if kind_named(past.kind).design == "counted":
                return today - (past.done_on or past.since) >= timedelta(days=COUNTED_DAYS)
            return past.stop_on is not None and today > past.stop_on
        case "measured":
            return True
    return False


def _doubled(then: Gain | None, now: Gain | None) -> bool:
    return then is not None and now is not None and then.profit > 0 and now.profit >= DOUBLED * then.profit

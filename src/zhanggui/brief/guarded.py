"""The guards before the day's list: what law or good practice forbids is never shown, whichever rule proposes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta

from zhanggui.actions.facts import Facts, facts_from
from zhanggui.actions.guards import check
from zhanggui.actions.kinds import Action
from zhanggui.errors import Refused
from zhanggui.playbooks.kinds import Situation


def passed(actions: Iterable[Action], situation: Situation) -> tuple[list[Action], Mapping[str, int]]:
    """The actions that may be done, and how many of the others were stopped by each reason of the guards."""
    facts, kept, stopped = facts_of(situation), [], Counter[str]()
    for action in actions:
        try:
            check(action, facts=facts)
        except Refused as refused:
            stopped[refused.code.removeprefix("guards.")] += 1
        else:
            kept.append(action)
    return kept, dict(stopped)


def facts_of(situation: Situation) -> Facts:
    """What the guards must know, on the morning the brief is read: changes that were logged, promotions that run, what people did."""
    frame = situation.frames.get("happenings")
    rows = [] if frame is None else frame.iter_rows(named=True)
    return facts_from(rows, situation.as_of + timedelta(days=1), situation.standing)

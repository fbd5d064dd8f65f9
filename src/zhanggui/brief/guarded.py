"""The guards before the day's list: what law or good practice forbids is never shown, whichever rule proposes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta

from zhanggui.actions.earlier import under_way
from zhanggui.actions.facts import Facts, facts_from
from zhanggui.actions.guards import check
from zhanggui.actions.kinds import Action
from zhanggui.errors import Refused
from zhanggui.playbooks.kinds import Situation


def passed(actions: Iterable[Action], situation: Situation) -> tuple[list[Action], Mapping[str, int]]:
    """The actions that may be done, and how many of the others were stopped by each reason of the guards. What is done already is no
    breach of the policy that its own change called up: the list says of it that it is under way."""
    facts, kept, stopped = facts_of(situation), [], Counter[str]()
    today = situation.as_of + timedelta(days=1)
    doing = {past.id.partition("-")[0] for past in situation.standing.past if under_way(past, today)}
    for action in actions:
        try:
            if action.id not in doing:
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

"""Several budgets in one line: moves of single plans that are each too small for a line of the day's list, done at one sitting.

Whoever opens the ad account for one plan has the others before him. Each move has passed the test of its own plan; together they are
weighed against the floor, take the minutes of all of them, and are read together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from math import sqrt

from zhanggui.actions.kinds import Action, Draft, Gain, Past
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.plans import Plan
from zhanggui.playbooks.terms import exact
from zhanggui.units import Words

REST_DAYS = 14
"""A budget moves by at most one step in so many days (docs/rules.md): what it did must show before the next."""
MOST = 6
MOVES = frozenset({"change_budget", "vary_budget", "stop_advertising", "shift_advertising"})


def resting(situation: Situation, plan: Plan) -> bool:
    """Whether the plan's budget was moved within the last fortnight, by itself or with others."""
    since = situation.as_of - timedelta(days=REST_DAYS - 1)
    return any(past.done_on is not None and past.done_on > since for past in moved(situation, plan))


def moved(situation: Situation, plan: Plan) -> Sequence[Past]:
    """What was done about the plan's budget before."""
    return [
        past
        for past in situation.standing.past
        if past.kind in MOVES
        and (
            past.where.get("campaign") == plan.campaign
            or any(
                plan.campaign in (row.get("campaign"), row.get("to_campaign"))
                for row in (past.draft.rows if past.draft else ())
            )
        )
    ]


def at_one_sitting(situation: Situation, actions: Sequence[Action]) -> list[Action]:
    """Moves that bring enough by themselves, as they are; the others of each platform in one line, those that bring most first."""
    alone = [action for action in actions if _profit(action) >= situation.least]
    small: dict[str, list[Action]] = {}
    for action in sorted(actions, key=lambda a: (-_profit(a), a.id)):
        if _profit(action) < situation.least:
            small.setdefault(action.where.get("platform", ""), []).append(action)
    return alone + [_in_one(mine[:MOST]) if len(mine) > 1 else mine[0] for mine in small.values()]


def _profit(action: Action) -> float:
    return action.gain.profit if action.gain else 0.0


def _in_one(actions: Sequence[Action]) -> Action:
    """One action of several: gains, minutes and costs are their sums. What is unsure of one is unsure of the others too (whether bought
    visitors bring or take others), so the ends of the range are summed as well, and the chance is that of the least likely."""
    gains = [action.gain for action in actions if action.gain]
    rows = [row for action in actions if action.draft for row in action.draft.rows]
    plans = [
        Words(
            "rules_promotion.plan",
            {
                "plan": str(row["campaign"]),
                "before": exact(float(row["before"])),
                "after": exact(float(row["daily_budget"])),
            },
        )
        for row in rows
    ]
    first, noise = actions[0], [a.measure.smallest_visible or 0.0 for a in actions if a.measure]
    return replace(
        first,
        words=Words("rules_promotion.do.several", {"plans": plans}),
        where={**first.where, "campaign": " + ".join(str(row["campaign"]) for row in rows)},
        gain=Gain(
            sum(g.profit for g in gains),
            sum(g.low for g in gains),
            sum(g.high for g in gains),
            min(g.chance for g in gains),
        ),
        minutes=sum(action.minutes for action in actions),
        cost=sum(action.cost for action in actions),
        because=tuple(name for action in actions for name in action.because),
        reason=Words("rules_promotion.reason.several"),
        draft=Draft("table", rows=rows),
        measure=replace(first.measure, smallest_visible=sqrt(sum(x**2 for x in noise))) if first.measure else None,
        touches=tuple(dict.fromkeys(name for action in actions for name in action.touches)),
    )

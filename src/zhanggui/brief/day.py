"""The day's list: which actions are worth doing today, within the operator's number, minutes and money, and why the others are not on it.

A claim says what is so and needs error control; an action needs expected profit after cost (docs/rules.md, "The day's list"). Neither
borrows the other's test.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from zhanggui.actions.earlier import read_still
from zhanggui.actions.kinds import Action
from zhanggui.brief.conflicts import Move, one_of_a_day, pairs, together
from zhanggui.brief.gains import error_of
from zhanggui.brief.kinds import Limits, Ranked
from zhanggui.brief.weighed import weighed
from zhanggui.methods.knapsack import choose
from zhanggui.methods.winners_curse import expected_after_choice
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.which_lever import weight_of
from zhanggui.units import Refusal

SMALLEST_KEPT = 1e-3
"""Share of its profit that a candidate is chosen by at least: what passed the test is not thrown away where there is room."""


@dataclass(frozen=True, slots=True)
class Day:
    """The ranked actions, today's first, and what today holds."""

    actions: Sequence[Ranked]
    limits: Limits


def rank(
    actions: Sequence[Action],
    situation: Situation,
    sizes: Mapping[str, float] | None = None,
    resting: Collection[str] = (),
) -> Day:
    """Rank the day's actions. ``sizes`` is the money of findings by id: of actions of unknown worth the one about more comes first.
    ``resting`` are ids of those that stand on suspect orders alone.

    Every action has passed the guards before. The same actions in any order give the same list.
    """
    today = situation.as_of + timedelta(days=1)
    limits = limits_of(situation)
    known: dict[str, Action] = {}
    for action in sorted(actions, key=lambda a: (-_profit(a), a.id)):
        known.setdefault(action.id, action)
    candidates = [weighed(action, situation, today) for action in known.values()]
    candidates = [
        replace(r, left_out="suspects", spare=False) if r.id in resting and (r.spare or not r.left_out) else r
        for r in candidates
    ]
    candidates = _by_lever(_expected(candidates), situation)
    chosen = _chosen(candidates, limits, today, sizes or {})
    ordered = sorted(
        _placed(candidates, chosen, limits),
        key=lambda r: (
            not r.today,
            r.profit is None,
            -_by_profit(r, situation),
            -_size(r.action, sizes or {}),
            r.action.id,
        ),
    )
    return Day(_told_together(ordered, situation), limits)


def limits_of(situation: Situation) -> Limits:
    """Three, five or seven actions and as many minutes by the shop's orders a day; what the operator said of today goes before."""
    config, standing = situation.config, situation.standing
    number, minutes = "middle_list_actions", "middle_list_minutes"
    if situation.orders_per_day < config["short_list_orders"]:
        number, minutes = "short_list_actions", "short_list_minutes"
    elif situation.orders_per_day > config["long_list_orders"]:
        number, minutes = "long_list_actions", "long_list_minutes"
    given = standing.minutes
    return Limits(int(config[number]), config[minutes] if given is None else given, standing.budget)


def _expected(weighed: Sequence[Ranked]) -> list[Ranked]:
    """What to expect of the candidates after having looked at all of them: the most promising one promises too much."""
    at = [i for i, r in enumerate(weighed) if not r.left_out and r.profit is not None]
    errors = [_own_error(weighed[i]) for i in at]
    expected = expected_after_choice([weighed[i].profit or 0.0 for i in at], errors)
    found = list(weighed)
    if not isinstance(expected, Refusal):
        for i, value in zip(at, expected, strict=True):
            profit = found[i].profit or 0.0
            found[i] = replace(found[i], expected=max(float(value), SMALLEST_KEPT * profit))
    return found


def _by_lever(weighed: Sequence[Ranked], situation: Situation) -> list[Ranked]:
    """Actions of the lever that is worth most this month weigh more among the candidates; what is promised of them stays."""
    return [
        r if r.expected is None else replace(r, expected=r.expected * weight_of(situation, r.action.kind))
        for r in weighed
    ]


def _by_profit(ranked: Ranked, situation: Situation) -> float:
    return (ranked.profit or 0.0) * weight_of(situation, ranked.action.kind)


def _own_error(ranked: Ranked) -> float:
    """The error of the promise itself; the record's is common to a rule's actions and curses no choice among them."""
    gain = ranked.action.gain
    return 0.0 if gain is None else ranked.record.factor * error_of(gain)


def _chosen(weighed: Sequence[Ranked], limits: Limits, today: date, sizes: Mapping[str, float]) -> list[Ranked]:
    """Today's actions: first those that are late tomorrow, then the others; those of unknown worth last."""
    candidates = [r for r in weighed if not r.left_out]
    urgent = {
        r.action.id
        for r in candidates
        if r.action.do_by is not None and date.fromisoformat(r.action.do_by[:10]) <= today
    }
    stages = (
        [r for r in candidates if r.expected is not None and r.action.id in urgent],
        [r for r in candidates if r.expected is not None and r.action.id not in urgent],
        [r for r in candidates if r.expected is None and r.action.id in urgent],
        [r for r in candidates if r.expected is None and r.action.id not in urgent],
    )
    chosen: list[Ranked] = []
    for stage in stages:
        chosen += _fill(stage, chosen, limits, sizes)
    # What room is left on the week's morning is for what is small but worth more than its minutes.
    return chosen + _fill([r for r in weighed if r.spare], chosen, limits, sizes)


def _fill(
    stage: Sequence[Ranked], chosen: Sequence[Ranked], limits: Limits, sizes: Mapping[str, float]
) -> list[Ranked]:
    """The best of a stage within what the chosen ones leave."""
    taken = [Move.of(r.action) for r in chosen]
    free = [r for r in stage if not any(one_of_a_day(Move.of(r.action), move) for move in taken)]
    free = sorted(free, key=lambda r: (-_worth(r, sizes), r.action.minutes, r.action.id))
    number, minutes, money = _left(chosen, limits)
    uses = [[1.0] * len(free), [float(r.action.minutes) for r in free]]
    there = [number, minutes]
    if money is not None:
        uses.append([r.action.cost for r in free])
        there.append(money)
    values = [_worth(r, sizes) for r in free]
    picked = choose(values, uses, there, pairs([Move.of(r.action) for r in free]))
    return [] if isinstance(picked, Refusal) else [free[i] for i in picked]


def _left(chosen: Sequence[Ranked], limits: Limits) -> tuple[float, float, float | None]:
    """Number, minutes and money that the chosen ones leave."""
    money = None if limits.money is None else max(limits.money - sum(r.action.cost for r in chosen), 0.0)
    minutes = max(limits.minutes - sum(r.action.minutes for r in chosen), 0.0)
    return max(limits.number - len(chosen), 0), minutes, money


def _worth(ranked: Ranked, sizes: Mapping[str, float]) -> float:
    return ranked.expected if ranked.expected is not None else 1.0 + _size(ranked.action, sizes)


def _size(action: Action, sizes: Mapping[str, float]) -> float:
    """The money of the largest finding behind an action."""
    return max((abs(sizes.get(name, 0.0)) for name in action.because), default=0.0)


def _profit(action: Action) -> float:
    return float("-inf") if action.gain is None else action.gain.profit


def _placed(weighed: Sequence[Ranked], chosen: Sequence[Ranked], limits: Limits) -> list[Ranked]:
    """Everything weighed, with today's marked and the reason said why a candidate is not among them."""
    on_list = {r.action.id for r in chosen}
    return [
        replace(r, today=True, left_out="")
        if r.action.id in on_list
        else r
        if r.left_out
        else replace(r, left_out=_why_not(r, chosen, limits))
        for r in weighed
    ]


def _why_not(ranked: Ranked, chosen: Sequence[Ranked], limits: Limits) -> str:
    move = Move.of(ranked.action)
    for other in chosen:
        if one_of_a_day(move, Move.of(other.action)):
            return f"conflict:{other.action.id}"
    number, minutes, money = _left(chosen, limits)
    if number >= 1 and ranked.action.minutes > minutes:
        return "minutes"
    if number >= 1 and money is not None and ranked.action.cost > money:
        return "money"
    return "number"


def _told_together(ordered: Sequence[Ranked], situation: Situation) -> list[Ranked]:
    """Today's actions with the ids of the others of today and of those being read that move the same product."""
    today = situation.as_of + timedelta(days=1)
    others = [Move.of(r.action) for r in ordered if r.today]
    others += [Move.earlier(p) for p in situation.standing.past if p.state == "done" and read_still(p, today)]
    found = []
    for ranked in ordered:
        move = Move.of(ranked.action)
        ids = [other.id for other in others if other.id != move.id and together(move, other)] if ranked.today else []
        found.append(replace(ranked, together=tuple(ids)))
    return found

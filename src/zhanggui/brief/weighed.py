"""One action by itself: what it brings after its rule's record, and whether it passes the test of an action.

The test asks for expected profit, not for proof (docs/rules.md, "The day's list").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.earlier import stays_away, under_way
from zhanggui.actions.kinds import Action, Gain, Past
from zhanggui.brief.conflicts import Move, exclude, frozen
from zhanggui.brief.gains import after_record, error_of
from zhanggui.brief.kinds import Ranked
from zhanggui.config import Config
from zhanggui.methods.value_of_testing import value_of_knowing
from zhanggui.playbooks.kinds import Situation
from zhanggui.units import Refusal

HORIZON_WEEKS = 4
BENEFIT_OF_DOUBT = 2.0
"""Standard deviations of a rule's record within which it may keep more than it did so far."""


def hourly_value(config: Config) -> float:
    """What an hour of the operator is worth, in the workspace's currency."""
    return config["hourly_value_cny" if config.currency in ("CNY", "TWD", "HKD") else "hourly_value_other"]


def floor_of(action: Action, situation: Situation) -> float:
    """What an action must bring a week: a share of a week's contribution, and the operator's time."""
    return max(situation.least, worth_of_minutes(action, situation))


def worth_of_minutes(action: Action, situation: Situation) -> float:
    """What the operator's time for an action is worth."""
    return action.minutes / 60 * hourly_value(situation.config)


def spare_floor_of(action: Action, situation: Situation) -> float:
    """What an action must bring a week where number and minutes of the day are left over: a smaller share of a week, and the time."""
    part = situation.config["spare_floor_share"] / max(situation.config["money_floor_share"], 1e-9)
    return max(situation.least * min(part, 1.0), worth_of_minutes(action, situation))


def weighed(action: Action, situation: Situation, today: date) -> Ranked:
    """One action after its rule's record, with the reason why it cannot be on the list, if there is one."""
    record = situation.standing.record(action.rule)
    gain = None if action.gain is None else after_record(action.gain, record)
    past = _latest(action, situation.standing.past)
    found = Ranked(
        action,
        profit=None if gain is None else gain.profit,
        low=None if gain is None else gain.low,
        high=None if gain is None else gain.high,
        record=record,
        today=False,
        state="open" if past is not None and past.state in ("proposed", "approved") and past.since < today else "new",
        floor=floor_of(action, situation),
        expected=None if gain is None else gain.profit,
        reversible=kind_named(action.kind).reversible,
        snoozed_until=None if past is None else past.snoozed_until,
    )
    reason = _held_back(action, past, situation, today) or _fails(found, gain, situation)
    worth = _worth_of_testing(action, gain) if reason == "unsure" else None
    small = reason == "below_floor" and situation.weekly and believable(found) >= spare_floor_of(action, situation)
    return replace(found, left_out=reason, test_worth=worth, spare=small and not _doubt(found, gain, situation))


def _latest(action: Action, past: Sequence[Past]) -> Past | None:
    """What became of this action last, in whichever round."""
    same = [p for p in past if p.id.partition("-")[0] == action.id]
    return max(same, key=lambda p: (p.since, p.id), default=None)


def _held_back(action: Action, past: Past | None, situation: Situation, today: date) -> str:
    """Why people's earlier decisions keep an action off the list; empty where none does."""
    if action.do_by is not None and date.fromisoformat(action.do_by[:10]) < today:
        return "too_late"
    if past is not None:
        if past.snoozed_until is not None and past.snoozed_until > today:
            return "snoozed"
        if stays_away(past, action, today, int(situation.config["dismissed_days"])):
            return "dismissed"
        if under_way(past, today):
            return "under_way"
    move = Move.of(action)
    for other in situation.standing.past:
        if under_way(other, today) and exclude(move, Move.earlier(other)):
            return f"conflict:{other.id}"
    freezes = [freeze for freeze in situation.standing.freezes if freeze.start <= today <= freeze.end]
    return "frozen" if frozen(move, freezes) else ""


def _fails(ranked: Ranked, gain: Gain | None, situation: Situation) -> str:
    """Which part of the action test is not passed; empty where all are. What is of unknown worth is ranked last, not refused."""
    cost, weekly = ranked.action.cost, situation.weekly_money
    limit = kind_named(ranked.action.kind).largest_cost * max(weekly, 0.0)
    if cost > limit:
        return "money"
    if gain is None:
        return ""
    return "below_floor" if believable(ranked) < ranked.floor else _doubt(ranked, gain, situation)


def _doubt(ranked: Ranked, gain: Gain | None, situation: Situation) -> str:
    """Whether it may lose too much, or brings nothing too often; empty where neither."""
    if gain is None:
        return ""
    if gain.low < -situation.config["worst_week_share"] * max(situation.weekly_money, 0.0):
        return "risky"
    cheap = ranked.action.cost < ranked.floor and ranked.reversible
    needed = situation.config["cheap_action_chance" if cheap else "action_chance"]
    return "" if gain.counted or gain.chance >= needed else "unsure"


def believable(ranked: Ranked) -> float:
    """The promise, as far as the rule's record leaves it believable: whole while next to nothing was measured, what its actions kept
    once many were. What is worth a look is asked of the matter, not of the caution with which a new rule is shown."""
    gain = ranked.action.gain
    if gain is None or gain.counted:
        return gain.profit if gain else 0.0
    return gain.profit * min(ranked.record.factor + BENEFIT_OF_DOUBT * ranked.record.spread, 1.0)


def _worth_of_testing(action: Action, gain: Gain | None) -> float | None:
    """What knowing the truth of an uncertain action first is worth, over the horizon; None where there is no test of it."""
    if gain is None or action.measure is None or action.measure.design == "counted":
        return None
    worth = value_of_knowing(gain.profit, error_of(gain))
    return None if isinstance(worth, Refusal) else HORIZON_WEEKS * worth

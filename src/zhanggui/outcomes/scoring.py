"""The scorecard: what each rule promised against what was measured, and what its next promise is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zhanggui.actions.kinds import Outcome, Past, Record, Score
from zhanggui.methods.pooling import pool
from zhanggui.methods.record import kept
from zhanggui.outcomes.books import CONTRIBUTION
from zhanggui.units import Refusal

APART = ("synthetic_control", "regression", "experiment")
"""Designs whose effect is the action's and not the season's."""


def scorecard(past: Sequence[Past]) -> list[Score]:
    """A line for each rule of which at least one action was read, by name."""
    rules: dict[str, list[Past]] = {}
    for each in past:
        if each.outcome is not None:
            rules.setdefault(each.rule, []).append(each)
    return [_score(rule, read) for rule, read in sorted(rules.items())]


def records(past: Sequence[Past]) -> Mapping[str, Record]:
    """What the brief multiplies each rule's next promise by; a rule without a line has the usual one."""
    return {score.rule: score.record for score in scorecard(past)}


def _score(rule: str, read: Sequence[Past]) -> Score:
    outcomes = [each.outcome for each in read if each.outcome is not None]
    worked = sum(_paid(outcome) for outcome in outcomes) / len(outcomes)
    pairs = [(each.expected, each.outcome) for each in read if each.outcome is not None and _alone(each.outcome)]
    promised = [(gain, outcome) for gain, outcome in pairs if gain is not None and not gain.counted]
    effects = [float(outcome.effect or 0.0) for _, outcome in promised]
    errors = [float(outcome.error or 0.0) for _, outcome in promised]
    found = kept(
        [gain.profit for gain, _ in promised],
        [gain.low for gain, _ in promised],
        [gain.high for gain, _ in promised],
        effects,
        errors,
    )
    nothing = Record()
    if isinstance(found, Refusal):
        return Score(rule, len(outcomes), 0, None, None, None, None, worked, nothing.factor, nothing.spread)
    mean = pool(effects, errors) if all(error > 0 for error in errors) else Refusal("few_readings")
    return Score(
        rule,
        len(outcomes),
        found.count,
        sum(gain.profit for gain, _ in promised),
        sum(effects),
        found.bias,
        found.coverage,
        worked,
        found.factor,
        found.spread,
        None if isinstance(mean, Refusal) else (mean.mean, mean.low, mean.high),
    )


def _alone(outcome: Outcome) -> bool:
    """Whether an outcome's effect is money, the action's own, and read against something else than its own past."""
    return (
        outcome.effect is not None
        and outcome.metric == CONTRIBUTION
        and outcome.design in APART
        and not outcome.together
        and (outcome.reason is None or outcome.verdict != "unmeasurable")
    )


def _paid(outcome: Outcome) -> bool:
    """Whether an action is known to have brought something."""
    return outcome.verdict == "worked" or (outcome.verdict == "counted" and (outcome.effect or 0.0) > 0)

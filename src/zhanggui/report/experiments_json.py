"""Experiments as JSON, for programs: the plan with what the shop can show, the reading, the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from zhanggui.experiments.kinds import Baseline, Experiment, Need, Outlook, Plan
from zhanggui.experiments.reading import ExperimentReading, Shown
from zhanggui.methods.ab_reading import Reading
from zhanggui.methods.sample_ratio import SampleRatio
from zhanggui.units import Estimate, Refusal


def plan_json(plan: Plan, outlook: Outlook) -> dict[str, Any]:
    """A plan and what this shop can show, for programs."""
    return {"plan": _plan(plan), "outlook": outlook_json(outlook)}


def outlook_json(outlook: Outlook) -> dict[str, Any]:
    """What a shop can show, for programs."""
    return {
        "baseline": _baseline(outlook.baseline),
        "needs": [_need_json(need) for need in outlook.needs],
        "wanted": _need_json(outlook.wanted) if outlook.wanted else None,
        "smallest_shown": outlook.shown,
        "days": outlook.days,
        "long_enough": outlook.long_enough,
        "looking_every_day": outlook.looking,
        "reason": outlook.reason,
    }


def _need_json(need: Need) -> dict[str, Any]:
    return {"effect": need.effect, "units": need.units, "days": need.days}


def _baseline(known: Baseline | None) -> dict[str, Any] | None:
    if known is None:
        return None
    period = known.period
    return {
        "mean": known.mean,
        "variance": known.variance,
        "a_day": known.a_day,
        "at_once": known.at_once,
        "from": period.start.isoformat() if period else None,
        "to": period.end.isoformat() if period else None,
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.id,
        "name": plan.name,
        "change": plan.change,
        "unit": plan.unit,
        "metric": plan.metric,
        "variants": [{"name": variant.name, "share": variant.share} for variant in plan.variants],
        "from": plan.start.isoformat(),
        "to": plan.end.isoformat(),
        "planned": plan.planned,
        "smallest": plan.smallest,
        "note": plan.note,
        "action": plan.action or None,
    }


def reading_json(reading: ExperimentReading) -> dict[str, Any]:
    """What an experiment shows, for programs."""
    experiment, split = reading.experiment, reading.split
    return {
        "experiment": experiment_json(experiment, reading.as_of),
        "as_of": reading.as_of.isoformat(),
        "units": reading.units,
        "split": (
            {"verdict": split.verdict, "chi2": split.chi2, "p": split.p, "expected": list(split.expected)}
            if isinstance(split, SampleRatio)
            else _refusal(split)
        ),
        "advice": reading.advice,
        "about": list(reading.about),
        "leader": reading.leader,
        "variants": [_shown(shown) for shown in reading.variants],
        "left_out": {
            "outside": reading.left_out.outside,
            "crossed": reading.left_out.crossed,
            "nameless": reading.left_out.nameless,
            "foreign": reading.foreign,
        },
        "strangers": reading.left_out.strangers,
    }


def _shown(shown: Shown) -> dict[str, Any]:
    return {
        "name": shown.variant.name,
        "share": shown.variant.share,
        "units": shown.units,
        "hits": shown.hits,
        "mean": shown.mean,
        "daily": _reading(shown.daily),
        "at_end": _reading(shown.at_end),
        "best": shown.best,
        "expected_loss": shown.loss,
    }


def _reading(found: Reading | Refusal | None) -> dict[str, Any] | None:
    if found is None:
        return None
    if isinstance(found, Refusal):
        return _refusal(found)
    return {
        "difference": _estimate(found.difference),
        "relative": _estimate(found.relative) if found.relative else None,
        "p": found.p,
        "level": found.difference.level,
        "method": found.method,
    }


def _estimate(found: Estimate) -> dict[str, float]:
    return {"value": found.value, "low": found.low, "high": found.high}


def _refusal(found: Refusal) -> dict[str, Any]:
    return {"refused": found.code, "needed": found.needed, "have": found.have}


def experiment_json(experiment: Experiment, today: date) -> dict[str, Any]:
    """An experiment as it stands, for programs."""
    return _plan(experiment.plan) | {
        "state": experiment.state(today),
        "by": experiment.by,
        "on": experiment.day.isoformat(),
        "late": experiment.late,
        "history": [
            {"verb": each.verb, "by": each.by, "on": each.day.isoformat(), **_content(each.content)}
            for each in experiment.history
        ],
    }


def _content(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != "reading"}


def list_json(experiments: Sequence[Experiment], today: date) -> dict[str, Any]:
    """All experiments, for programs."""
    return {"experiments": [experiment_json(each, today) for each in experiments]}

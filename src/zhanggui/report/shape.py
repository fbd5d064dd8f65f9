"""The brief as JSON for programs. Its keys are a contract: they are added to, not changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from zhanggui.actions.kinds import Draft, Gain, Measure, Past
from zhanggui.brief import Brief, Coverage, MetricLine, Ranked, Said
from zhanggui.i18n.writing import say
from zhanggui.numbers.kinds import Driver, Flag, Part, Place
from zhanggui.report import lines
from zhanggui.report.today import Today
from zhanggui.units import Period, Quantity, Words

VERSION = 1


def as_json(brief: Brief, locale: str) -> dict[str, Any]:
    """The brief as plain dicts, lists, texts and numbers. Sentences are in ``locale``; numbers are unrounded."""

    def said(words: Words) -> str:
        return say(words, locale, brief.currency, brief.names)

    return {
        "version": VERSION,
        "shop": brief.shop,
        "as_of": brief.as_of.isoformat(),
        "currency": brief.currency,
        "cadence": brief.cadence,
        "period": _period(brief.period) | {"days": brief.period.days},
        "against": _period(brief.against),
        "verdict": [said(words) for words in brief.verdict],
        "coverage": [_coverage(table) for table in brief.coverage],
        "missing": [
            {
                "table": gap.needs,
                "locks": list(gap.rules),
                "get_it_from": gap.words,
                "worth": gap.worth,
            }
            for gap in lines.gaps(brief.missing, locale, brief.currency)
        ],
        "metrics": [_metric(line) for line in brief.metrics],
        "yesterday": [_metric(line) for line in brief.yesterday],
        "pace": _pace(brief),
        "drivers": [driver_json(driver) for driver in brief.drivers],
        "findings": [_finding(item, locale, brief) for item in brief.findings],
        "actions": [_action(ranked, locale, brief) for ranked in brief.actions],
        "limits": _limits(brief),
        "due": [
            {"title": said(due.words), "by": due.by, "where": dict(due.where), "loss": due.loss} for due in brief.due
        ],
        "alerts": [
            {"level": found.alert, "title": said(found.words), "where": dict(found.where)}
            for found in (item.finding for item in brief.findings)
            if found.alert
        ],
        "watching": [_watching(past, locale, brief) for past in brief.watching],
        "approved": [{"action": past.id, "rule": past.rule, "since": plain(past.since)} for past in brief.approved],
        "quiet": [said(words) for words in brief.quiet],
        "left_out": [said(words) for words in brief.left_out],
        "series": plain(brief.series),
    }


def driver_json(driver: Driver) -> dict[str, Any]:
    """Why a metric moved: one entry of ``drivers``, with intervals."""
    return {
        "metric": driver.metric,
        "unit": driver.unit,
        "period": _period(driver.period),
        "against": _period(driver.against),
        "value": driver.value,
        "previous": driver.previous,
        "change": driver.change,
        "parts": [_part(part) for part in driver.parts],
        "where": [_place(at) for at in driver.where],
        "flags": [_flag(flag) for flag in driver.flags],
    }


def plain(value: Any) -> Any:
    """``value`` with days as ISO text and sequences as lists, all the way down."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Quantity):
        return {"value": value.value, "low": value.low, "high": value.high, "unit": value.unit}
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


def _period(period: Period) -> dict[str, Any]:
    return {"from": period.start.isoformat(), "to": period.end.isoformat()}


def _coverage(table: Coverage) -> dict[str, Any]:
    return {"table": table.table, "rows": table.rows, "from": plain(table.start), "to": plain(table.end)}


def _metric(line: MetricLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "value": line.value,
        "previous": line.previous,
        "expected": line.expected,
        "low": line.low,
        "high": line.high,
        "unit": line.unit,
        "unusual": line.unusual,
        "doubtful": line.doubtful,
        "valid": line.value is not None and line.instead is None,
        "flags": [_flag(flag) for flag in line.flags],
        "instead": line.instead,
        "level": line.level,
        "p": line.p,
        "refusal": line.refusal,
        "estimate": plain(line.estimate),
    }


def _pace(brief: Brief) -> dict[str, Any] | None:
    p = brief.pace
    if p is None:
        return None
    names = ("month", "metric", "so_far", "days", "forecast", "low", "high", "target", "chance")
    return {name: getattr(p, name) for name in names}


def _part(part: Part) -> dict[str, Any]:
    return {"name": part.name, "change": part.change, "low": part.low, "high": part.high}


def _place(at: Place) -> dict[str, Any]:
    return {
        "by": dict(at.by),
        "rate": at.rate,
        "mix": at.mix,
        "change": at.change,
        "low": at.low,
        "high": at.high,
        "kind": at.kind,
        "value": at.value,
        "previous": at.previous,
        "parts": [_part(part) for part in at.parts],
    }


def _flag(flag: Flag) -> dict[str, Any]:
    return {
        "metric": flag.metric,
        "caveat": flag.caveat,
        "rows": flag.rows,
        "money": flag.money,
        "instead": flag.instead,
        **plain(flag.params),
    }


def _finding(item: Said, locale: str, brief: Brief) -> dict[str, Any]:
    found = item.finding

    def said(words: Words) -> str:
        return say(words, locale, brief.currency, brief.names)

    return {
        "id": found.id,
        "playbook": found.playbook,
        "rule": found.rule,
        "kind": found.kind,
        "title": said(found.words),
        "because": said(found.because) if found.because is not None else None,
        "caveat": said(found.caveat) if found.caveat is not None else None,
        "metric": found.metric,
        "where": dict(found.where),
        "size": found.size,
        "low": found.low,
        "high": found.high,
        "per": found.per,
        "p": found.p,
        "state": item.state,
        "first_said": item.first_said.isoformat(),
        "evidence": [{"text": said(shown.words), "query": plain(shown.query)} for shown in found.evidence],
    }


def _limits(brief: Brief) -> dict[str, Any] | None:
    limits = brief.limits
    return None if limits is None else {"actions": limits.number, "minutes": limits.minutes, "money": limits.money}


def _action(ranked: Ranked, locale: str, brief: Brief) -> dict[str, Any]:
    action, record = ranked.action, ranked.record

    def said(words: Words | None) -> str | None:
        return None if words is None else say(words, locale, brief.currency, brief.names)

    return {
        "id": action.id,
        "playbook": action.playbook,
        "rule": action.rule,
        "kind": action.kind,
        "title": said(action.words),
        "target": dict(action.where),
        "expected": {
            "profit": ranked.profit,
            "low": ranked.low,
            "high": ranked.high,
            "per": "week",
            "chance": None if action.gain is None else action.gain.chance,
            "counted": action.gain is not None and action.gain.counted,
            "chosen_by": ranked.expected,
            "break_even": said(action.break_even),
        },
        "promised": plain(_gain(action.gain)),
        "record": {"factor": record.factor, "spread": record.spread, "measured": record.measured},
        "effort_hours": action.minutes / 60,
        "cost": action.cost,
        "reversible": ranked.reversible,
        "do_by": action.do_by,
        "snoozed_until": plain(ranked.snoozed_until),
        "because": list(action.because),
        "reason": said(action.reason),
        "proved": action.proved,
        "draft": _draft(action.draft, said),
        "measure": _measure(action.measure),
        "today": ranked.today,
        "left_out": ranked.left_out,
        "floor": ranked.floor,
        "state": ranked.state,
        "together": list(ranked.together),
        "touches": list(action.touches),
        "test_worth": ranked.test_worth,
        "caveat": said(ranked.caveat),
    }


def _gain(gain: Gain | None) -> dict[str, Any] | None:
    return None if gain is None else {"profit": gain.profit, "low": gain.low, "high": gain.high}


def _draft(draft: Draft | None, said: Callable[[Words | None], str | None]) -> dict[str, Any] | None:
    if draft is None:
        return None
    return {"kind": draft.kind, "lines": [said(words) for words in draft.words], "rows": plain(draft.rows)}


def _measure(measure: Measure | None) -> dict[str, Any] | None:
    if measure is None:
        return None
    names = ("metric", "design", "days", "smallest_visible", "early")
    return {name: getattr(measure, name) for name in names}


def _watching(past: Past, locale: str, brief: Brief) -> dict[str, Any]:
    outcome = past.outcome
    read = Today(brief, locale)
    return {
        "action": past.id,
        "playbook": past.playbook,
        "rule": past.rule,
        "kind": past.kind,
        "title": read.title(past),
        "target": dict(past.where),
        "status": past.state,
        "done_on": plain(past.done_on),
        "stop_on": plain(past.stop_on),
        "effect": None if outcome is None else {"value": outcome.effect, "low": outcome.low, "high": outcome.high},
        "metric": None if outcome is None else outcome.metric,
        "verdict": None if outcome is None else outcome.verdict,
        "label": None if outcome is None else outcome.label,
        "placebo_rank": None if outcome is None else plain(outcome.placebo_rank),
        "expected": _gain(past.expected),
        "said": read.watch(past).said,
    }


__all__ = ["as_json", "driver_json", "plain"]

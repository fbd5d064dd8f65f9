"""What became of what was done, as written cells with their drawings: for a page that lays them out itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from zhanggui.actions.kinds import Past, Score
from zhanggui.i18n import has, text
from zhanggui.i18n.writing import UNKNOWN, day, percent, printable
from zhanggui.playbooks import rules
from zhanggui.report.intervals import common, interval
from zhanggui.report.outcomes import CONTRIBUTION, Writer
from zhanggui.report.today import VERDICTS

TONES = {"worked": "good", "harmed": "bad", "counted": "good"}
SIGNS = {"worked": "▲", "harmed": "▼", "counted": "✓"}


def outcome_cells(past: Sequence[Past], writer: Writer) -> list[dict[str, Any]]:
    """Each action that was read, the latest first. Effects in money are drawn on one scale."""
    read = sorted((each for each in past if each.outcome is not None), key=lambda each: each.done_on or each.since)
    reach = common([_ends(each) for each in read if _in_money(each)])
    return [_cell(each, writer, reach) for each in reversed(read)]


def _ends(past: Past) -> tuple[float, float]:
    outcome = past.outcome
    assert outcome is not None
    assert outcome.low is not None
    assert outcome.high is not None
    return outcome.low, outcome.high


def _in_money(past: Past) -> bool:
    outcome = past.outcome
    return (
        outcome is not None and outcome.metric == CONTRIBUTION and outcome.low is not None and outcome.high is not None
    )


def _cell(past: Past, writer: Writer, reach: tuple[float, float] | None) -> dict[str, Any]:
    outcome = past.outcome
    assert outcome is not None
    effect, low, high = outcome.effect, outcome.low, outcome.high
    written = writer.effect(outcome)
    drawn = ""
    if effect is not None and low is not None and high is not None and low != high:
        drawn = interval(effect, low, high, written, reach=reach if _in_money(past) else None)
    return {
        "id": past.id,
        "title": printable(writer.title(past)),
        "rule": rule(past.rule, writer.locale),
        "rule_page": page_of(past.rule),
        "when": day(past.done_on or past.since, writer.locale, year=True),
        "verdict": text(f"today.verdict.{VERDICTS[outcome.verdict]}", writer.locale),
        "tone": TONES.get(outcome.verdict, ""),
        "sign": SIGNS.get(outcome.verdict, "◇"),
        "effect": written,
        "expected": writer.said(past),
        "evidence": writer.evidence(outcome),
        "notes": [printable(note) for note in writer.notes(outcome)],
        "drawn": drawn,
    }


def rule(name: str, locale: str) -> str:
    """What a rule is called; its own name where the catalogue has none."""
    key = f"rule_names.{name}"
    return text(key, locale) if has(key, locale) else name.replace("_", " ")


def page_of(name: str) -> str:
    """The address of a rule's page; empty where a person, not a rule, proposed."""
    return f"/rules/{name}" if any(each.name == name for each in rules()) else ""


def waiting_cells(rows: Sequence[tuple[Past, date, date | None, bool]], writer: Writer) -> list[dict[str, str]]:
    """Done actions that are not read yet: title, from which day they are, and whether data lacks."""
    return [
        {
            "id": past.id,
            "title": printable(writer.title(past)),
            "read_on": day(read_on, writer.locale, year=True),
            "data_to": (day(data_to, writer.locale, year=True) if data_to else UNKNOWN) if lacks else "",
        }
        for past, read_on, data_to, lacks in rows
    ]


def score_cells(scores: Sequence[Score], writer: Writer) -> list[dict[str, Any]]:
    """The scorecard, one line a rule."""
    reach = common([(score.pooled[1], score.pooled[2]) for score in scores if score.pooled])
    return [
        {
            "rule": rule(score.rule, writer.locale),
            "rule_page": page_of(score.rule),
            "n": str(score.n),
            "said": writer.money(score.expected),
            "measured": writer.money(score.measured),
            "bias": writer.money(score.bias),
            "coverage": UNKNOWN if score.coverage_80 is None else percent(score.coverage_80, writer.locale),
            "worked": percent(score.share_worked, writer.locale),
            "factor": f"{score.factor:.2f}",
            "pooled": "" if score.pooled is None else writer.money(*score.pooled),
            "drawn": "" if score.pooled is None else interval(*score.pooled, writer.money(*score.pooled), reach=reach),
        }
        for score in scores
    ]


def writer(locale: str, currency: str, names: Mapping[str, str]) -> Writer:
    """How outcomes are written."""
    return Writer(locale, currency, names)


__all__ = ["outcome_cells", "page_of", "rule", "score_cells", "waiting_cells", "writer"]

"""Rules as written cells: what a rule asks, reads and decides, its thresholds and its record here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zhanggui.actions.kinds import Score
from zhanggui.brief.kinds import Brief
from zhanggui.config import SETTINGS, Config
from zhanggui.i18n import text
from zhanggui.i18n.writing import percent, printable, say
from zhanggui.playbooks import rules
from zhanggui.playbooks.kinds import Rule
from zhanggui.report import naming
from zhanggui.report.outcome_cells import page_of
from zhanggui.report.outcome_cells import rule as said_rule

CHAPTERS = ("service", "products", "analysis", "promotion", "operations", "positioning", "competition")
"""In the order in which a morning needs them: what is late today first."""


def rule_named(name: str) -> Rule | None:
    """The rule of that name, or None."""
    return next((rule for rule in rules() if rule.name == name), None)


def chapters(rows: Mapping[str, int], scores: Mapping[str, Score], locale: str) -> list[dict[str, Any]]:
    """Every rule by chapter with what it asks, whether its tables are there, and its record."""
    order = [*CHAPTERS, *sorted({rule.playbook for rule in rules()} - set(CHAPTERS))]
    return [
        {
            "name": chapter,
            "said": text(f"web_rules.chapter.{chapter}", locale),
            "rules": [_line(rule, rows, scores, locale) for rule in rules() if rule.playbook == chapter],
        }
        for chapter in order
    ]


def _line(rule: Rule, rows: Mapping[str, int], scores: Mapping[str, Score], locale: str) -> dict[str, Any]:
    return {
        "name": rule.name,
        "to_page": page_of(rule.name),
        "said": said_rule(rule.name, locale),
        "asks": text(f"rule_pages.{rule.name}.asks", locale),
        "lacks": lacking(rule, rows, locale),
        "record": record(scores.get(rule.name), locale),
    }


def lacking(rule: Rule, rows: Mapping[str, int], locale: str) -> list[str]:
    """The tables without a row that the rule cannot do without."""
    return [naming.table(name, locale) for name in rule.needs if not rows.get(name)]


def record(score: Score | None, locale: str) -> str:
    """How many of a rule's actions were read, how many of them worked, and what was kept of its promises; empty before the first."""
    if score is None or not score.n:
        return ""
    worked = percent(score.share_worked, locale)
    return text("web_rules.record_line", locale, n=score.n, worked=worked, kept=f"{score.factor:.2f}")


def sheet(rule: Rule, rows: Mapping[str, int], config: Config, locale: str) -> dict[str, Any]:
    """All that a rule's page says of the rule itself."""
    name = rule.name
    return {
        "name": name,
        "said": said_rule(name, locale),
        "chapter": text(f"web_rules.chapter.{rule.playbook}", locale),
        "id": f"{rule.playbook}.{name}",
        **{part: text(f"rule_pages.{name}.{part}", locale) for part in ("asks", "decides", "silent")},
        "lacks": lacking(rule, rows, locale),
        "locked": text(f"rules.locked.{name}", locale) if rule.needs else "",
        "tables": [{"said": naming.table(each, locale), "rows": f"{rows.get(each, 0):,}"} for each in rule.needs],
        "frames": [text(f"web_rules.frame.{each}", locale) for each in rule.frames],
        "proposes": [text(f"actions.kind.{kind}", locale) for kind in rule.proposes],
        "settings": [_setting(each, config, locale) for each in rule.reads],
    }


def _setting(name: str, config: Config, locale: str) -> dict[str, Any]:
    default = next(each.default for each in SETTINGS if each.name == name)
    return {
        "name": name,
        "why": text(f"settings.{name}", locale),
        "value": f"{config[name]:.10g}",
        "default": f"{default:.10g}",
        "own": config[name] != default,
    }


def said_today(brief: Brief, rule: str, locale: str) -> list[str]:
    """What a brief says by this rule: what it found, and what is due."""
    found: Sequence[Any] = [said.finding for said in brief.findings]
    due: Sequence[Any] = brief.due
    return [
        printable(say(each.words, locale, brief.currency, brief.names)) for each in (*due, *found) if each.rule == rule
    ]

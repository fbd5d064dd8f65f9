"""Rules for a terminal: all of them by chapter, and one with all that its page says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zhanggui.i18n import text
from zhanggui.i18n.columns import table, wrap


def rules_text(chapters: Sequence[Mapping[str, Any]], locale: str, width: int = 120) -> str:
    """Every rule by chapter: its name, what it asks, whether it can speak here, and its record."""
    lines: list[str] = []
    for chapter in chapters:
        lines += [*([""] if lines else []), chapter["said"]]
        for rule in chapter["rules"]:
            said = f"{rule['said']} [{rule['name']}] {rule['asks']}"
            lines += wrap(said, width, " ", "   ")
            more = [_t("lacks", locale) + " " + " · ".join(rule["lacks"])] if rule["lacks"] else []
            more += [rule["record"]] if rule["record"] else []
            lines += [line for each in more for line in wrap(each, width, "   ")]
    return "\n".join(lines) + "\n"


def rule_text(rule: Mapping[str, Any], locale: str, width: int = 120) -> str:
    """One rule: what it asks, how it decides, when it keeps quiet, what it proposes and reads, its thresholds, its record and actions."""
    lines = wrap(f"{rule['said']} · {rule['chapter']} · {rule['id']}", width)
    for part in ("asks", "decides", "silent"):
        lines += _section(part, [rule[part]], locale, width)
    if rule["lacks"]:
        lines += wrap(f"{_t('lacks', locale)} {' · '.join(rule['lacks'])}. {rule['locked']}", width, " ")
    lines += _section("proposes", rule["proposes"] or [_t("only_tells", locale)], locale, width)
    lines += _section("tables", [f"{each['said']} {each['rows']}" for each in rule["tables"]], locale, width)
    lines += _section("frames", rule["frames"], locale, width)
    lines += ["", _t("settings", locale)]
    for each in rule["settings"]:
        value = each["value"] if not each["own"] else f"{each['value']} ({_t('default', locale)} {each['default']})"
        lines += wrap(f"{each['name']} = {value} · {each['why']}", width, " ", "   ")
    lines += wrap(_t("every_claim", locale), width, " ")
    lines += ["", _t("record", locale), *_record(rule["score"], locale, width)]
    if rule["actions"]:
        more = [_t("more", locale, n=rule["more"])] if rule["more"] else []
        lines += _section(
            "actions", [f"{a['id']}  {a['title']} · {a['status']}" for a in rule["actions"]] + more, locale, width
        )
    return "\n".join(lines) + "\n"


def _section(name: str, said: Sequence[str], locale: str, width: int) -> list[str]:
    return ["", _t(name, locale), *(line for each in said for line in wrap(each, width, " ", "   "))] if said else []


def _record(score: Mapping[str, Any] | None, locale: str, width: int) -> list[str]:
    if score is None:
        return wrap(_t("no_record", locale), width, " ")
    names = ("n", "worked", "factor", "said", "measured")
    head = [text(f"outcomes.column.{name}", locale) for name in names]
    return table([head, [str(score[name]) for name in names]], ">>>>>")


def rule_json(rule: Mapping[str, Any]) -> dict[str, Any]:
    """The same for programs."""
    score = rule["score"]
    kept = {name: score[name] for name in ("n", "worked", "factor", "said", "measured")} if score else None
    return {**rule, "score": kept}


def _t(key: str, locale: str, **params: object) -> str:
    return text(f"web_rules.{key}", locale, **params)

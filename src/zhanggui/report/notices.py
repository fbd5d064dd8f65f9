"""A brief as single things to tell, each with a name of its own that stays as long as it is the same thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from zhanggui.brief import Brief, Said
from zhanggui.i18n import text
from zhanggui.i18n.writing import say
from zhanggui.notify import Item
from zhanggui.report import naming
from zhanggui.report.today import Today

SECTIONS = ("numbers", "due", "alerts", "findings", "actions", "outcomes")


def items(brief: Brief, locale: str) -> list[Item]:
    """Everything of a brief that somebody might have to know, in the order of its page."""
    return [
        *_numbers(brief, locale),
        *_due(brief, locale),
        *_found(brief, locale),
        *_actions(brief, locale),
        *_outcomes(brief, locale),
    ]


def title(shop: str, day: str, kind: str, locale: str) -> str:
    """The line over a message."""
    return text(f"notify.title.{kind}", locale, shop=shop, day=day)


def body(told: Sequence[Item], locale: str) -> str:
    """A message of several things, by section."""
    parts = []
    for section in SECTIONS:
        lines = [f"· {item.text}" for item in told if item.section == section]
        if lines:
            parts.append("\n".join([text(f"notify.section.{section}", locale), *lines]))
    return "\n\n".join(parts)


def _numbers(brief: Brief, locale: str) -> Iterator[Item]:
    said = [say(words, locale, brief.currency, brief.names) for words in brief.verdict]
    if said:
        yield Item(f"numbers:{brief.as_of}", False, "numbers", Today(brief, locale).sentences(*said))


def _due(brief: Brief, locale: str) -> Iterator[Item]:
    for due in brief.due:
        said = say(due.words, locale, brief.currency, brief.names)
        by = naming.deadline(due.by, brief.as_of, locale)
        line = text("notify.due", locale, said=said, by=by)
        yield Item(f"due:{due.rule}:{_target(due.where)}:{due.by}", False, "due", line)


def _found(brief: Brief, locale: str) -> Iterator[Item]:
    for said in brief.findings:
        found = said.finding
        words = say(found.words, locale, brief.currency, brief.names)
        section = "alerts" if found.alert else "findings"
        yield Item(_again(said, brief), found.alert == "urgent", section, words)


def _again(said: Said, brief: Brief) -> str:
    """A finding that is said anew because it moved is another thing; one that is only still there is not."""
    moved = f":{brief.as_of}" if said.state == "changed" else ""
    return f"found:{said.finding.id}:{said.first_said}{moved}"


def _actions(brief: Brief, locale: str) -> Iterator[Item]:
    written = Today(brief, locale)
    for ranked in written.ranked:
        gain = written.gain(ranked)
        line = text("notify.action", locale, title=written.say(ranked.action.words), gain=gain)
        yield Item(f"action:{ranked.action.id}", False, "actions", line)


def _outcomes(brief: Brief, locale: str) -> Iterator[Item]:
    written = Today(brief, locale)
    for past in brief.watching:
        if past.outcome is not None:
            shown = written.watch(past)
            line = text("notify.outcome", locale, title=shown.title, said=shown.said)
            yield Item(f"outcome:{past.id}", False, "outcomes", line)


def _target(where: Mapping[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in sorted(where.items()))

"""Everything that a verdict says, in every language."""

from __future__ import annotations

from zhanggui.i18n import LOCALES
from zhanggui.i18n.writing import say
from zhanggui.playbooks.kinds import Verdict
from zhanggui.units import Words


def words_of(verdict: Verdict) -> list[Words]:
    """The words of findings, actions, drafts and of what is locked."""
    found: list[Words | None] = [locked.words for locked in verdict.locked]
    for finding in verdict.findings:
        found += [finding.words, finding.because, *(each.words for each in finding.evidence)]
    for action in verdict.actions:
        found += [action.words, action.reason, action.break_even]
        found += action.draft.words if action.draft else ()
    return [words for words in found if words is not None]


def spoken(verdict: Verdict) -> list[str]:
    """Every sentence; raises KeyError for one that a language lacks or cannot fill."""
    return [say(words, locale, "CNY") for locale in LOCALES for words in words_of(verdict)]

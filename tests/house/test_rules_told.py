"""Every rule is proved to speak and to keep quiet, and its section says when it does either."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from zhanggui import playbooks
from zhanggui.playbooks.kinds import Rule

from .tree import ROOT

PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
RULES = {rule.name: rule for rule in playbooks.rules()}
NOTHING = ("assert not", "== []", "== ()", "is None", "== Verdict()")
"""How a test says that nothing was said."""


@cache
def files() -> dict[str, str]:
    """What the tests of rules are, by the name of their file."""
    return {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "playbooks").glob("test_*.py")}


@cache
def imported_and_used() -> dict[str, set[str]]:
    """The names that each test file imports and uses."""
    found = {}
    for name, text in files().items():
        nodes = [*ast.walk(ast.parse(text))]
        imported = {a.name for node in nodes if isinstance(node, ast.ImportFrom) for a in node.names}
        found[name] = imported & {node.id for node in nodes if isinstance(node, ast.Name)}
    return found


def asking(judge: str) -> list[str]:
    """The test files that import a rule's judge and put something to it."""
    return [files()[name] for name, known in imported_and_used().items() if judge in known]


def section(rule: Rule) -> str:
    """What the page of rules says of a rule; one section may tell of two."""
    named = rf"^### [^\n]*`{rule.playbook}\.{rule.name}`.*?(?=^##|\Z)"
    found = re.search(named, PAGE, re.MULTILINE | re.DOTALL)
    return found.group(0) if found else ""


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_tests_in_which_it_speaks_and_in_which_it_does_not(name: str) -> None:
    texts = asking(RULES[name].judge.__name__)
    assert texts
    assert sum(text.count("\ndef test_") for text in texts) >= 3
    assert any(sign in text for text in texts for sign in NOTHING)


@pytest.mark.parametrize("name", RULES)
def test_the_page_says_when_a_rule_fires_and_when_it_keeps_quiet(name: str) -> None:
    told = section(RULES[name]).casefold()
    assert "fires" in told
    assert "quiet" in told or "silent" in told

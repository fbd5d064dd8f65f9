"""Pages that the code cites exist, and so do their sections; every rule is told on its page."""

from __future__ import annotations

import re
from pathlib import Path

from zhanggui import playbooks

from .tree import ROOT, modules

CITED = re.compile(r"(?<![\w/.-])((?:[\w-]+/)*[\w-]+\.md)((?:,? \"[^\"\n]+\"(?: \([\w ,]+\))?)*)")
OWN_NAMES = {"SOURCE.md"}
"""Pages that stand beside what they describe."""


def headings(page: Path) -> set[str]:
    return {line.lstrip("# ").strip() for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("#")}


def citations(text: str) -> list[tuple[str, list[str]]]:
    return [(page, re.findall(r'"([^"\n]+)"', named)) for page, named in CITED.findall(text)]


def test_a_citation_is_read_with_all_its_sections() -> None:
    assert citations('Source: docs/rules.md, "Analysis", "Products" (sold out); docs/methods.md.') == [
        ("docs/rules.md", ["Analysis", "Products"]),
        ("docs/methods.md", []),
    ]


def test_pages_that_the_product_cites_exist_with_their_sections() -> None:
    lacking = []
    for path in modules().values():
        for page, sections in citations(path.read_text(encoding="utf-8")):
            if page in OWN_NAMES:
                continue
            file = ROOT / page
            known = headings(file) if page.startswith("docs/") and file.is_file() else set()
            if not known or not set(sections) <= known:
                lacking.append((path.name, page, sections))
    assert lacking == []


def test_every_rule_has_a_section_on_the_page_of_rules() -> None:
    told = " ".join(headings(ROOT / "docs" / "rules.md"))
    assert [rule.name for rule in playbooks.rules() if f"`{rule.playbook}.{rule.name}`" not in told] == []


def test_every_threshold_of_the_page_is_a_setting() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    settings = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", page))
    assert {name for name in named if f"`{name}`" not in settings} == set()

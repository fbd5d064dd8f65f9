"""The worked examples of docs/adding run as they stand: the code, its doctests and its test."""

from __future__ import annotations

import doctest
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from zhanggui import live, metrics, sources

from .tree import ROOT

PAGES = sorted(path.stem for path in (ROOT / "docs" / "adding").glob("*.md"))
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def register(module: ModuleType, patch: pytest.MonkeyPatch) -> None:
    """What lying in its folder does for a module: its source, connector or metrics are found."""
    if hasattr(module, "SOURCE"):
        every = (*sources.all_sources(), module.SOURCE)
        patch.setattr(sources, "all_sources", lambda: every)
    if hasattr(module, "CONNECTOR"):
        known = {**live.connectors(), module.CONNECTOR.kind: module.CONNECTOR}
        patch.setattr(live, "connectors", lambda: known)
    for measure in getattr(module, "MEASURES", ()):
        patch.setitem(metrics.MEASURES, measure.name, measure)  # type: ignore[arg-type]
    for metric in getattr(module, "METRICS", ()):
        patch.setitem(metrics.METRICS, metric.name, metric)  # type: ignore[arg-type]


@pytest.mark.parametrize("page", PAGES)
def test_the_example_on_a_page_works(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = BLOCK.findall((ROOT / "docs" / "adding" / f"{page}.md").read_text(encoding="utf-8"))
    module = ModuleType(f"page_{page}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.chdir(tmp_path)
    assert blocks
    for number, block in enumerate(blocks, 1):
        exec(compile(block, f"docs/adding/{page}.md, block {number}", "exec"), vars(module))
        if number == 1:
            register(module, monkeypatch)
    assert any("assert " in block for block in blocks)
    assert doctest.testmod(module).failed == 0

"""The two mornings of docs/using/mornings.md are printed by their commands, in the order, density and tone that an owner reads."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from zhanggui.i18n.columns import width

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("mornings", ROOT / "tools" / "mornings.py")
assert spec is not None
assert spec.loader is not None
tool = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tool)

PAGE = tool.PAGE.read_text(encoding="utf-8")
PARTS = {
    "tea": ("掌櫃早報", "今天到期", "近 7 天", "目標", "為什麼", "值得一看", "今天做", "在看", "不說的"),
    "bags": ("Morning brief", "DUE", "YESTERDAY", "LAST 7 DAYS", "target", "WHY", "TODAY", "WATCHING", "NOT SAID"),
}
MOST_LINES = {"tea": 45, "bags": 85}
"""Two screens at most where the list is full; six lines an action."""
MOST_ACTIONS = {"tea": 3, "bags": 7}
LOUD = re.compile(r"[!！]|great|congratulations|optimi[sz]e|恭喜|太棒|優化", re.IGNORECASE)


@pytest.mark.parametrize("name", PARTS)
def test_a_morning_stands_in_the_order_it_is_read_and_says_it_quietly(name: str) -> None:
    said = tool.mornings(PAGE)[name][1]
    places = [said.index(part) for part in PARTS[name]]
    assert places == sorted(places)
    written = said.splitlines()
    assert max(map(width, written)) <= 120
    assert len(written) <= MOST_LINES[name]
    assert not LOUD.search(said)
    todays = said[said.index(PARTS[name][-3]) : said.index(PARTS[name][-2])]
    actions = [line for line in todays.splitlines() if re.match(r" \d ", line)]
    assert 1 <= len(actions) <= MOST_ACTIONS[name]


def test_every_sum_of_an_action_has_its_range_or_is_arithmetic() -> None:
    for name, kept in (("tea", "/週"), ("bags", "/wk")):
        said = tool.mornings(PAGE)[name][1]
        said = said[said.index(PARTS[name][-3]) : said.index(PARTS[name][-2])]
        promised = [line for line in said.splitlines() if re.match(r" \d .*" + kept + " ", line)]
        assert promised
        assert [line for line in promised if "[" not in line.partition(kept)[2][:30] and "算" not in line] == []


@pytest.mark.prove
@pytest.mark.parametrize("name", PARTS)
def test_its_commands_print_it(name: str, tmp_path: Path) -> None:
    assert tool.printed(PAGE, name, tmp_path) == tool.mornings(PAGE)[name][1]

"""The pages of rules: every rule says what it asks, how it decides and when it is silent, and what came of it in this shop."""

from __future__ import annotations

import inspect
import re
import shutil
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from drawn.browsers import Browser
from drawn.teashop import Watch
from zhanggui import playbooks
from zhanggui.actions.catalogue import KINDS
from zhanggui.app import morning_of
from zhanggui.app.desk import Desk
from zhanggui.config import LOCALES, SETTINGS
from zhanggui.i18n import catalogue, text
from zhanggui.playbooks import frames, rules
from zhanggui.playbooks.kinds import Rule
from zhanggui.report.rule_cells import CHAPTERS, sheet

PARTS = ("asks", "decides", "silent")
NAMES = [rule.name for rule in rules()]
PLAYBOOKS = Path(inspect.getfile(playbooks)).parent


def rule_of(name: str) -> Rule:
    return next(rule for rule in rules() if rule.name == name)


@pytest.fixture(scope="module")
def sat(tea_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The owner at the tea shop's desk, its brief made."""
    folder = shutil.copytree(tea_once, tmp_path_factory.mktemp("rules") / "shop")
    desk = Desk(folder, readers=2, clock=Watch().clock)
    desk.latest(("morning", None), morning_of, wait=True)
    yield Browser(desk)
    desk.close()


# ---- what stands written


@pytest.mark.parametrize("locale", LOCALES)
def test_every_rule_has_its_words_and_none_is_left_of_a_rule_that_is_gone(locale):
    assert set(catalogue(locale, "rule_pages")) == {f"{name}.{part}" for name in NAMES for part in PARTS}
    known = {key.removeprefix("frame.") for key in catalogue(locale, "web_rules") if key.startswith("frame.")}
    assert known == set(frames())


def test_every_chapter_has_its_name_and_its_place():
    assert {rule.playbook for rule in rules()} == set(CHAPTERS)


def test_what_rules_propose_and_read_are_kinds_and_settings_that_exist():
    assert {kind for rule in rules() for kind in rule.proposes} <= {kind.name for kind in KINDS}
    assert {name for rule in rules() for name in rule.reads} <= {setting.name for setting in SETTINGS}


def test_every_setting_that_a_rule_s_chapter_asks_for_stands_on_some_page_of_it():
    asked = re.compile(r'config\["(\w+)"\]')
    for module in {rule.judge.__module__ for rule in rules()}:
        inside = [rule for rule in rules() if rule.judge.__module__ == module]
        wanted = set(asked.findall(inspect.getsource(sys.modules[module])))
        assert wanted <= {name for rule in inside for name in rule.reads}, module
    everywhere = {name for path in PLAYBOOKS.glob("*.py") for name in asked.findall(path.read_text(encoding="utf-8"))}
    assert everywhere == {name for rule in rules() for name in rule.reads}


def test_every_kind_of_action_that_a_chapter_makes_stands_on_some_page():
    made = {
        kind
        for path in PLAYBOOKS.glob("*.py")
        for kind in re.findall(r'kind_named\("(\w+)"\)', path.read_text("utf-8"))
    }
    assert len(made) > 15
    assert made <= {kind for rule in rules() for kind in rule.proposes}


# ---- the pages


def test_all_rules_stand_by_chapter_with_what_they_ask_and_whether_they_can_speak(sat):
    page = sat.get("/rules")
    assert set(re.findall(r'href="/rules/(\w+)"', page)) == set(NAMES)
    assert page.count("<h2") == len(CHAPTERS)
    line = page.partition('href="/rules/rival_price"')[2].partition("</li>")[0]
    assert "cannot speak yet; missing:" in line
    assert "rivals&#39; prices" in line
    assert "follow or hold?" in line
    assert "can speak with this shop" in page.partition('href="/rules/concentration"')[2].partition("</li>")[0]


@pytest.mark.parametrize("name", ["ship_by", "falling_conversion", "rival_price", "presale"])
def test_a_rule_s_page_tells_how_it_thinks(sat, name):
    page = sat.get(f"/rules/{name}")
    assert page.count("<h1") == 1
    for part in PARTS:
        assert text(f"rule_pages.{name}.{part}", "en")[:40].replace("'", "&#39;") in page
    for setting in rule_of(name).reads:
        assert f'href="/settings#set-{setting}"' in page
    assert page.count("<table") == page.count("<caption")
    assert "style=" not in page.partition("<main")[2]


def test_of_every_rule_all_is_said_in_every_language(sat):
    with sat.desk.reading() as shop:
        rows = shop.warehouse.rows()
        for rule, locale in product(rules(), LOCALES):
            told = sheet(rule, rows, shop.config, locale)
            assert len(told["frames"]) == len(rule.frames)
            assert len(told["tables"]) == len(rule.needs)
            assert len(told["settings"]) == len(rule.reads)


def test_a_rule_s_page_leads_to_its_actions_and_back(sat):
    with sat.desk.reading() as shop:
        entry = shop.actions.list(everything=True)[0]
    rule = entry.action.rule
    page = sat.get(f"/rules/{rule}")
    assert f'href="/actions/{entry.id}"' in page
    assert text(f"actions.kind.{entry.action.kind}", "en") in page
    assert f'href="/rules/{rule}"' in sat.get(f"/actions/{entry.id}")
    assert entry.action.kind in rule_of(rule).proposes


def test_a_rule_s_page_repeats_what_the_brief_says_by_it_today(sat):
    morning = sat.desk.latest(("morning", None), morning_of, wait=True)[0]
    told = {said.finding.rule for said in morning.brief.findings}
    assert told
    for name in told:
        assert "It has nothing to say today." not in sat.get(f"/rules/{name}")
    quiet = next(name for name in NAMES if name not in told | {due.rule for due in morning.brief.due})
    assert "It has nothing to say today." in sat.get(f"/rules/{quiet}")


def test_a_rule_that_is_none_is_not_found_and_what_a_person_entered_has_no_page(sat):
    sat.get("/rules/by_hand", 404)
    sat.get("/rules/nothing%3Cscript%3E", 404)

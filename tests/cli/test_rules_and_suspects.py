"""Rules and suspects on the command line."""

from __future__ import annotations

import json

import pytest

from zhanggui.playbooks import rules


def test_every_rule_is_listed_by_chapter_with_what_it_asks(run, shop):
    said = run("rules", "--shop", shop, "--lang", "en").out
    assert all(f"[{rule.name}]" in said for rule in rules())
    assert said.startswith("Service")
    told = json.loads(run("rules", "--json", "--shop", shop).out)["chapters"]
    assert sum(len(chapter["rules"]) for chapter in told) == len(rules())


@pytest.mark.parametrize("locale", ["zh-Hant", "zh-Hans", "en"])
def test_a_rule_says_how_it_decides_its_thresholds_and_its_record(run, shop, locale):
    said = run("rules", "analysis.falling_conversion", "--shop", shop, "--lang", locale).out
    assert "analysis.falling_conversion" in said
    assert "claim_posterior" in said or "money_floor_share" in said
    told = json.loads(run("rules", "falling_conversion", "--json", "--shop", shop, "--lang", locale).out)
    assert told["asks"][:10] in said
    assert told["score"] is None


def test_an_unknown_rule_is_refused_with_those_that_there_are(run, shop):
    said = run("rules", "rising_moon", "--shop", shop)
    assert said.code == 2
    assert "falling_conversion" in said.err


def test_suspects_of_too_few_orders_say_what_is_lacking(run, stocked):
    said = run("suspects", "--shop", stocked, "--lang", "en")
    assert said.code == 0
    assert "Orders that may not be real" in said.out
    told = json.loads(run("suspects", "--json", "--shop", stocked).out)
    assert told["orders"] == []

"""The brief as JSON keeps the shape that programs rely on."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from zhanggui.numbers.kinds import Flag
from zhanggui.report import as_json, driver_json

NUMBER, TEXT, MAYBE = (int, float), str, type(None)
WHERE = {"by": dict, "rate": NUMBER, "mix": NUMBER, "change": NUMBER}
SHAPE: dict[str, Any] = {
    "version": int,
    "shop": TEXT,
    "as_of": TEXT,
    "currency": TEXT,
    "period": {"from": TEXT, "to": TEXT, "days": int},
    "against": {"from": TEXT, "to": TEXT},
    "coverage": [{"table": TEXT, "rows": int, "from": (str, MAYBE), "to": (str, MAYBE)}],
    "missing": [{"table": TEXT, "locks": [TEXT], "get_it_from": TEXT}],
    "metrics": [
        {
            "name": TEXT,
            "value": (*NUMBER, MAYBE),
            "previous": (*NUMBER, MAYBE),
            "expected": (*NUMBER, MAYBE),
            "low": (*NUMBER, MAYBE),
            "high": (*NUMBER, MAYBE),
            "unit": TEXT,
            "unusual": bool,
            "valid": bool,
            "flags": [dict],
            "instead": (str, MAYBE),
        }
    ],
    "drivers": [{"metric": TEXT, "change": NUMBER, "parts": [{"name": TEXT, "change": NUMBER}], "where": [WHERE]}],
    "findings": [
        {
            "id": TEXT,
            "playbook": TEXT,
            "rule": TEXT,
            "kind": TEXT,
            "title": TEXT,
            "metric": TEXT,
            "where": dict,
            "size": NUMBER,
            "low": (*NUMBER, MAYBE),
            "high": (*NUMBER, MAYBE),
            "per": TEXT,
            "state": TEXT,
            "first_said": TEXT,
            "evidence": [{"text": TEXT, "query": dict}],
        }
    ],
    "actions": [dict],
    "due": [{"title": TEXT, "by": TEXT, "where": dict, "loss": NUMBER}],
    "alerts": [{"level": TEXT, "title": TEXT, "where": dict}],
    "watching": [dict],
}


def assert_shape(value: Any, shape: Any, at: str = "brief") -> None:
    if isinstance(shape, dict):
        assert isinstance(value, dict), at
        assert set(shape) <= set(value), f"{at} lacks {set(shape) - set(value)}"
        for name, inner in shape.items():
            assert_shape(value[name], inner, f"{at}.{name}")
    elif isinstance(shape, list):
        assert isinstance(value, list), at
        for item in value:
            assert_shape(item, shape[0], f"{at}[]")
    else:
        assert isinstance(value, shape), f"{at} is {value!r}"


def test_the_brief_has_the_shape_that_programs_rely_on(brief):
    made = as_json(brief, "en")
    assert_shape(made, SHAPE)
    assert made["drivers"]
    assert made["findings"]
    assert made["actions"] == []
    assert made["watching"] == []


def test_it_is_json_and_has_no_numbers_that_json_does_not_know(brief):
    assert json.loads(json.dumps(as_json(brief, "zh-Hant"), allow_nan=False))["as_of"] == "2026-09-14"


def test_numbers_are_not_rounded_and_sentences_are_in_the_language_asked(brief):
    made = as_json(brief, "zh-Hans")
    assert made["metrics"][2]["value"] == 0.0274
    assert as_json(brief, "en")["pace"]["forecast"] == 26700


def test_parts_and_places_sum_to_the_change(brief):
    driver = driver_json(brief.drivers[0])
    assert round(sum(part["change"] for part in driver["parts"]), 2) == driver["change"]
    assert round(sum(at["change"] for at in driver["where"]), 2) == driver["change"]


def test_an_alert_is_a_finding_that_cannot_wait(brief):
    assert [alert["level"] for alert in as_json(brief, "en")["alerts"]] == ["today", "today"]


def test_a_number_with_a_substitute_is_not_valid_but_is_there(brief):
    flag = Flag("net_sales", "refunds_to_come", instead="net_sales_expected")
    doubtful = replace(brief.metrics[0], instead="net_sales_expected", flags=(flag,))
    shown = as_json(replace(brief, metrics=(doubtful,)), "en")["metrics"][0]
    assert shown["valid"] is False
    assert shown["value"] == 49
    assert shown["flags"][0]["instead"] == "net_sales_expected"

"""S1 and S5: what an owner asks before starting something."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from zhanggui.costs import Range
from zhanggui.playbooks.go_no_go import Candidate, needed_conversion, weigh
from zhanggui.playbooks.range_gate import Plan, Shop, attached, gate, steady
from zhanggui.playbooks.terms import UnitCosts

COSTS = UnitCosts(goods=45, freight=8, fee_share=0.05, return_freight=6, handling=2, unsellable=0.1)
CUP = Candidate("cup", 100.0, COSTS, Range(0.012, 0.028), Range(0.14, 0.14), Range(1.2, 1.2), 500, 30, set_up=600)


def test_a_click_at_1_20_needs_3_9_percent_of_an_order_that_brings_30_73() -> None:
    assert needed_conversion(1.2, 30.73) == pytest.approx(0.03905, abs=0.000005)


def test_a_kind_that_converts_at_half_of_what_is_needed_is_left_alone() -> None:
    found = weigh(CUP)
    # Refunds all after shipment: 42 × .86 − 20.5 × .14.
    assert found.order == pytest.approx(33.25)
    assert found.needed == pytest.approx(1.2 / 33.25)
    assert found.verdict == "no"
    assert found.chance < 0.05
    assert found.to_even is None
    assert found.profit[0] < 0 < found.worst


def test_better_inputs_change_the_answer_and_words_do_not() -> None:
    assert weigh(replace(CUP, name="the famous cup")).chance == weigh(CUP).chance
    own_brand = weigh(replace(CUP, click=Range(0.3, 0.5)))
    assert own_brand.verdict == "go"
    assert own_brand.to_even is not None
    assert own_brand.cash > 30 * 45 + 600


def test_between_three_and_six_tenths_it_is_tested_small() -> None:
    found = weigh(replace(CUP, click=Range(0.68, 0.68)))
    assert 0.3 <= found.chance < 0.6
    assert found.verdict == "test"


def test_what_may_not_be_lost_is_tested_small_though_it_likely_pays() -> None:
    good = replace(CUP, click=Range(0.5, 0.5), units=400, visitors=50)
    assert weigh(good).verdict == "go"
    assert weigh(replace(good, risk=100.0)).verdict == "test"
    assert weigh(replace(good, risk=50_000.0)).verdict == "go"


SHOP = Shop(1500.0, 40.0, [(280.0, 10_500.0)] * 8, 120)
PLAN = Plan(30.0, 40, 800.0, 10_000.0, 1.0, 3.0, 50.0)


def test_a_gate_that_is_open_says_what_attached_sales_bring_less_hours_and_unsold_stock() -> None:
    found = gate(SHOP, PLAN)
    assert found.fails is None
    # Two in a hundred of 280 orders take one along for 30: 168 less an hour and what is left of 40 units after six weeks.
    assert attached(0.02, 280, 30) == pytest.approx(168)
    assert found.profit[0] == pytest.approx(168 - 50, abs=45)
    assert found.profit[1] < found.profit[0] < found.profit[2]


@pytest.mark.parametrize(
    ("shop", "plan", "fails"),
    [
        ({"visitors": 900.0, "orders": 29.0}, {}, "traffic"),
        ({"visitors": None, "orders": 30.0}, {}, None),
        ({"weeks": [(280.0, 10_500.0)] * 7}, {}, "steady"),
        ({"weeks": [(280.0, 10_500.0)] * 7 + [(150.0, 10_500.0)]}, {}, "steady"),
        ({"neighbours": 59}, {}, "neighbours"),
        ({}, {"stock_cash": 2600.0}, "cash"),
        ({}, {"hours": 4.0}, "hours"),
        ({"neighbours": 0}, {"stock_cash": 9000.0}, "neighbours"),
    ],
)
def test_a_gate_that_is_shut_names_the_first_condition_that_fails(
    shop: dict[str, Any], plan: dict[str, Any], fails: str | None
) -> None:
    assert gate(replace(SHOP, **shop), replace(PLAN, **plan)).fails == fails


def test_small_weeks_may_differ_by_chance() -> None:
    assert steady([(10.0, 500.0), (14.0, 500.0)] * 4)
    assert not steady([(100.0, 5000.0), (160.0, 5000.0)] * 4)

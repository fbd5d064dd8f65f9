"""O2: a step of the price, for everybody, where the margin lies off the balance point of the product's own elasticity."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from drawn.situation import DAY, situation
from zhanggui.actions import guards
from zhanggui.actions.facts import Facts
from zhanggui.actions.kinds import Action
from zhanggui.methods.elasticity import Elasticity
from zhanggui.methods.elasticity import price_step as formula
from zhanggui.playbooks.answers_to_price import answer_to_price
from zhanggui.playbooks.contribution import Cases
from zhanggui.playbooks.kinds import Situation, Verdict
from zhanggui.playbooks.pricing import brings, price_step

KNOWN = Elasticity(-2.62, 1e-9)


def test_the_formula_gives_the_rule_books_numbers() -> None:
    assert formula(KNOWN, 0.05, 0.28).gain / 0.28 == pytest.approx(0.037, abs=0.0005)
    assert formula(KNOWN, 0.05, 0.45).gain / 0.45 == pytest.approx(-0.022, abs=0.0005)
    assert 40 * 100 * formula(KNOWN, 0.05, 0.28).gain == pytest.approx(41.6, abs=0.05)


def test_the_rules_cases_are_the_formula_where_nothing_is_uncertain() -> None:
    certain = Cases(np.full(8, 28.0), 100.0, 100.0, 1.0, np.zeros(8))
    assert brings(certain, KNOWN, 0.05, 40) == pytest.approx(np.full(8, 41.6), abs=0.05)
    kept = Cases(np.full(8, 28.0), 100.0, 100.0, 0.7, np.zeros(8))
    assert brings(kept, KNOWN, 0.05, 40).mean() < 0  # of a higher price refunds and fees take their part


def selling(
    price: float = 62.0,
    cost: float = 54.0,
    daily: float = 3.0,
    product: str = "P",
    prices: list[float] | None = None,
    answer: float = 0.0,
) -> dict[str, list[dict[str, Any]]]:
    """A product that sells evenly; with ``prices`` it went through them, and its units answered."""
    days: list[dict[str, Any]] = []
    for age in range(112):
        relative = 1.0 if prices is None else prices[(age // 7) % len(prices)]
        days.append({"product_id": product, "age": age, "units": daily * relative**answer, "price": relative})
    diary = [
        {"product_id": product, "age": age, "orders": daily, "units": daily, "gross": daily * price}
        for age in range(56)
    ]
    return {
        "price_days": days,
        "product_diary": diary,
        "product_names": [{"product_id": product, "name": "Teapot", "category": "tea", "price": price, "cost": cost}],
    }


def judged(here: Situation) -> Verdict:
    verdict = price_step(here)
    for action in verdict.actions:
        guards.check(action, facts=Facts(day=DAY + timedelta(days=1)))
    return verdict


def only(verdict: Verdict) -> Action:
    (action,) = verdict.actions
    return action


def test_a_thin_margin_is_stepped_up() -> None:
    action = only(judged(situation(**selling())))
    assert action.kind == "step_price"
    assert action.words.key == "rules_operations.price_step.up"
    assert 0.02 <= action.words.params["change"].value <= 0.055
    assert action.gain is not None
    assert 0 < action.gain.low < action.gain.profit
    assert action.gain.chance > 0.9
    assert action.measure is not None
    assert (action.measure.design, action.measure.days) == ("synthetic_control", 21)
    assert action.measure.smallest_visible is not None
    assert not action.proved


SOFT: dict[str, Any] = {"cost": 30.0, "daily": 60.0, "prices": [0.9, 1.0, 1.1, 1.2], "answer": -4.5}
"""A product whose own days show that buyers leave quickly."""


def test_a_fat_margin_alone_cuts_no_price_since_its_owner_may_know_why() -> None:
    assert not judged(situation(**selling(cost=12.0))).actions


def test_a_fat_margin_is_stepped_down_where_its_own_days_say_so() -> None:
    action = only(judged(situation(**selling(**SOFT))))
    assert action.words.key == "rules_operations.price_step.down"
    assert action.words.params["change"].value < 0
    assert action.gain is not None
    assert action.gain.low > 0


@pytest.mark.parametrize("cost", [30.0, 38.0, 42.0])
def test_near_the_balance_point_or_where_both_signs_are_believed_nothing_is_proposed(cost: float) -> None:
    assert not judged(situation(**selling(cost=cost))).actions


def test_a_product_whose_own_prices_moved_is_judged_by_its_own_answer() -> None:
    stiff = selling(cost=38.0, daily=60.0, prices=[0.9, 1.0, 1.1, 1.2], answer=-0.8)
    here = situation(**stiff)
    assert answer_to_price(here, "P").mean > -1.4
    action = only(judged(here))
    assert action.words.key == "rules_operations.price_step.up"
    assert action.reason is not None
    assert action.reason.key == "rules_operations.price_step.why.own"
    soft = selling(cost=30.0, daily=60.0, prices=[0.9, 1.0, 1.1, 1.2], answer=-4.5)
    assert only(judged(situation(**soft))).words.key == "rules_operations.price_step.down"


def test_thirty_nine_units_tell_nothing() -> None:
    assert not judged(situation(**selling(daily=39 / 28))).actions


def test_without_costs_it_says_below_which_margin_a_step_pays() -> None:
    action = only(judged(situation(**selling(cost=0.0))))
    assert action.gain is None
    assert action.break_even is not None
    assert action.break_even.params["margin"].value == pytest.approx(0.37, abs=0.01)


def promotion(start: date, days: int = 3, **terms: Any) -> dict[str, Any]:
    return {
        "name": "m",
        "kind": "promotion",
        "day": start,
        "until": start + timedelta(days=days),
        "products": "P",
        "what": "m",
    } | terms


def test_nothing_is_stepped_in_the_four_weeks_before_an_event() -> None:
    soon = [promotion(DAY + timedelta(days=20))]
    assert not judged(situation(**selling(), happenings=soon)).actions
    late = [promotion(DAY + timedelta(days=29))]
    assert judged(situation(**selling(), happenings=late)).actions


def test_a_festival_of_the_shops_calendar_is_such_an_event() -> None:
    assert judged(situation(**selling(), timezone="Asia/Shanghai")).actions  # 14 September is quiet
    november = replace(situation(**selling(), timezone="Asia/Shanghai"), as_of=date(2026, 10, 20))
    assert not judged(november).actions


def test_a_change_of_the_last_two_weeks_is_left_to_be_read() -> None:
    change = [{"name": "c", "kind": "change", "day": DAY - timedelta(days=6), "products": "P", "what": "image"}]
    assert not judged(situation(**selling(), happenings=change)).actions


def test_a_step_does_not_leave_the_band_that_buyers_filter_by() -> None:
    assert not judged(situation(**selling(price=98.5, cost=86.0))).actions  # 98.5 would pass 100
    assert judged(situation(**selling(price=93.0, cost=81.0))).actions


def test_a_step_does_not_pass_the_cheapest_rival() -> None:
    rivals = [{"product_id": "P", "rival_item": "r", "age": 3, "price": 63.0}]
    assert not judged(situation(**selling(), rivals=rivals)).actions
    above = [{"product_id": "P", "rival_item": "r", "age": 3, "price": 59.0}]
    assert judged(situation(**selling(), rivals=above)).actions


def test_poor_reviews_come_before_a_higher_price() -> None:
    frames = selling()
    frames["product_diary"][3] |= {"reviews": 10.0, "low_reviews": 4.0}
    assert not judged(situation(**frames)).actions
    frames["product_diary"][3] |= {"low_reviews": 2.0}
    assert judged(situation(**frames)).actions


def test_a_cut_pays_back_those_whose_price_is_protected() -> None:
    past = [promotion(DAY - timedelta(days=40), protection_days=60)]
    assert judged(situation(**selling(**SOFT))).actions
    # 60 days of buyers get 3 back: more than it brings.
    assert not judged(situation(**selling(**SOFT), happenings=past)).actions
    over = [promotion(DAY - timedelta(days=70), protection_days=60)]
    assert judged(situation(**selling(**SOFT), happenings=over)).actions


def test_a_step_of_the_price_aims_at_a_product_and_never_at_a_person() -> None:
    action = only(judged(situation(**selling())))
    assert set(action.where) == {"product_id"}
    assert not guards.PERSON & {name for row in action.draft.rows for name in row}  # type: ignore[union-attr]


def test_prices_that_follow_who_buys_tell_nothing_of_demand() -> None:
    frames = selling(cost=38.0, daily=60.0)
    tiers = (0.85, 1.0, 1.15)
    frames["price_days"] = [{**row, "price": tiers[row["age"] % 3]} for row in frames["price_days"]]
    here = situation(**frames)
    assert answer_to_price(here, "P").own is None
    assert not judged(here).actions

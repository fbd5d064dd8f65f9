"""P4: stock that lasts too long, and the ladder of prices that clears it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from drawn.situation import DAY, situation
from zhanggui.actions import guards
from zhanggui.actions.facts import Facts
from zhanggui.actions.kinds import Action, Past, Standing
from zhanggui.playbooks.clearing import CUTS, Shelf, clear_slow_stock, clears, steps_down
from zhanggui.playbooks.kinds import Situation, Verdict

BOOK = Shelf(120, 80, 14, salvage=10, holding=0.3)


def test_the_formula_gives_the_rule_books_numbers() -> None:
    found = [float(clears(BOOK, cut, 3, -3.63)) for cut in (0.0, *CUTS)]
    assert found == pytest.approx([2285, 2643, 3135, 3820, 3936], abs=0.5)


def test_a_ladder_stops_at_the_step_whose_pace_clears_the_shelf() -> None:
    ladder, left = steps_down(BOOK, CUTS, 3, -3.63)
    hold, deepest = (float(clears(BOOK, cut, 3, -3.63)) for cut in (0.0, 0.4))
    assert hold < float(ladder) < deepest
    assert float(left) == pytest.approx(37.5, abs=0.1)
    fast, _ = steps_down(BOOK, CUTS, 20, -3.63)
    assert float(fast) == pytest.approx(120 * (72 - 14) - 0.3 * _unit_weeks(20 * 0.9**-3.63), rel=1e-6)


def _unit_weeks(pace: float) -> float:
    left, sum_of = 120.0, 0.0
    for _ in range(4):
        after = max(left - 2 * pace, 0.0)
        sum_of += 2 * (left + after) / 2
        left = after
    return sum_of


def test_below_the_lowest_sensible_price_a_unit_left_over_brings_more() -> None:
    assert BOOK.lowest == 24
    assert replace(BOOK, fee=0.2).lowest == 30


def sold(product: str, last: date = DAY, first: date = DAY - timedelta(days=300)) -> dict[str, Any]:
    money = {"orders": 50, "gross": 16000.0, "gross_year": 16000.0}
    return {"product_id": product, "first_day": first, "last_day": last, **money}


def stocked(on_hand: float = 400, cost: float | None = 10.0, daily: float = 1.1, product: str = "A") -> dict[str, Any]:
    day = {"product_id": product, "orders": daily, "units": daily, "gross": 40 * daily}
    return {
        "stock": [{"product_id": product, "sku": "*", "day": DAY, "on_hand": on_hand, "inbound": 0.0}],
        "product_names": [{"product_id": product, "name": "Cup", "category": "tea", "cost": cost, "price": 40.0}],
        "product_diary": [{**day, "age": age} for age in range(84)],
        "product_last_sales": [sold(product)],
    }


SHEET: dict[str, Any] = {"per_order": {"freight": 5}, "salvage": {"*": 0.3}}


def judged(here: Situation) -> Verdict:
    verdict = clear_slow_stock(here)
    for action in verdict.actions:
        guards.check(action, facts=Facts(day=DAY + timedelta(days=1)))
    return verdict


def only(verdict: Verdict) -> Action:
    (action,) = verdict.actions
    return action


def test_stock_for_longer_than_the_limit_ties_up_its_cash() -> None:
    (finding,) = judged(situation(**stocked(400))).findings
    assert finding.words.params["cash"].value == 4000
    assert finding.words.params["days"].value == round(400 / 1.1)


def test_sizes_and_their_sum_are_not_counted_twice() -> None:
    frames = stocked(400)
    frames["stock"] += [{"product_id": "A", "sku": s, "day": DAY, "on_hand": 200.0, "inbound": 0.0} for s in "SM"]
    (finding,) = judged(situation(**frames)).findings
    assert finding.words.params["units"].value == 400


def test_stock_that_sells_in_time_is_no_news() -> None:
    assert judged(situation(**stocked(100))) == Verdict(findings=[], actions=[])


def test_stock_of_unknown_cost_is_not_priced() -> None:
    frames = stocked(400, cost=None)
    frames["product_names"][0]["price"] = None
    assert not judged(situation(**frames)).findings


def test_a_new_product_is_not_called_slow() -> None:
    frames = stocked(400)
    frames["product_last_sales"] = [sold("A", first=DAY - timedelta(days=20))]
    frames["product_diary"] = frames["product_diary"][:20]
    assert not judged(situation(**frames)).findings


def test_a_product_that_sold_but_is_not_followed_by_day_is_not_said_to_have_sold_nothing() -> None:
    frames = stocked(400)
    frames["product_diary"] = []
    frames["product_last_sales"] = [sold("A", last=DAY - timedelta(days=3))]
    assert not judged(situation(**frames)).findings
    frames["product_last_sales"] = [sold("A", last=DAY - timedelta(days=100))]
    (finding,) = judged(situation(**frames)).findings
    assert finding.words.key == "rules_goods.clear.none"


def test_a_ladder_of_prices_is_proposed_with_its_days() -> None:
    action = only(judged(situation(costs=SHEET, **stocked())))
    assert action.kind == "clear_stock"
    assert action.gain is not None
    assert 0 < action.gain.low < action.gain.profit < action.gain.high
    assert action.draft is not None
    assert [row["price"] for row in action.draft.rows] == [36.0, 32.0, 28.0, 24.0]
    assert [row["day"] for row in action.draft.rows] == ["2026-09-15", "2026-09-29", "2026-10-13", "2026-10-27"]
    assert [words.key for words in action.draft.words] == ["rules_goods.clear.stop"]


def test_steps_below_what_a_unit_cost_need_the_owners_word_and_those_below_the_floor_are_left_out() -> None:
    action = only(judged(situation(costs=SHEET, **stocked(cost=30.0))))
    assert action.draft is not None
    assert action.draft.words[-1].key == "rules_goods.clear.below_cost"
    dear = {"per_order": {"freight": 16}, "salvage": {"*": 0.5}}
    action = only(judged(situation(costs=dear, **stocked(cost=30.0))))
    assert action.draft is not None
    assert min(row["price"] for row in action.draft.rows) >= 16 + 15


def test_what_a_unit_left_over_fetches_decides_so_where_it_is_unknown_it_is_asked() -> None:
    action = only(judged(situation(costs={"per_order": {"freight": 5}}, **stocked())))
    assert action.gain is None
    assert action.break_even is not None
    assert action.break_even.params["value"].value > 0


def test_near_an_event_the_stock_is_told_and_nothing_is_proposed() -> None:
    event = {
        "name": "m",
        "kind": "promotion",
        "day": DAY + timedelta(days=5),
        "until": DAY + timedelta(days=7),
        "products": "A",
        "what": "m",
    }
    verdict = judged(situation(costs=SHEET, **stocked(), happenings=[event]))
    assert verdict.findings
    assert not verdict.actions


def two() -> dict[str, Any]:
    one, other = stocked(400), stocked(300, product="B")
    return {name: one[name] + other[name] for name in one}


def test_one_clearance_a_category() -> None:
    here = situation(costs=SHEET, **two())
    assert len(judged(here).findings) == 2
    assert only(judged(here)).where == {"product_id": "A"}
    going = Past("x", "products", "clear_slow_stock", "clear_stock", {"product_id": "B"}, "approved", DAY)
    assert only(judged(replace(here, standing=Standing(past=(going,)), workings={}))).where == {"product_id": "B"}


def test_protected_prices_are_paid_back_and_make_the_ladder_worth_less() -> None:
    past = {
        "name": "m",
        "kind": "promotion",
        "day": DAY - timedelta(days=60),
        "until": DAY - timedelta(days=20),
        "products": "A",
        "what": "m",
        "protection_days": 60,
    }
    days = [{"product_id": "A", "age": age, "units": 1.1, "price": 1.0} for age in range(112)]
    free = only(judged(situation(costs=SHEET, price_days=days, **stocked())))
    tied = only(judged(situation(costs=SHEET, price_days=days, happenings=[past], **stocked())))
    assert free.gain is not None
    assert tied.gain is not None
    assert free.gain.profit - tied.gain.profit == pytest.approx(0.4 * 40 * 60 * 1.1 / 8, rel=1e-6)


def test_the_worth_of_a_ladder_is_the_mean_over_what_is_unknown() -> None:
    weekly, answer = np.array([1.0, 6.0]), np.array([-1.0, -5.0])
    ladder, left = steps_down(BOOK, CUTS, weekly, answer)
    for at in range(2):
        alone, rest = steps_down(BOOK, CUTS, weekly[at], answer[at])
        assert (float(alone), float(rest)) == pytest.approx((ladder[at], left[at]))

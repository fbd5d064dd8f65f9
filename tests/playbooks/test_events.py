"""O1: whether to take part in an event, and what it brought when its refunds and reviews have come in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from drawn.situation import DAY, situation
from zhanggui.actions import guards
from zhanggui.actions.facts import facts_from
from zhanggui.actions.kinds import NOTHING_YET, Action, Draft, Past, Standing
from zhanggui.playbooks.event_history import belief, event_terms, events_ran, pulled_belief
from zhanggui.playbooks.event_money import brings, needed_multiple
from zhanggui.playbooks.events import event_go_no_go
from zhanggui.playbooks.kinds import Finding, Situation, Verdict


def test_the_formulas_give_the_rule_books_numbers() -> None:
    assert needed_multiple(44, 21, 0.2, 2000 / 310) == pytest.approx(3.414, abs=0.0005)
    assert needed_multiple(44, 31, 0.2, 2000 / 310) == pytest.approx(1.876, abs=0.0005)
    assert float(brings(310, 2.4, 21, 44, 0.2, 2000)) == pytest.approx(-3835.2)
    assert float(brings(310, 1.8, 21, 44, 0.2, 2000)) == pytest.approx(-6104.4)


def test_what_leaves_less_than_is_pulled_forward_never_pays() -> None:
    assert needed_multiple(44, 8, 0.2, 0) is None
    assert np.all(brings(100, [2, 5, 20], 8, 44, 0.2, 0) < 0)


def event(name: str, start: int, days: int = 3, price: float | None = 80.0, **terms: Any) -> dict[str, Any]:
    """An event that begins ``start`` days after the brief's day."""
    first = DAY + timedelta(days=start)
    return {
        "name": name,
        "kind": "promotion",
        "day": first,
        "until": first + timedelta(days=days - 1),
        "products": "P",
        "what": name,
        "price": price,
        **terms,
    }


def coming(price: float = 80.0, fee: float = 0.0, by: int = 3, **terms: Any) -> dict[str, Any]:
    return event("next", 10, price=price, fee=fee, answer_day=DAY + timedelta(days=by), **terms)


def days_sold(past: dict[int, float] | None = None, daily: float = 10.0, price: float = 100.0) -> list[dict[str, Any]]:
    """112 days of a product; ``past`` gives units of days by age."""
    rows = []
    for age in range(112):
        units = (past or {}).get(age, daily)
        paid = 80.0 if past and units > 1.5 * daily else price
        rows.append({"product_id": "P", "age": age, "orders": units, "units": units, "gross": units * paid})
    return rows


def event_days(end: int, multiple: float, lacking: float = 0.0, days: int = 3) -> dict[int, float]:
    """An event whose last day was ``end`` days ago, and three weeks after that lack the share ``lacking`` of its extra units."""
    sold = {end + i: 10 * multiple for i in range(days)}
    extra = 10 * (multiple - 1) * days
    return sold | {end - i: 10 - lacking * extra / 21 for i in range(1, 22) if end - i >= 0}


def shop(*events: dict[str, Any], sold: dict[int, float] | None = None, **more: Any) -> Situation:
    frames = {
        "happenings": list(events),
        "product_diary": days_sold(sold),
        "product_names": [{"product_id": "P", "name": "Teapot", "category": "tea", "price": 100.0, "cost": 50.0}],
    }
    return situation(costs={"per_order": {"freight": 6}}, **{**frames, **more})


def judged(here: Situation) -> Verdict:
    verdict = event_go_no_go(here)
    facts = facts_from(here.frames["happenings"].iter_rows(named=True), DAY + timedelta(days=1), NOTHING_YET)
    for action in verdict.actions:
        guards.check(action, facts=facts)
    return verdict


def only(verdict: Verdict) -> Action:
    (action,) = verdict.actions
    return action


def past_event(multiple: float, end: int = 40, lacking: float = 0.2) -> tuple[dict[str, Any], dict[int, float]]:
    return event("last", -end - 2), event_days(end, multiple, lacking)


def test_without_an_own_event_it_says_how_many_times_the_normal_units_it_needs() -> None:
    verdict = judged(shop(coming(fee=300)))
    action = only(verdict)
    assert action.gain is None
    assert action.break_even is not None
    assert action.break_even.key == "rules_events.needs"
    # n 44, e 24, λ .2, fee 300 of 30 units, but for the refunds that nobody has seen yet
    assert action.break_even.params["needed"].value == pytest.approx((44 * 0.8 + 10) / (24 - 8.8), rel=0.06)
    assert action.do_by == (DAY + timedelta(days=3)).isoformat()
    assert not verdict.due


def test_what_own_events_made_decides() -> None:
    last, sold = past_event(5.0)
    action = only(judged(shop(last, coming(), sold=sold)))
    assert action.words.key == "rules_events.join"
    assert action.gain is not None
    assert action.gain.chance >= 0.7
    last, sold = past_event(1.6)
    action = only(judged(shop(last, coming(fee=500), sold=sold)))
    assert action.draft is not None
    assert action.draft.rows[0]["answer"] == "decline"
    assert action.gain is not None
    assert action.gain.profit > 0


def test_a_refused_event_names_the_price_that_would_turn_it() -> None:
    last, sold = past_event(4.0)
    action = only(judged(shop(last, coming(price=66.0), sold=sold)))
    assert action.words.key == "rules_events.counter"
    price = action.words.params["price"].value
    assert 66 < price < 100
    again = only(judged(shop(last, coming(price=price + 3), sold=sold)))
    assert again.gain is not None


def test_a_price_that_leaves_nothing_never_pays() -> None:
    (found,) = judged(shop(coming(price=57.0))).findings
    assert found.words.key == "rules_events.never"


def test_without_costs_it_says_from_which_margin_on_it_pays() -> None:
    names = [{"product_id": "P", "name": "Teapot", "category": "tea", "price": 100.0}]
    action = only(judged(shop(coming(fee=300), product_names=names)))
    assert action.break_even is not None
    assert action.break_even.key == "rules_events.margin"
    # twice the units: (2·20·30 + 300) ÷ (3,000·1·.8)
    assert action.break_even.params["margin"].value == pytest.approx(1500 / 2400, rel=1e-3)


def test_on_the_last_day_it_is_due() -> None:
    (due,) = judged(shop(coming(by=1))).due
    assert due.by == (DAY + timedelta(days=1)).isoformat()


@pytest.mark.parametrize("by", [0, -3])
def test_an_answer_that_is_late_is_asked_no_more(by: int) -> None:
    assert not judged(shop(coming(by=by))).actions


def test_a_running_promotion_without_an_answer_to_give_is_no_event_to_decide() -> None:
    assert not judged(shop(event("sale", 10))).actions


def test_what_was_answered_is_not_asked_again_and_what_was_declined_counts_as_no_event() -> None:
    last, sold = past_event(5.0)
    here = shop(last, coming(), sold=sold)
    where = {"campaign": "next"}
    done = Past("x", "operations", "event_go_no_go", "answer_event", where, "done", DAY)
    assert not judged(replace(here, standing=Standing(past=(done,)), workings={})).actions
    draft = Draft("table", rows=[{"promotion_id": "last", "answer": "decline"}])
    no = replace(done, where={"campaign": "last"}, draft=draft)
    declined = replace(here, standing=Standing(past=(no,)), workings={})
    assert belief(declined, event_terms(declined)[-1]) is None


# ---- what must be ready


def notes(action: Action) -> dict[str, dict[str, Any]]:
    assert action.draft is not None
    return {words.key.rpartition(".")[2]: dict(words.params) for words in action.draft.words}


def test_before_it_begins_stock_prices_and_hands_are_checked() -> None:
    last, sold = past_event(5.0)
    stock = [{"product_id": "P", "sku": "*", "day": DAY, "on_hand": 100.0, "inbound": 20.0}]
    second = event("coupon", 5, days=10, price=None, discount=10.0, stackable=True)
    told = notes(only(judged(shop(last, coming(stackable=True), second, sold=sold, stock=stock))))
    assert told["stock"]["have"].value == 120
    assert told["stock"]["needed"].value > 9 * 10 + 3 * 50
    assert told["stacked"]["price"].value == 70
    assert told["earlier"]["price"].value == 100
    assert told["hands"]["multiple"].value == pytest.approx(5.0, rel=0.05)
    assert "quiet" in told


def test_what_is_there_is_not_asked_for() -> None:
    stock = [{"product_id": "P", "sku": "*", "day": DAY, "on_hand": 1000.0, "inbound": 0.0}]
    assert {"stock", "stacked"}.isdisjoint(notes(only(judged(shop(coming(), stock=stock)))))


# ---- what it brought


def review(here: Situation) -> Finding:
    (found,) = judged(here).findings
    return found


def test_three_and_six_weeks_after_it_is_read() -> None:
    for end, stage in ((22, "21"), (44, "21"), (46, "45"), (70, "45")):
        last, sold = past_event(3.0, end=end, lacking=0.5)
        found = review(shop(last, sold=sold))
        assert found.where["stage"] == stage
        assert found.words.key == "rules_events.review.money"
        assert found.words.params["made"].value == pytest.approx(3.0, rel=0.01)
        assert found.words.params["pulled"].params["pulled"].value == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("end", [5, 20, 74])
def test_before_and_long_after_nothing_is_said(end: int) -> None:
    last, sold = past_event(3.0, end=end)
    assert not judged(shop(last, sold=sold)).findings


def test_its_money_is_the_formulas() -> None:
    last, sold = past_event(3.0, end=44, lacking=0.2)
    found = review(shop(last, sold=sold))
    # 30 units, n 44 less what refunds still to come are believed to be (one in forty), 20 less in the event, λ .2
    normal = 44 - 0.025 * 50
    expected = float(brings(30, 3.0, normal - 20, normal, 0.2, 0))
    assert found.words.params["profit"].value == pytest.approx(expected, rel=0.03)
    assert found.size == pytest.approx(found.words.params["profit"].value / 4)


def test_refunds_of_its_orders_are_named_and_paid() -> None:
    last, sold = past_event(3.0, end=44)
    rows = days_sold(sold)
    plain = review(shop(last, product_diary=rows))
    for row in rows:
        row["returned"] = row["gross"] * (0.3 if 44 <= row["age"] < 47 else 0.05)
    back = review(shop(last, product_diary=rows))
    assert back.because is not None
    assert back.because.key == "rules_events.review.returns"
    assert back.size < plain.size
    assert plain.because is None


def test_poor_reviews_since_are_named() -> None:
    last, sold = past_event(3.0, end=44)
    rows = days_sold(sold)
    for row in rows:
        row["reviews"], row["low_reviews"] = 1.0, 0.3 if row["age"] < 47 else 0.05
    found = review(shop(last, product_diary=rows))
    assert found.because is not None
    assert found.because.key == "rules_events.review.poor"


def test_own_events_teach_what_is_pulled_forward() -> None:
    last, sold = past_event(3.0, end=44, lacking=0.6)
    here = shop(last, sold=sold)
    (read,) = events_ran(here)
    mean, spread = pulled_belief([read])
    assert 0.2 < mean < 0.6
    assert spread < 0.1
    assert pulled_belief([]) == (pytest.approx(0.2), pytest.approx(0.1))


def test_an_event_of_another_product_in_its_weeks_after_is_no_matter() -> None:
    last, sold = past_event(3.0, end=44)
    other = event("other", -40, products="Q")
    (read, *_) = events_ran(shop(last, other, sold=sold))
    assert read.multiple == pytest.approx(3.0, rel=0.01)


def test_a_member_day_is_no_event() -> None:
    row = event("member_day:2026-09-01", -20, days=1)
    assert not event_terms(shop(row))

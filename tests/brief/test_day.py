"""The day's list: what passes the test of an action, what fits into the day, and why the rest is not on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from drawn.actions import TODAY, action, counted, gain, past
from drawn.situation import situation
from zhanggui.actions.kinds import NOTHING_YET, Freeze, Record, Standing
from zhanggui.brief.day import limits_of, rank
from zhanggui.brief.gains import after_record

KEPT = Record(0.5, 0.3, 0)


def day(actions, standing=NOTHING_YET, sizes=None, **more):
    """The day's list in a shop of £5,000 contribution a week and 30 orders a day: three actions, thirty minutes, floor £25 a week."""
    return rank(actions, replace(situation(**more), standing=standing), sizes)


def today(found):
    return [r.action.where["product_id"] for r in found.actions if r.today]


def why(found):
    return {r.action.where["product_id"]: r.left_out for r in found.actions}


# ---- what is shown of a promise


def test_half_of_a_promise_is_shown_until_actions_are_measured():
    shown = day([action(profit=200)]).actions[0]
    assert shown.profit == pytest.approx(100)
    assert shown.low < 0.9 * 100
    assert shown.high > 1.1 * 100


def test_the_interval_is_that_of_promise_times_record_drawn_many_times():
    promise = gain(200, 40, 420)
    shown = after_record(promise, KEPT)
    rng = np.random.default_rng(0)
    kept = rng.normal(0.5, 0.3, 400_000)
    kept = kept[(kept >= 0) & (kept <= 1.2)]
    z = rng.normal(size=kept.size)
    drawn = 200 + np.where(z < 0, z * 160, z * 220) / 1.2815515655446004
    low, high = np.quantile(kept * drawn, [0.1, 0.9])
    assert (shown.low, shown.high) == pytest.approx((low, high), abs=2)


def test_a_well_known_record_widens_little():
    shown = after_record(gain(200, 100, 300), Record(0.6, 0.001, 60))
    assert (shown.profit, shown.low, shown.high) == pytest.approx((120, 60, 180), rel=0.01)


def test_what_is_counted_is_shown_as_it_is():
    shown = day([action(profit=counted(30))], Standing(records={"price_step": Record(0.1, 0.1, 9)})).actions[0]
    assert (shown.profit, shown.low, shown.high) == (30, 30, 30)
    assert shown.today


def test_each_rule_is_held_to_its_own_record():
    records = {"price_step": Record(0.9, 0.1, 12), "stock_out": Record(0.2, 0.1, 12)}
    found = day([action("A1", 200), action("B1", 500, rule="stock_out")], Standing(records=records))
    assert [r.profit for r in found.actions] == pytest.approx([180, 100])


# ---- the test of an action


def on_other_days(actions, standing=NOTHING_YET):
    """The list of a morning on which nothing of the week is read."""
    return rank(actions, replace(situation(), weekly=False, standing=standing))


def test_below_the_floor_is_not_worth_the_morning():
    assert why(on_other_days([action("A1", 24), action("B1", 26)])) == {"B1": "", "A1": "below_floor"}


def test_a_rule_that_kept_little_must_promise_more_to_be_worth_the_morning():
    records = Standing(records={"price_step": Record(0.2, 0.05, 40)})
    assert why(on_other_days([action("A1", 80), action("B1", 90)], records)) == {"B1": "", "A1": "below_floor"}


def test_what_is_small_but_worth_its_minutes_fills_the_room_that_is_left_once_a_week():
    small = action("A1", 20, minutes=5)
    assert today(day([small])) == ["A1"]
    assert why(on_other_days([small])) == {"A1": "below_floor"}
    large = [action(f"B{i}", 200 + i) for i in range(3)]
    assert sorted(today(day([small, *large]))) == ["B0", "B1", "B2"]


def test_what_is_small_and_unsure_stays_away_even_where_there_is_room():
    assert why(day([action("A1", gain(20, -5, 45, chance=0.6), minutes=5)])) == {"A1": "below_floor"}


def test_what_pays_with_suspect_orders_alone_fills_no_room():
    small = action("A1", 20, minutes=5)
    assert why(rank([small], situation(), None, [small.id])) == {"A1": "suspects"}


@pytest.mark.parametrize(("profit", "minutes"), [(8, 30), (2, 1)], ids=["its minutes", "a tenth of the floor"])
def test_room_is_not_filled_with_what_brings_less_than(profit, minutes):
    assert why(day([action("A1", profit, minutes=minutes)])) == {"A1": "below_floor"}


def test_the_floor_knows_the_time_that_an_action_takes():
    found = day([action("A1", 70, minutes=30), action("B1", 70, minutes=180)], weekly_money=1000)
    assert [round(r.floor, 2) for r in found.actions] == [12.5, 75.0]
    assert why(found) == {"A1": "", "B1": "below_floor"}


@pytest.mark.parametrize(
    ("chance", "cost", "kind", "left_out"),
    [
        (0.80, 500.0, "order_stock", ""),
        (0.79, 500.0, "order_stock", "unsure"),
        (0.65, 0.0, "step_price", ""),
        (0.64, 0.0, "step_price", "unsure"),
        (0.70, 0.0, "order_stock", "unsure"),
        (0.70, 100.0, "step_price", "unsure"),
    ],
)
def test_four_in_five_is_asked_and_two_in_three_where_trying_is_cheap_and_can_be_undone(chance, cost, kind, left_out):
    found = day([action("A1", gain(300, -50, 700, chance), kind, cost=cost)])
    assert why(found) == {"A1": left_out}


def test_what_may_lose_a_tenth_of_a_week_is_left():
    bold = gain(2000, -3000, 7000, 0.9)
    found = day([action("A1", bold), action("B1", gain(2000, -400, 4400, 0.9))])
    assert why(found)["A1"] == "risky"
    assert why(found)["B1"] == ""


def test_what_is_too_unsure_to_do_is_priced_as_a_test():
    found = day([action("A1", gain(300, -500, 1100, 0.69), "order_stock")])
    [shown] = found.actions
    assert shown.left_out == "unsure"
    assert 0 < shown.test_worth < 4 * (shown.high - shown.low)
    assert day([action("A1", gain(300, 250, 350, 0.99))]).actions[0].test_worth is None


def test_no_kind_may_bind_more_cash_than_its_own_limit():
    found = day([action("A1", 900, "order_stock", cost=20_001), action("B1", 900, "order_stock", cost=19_999)])
    assert why(found) == {"B1": "", "A1": "money"}


# ---- costs that are unknown


def test_unknown_costs_rank_last_and_fill_what_is_free():
    found = day([action("A1", None), action("B1", 60), action("C1", None), action("D1", 500), action("E1", None)])
    assert today(found)[:2] == ["D1", "B1"]
    assert [r.profit for r in found.actions if r.today] == [250, 30, None]


def test_of_unknown_worth_the_one_about_more_money_comes_first():
    unknown = [action(p, None, because=(f"finding of {p}",)) for p in ("A1", "B1", "C1", "D1")]
    sizes = {"finding of A1": -10.0, "finding of B1": -400.0, "finding of C1": -90.0, "finding of D1": 200.0}
    assert today(day(unknown, sizes=sizes)) == ["B1", "D1", "C1"]


# ---- what fits into the day


@pytest.mark.parametrize(("orders", "number", "minutes"), [(49, 3, 30), (50, 5, 60), (300, 5, 60), (301, 7, 120)])
def test_three_five_or_seven_by_size(orders, number, minutes):
    limits = limits_of(situation(orders_per_day=orders))
    assert (limits.number, limits.minutes, limits.money) == (number, minutes, None)
    many = [action(f"P{i}", 100 + 10 * i, minutes=1) for i in range(12)]
    assert len(today(day(many, orders_per_day=orders))) == number


def test_the_operators_own_minutes_go_before_the_usual_ones():
    pair = [action("A1", 200, minutes=20), action("B1", 300, minutes=25)]
    assert today(day(pair)) == ["B1"]
    assert today(day(pair, Standing(minutes=45))) == ["B1", "A1"]
    assert why(day(pair, Standing(minutes=10))) == {"B1": "minutes", "A1": "minutes"}


def test_two_small_ones_go_before_a_large_one_that_takes_all_the_time():
    found = day([action("A1", 300, minutes=30), action("B1", 200, minutes=15), action("C1", 190, minutes=15)])
    assert today(found) == ["B1", "C1"]
    assert why(found)["A1"] == "minutes"


def test_the_days_money_is_not_exceeded():
    stock = [action(p, v, "order_stock", cost=c) for p, v, c in (("A1", 500, 900), ("B1", 300, 500), ("C1", 290, 450))]
    found = day(stock, Standing(budget=1000))
    assert today(found) == ["B1", "C1"]
    assert why(found)["A1"] == "money"


def test_what_is_late_tomorrow_goes_first_even_if_it_brings_less():
    due = action("D1", 100, do_by=f"{TODAY.isoformat()}T17:00")
    more = [action(p, 400, minutes=10) for p in ("A1", "B1", "C1")]
    assert "D1" in today(day([*more, due]))
    later = replace(due, do_by=(TODAY + timedelta(days=1)).isoformat())
    assert "D1" not in today(day([*more, later]))


def test_of_two_that_are_late_tomorrow_the_dearer_one_goes_first():
    found = day([action(p, v, do_by=TODAY.isoformat(), minutes=20) for p, v in (("A1", 100), ("B1", 160))])
    assert today(found) == ["B1"]


def test_what_is_over_is_not_proposed():
    assert why(day([action("A1", do_by=(TODAY - timedelta(days=1)).isoformat())])) == {"A1": "too_late"}


def test_the_most_uncertain_promise_does_not_win_by_being_loud():
    sure = [action(p, gain(300, 240, 360)) for p in ("A1", "B1", "C1")]
    loud = action("L1", gain(320, -250, 890, 0.85))
    found = day([*sure, loud])
    assert "L1" not in today(found)
    assert why(found)["L1"] == "number"


# ---- conflicts


def test_one_price_is_not_moved_twice():
    twice = [action("A1", 300), action("A1", 200, "take_out_of_offer")]
    found = day(twice)
    assert [r.action.kind for r in found.actions if r.today] == ["step_price"]
    assert found.actions[1].left_out == f"conflict:{twice[0].id}"


def test_goods_are_not_ordered_and_cleared_at_once_and_nothing_is_done_to_what_is_given_up():
    found = day([action("A1", 300, "clear_stock"), action("A1", 200, "order_stock")])
    assert len(today(found)) == 1
    found = day([action("B1", 300, "stop_selling"), action("B1", 200, "order_stock"), action("B1", 90, "change_title")])
    assert [r.action.kind for r in found.actions if r.today] == ["stop_selling"]


def test_two_levers_on_one_product_are_allowed_and_said_to_be_read_together():
    stock, price, other = action("A1", 300, "order_stock"), action("A1", 200), action("B1", 100)
    found = {r.action.id: r for r in day([stock, price, other]).actions}
    assert found[stock.id].together == (price.id,)
    assert found[price.id].together == (stock.id,)
    assert found[other.id].together == ()


def test_a_pair_of_products_is_one_target():
    pair = action("A1", 300, "reroute_traffic", touches=("A1",), shift="B1")
    found = {r.action.id: r for r in day([pair, action("B1", 200)]).actions}
    assert found[pair.id].together


def test_two_campaigns_of_one_product_are_two_levers():
    plans = [
        action("A1", 300 - i, "change_budget", where={"product_id": "A1", "campaign": f"plan {i}"}) for i in (0, 1)
    ]
    assert [r.today for r in day(plans).actions] == [True, True]


# ---- what people decided before


def test_an_action_under_way_is_not_named_again_and_its_lever_is_left_alone():
    running = past(action("A1", 200, "take_out_of_offer", rule="x"), kind="step_price")
    found = day([action("A1", 300, "bundle")], Standing(past=(running,)))
    assert found.actions[0].left_out == f"conflict:{running.id}"
    again = action("B1", 200)
    assert why(day([again], Standing(past=(past(again),)))) == {"B1": "under_way"}
    over = past(again, days_ago=40, stop_on=TODAY - timedelta(days=12))
    assert why(day([again], Standing(past=(over,)))) == {"B1": ""}


def test_goods_can_be_ordered_again_a_week_later():
    order = action("A1", 200, "order_stock")
    assert why(day([order], Standing(past=(past(order, days_ago=6),)))) == {"A1": "under_way"}
    assert why(day([order], Standing(past=(past(order, days_ago=7),)))) == {"A1": ""}


def test_what_is_done_beside_an_action_under_way_is_said_to_be_read_with_it():
    running = past(action("A1", 200))
    [shown] = day([action("A1", 300, "order_stock")], Standing(past=(running,))).actions
    assert shown.today
    assert shown.together == (running.id,)


def test_a_dismissed_action_stays_away_four_weeks_unless_it_promises_twice_as_much():
    was = action("A1", 200)
    assert why(day([was], Standing(past=(past(was, "dismissed", 27),)))) == {"A1": "dismissed"}
    assert why(day([was], Standing(past=(past(was, "dismissed", 28),)))) == {"A1": ""}
    doubled = replace(was, gain=gain(400))
    assert why(day([doubled], Standing(past=(past(was, "dismissed", 5),)))) == {"A1": ""}
    unknown = replace(was, gain=None)
    assert why(day([unknown], Standing(past=(past(was, "dismissed", 5),)))) == {"A1": "dismissed"}


def test_a_second_round_is_known_by_its_first():
    was = action("A1", 200)
    second = past(was, "dismissed", 2, id=f"{was.id}-2")
    first = past(was, "measured", 60)
    assert why(day([was], Standing(past=(first, second)))) == {"A1": "dismissed"}


def test_a_snoozed_action_sleeps_until_its_day():
    was = action("A1", 200)
    asleep = past(was, "proposed", snoozed_until=TODAY + timedelta(days=1))
    found = day([was], Standing(past=(asleep,)))
    assert why(found) == {"A1": "snoozed"}
    assert found.actions[0].snoozed_until == TODAY + timedelta(days=1)
    awake = past(was, "proposed", snoozed_until=TODAY)
    assert why(day([was], Standing(past=(awake,)))) == {"A1": ""}


def test_what_was_proposed_before_is_open_and_not_new():
    was = action("A1", 200)
    found = day([was, action("B1", 100)], Standing(past=(past(was, "approved"),)))
    assert [r.state for r in found.actions] == ["open", "new"]


def test_nothing_is_changed_in_a_freeze():
    freeze = Freeze(TODAY - timedelta(days=1), TODAY + timedelta(days=3))
    assert why(day([action("A1", 200)], Standing(freezes=(freeze,)))) == {"A1": "frozen"}
    one = replace(freeze, target="A1")
    assert why(day([action("A1", 200), action("B1", 100)], Standing(freezes=(one,)))) == {"B1": "", "A1": "frozen"}
    over = replace(freeze, end=TODAY - timedelta(days=1))
    assert why(day([action("A1", 200)], Standing(freezes=(over,)))) == {"A1": ""}


# ---- the list as a whole


def test_the_same_actions_in_any_order_give_the_same_list():
    rng = np.random.default_rng(0)
    many = [
        action(f"P{i}", gain(v := float(rng.integers(30, 400)), 0.4 * v, 1.8 * v), minutes=int(rng.integers(1, 25)))
        for i in range(14)
    ]
    first = day(many)
    for _ in range(5):
        rng.shuffle(many)
        assert day(list(many)) == first


def test_todays_come_first_by_profit_and_then_the_rest_by_profit():
    found = day([action(f"P{i}", 50 * (i + 1), minutes=10) for i in range(6)])
    marks = [r.today for r in found.actions]
    assert marks == sorted(marks, reverse=True)
    for part in (True, False):
        profits = [r.profit for r in found.actions if r.today is part]
        assert profits == sorted(profits, reverse=True)


def test_one_action_from_two_sides_is_one():
    found = day([action("A1", 100), action("A1", 300)])
    assert [r.action.gain.profit for r in found.actions] == [300]


def test_a_day_without_actions_is_an_answer():
    found = day([])
    assert list(found.actions) == []
    assert found.limits.number == 3


def test_a_days_list_changes_a_page_once_as_the_policy_of_two_weeks_would():
    price = action("A1", 300)
    dated = action("A1", 200, "show_arrival_date")
    found = day([price, dated, action("B1", 100, "show_arrival_date")])
    assert today(found) == ["A1", "B1"]
    assert [r.left_out for r in found.actions if not r.today] == [f"conflict:{price.id}"]


def test_what_mends_a_page_is_no_second_change_of_it():
    both = [action("A1", 300, "restore_change"), action("A1", 200, "correct_description")]
    assert len(today(day(both))) == 2

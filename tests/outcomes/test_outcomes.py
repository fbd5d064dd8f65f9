"""Actions read weeks later on drawn shops: what worked, what did not, what cannot be told."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from drawn.measured import DONE, FIRST, LAST, STOP, done, product, shop
from drawn.warehouse import DrawnWarehouse
from zhanggui.actions.kinds import Measure, Outcome
from zhanggui.config import Config
from zhanggui.costs import CostSheet
from zhanggui.i18n import LOCALES
from zhanggui.i18n.writing import say
from zhanggui.outcomes import due, read
from zhanggui.outcomes.judging import refused
from zhanggui.units import Estimate

CONFIG = Config(currency="GBP", timezone="UTC")


def outcomes(warehouse: DrawnWarehouse, *past, as_of=LAST, **more) -> list[Outcome]:
    return read(warehouse, past or [done()], as_of=as_of, config=CONFIG, costs=CostSheet(), **more)


@cache
def shop_with(lift: float) -> DrawnWarehouse:
    return shop(lift=lift)


def test_a_change_that_brought_half_as_much_again_worked():
    (found,) = outcomes(shop_with(0.5))
    assert (found.verdict, found.design, found.metric) == ("worked", "synthetic_control", "contribution_profit")
    assert found.label == "observation"
    # P00 sells about £1,000 a week of which three fifths are left: half as much again is about £300.
    assert 0 < found.low < 300 < found.high
    assert found.placebo_rank[0] == 1


def test_a_change_that_did_nothing_shows_no_difference():
    (found,) = outcomes(shop_with(0.0))
    assert found.verdict == "no difference shown"
    assert found.low < 0 < found.high


def test_a_change_that_took_a_half_away_harmed():
    (found,) = outcomes(shop(lift=-0.5))
    assert found.verdict == "harmed"
    assert found.high < 0


def test_the_same_tables_and_actions_give_the_same_outcome():
    assert outcomes(shop_with(0.5)) == outcomes(shop(lift=0.5))


def test_nothing_is_read_before_refunds_had_their_time_or_data_reaches_there():
    action = done()
    assert due([action], action.read_on - timedelta(days=1)) == []
    assert due([action], action.read_on) == [action]
    assert outcomes(shop_with(0.5), as_of=STOP) == []
    far = done(stop_on=LAST + timedelta(days=3), read_on=LAST + timedelta(days=3))
    assert outcomes(shop_with(0.5), far, as_of=LAST + timedelta(days=99)) == []
    assert outcomes(DrawnWarehouse(), as_of=LAST) == []


def test_days_whose_orders_are_not_imported_yet_are_not_read_as_harm():
    warehouse = shop(lift=0.5)
    warehouse.raw.execute(f"DELETE FROM order_facts WHERE day > '{DONE + timedelta(days=10)}'")
    warehouse.raw.execute(f"DELETE FROM sales WHERE day > '{DONE + timedelta(days=10)}'")
    warehouse.draw("traffic_days", [{"day": LAST, "source": "*", "product_id": "*", "device": "*", "visitors": 9}])
    assert outcomes(warehouse) == []


def test_only_done_actions_are_read():
    for state in ("proposed", "approved", "dismissed", "measured"):
        assert outcomes(shop_with(0.5), done(state=state)) == []


def test_two_actions_on_one_product_are_read_together_and_neither_is_said_to_have_worked():
    other = done("b2", rule="price_step", kind="change_image", done_on=DONE + timedelta(days=9))
    first, second = outcomes(shop_with(0.5), done(), other)
    assert first.verdict == second.verdict == "unmeasurable"
    assert (first.together, second.together) == (("b2",), ("a1",))
    assert first.reason.key == "outcomes.reason.together"
    assert first.effect is not None


def test_the_season_of_the_products_beside_is_no_harm_done_to_one_that_has_none():
    after = [DONE + timedelta(days=k) for k in range(1, 29)]
    (found,) = outcomes(shop(days={k: dict.fromkeys(after, 3.0) for k in range(1, 16)}))
    assert found.high < 0
    assert (found.verdict, found.reason.key) == ("unmeasurable", "outcomes.reason.swung")


def test_an_action_on_another_product_neither_disturbs_nor_stands_beside():
    other = done("b2", where={"product_id": "P01"}, touches=("P01",), state="measured")
    (alone,), (found,) = outcomes(shop_with(0.5)), outcomes(shop_with(0.5), done(), other)
    assert found.verdict == "worked"
    assert found.together == ()
    assert found.placebo_rank[1] < alone.placebo_rank[1]


def test_what_moves_the_whole_shop_or_no_buyer_sees_disturbs_no_product():
    nothing = {"where": {"channel": "shop:main"}, "touches": (), "state": "measured"}
    others = [
        done("b2", kind="member_day", **nothing),
        done("b3", kind="enter_data", **nothing),
        done("b4", kind="ship_orders", state="measured"),
    ]
    warehouse = shop(lift=0.5)
    warehouse.draw("changes", [{"change_id": "x", "at_day": DONE + timedelta(days=3), "what": "freight"}])
    (found,) = outcomes(warehouse, done(), *others)
    assert (found.verdict, found.together) == ("worked", ())


def test_two_actions_on_the_whole_shop_cannot_be_told_apart():
    whole = {"where": {"channel": "shop:main"}, "touches": ()}
    first, second = outcomes(
        shop_with(0.0), done(kind="member_day", **whole), done("b2", kind="gift_threshold", **whole)
    )
    assert first.reason.key == second.reason.key == "outcomes.reason.together"


def test_a_change_logged_by_somebody_else_voids_the_reading():
    warehouse = shop(lift=0.5)
    warehouse.draw(
        "changes", [{"change_id": "x", "at_day": DONE + timedelta(days=10), "product_id": "P00", "what": "title"}]
    )
    (found,) = outcomes(warehouse)
    assert found.verdict == "unmeasurable"
    assert found.reason.key == "outcomes.reason.other_change"
    assert found.reason.params["what"] == "title"


def test_the_lines_that_the_ledger_itself_wrote_void_nothing():
    warehouse = shop(lift=0.5)
    own = {"product_id": "P00", "what": "listing"}
    warehouse.draw(
        "changes", [{"change_id": "ledger:a1", "at_day": DONE, **own}, {"change_id": "y", "at_day": DONE, **own}]
    )
    (found,) = outcomes(warehouse)
    assert found.verdict == "worked"


def test_products_that_were_changed_themselves_are_left_aside():
    warehouse = shop(lift=0.5)
    changed = [
        {"change_id": f"c{k}", "at_day": DONE + timedelta(days=2), "product_id": product(k)} for k in range(1, 11)
    ]
    warehouse.draw("changes", changed)
    (found,) = outcomes(warehouse)
    assert found.design == "regression"


def test_without_costs_net_sales_are_read_and_named():
    (found,) = outcomes(shop(lift=0.5, costs=False))
    assert found.metric == "net_sales_by_order_day"
    assert found.verdict == "worked"


def test_a_price_step_without_costs_is_no_success_by_sales():
    (found,) = outcomes(shop(lift=0.5, costs=False), done(kind="step_price"))
    assert found.verdict == "unmeasurable"
    assert found.reason.key == "outcomes.reason.price_without_costs"


def test_a_shop_of_one_product_can_only_look_at_its_own_past_and_concludes_nothing_from_it():
    (found,) = outcomes(shop(products=1, lift=0.8))
    assert (found.design, found.verdict) == ("before_after", "unmeasurable")
    assert found.low > 0
    assert found.reason.key == "outcomes.reason.own_past_only"


def test_four_products_are_read_by_regression():
    (found,) = outcomes(shop(products=5, lift=0.0))
    assert found.design == "regression"
    assert found.verdict == "no difference shown"


def test_three_weeks_of_history_are_too_few():
    (found,) = outcomes(shop(first=DONE - timedelta(days=21), lift=0.5))
    assert (found.verdict, found.effect) == ("unmeasurable", None)
    assert found.reason.key == "outcomes.reason.too_short"


def test_a_product_that_never_sold_before_has_nothing_to_compare_with():
    (found,) = outcomes(shop_with(0.5), done(where={"product_id": "new"}, touches=("new",)))
    assert found.reason.key == "outcomes.reason.no_sales"


def test_five_days_are_no_week():
    short = done(stop_on=DONE + timedelta(days=5), read_on=DONE + timedelta(days=6))
    (found,) = outcomes(shop_with(0.5), short)
    assert found.reason.key == "outcomes.reason.short_after"


def test_empty_shelves_are_not_read_as_harm():
    days = [DONE + timedelta(days=1 + k) for k in range(9)]
    factors = {0: dict.fromkeys(days, 0.0)}
    plain = shop(days=factors)
    stocked = shop(days=factors)
    stocked.draw(
        "stock_days", [{"day": day, "product_id": "P00", "sku": "*", "location": "*", "on_hand": 0.0} for day in days]
    )
    assert outcomes(plain)[0].effect < outcomes(stocked)[0].effect - 100
    assert outcomes(stocked)[0].verdict == "no difference shown"


def test_three_of_four_weeks_in_a_promotion_say_nothing_of_demand():
    warehouse = shop(lift=0.5)
    start, end = DONE + timedelta(days=1), DONE + timedelta(days=7)
    warehouse.draw("promotions", [{"promotion_id": "p", "starts_day": start, "ends_day": end, "product_ids": "P00"}])
    (found,) = outcomes(warehouse)
    assert found.verdict == "unmeasurable"
    assert found.reason.key == "outcomes.reason.left_out"
    assert found.reason.params == {"weeks": 3, "of": 4}


def test_one_bulk_day_is_no_success_and_told_it_is_left_out():
    wild = {0: {DONE + timedelta(days=12): 25.0}}
    plain, told = shop(days=wild), shop(days=wild)
    told.draw("annotations", [{"day": DONE + timedelta(days=12), "target": "P00", "text": "one company bought all"}])
    (loud,), (quiet,) = outcomes(plain), outcomes(told)
    assert loud.low > 0
    assert (loud.verdict, loud.reason.key) == ("no difference shown", "outcomes.reason.one_week")
    assert quiet.low < 0 < quiet.high


def test_a_pair_is_read_on_both_products_together():
    pair = done(kind="reroute_traffic", touches=("P00", "P01"), shift="P01")
    (found,) = outcomes(shop_with(0.5), pair)
    (alone,) = outcomes(shop_with(0.5))
    assert found.effect == pytest.approx(alone.effect, rel=0.6)
    assert found.error > 0.5 * alone.error


def test_an_experiment_of_its_own_goes_before_every_comparison():
    (found,) = outcomes(shop_with(0.0), experiments={"a1": Estimate(100.0, 20.0, 180.0, 0.95)})
    assert (found.verdict, found.design, found.label) == ("worked", "experiment", "experiment")
    assert found.error == pytest.approx(40.8, abs=0.1)


def test_an_action_on_the_whole_shop_is_read_against_its_own_past():
    (found,) = outcomes(shop_with(0.0), done(where={"channel": "shop:main"}, touches=()))
    assert found.design == "before_after"
    assert found.metric == "contribution_before_ads"


def test_a_fall_that_was_only_chance_is_not_credited_with_its_end():
    spell = {0: {DONE - timedelta(days=k): 0.45 for k in range(1, 29)}}
    (found,) = outcomes(shop(days=spell))
    assert found.verdict != "worked"


def test_a_steady_shop_shows_smaller_effects_than_a_restless_one():
    calm, wild = (outcomes(shop(noise=noise))[0] for noise in (60.0, 2.0))
    assert wild.error > 2 * calm.error


def test_what_was_no_longer_lost_is_counted():
    warehouse = shop_with(0.0)
    taken = done(kind="take_out_of_offer", rule="sells_below_cash")
    (found,) = outcomes(warehouse, taken)
    assert (found.verdict, found.design, found.label) == ("counted", "counted", "arithmetic")
    assert found.effect == found.low == found.high == pytest.approx(0.0)


def test_a_counted_promise_that_the_books_cannot_show_is_booked_as_promised():
    action = done(kind="ship_orders", rule="ship_by")
    exact = replace(action, expected=replace(action.expected, counted=True))
    (found,) = outcomes(shop_with(0.0), exact)
    assert (found.verdict, found.effect) == ("counted", 200.0)
    (vague,) = outcomes(shop_with(0.0), action)
    assert (vague.verdict, vague.reason.key) == ("unmeasurable", "outcomes.reason.no_books")


def test_units_that_could_be_sold_because_more_was_ordered_are_counted():
    warehouse = shop(lift=0.0)
    ordered = done(kind="order_stock", rule="stock_out")
    (without,) = outcomes(warehouse, ordered)
    assert without.reason.key == "outcomes.reason.no_stock"
    warehouse.draw("stock_days", [{"day": DONE, "product_id": "P00", "sku": "*", "location": "*", "on_hand": 8.0}])
    (found,) = outcomes(warehouse, ordered)
    assert found.verdict == "counted"
    # One unit a day for 28 days, 8 of them on hand: 20 more, at what a unit left over.
    assert found.reason.params["more"].value == 20.0
    weekly = sum(
        row[0]
        for row in warehouse.sql(
            f"SELECT amount - cost FROM sales WHERE product_id = 'P00' AND day > '{DONE}' AND day <= '{STOP}'"
        )
    )
    assert found.effect == pytest.approx(float(weekly) / 28 * 20 / 4, rel=1e-6)


def test_an_earlier_metric_is_read_beside():
    warehouse = shop(lift=0.5)
    days = [FIRST + timedelta(days=k) for k in range((LAST - FIRST).days + 1)]
    told = [
        {
            "day": day,
            "source": "*",
            "product_id": "P00",
            "device": "*",
            "visitors": 400 + 7 * (k % 5),
            "cart_visitors": (48 if day > DONE else 36) + k % 3,
        }
        for k, day in enumerate(days)
    ]
    warehouse.draw("traffic_days", told)
    action = done(measure=Measure("contribution_profit", "synthetic_control", 28, 90.0, "cart_rate"))
    (found,) = outcomes(warehouse, action)
    assert found.early["name"] == "cart_rate"
    assert found.early["effect"] == pytest.approx(1 / 3, abs=0.03)
    assert found.early["low"] > 0.25


def test_every_reason_has_its_words():
    for code in ("few_donors", "no_controls", "too_short", "constant", "few_placebos", "no_data"):
        for locale in LOCALES:
            assert say(refused(code, 8, 3), locale, "GBP")


def test_a_festival_is_left_out_where_nothing_stands_beside():
    days = [DONE + timedelta(days=k) for k in range(-6, -1)]
    assert [day.isoformat() for day in days] == [f"2026-06-{n}" for n in range(16, 21)]
    sale = shop(products=1, lift=0.0, days={0: dict.fromkeys(days, 12.0)})
    action = done()
    (there,) = read(sale, [action], as_of=LAST, config=Config(timezone="Asia/Shanghai"), costs=CostSheet())
    (elsewhere,) = read(sale, [action], as_of=LAST, config=CONFIG, costs=CostSheet())
    assert abs(there.effect) < abs(elsewhere.effect) / 3

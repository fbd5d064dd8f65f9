"""What is planted is there: elasticities by direct count, each trouble in the shop's own truth, each repair worth its name."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from zhanggui.practice import Move, Trouble, World, character
from zhanggui.practice.choosing import Oracle, decided, options
from zhanggui.practice.kinds import Cause
from zhanggui.practice.moves import KINDS
from zhanggui.practice.troubles import strength_of

SHOP = replace(character("shoes"), visitors=3000, products=10, substitution=0.0, willing=1.0, waiting=3)
FIRST = int(np.argmax(World(SHOP, 8, history=60).assortment.base.sum(axis=1)))
NAME = f"P{FIRST + 1:03d}"
"""The product that troubles come over: the most visited."""


def troubled(cause: Cause, day: int = 40, *, lived: int = 55) -> World:
    world = World(SHOP, 8, troubles=[Trouble(cause, FIRST, day, strength_of(cause, 0.5))], quiet=True, history=60)
    world.mean(lived)
    return world


def calm(lived: int = 55) -> World:
    world = World(SHOP, 8, troubles=[], quiet=True, history=60)
    world.mean(lived)
    return world


def test_elasticity_is_recovered_by_counting_who_wants_it_at_two_prices() -> None:
    world = World(replace(SHOP, visitors=30_000, products=4), 8, troubles=[], quiet=True, history=60)
    world.live(10)
    left, dearer = world.copy(), world.copy()
    dearer.apply(Move("step_price", {"product_id": "P002"}, ({"product_id": "P002", "step": 0.08},)))
    wanted = []
    for shop in (left, dearer):
        shop.live(40)
        wanted.append(sum(int((day.product == 1).sum()) for day in shop.sold[10:]))
    step = np.log(dearer.state.price[1] / left.state.price[1])
    counted = np.log(wanted[1] / wanted[0]) / step
    assert counted == pytest.approx(world.assortment.elasticity[1], abs=0.25)


def test_a_shelf_that_is_cleared_goes_down_its_first_step() -> None:
    world = calm(5)
    price = float(world.state.price[1])
    row = {"product_id": "P002", "price_now": 40.0, "price": 36.0}
    assert world.apply(Move("clear_stock", {"product_id": "P002"}, (row, {**row, "price": 32.0}))).taken
    assert float(world.state.price[1]) == pytest.approx(0.9 * price, abs=0.01)
    assert not world.apply(Move("clear_stock", {"product_id": "P002"}, ({"product_id": "P002"},))).taken


def test_what_is_done_until_goods_arrive_ends_by_itself() -> None:
    world = calm(5)
    one, other = np.flatnonzero(world.state.budget > 0)[:2]
    budgets, price = world.state.budget.copy(), float(world.state.price[other])
    giver, taker = f"P{one + 1:03d}", f"P{other + 1:03d}"
    lent = {"product_id": giver, "to": taker, "days": 6.0}
    assert world.apply(Move("shift_advertising", {"product_id": giver}, (lent,))).taken
    assert world.apply(
        Move("step_price", {"product_id": taker}, ({"product_id": taker, "step": 0.05, "days": 6.0},))
    ).taken
    assert world.state.budget[one] == 0
    assert world.state.budget[other] == pytest.approx(budgets[[one, other]].sum())
    kept = world.copy()
    world.mean(6)
    assert world.state.budget[one] == 0
    world.mean(1)
    assert world.state.budget[[one, other]] == pytest.approx(budgets[[one, other]], abs=0.02)
    assert float(world.state.price[other]) == pytest.approx(price, abs=0.02)
    assert len(kept.state.endings) == 3
    paused = calm(5)
    assert paused.apply(Move("stop_advertising", {"product_id": giver}, ({"product_id": giver, "days": 2.0},))).taken
    paused.mean(3)
    assert paused.state.budget[one] == pytest.approx(budgets[one], abs=0.02)


HARMLESS = ("good_image", "ads_over", "ads_under", "mispriced", "niche", "companions", "launch")
"""Chances, and what stands from the first day on: their worth is seen in their repair."""


@pytest.mark.parametrize("cause", [cause for cause in get_args(Cause) if cause not in HARMLESS])
def test_every_planted_trouble_costs_contribution(cause: Cause) -> None:
    day = 40
    hurt, fine = troubled(cause, day, lived=day + 42), calm(day + 42)
    assert hurt.reckoning(day).expected < fine.reckoning(day).expected
    before = (hurt.reckoning(0, day - 1), fine.reckoning(0, day - 1))
    assert before[0] == before[1]


def test_a_good_image_brings_contribution() -> None:
    assert troubled("good_image").reckoning(40).expected > calm().reckoning(40).expected


REPAIRS: dict[Cause, str] = {
    "broken_sizes": "order_stock",
    "price_raised": "restore_change",
    "bad_reviews": "hold_batch",
    "bad_title": "restore_change",
    "bad_image": "restore_change",
    "worse_packing": "change_packing",
    "wrong_chart": "add_size_chart",
    "wrong_description": "correct_description",
    "stacked_coupons": "take_out_of_offer",
    "forgotten_reorder": "order_stock",
    "ads_over": "change_budget",
    "ads_under": "change_budget",
    "good_image": "repeat_change",
    "weak_hero": "reroute_traffic",
    "slow_delivery": "restore_change",
    "mispriced": "step_price",
    "outbid": "feed_traffic",
    "niche": "record_positioning",
    "dear_gift": "gift_threshold",
}
OF_THE_SHOP = ("good_image", "niche", "dear_gift")
"""What is mended elsewhere than on the product itself."""


@pytest.mark.parametrize("cause", REPAIRS)
def test_the_repair_of_a_trouble_pays(cause: Cause) -> None:
    start = 0 if cause in ("mispriced", "ads_over", "ads_under") else 40
    world = troubled(cause, start)
    mine = [option.move for option in options(world) if option.move.kind == REPAIRS[cause]]
    if cause not in OF_THE_SHOP:
        mine = [move for move in mine if move.product == NAME]
    assert mine, "the repair is among what can be done"
    assert max(world.effect(move, 35).per_week for move in mine) > 0


def test_the_effect_by_means_is_what_living_through_it_shows() -> None:
    world = World(SHOP, 8, troubles=[Trouble("bad_image", FIRST, 10, 0.7)], quiet=True, history=60)
    world.live(15)
    move = next(option.move for option in options(world) if option.move.kind == "restore_change")
    by_means = world.effect(move, 14)
    by_living = world.effect(move, 14, replays=6)
    assert by_means.error == 0
    assert by_living.error > 0
    assert abs(by_means.per_week - by_living.per_week) < 4 * by_living.error + 0.15 * abs(by_means.per_week)


def test_every_kind_the_shop_answers_to_is_of_the_closed_set() -> None:
    from zhanggui.actions.catalogue import kind_named

    for kind in KINDS:
        assert kind_named(kind).name == kind


def test_the_oracle_beats_doing_nothing() -> None:
    world = World(replace(character("home"), products=12, willing=1.0), 2, history=60, weeks=4)
    world.live(60)
    left, led = decided(world, "nothing", 4, 60), decided(world, "oracle", 4, 60)
    assert led.made
    assert led.reckoning(60).expected > left.reckoning(60).expected
    assert not left.made


def test_advisers_keep_to_minutes_list_and_one_move_a_product() -> None:
    from zhanggui.actions.catalogue import kind_named

    world = World(replace(character("home"), products=12, willing=1.0), 2, history=60, weeks=4)
    world.live(60)
    chosen = Oracle(87, 30).choose(world, 0)
    assert sum(kind_named(move.kind).minutes for move in chosen) <= 30
    assert len({move.product for move in chosen}) == len(chosen) <= 3


def test_an_unwilling_owner_does_only_what_is_quick() -> None:
    from zhanggui.practice.choosing import willing

    world = World(replace(character("home"), willing=0.3), 2, history=60)
    quick, long = Move("change_budget", {"product_id": "P001"}), Move("audit_listing", {"product_id": "P001"})
    done = [[willing(world, week, move) for week in range(200)] for move in (quick, long)]
    assert sum(done[0]) > 2 * sum(done[1])


def test_the_oracle_goes_through_the_same_door_and_changes_a_page_once_in_two_weeks() -> None:
    def priced(world: World) -> set[str]:
        return {option.move.product for option in options(world) if option.move.kind == "step_price"}

    world = calm()
    assert NAME in priced(world)
    world.apply(Move("step_price", {"product_id": NAME}, ({"product_id": NAME, "step": 0.05},)))
    world.mean(13)
    assert NAME not in priced(world)
    world.mean(1)
    assert NAME in priced(world)


def test_what_puts_a_change_back_needs_not_wait() -> None:
    world = troubled("bad_image", 50, lived=55)
    kinds = {option.move.kind for option in options(world) if option.move.product == NAME}
    assert "restore_change" in kinds
    assert "step_price" not in kinds

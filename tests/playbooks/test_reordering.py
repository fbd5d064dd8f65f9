"""What an order of today brings beyond the one that the owner is used to making."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from drawn.situation import DAY, situation
from zhanggui.actions.kinds import Past, Standing
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.reordering import days_until_ordered, habit, left_out
from zhanggui.playbooks.stock import stock_out

COSTS = {"goods": {"*": 0.5}}
"""The drawn day is a Monday, read on a Tuesday morning."""


def shop(on_hand: float, ordered: dict[int, float], product: str = "A", sku: str = "*", **more: Any) -> Situation:
    """Two a day are sold; ``ordered`` are days back on which forty came to the shelf, with what it held before."""
    days = [{"product_id": product, "age": age, "orders": 2.0, "units": 2.0, "gross": 112.0} for age in range(112)]
    rises = [
        {"product_id": product, "sku": sku, "age": age, "held": held, "more": 40.0} for age, held in ordered.items()
    ]
    frames: dict[str, Any] = {
        "product_diary": days,
        "shelf_rises": rises,
        "stock": [{"product_id": product, "sku": sku, "day": DAY, "on_hand": on_hand, "inbound": 0.0}],
        "product_names": [
            {"product_id": product, "name": "Cup", "category": "c", "cost": 20.0, "price": 56.0, "lead_days": 10.0}
        ],
        "product_last_sales": [
            {
                "product_id": product,
                "first_day": DAY - timedelta(days=300),
                "last_day": DAY,
                "orders": 400,
                "gross": 16_000,
                "gross_year": 16_000,
            }
        ],
    }
    return situation(costs=COSTS, **{**frames, **more})


MONDAYS = {77: 28.0, 56: 30.0, 28: 32.0}
"""Ordered with a fortnight's sales left."""


def orders(where: Situation) -> list[Any]:
    return [action for action in stock_out(where).actions if action.kind == "order_stock"]


def test_the_level_and_the_weekday_of_past_orders_are_the_owners_habit() -> None:
    known = habit(shop(20, MONDAYS))
    assert known.level("A") == pytest.approx(15.0)
    assert known.weekday == DAY.weekday()
    assert known.level("never ordered") == pytest.approx(15.0)


def test_what_buyers_send_back_is_no_order() -> None:
    here = shop(20, {})
    back = [{"product_id": "A", "sku": "*", "age": age, "held": 30.0, "more": 4.0} for age in (5, 12, 19, 33)]
    assert habit(shop(20, {}, shelf_rises=back)).level("A") is None
    assert days_until_ordered(here, "A", 20, 2.0) is None


def test_a_shelf_above_its_usual_level_waits_for_it_and_for_the_weekday() -> None:
    # 20 days of sales are left; ordered from 17 on: four days, then until Monday, six days ahead of a Tuesday.
    assert days_until_ordered(shop(40, MONDAYS), "A", 40, 2.0) == pytest.approx(6.0)


def test_a_shelf_that_fell_below_its_level_this_week_is_ordered_on_the_next_monday() -> None:
    assert days_until_ordered(shop(26, MONDAYS), "A", 26, 2.0) == pytest.approx(6.0)


def test_a_shelf_long_below_its_level_was_forgotten() -> None:
    assert days_until_ordered(shop(9, MONDAYS), "A", 9, 2.0) is None


def test_an_order_brings_only_what_comes_before_the_owners_own() -> None:
    unknown, tomorrow = orders(shop(20, {})), orders(shop(20, {age - 1: held for age, held in MONDAYS.items()}))
    (late,) = orders(shop(20, MONDAYS))
    assert unknown[0].gain.profit > late.gain.profit > 0
    # Who orders on Mondays comes six days later. He orders on Tuesdays, tomorrow: an order of today brings nothing.
    assert not tomorrow


def test_what_he_forgot_brings_all_of_it() -> None:
    (free,) = orders(shop(8, {}))
    (forgotten,) = orders(shop(8, MONDAYS))
    assert forgotten.gain == free.gain


def test_a_size_that_stood_empty_when_its_product_was_ordered_is_one_he_forgets() -> None:
    both = [
        {"product_id": "A", "sku": sku, "age": age, "held": 15.0, "more": 20.0}
        for age in MONDAYS
        for sku in (("S", "M") if age > 28 else ("S",))
    ]
    here = shop(20, {}, shelf_rises=both)
    assert left_out(here, "A", "M", have=0, empty_days=40)
    assert not left_out(here, "A", "S", have=0, empty_days=40)
    assert not left_out(
        here, "A", "M", have=0, empty_days=3
    )  # it was there when the product was ordered, and sold out since
    assert not left_out(here, "A", "M", have=6, empty_days=40)  # it is on its way


def test_what_the_list_ordered_last_is_left_to_the_list_and_is_no_habit_of_the_owners() -> None:
    where = {"product_id": "A"}
    listed = Past("x", "products", "stock_out", "order_stock", where, "done", DAY, done_on=DAY - timedelta(days=13))
    here = replace(shop(26, {**MONDAYS, 14: 4.0}), standing=Standing((listed,)))
    assert habit(here).level("A") == pytest.approx(15.0)
    assert days_until_ordered(here, "A", 26, 2.0) is None


def test_what_is_left_to_the_list_must_last_until_it_is_looked_at_again() -> None:
    where = {"product_id": "A"}
    listed = Past("x", "products", "stock_out", "order_stock", where, "done", DAY, done_on=DAY - timedelta(days=13))
    here = shop(28, {})
    assert not orders(here)  # a fortnight for ten days of delivery
    assert orders(replace(here, standing=Standing((listed,))))

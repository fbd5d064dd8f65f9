"""What an order of stock brings: exact against a plain simulation, and in its limits."""

from __future__ import annotations

import numpy as np
import pytest

from zhanggui.methods.counts import Demand, Reorder, reorder
from zhanggui.methods.replenishment import Arrival, arrival, rates, sold_while_short
from zhanggui.units import Refusal

WHITE_CUP = Demand(31, 1.1)


def brought(order: int, on_hand: float = 9, lead: float = 10, review: float = 7, rate: Demand = WHITE_CUP) -> Arrival:
    found = arrival(rate, on_hand, order, lead, review)
    assert isinstance(found, Arrival)
    return found


def test_the_rule_books_order_brings_what_a_simulation_of_it_brings() -> None:
    found = brought(16)
    chance = np.random.default_rng(1)
    rate = chance.gamma(31, 1.1 / 31, 400_000)
    early, late = chance.poisson(rate * 10), chance.poisson(rate * 7)
    left = np.maximum(9 - early, 0)
    sold = np.clip(late - left, 0, 16)
    assert found.mean == pytest.approx(sold.mean(), abs=0.03)
    assert found.lost_before == pytest.approx(np.maximum(early - 9, 0).mean(), abs=0.03)
    assert found.lost_after == pytest.approx(np.maximum(late - left, 0).mean(), abs=0.03)
    assert [found.quantile(s) for s in (0.1, 0.9)] == [3, 12]
    assert found.at_least(3) == pytest.approx((sold >= 3).mean(), abs=0.003)


def test_the_chances_sum_to_one_for_slow_and_fast_products() -> None:
    for rate, order in ((Demand(0.5, 0.01), 1), (WHITE_CUP, 16), (Demand(900, 60.0), 900)):
        assert brought(order, rate=rate).sold.sum() == pytest.approx(1, abs=1e-9)


def test_with_plenty_on_hand_an_order_sells_nothing_more() -> None:
    assert brought(16, on_hand=500).mean == pytest.approx(0, abs=1e-9)


def test_what_is_lost_before_it_arrives_no_order_saves() -> None:
    late = brought(40, on_hand=0, lead=30)
    assert late.lost_before == pytest.approx(33, rel=0.01)
    assert late.mean <= late.lost_after + 1e-9
    assert late.mean == pytest.approx(brought(40, on_hand=0, lead=1).mean, rel=0.01)


def test_no_order_is_refused() -> None:
    assert isinstance(arrival(WHITE_CUP, 9, 0, 10, 7), Refusal)


def test_the_rates_are_those_of_the_belief() -> None:
    values = rates(WHITE_CUP)
    assert values.mean() == pytest.approx(1.1, rel=0.005)
    assert values.std() == pytest.approx(1.1 / 31**0.5, rel=0.05)


def test_a_short_shelf_sells_nearly_as_much_at_less_demand() -> None:
    sold = sold_while_short(WHITE_CUP, 9, 30, [1.0, 0.9]).mean(axis=0)
    assert sold[0] == pytest.approx(9, abs=0.1)
    assert sold[1] > 0.98 * sold[0]
    full = sold_while_short(WHITE_CUP, 500, 30, [1.0, 0.9]).mean(axis=0)
    assert full[1] == pytest.approx(0.9 * full[0], rel=1e-6)


def test_the_newsvendors_order_is_the_rule_books() -> None:
    answer = reorder(WHITE_CUP, 9, 10, 7, under=36 * 1.15, over=6)
    assert isinstance(answer, Reorder)
    assert (round(answer.stock_out, 2), round(answer.quantile, 3), answer.level, answer.order) == (0.63, 0.873, 25, 16)

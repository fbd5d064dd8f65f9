"""Weeks with and without: the draw itself is the test, and planted effects lie in their interval."""

from __future__ import annotations

import numpy as np
import pytest

from zhanggui.methods.switchback import Switched, drawn, smallest_ratio, switchback
from zhanggui.units import Refusal


def test_of_every_two_weeks_one_has_it() -> None:
    told = drawn(8, 3)
    assert all(sum(told[n : n + 2]) == 1 for n in range(0, 16, 2))
    assert drawn(8, 3) == told
    assert len({tuple(drawn(8, seed)) for seed in range(50)}) > 30


def test_six_pairs_of_one_sign_are_the_least_that_coins_can_show() -> None:
    found = switchback(np.array([2.0, 3, 4, 5, 6, 7]), np.array([1.0, 2, 3, 4, 5, 6]))
    assert isinstance(found, Switched)
    assert found.p == pytest.approx(2 / 64)
    assert isinstance(switchback(np.ones(5), np.ones(5)), Refusal)


@pytest.mark.parametrize(("effect", "least", "most"), [(1.0, 0.0, 0.05), (1.3, 0.7, 1.0)])
def test_nothing_is_shown_where_nothing_is_and_a_planted_effect_is(effect: float, least: float, most: float) -> None:
    chance = np.random.default_rng(4)
    shown = held = 0
    for _ in range(300):
        weeks = 1000 * np.exp(np.cumsum(chance.normal(0, 0.05, 16)) + chance.normal(0, 0.1, 16))
        told = np.array(drawn(8, int(chance.integers(10**9))))
        weeks = np.where(told, effect * weeks, weeks)
        found = switchback(weeks[told], weeks[~told])
        assert isinstance(found, Switched)
        shown += found.shown
        held += found.low <= effect <= found.high
    assert least <= shown / 300 <= most
    assert held / 300 >= 0.92


def test_what_can_be_seen_is_told_by_the_weeks_before() -> None:
    calm = smallest_ratio(1000 + np.arange(26) % 3 * 10.0, 8)
    wild = smallest_ratio(1000 + np.arange(26) % 2 * 500.0, 8)
    assert isinstance(calm, float)
    assert isinstance(wild, float)
    assert 1 < calm < 1.02 < wild
    assert smallest_ratio(np.ones(5), 8) == Refusal("too_short", needed=12, have=5)


def test_empty_weeks_and_equal_ones_are_refused() -> None:
    assert switchback(np.zeros(6), np.ones(6)) == Refusal("not_positive")
    assert switchback(np.ones(6), np.ones(6)) == Refusal("constant")
    assert switchback(np.ones(20), np.ones(20)) == Refusal("too_long", needed=16, have=20)

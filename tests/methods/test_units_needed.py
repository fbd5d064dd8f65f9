import numpy as np
import pytest

from zhanggui.methods.ab_reading import of_values, welch
from zhanggui.methods.smallest_visible import smallest_visible_change, weeks_to_see
from zhanggui.methods.units_needed import price_of_looking, smallest_shown, units_needed
from zhanggui.units import Refusal


def test_it_agrees_with_the_weeks_that_two_windows_need():
    # 2.667 % of 2,100 visitors a week, a tenth more: 28 weeks before and 28 after
    units = units_needed(0.02667, 0.02667 * (1 - 0.02667), 0.1)
    assert np.ceil(units / 2 / 2100) == weeks_to_see(0.02667, 2100, 0.1) == 28
    shown = smallest_shown(0.02667, 0.02667 * (1 - 0.02667), 2 * 8400)
    assert shown == pytest.approx(smallest_visible_change(0.02667, 8400), rel=1e-3)


def test_what_is_needed_and_what_is_shown_are_the_same_sum():
    units = units_needed(30.0, 2500.0, 0.08, (0.6, 0.2, 0.2))
    assert smallest_shown(30.0, 2500.0, units, (0.6, 0.2, 0.2)) == pytest.approx(0.08, rel=1e-4)
    assert units > units_needed(30.0, 2500.0, 0.08, (0.4, 0.3, 0.3))


def test_four_tests_in_five_of_that_size_show_the_effect():
    rng, n = np.random.default_rng(3), units_needed(10.0, 64.0, 0.1) // 2
    seen = 0
    for _ in range(600):
        arms = [rng.normal(mean, 8.0, n) for mean in (10.0, 11.0)]
        seen += welch(*(of_values(n, x.sum(), np.square(x).sum()) for x in arms)).p < 0.05
    assert seen / 600 == pytest.approx(0.8, abs=0.05)


def test_looking_every_day_costs_about_twice_the_visitors():
    assert 1.8 < price_of_looking() < 2.0
    assert 1.6 < price_of_looking(3) < price_of_looking()


def test_without_a_rate_or_units_nothing_can_be_said():
    assert units_needed(0, 0, 0.1) == Refusal("empty", needed=1, have=0)
    assert units_needed(0.1, 0.09, 0) == Refusal("empty", needed=1, have=0)
    assert smallest_shown(0.1, 0.09, 0) == Refusal("empty", needed=1, have=0)
    with pytest.raises(ValueError, match="no variants"):
        units_needed(0.1, 0.09, 0.1, (1.0,))

import numpy as np
import pytest

from zhanggui.methods.smallest_visible import smallest_visible_change, smallest_visible_count_change, weeks_to_see


def test_what_three_hundred_visitors_a_day_can_show_in_four_weeks():
    assert smallest_visible_change(0.02667, 8400) == pytest.approx(0.261, abs=0.0005)
    assert smallest_visible_change(0.09, 8400) == pytest.approx(0.137, abs=0.0005)


def test_to_see_ten_percent_a_small_shop_waits_half_a_year():
    weeks = weeks_to_see(0.02667, 2100, 0.10)
    assert weeks == 28
    assert smallest_visible_change(0.02667, 2100 * weeks) <= 0.10 < smallest_visible_change(0.02667, 2100 * (weeks - 1))


def test_the_change_called_visible_is_seen_four_times_in_five():
    rng = np.random.default_rng(0)
    change = smallest_visible_change(0.05, 5000)
    before, after = rng.binomial(5000, 0.05, 4000) / 5000, rng.binomial(5000, 0.05 * (1 - change), 4000) / 5000
    z = (before - after) / np.sqrt((before * (1 - before) + after * (1 - after)) / 5000)
    assert (z > 1.96).mean() == pytest.approx(0.8, abs=0.05)


def test_nothing_is_visible_without_visitors():
    assert smallest_visible_change(0.02, 0).code == "empty"
    assert weeks_to_see(0.02, 100, 0).code == "empty"
    assert smallest_visible_count_change(0).code == "empty"
    assert smallest_visible_count_change(38) == pytest.approx(0.642, abs=0.001)

import numpy as np
import pytest

from zhanggui.methods.forecast_pace import pace
from zhanggui.units import Refusal

SHAPE = np.array([1.0, 1.1, 1.0, 1.2, 1.3, 0.6, 0.8])


def days(rng, n, level=1000.0):
    return level * SHAPE[np.arange(n) % 7] * rng.lognormal(0, 0.25, n)


@pytest.mark.parametrize("known", [40, 180])
def test_the_month_ends_in_its_interval_nine_times_in_ten(known):
    rng = np.random.default_rng(known)
    inside, reached, said = 0, 0, 0.0
    for _ in range(200):
        history = days(rng, known + 16)
        answer = pace(history[:known], 0, 14000.0, 16, target=14000 + 16300)
        end = 14000 + history[known:].sum()
        inside += answer.low <= end <= answer.high
        reached += end >= 14000 + 16300
        said += answer.reach
    assert 0.83 < inside / 200 < 0.99
    assert said / 200 == pytest.approx(reached / 200, abs=0.12)


def test_a_closed_weekday_brings_nothing():
    history = days(np.random.default_rng(0), 70)
    history[5::7] = 0
    saturday = pace(history[:68], 0, 100.0, 1, target=101.0)
    assert (saturday.forecast, saturday.reach) == (100.0, 0.0)
    assert pace(history[:68], 0, 0.0, 7).forecast == pytest.approx(1000 * (SHAPE.sum() - 0.6), rel=0.15)


def test_a_shop_that_stood_still_for_months_is_not_closed_on_every_weekday():
    history = np.zeros(182)
    history[[0, *range(174, 182)]] = 100.0
    answer = pace(history, 0, 200.0, 7)
    assert 200 <= answer.low < answer.forecast < answer.high < np.inf


def test_a_finished_month_is_certain_and_a_passed_target_too():
    assert pace([], 0, 500.0, 0, target=400.0).reach == 1.0
    assert pace(days(np.random.default_rng(1), 60), 0, 500.0, 9, target=400.0).reach == 1.0
    assert np.isnan(pace(days(np.random.default_rng(1), 60), 0, 500.0, 9).reach)


def test_a_handful_of_days_with_sales_is_no_pace():
    history = np.zeros(182)
    history[[0, 90, 180, 181]] = 100.0
    assert pace(history, 0, 200.0, 7) == Refusal("too_short", needed=8, have=4)


def test_two_weeks_are_needed():
    assert pace(days(np.random.default_rng(2), 13), 0, 10.0, 5) == Refusal("too_short", needed=14, have=13)
    assert pace(np.zeros(30), 0, 0.0, 5).code == "constant"

import numpy as np
import pytest

from zhanggui.methods.shrinkage import Beta
from zhanggui.methods.two_windows import compare_counts, compare_money, compare_rates, same_sign_in_both_halves
from zhanggui.units import Refusal


def test_eight_buyers_of_four_hundred_falling_to_one_barely_pass():
    answer = compare_rates(1, 400, 8, 400)
    assert answer.p_lower < 0.025
    assert compare_rates(2, 400, 8, 400).p_lower > 0.025
    assert answer.change.low < answer.change.value < answer.change.high < 0


def test_a_prior_from_the_category_draws_both_windows_together():
    alone, drawn = compare_rates(1, 400, 8, 400), compare_rates(1, 400, 8, 400, prior=Beta(40, 1960))
    assert drawn.p_lower > alone.p_lower
    assert abs(drawn.change.value) < abs(alone.change.value)
    assert compare_rates(0, 0, 8, 400) == Refusal("empty", needed=1, have=0)


def share_of_errors(compare, draw, runs=1500):
    rng = np.random.default_rng(1)
    p = np.array([(answer.p_lower, answer.p_higher) for answer in (compare(*draw(rng)) for _ in range(runs))])
    return (p <= 0.05).mean(axis=0)


def test_rates_that_did_not_change_are_called_changed_one_time_in_twenty():
    low, high = share_of_errors(
        compare_rates, lambda rng: (rng.binomial(3000, 0.03), 3000, rng.binomial(3000, 0.03), 3000), 500
    )
    assert 0.02 < low < 0.085
    assert 0.02 < high < 0.085


@pytest.mark.parametrize("burst", [0.0, 0.05])
def test_weekly_orders_that_did_not_change_err_as_promised(burst):
    def draw(rng):
        weeks = rng.poisson(60 * (rng.gamma(1 / burst, burst, 8) if burst else np.ones(8)))
        return weeks[:4], weeks[4:]

    low, high = share_of_errors(compare_counts, draw)
    assert 0.02 < low < 0.08
    assert 0.02 < high < 0.08


def test_daily_money_that_did_not_change_errs_as_promised():
    low, high = share_of_errors(compare_money, lambda rng: (rng.lognormal(7, 0.4, 28), rng.lognormal(7, 0.4, 28)))
    assert 0.03 < low < 0.075
    assert 0.03 < high < 0.075


def test_a_fall_by_a_third_is_seen_in_counts_and_money():
    rng = np.random.default_rng(2)
    counts = compare_counts(rng.poisson(80, 4), rng.poisson(120, 4))
    assert counts.p_lower < 0.01
    assert counts.ratio.low < 2 / 3 < counts.ratio.high
    money = compare_money(rng.lognormal(6.6, 0.3, 28), rng.lognormal(7, 0.3, 28))
    assert money.p_lower < 0.01
    assert money.change.high < 0
    assert compare_counts([10, 10], [20, 20], exposure=0.5).p_lower > 0.2


def test_windows_without_enough_to_compare_are_refused():
    assert compare_counts([3], [4, 5]) == Refusal("too_short", needed=2, have=1)
    assert compare_counts([0, 0], [0, 0]).code == "empty"
    assert compare_money([1, 2, 3], [0, 0, 0]).code == "not_positive"
    assert compare_money([2, 2, 2], [2, 2, 2]).code == "constant"
    assert np.isfinite(compare_counts([0, 0], [9, 8]).ratio.low)


def test_a_claim_needs_both_halves_on_one_side():
    assert same_sign_in_both_halves([8, 9, 7, 8], 10)
    assert not same_sign_in_both_halves([8, 5, 12, 11], 10)
    assert same_sign_in_both_halves([8, 30, 8], 10)
    assert not same_sign_in_both_halves([], 10)

import numpy as np
import pytest

from zhanggui.methods.development import compare_at_equal_age, develop, to_come
from zhanggui.units import Refusal

TRUE_SHARES = np.array([0.3, 0.3, 0.2, 0.1, 0.06, 0.04])


def shop(rng, cohorts=30, orders=200, value=50.0, ratio=0.12, between=0.02):
    """Weekly cohorts of orders; refunds of varying size by age, as far as the last week has seen them, and in the end."""
    ages = TRUE_SHARES.size
    sales = rng.poisson(orders, cohorts) * value
    own = rng.gamma((ratio / between) ** 2, between**2 / ratio, cohorts)
    number = rng.poisson(own[:, None] * sales[:, None] / value * TRUE_SHARES)
    money = np.array([[rng.gamma(2, value / 2, k).sum() for k in row] for row in number])
    seen = np.minimum(np.arange(cohorts, 0, -1) - 1, ages)
    return np.where(np.arange(ages) < seen[:, None], money, np.nan), money, sales.astype(float), seen


def test_the_share_seen_by_age_is_found():
    known, _, sales, seen = shop(np.random.default_rng(0), cohorts=60, orders=1000)
    answer = develop(known, sales, seen)
    assert answer.seen_by[0] == 0
    assert answer.seen_by[1:] == pytest.approx(np.cumsum(TRUE_SHARES), abs=0.03)
    assert answer.ratio == pytest.approx(0.12, abs=0.01)
    assert answer.unit == pytest.approx(75, rel=0.3)  # E[x²]/E[x] of the gamma-sized refunds
    assert answer.at([99]) == 1


def test_what_is_to_come_lies_in_its_interval_nine_times_in_ten():
    rng = np.random.default_rng(1)
    inside = runs = 0
    for _ in range(250):
        known, money, sales, seen = shop(rng)
        pattern = develop(known, sales, seen)
        last = slice(-4, None)
        so_far = np.nansum(np.where(np.arange(6) < seen[:, None], money, 0), axis=1)
        answer = to_come(pattern, so_far[last], sales[last], seen[last])
        truth = money[last].sum() - so_far[last].sum()
        inside += answer.refunds.low <= truth <= answer.refunds.high
        runs += 1
        assert answer.net.value == pytest.approx(sales[last].sum() - so_far[last].sum() - answer.refunds.value)
    assert 0.84 < inside / runs < 0.96


def test_an_old_cohort_owes_nothing_more():
    known, money, sales, seen = shop(np.random.default_rng(2))
    answer = to_come(develop(known, sales, seen), money[:3].sum(axis=1), sales[:3], seen[:3])
    assert answer.refunds.value == 0
    assert answer.ratio.value == pytest.approx(money[:3].sum() / sales[:3].sum())


def test_too_young_a_shop_is_told_how_many_cohorts_are_missing():
    known, _, sales, seen = shop(np.random.default_rng(3), cohorts=9)
    assert develop(known, sales, seen) == Refusal("few_matured", needed=4, have=3)
    assert (
        develop(np.zeros((30, 6)), np.full(30, 1000.0), np.minimum(np.arange(30, 0, -1) - 1, 6)).code == "few_refunds"
    )
    assert develop(np.zeros((0, 6)), np.zeros(0), np.zeros(0, dtype=int)).code == "empty"


def test_a_category_with_few_refunds_takes_the_shops_pattern():
    rng = np.random.default_rng(4)
    known, _, sales, seen = shop(rng, cohorts=60, orders=1000)
    whole = develop(known, sales, seen)
    known, _, sales, seen = shop(rng, cohorts=20, orders=15)
    alone, helped = develop(known, sales, seen), develop(known, sales, seen, pooled=whole)
    error = [np.abs(d.seen_by[1:] - np.cumsum(TRUE_SHARES)).max() for d in (alone, helped)]
    assert error[1] < error[0]


def test_refunds_are_compared_at_equal_age_or_a_young_window_looks_good():
    # 30 of 400 after 14 days against 60 of 400 in the end, where half shows by then: the same rate
    fair = compare_at_equal_age(30, 400 * 0.5, 60, 400 * 1.0)
    assert fair.ratio.value == pytest.approx(1)
    assert fair.p_higher == pytest.approx(0.5, abs=0.03)
    assert compare_at_equal_age(30, 400, 60, 400).p_lower < 0.001


def test_a_rate_test_errs_as_often_as_promised():
    rng = np.random.default_rng(5)
    p = [compare_at_equal_age(rng.poisson(26), 200, rng.poisson(40), 400, above=1.3).p_higher for _ in range(3000)]
    assert 0.03 < np.mean(np.array(p) <= 0.05) < 0.065
    assert compare_at_equal_age(0, 0, 1, 10).code == "empty"
    assert compare_at_equal_age(0, 10, 0, 10).code == "few_refunds"

"""Where a rate changed, if it did: the likeliest day, and days as likely."""

import numpy as np
import pytest

from zhanggui.methods.change_point import rate_change_point
from zhanggui.units import Refusal


def test_the_first_day_of_the_new_rate_is_found_where_it_is_plain():
    visitors = np.full(56, 1000.0)
    buyers = np.where(np.arange(56) < 30, 40.0, 10.0)
    found = rate_change_point(buyers, visitors)
    assert (found.day, found.low, found.high) == (30, 30, 30)
    assert (found.before, found.after) == (0.04, 0.01)


def test_days_without_visitors_say_nothing():
    visitors = np.full(56, 1000.0)
    buyers = np.where(np.arange(56) < 30, 40.0, 10.0)
    visitors[20:30] = buyers[20:30] = 0.0
    assert rate_change_point(buyers, visitors).day == 30


def test_the_likelihood_is_that_of_the_two_rates():
    buyers, visitors = np.array([5.0, 6.0, 1.0, 2.0]), np.full(4, 50.0)

    def likelihood(k, n):
        return k * np.log(k / n) + (n - k) * np.log(1 - k / n)

    found = rate_change_point(buyers, visitors)
    assert found.day == 2
    assert found.gain == pytest.approx(2 * (likelihood(11, 100) + likelihood(3, 100) - likelihood(14, 200)))


@pytest.mark.parametrize(("visitors", "within"), [(300, 9), (3000, 2)])
def test_the_more_come_the_nearer_the_day_is_known(visitors, within):
    rng = np.random.default_rng(0)
    misses, inside = [], []
    for _ in range(300):
        at = int(rng.integers(15, 42))
        n = rng.poisson(visitors, 56)
        k = rng.binomial(n, np.where(np.arange(56) < at, 0.03, 0.02))
        found = rate_change_point(k, n)
        misses.append(abs(found.day - at))
        inside.append(found.low <= at <= found.high)
    assert np.quantile(misses, 0.75) <= within
    assert np.mean(inside) >= 0.85


def test_three_days_are_too_few_and_nobody_buying_has_no_day():
    assert rate_change_point([1, 2, 3], [9, 9, 9]).code == "too_short"
    assert rate_change_point(np.zeros(9), np.full(9, 50)).code == "constant"
    assert isinstance(rate_change_point(np.full(9, 50), np.full(9, 50)), Refusal)


def test_more_buyers_than_visitors_are_a_mistake():
    with pytest.raises(ValueError, match="hits"):
        rate_change_point([5, 1, 1, 1], [4, 4, 4, 4])

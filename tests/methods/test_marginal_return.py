"""What the last unit of spend brings, out of days on which more or less was spent."""

import numpy as np
import pytest

from zhanggui.methods.marginal_return import marginal_return
from zhanggui.units import Refusal

WIDE = (1.0, 1000.0)


def days(rng, marginal, n=56, swing=0.2, noise=60.0, follows=0.0):
    """Contribution, spend and budget of ``n`` days; ``follows``: how far the spend follows the day's demand by itself."""
    budget = 400 * (1 + swing * np.repeat(rng.choice([-1, 1], n // 2), 2))
    week = 80 * np.sin(np.arange(n) * 2 * np.pi / 7)
    demand = noise * rng.normal(size=n)
    spend = budget + follows * demand + week / 4
    return 900 + 2 * np.arange(n) + week + marginal * spend + demand, spend, budget


def test_without_noise_the_slope_is_exact_beside_trend_and_weekday():
    rng = np.random.default_rng(0)
    brought, spend, _ = days(rng, 0.78, noise=0.0)
    assert marginal_return(brought, spend, prior=WIDE).data_mean == pytest.approx(0.78)


def test_demand_that_draws_spend_bends_the_slope_unless_the_budget_moved_it():
    rng = np.random.default_rng(1)
    plain, by_budget = [], []
    for _ in range(200):
        brought, spend, budget = days(rng, 1.0, follows=0.5)
        plain.append(marginal_return(brought, spend, prior=WIDE).data_mean)
        by_budget.append(marginal_return(brought, spend, moved_by=budget, prior=WIDE).data_mean)
    assert np.mean(plain) > 1.15
    assert np.mean(by_budget) == pytest.approx(1.0, abs=0.05)


def test_two_standard_errors_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(400):
        brought, spend, budget = days(rng, 0.78, follows=0.3)
        found = marginal_return(brought, spend, moved_by=budget, prior=WIDE)
        held += abs(found.data_mean - 0.78) < 1.96 * found.data_error
    assert 0.92 <= held / 400 <= 0.985


def test_days_that_resemble_their_neighbours_widen_the_interval():
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(300):
        drift = np.convolve(rng.normal(size=80), np.full(6, 30.0), "valid")[:56]
        brought, spend, budget = days(rng, 0.78, noise=20.0)
        found = marginal_return(brought + drift, spend, moved_by=budget, prior=WIDE)
        held += abs(found.data_mean - 0.78) < 1.96 * found.data_error
    assert held / 300 >= 0.88


def test_what_was_believed_counts_by_how_little_the_days_say():
    rng = np.random.default_rng(4)
    brought, spend, _ = days(rng, 0.5)
    found = marginal_return(brought, spend, prior=(1.0, 0.3))
    assert found.weight == pytest.approx(0.09 / (0.09 + found.data_error**2))
    assert found.mean == pytest.approx(found.weight * found.data_mean + (1 - found.weight) * 1.0)
    assert found.error < min(0.3, found.data_error)
    assert found.below(found.mean) == pytest.approx(0.5)


def test_the_spend_of_another_plan_is_taken_off():
    rng = np.random.default_rng(5)
    brought, spend, _ = days(rng, 0.5, noise=5.0)
    other = 300 + 0.5 * (spend - spend.mean()) + 40 * rng.normal(size=56)
    mixed = marginal_return(brought + 2 * other, spend, prior=WIDE)
    apart = marginal_return(brought + 2 * other, spend, beside=other[:, None], prior=WIDE)
    assert mixed.data_mean > 1.2
    assert apart.data_mean == pytest.approx(0.5, abs=0.1)


def test_a_day_left_out_is_left_out():
    rng = np.random.default_rng(6)
    brought, spend, _ = days(rng, 0.78, noise=0.0)
    brought[10] = np.nan
    assert marginal_return(brought, spend, prior=WIDE).data_mean == pytest.approx(0.78)
    brought[:44] = np.nan
    assert marginal_return(brought, spend, prior=WIDE).code == "too_short"


def test_a_budget_that_never_moved_teaches_nothing():
    rng = np.random.default_rng(7)
    brought, spend, _ = days(rng, 0.78)
    assert marginal_return(brought, np.full(56, 400.0), prior=WIDE).code == "constant"
    assert isinstance(marginal_return(brought, spend, moved_by=rng.permutation(spend), prior=WIDE), Refusal)

"""Many small series judged together."""

from __future__ import annotations

import numpy as np
import pytest

from zhanggui.methods.alike import Alike, expect_alike
from zhanggui.units import Refusal


def drawn(series: int = 60, blocks: int = 31, seed: int = 1) -> np.ndarray:
    """Negative binomial weeks of products with their own pace and burstiness."""
    chance = np.random.default_rng(seed)
    pace = np.exp(chance.uniform(1.6, 4.5, series))[:, None]
    burst = np.exp(chance.uniform(-3, -0.7, series))[:, None]
    return chance.poisson(chance.gamma(1 / burst, pace * burst, (series, blocks))).astype(float)


def judged(weeks: np.ndarray, **more: object) -> Alike:
    answer = expect_alike(weeks[:, :-1], weeks[:, -1], **more)  # type: ignore[arg-type]
    assert isinstance(answer, Alike)
    return answer


def test_p_values_of_ordinary_weeks_are_what_they_say() -> None:
    low = np.concatenate([judged(drawn(seed=seed)).p_low for seed in range(12)])
    high = np.concatenate([judged(drawn(seed=seed)).p_high for seed in range(12)])
    for p in (low, high):
        assert 0.03 < (p < 0.05).mean() < 0.085
        assert (p < 0.01).mean() < 0.025
        assert (p < 0.001).mean() < 0.005


def test_nine_weeks_in_ten_lie_in_the_range() -> None:
    inside = []
    for seed in range(12):
        weeks = drawn(seed=seed)
        answer = judged(weeks)
        inside.append((answer.low <= weeks[:, -1]) & (weeks[:, -1] <= answer.high))
    assert 0.86 < np.mean(inside) < 0.94


def test_a_product_that_lost_most_of_its_orders_stands_out() -> None:
    weeks = drawn()
    weeks[7, :] = np.random.default_rng(2).poisson(60, 31)
    weeks[7, -1] = 18
    answer = judged(weeks)
    assert answer.p_low[7] < 1e-4
    assert answer.expected[7] == pytest.approx(60, rel=0.15)


def test_a_quiet_week_of_the_shop_is_not_each_products_own() -> None:
    weeks = drawn()
    weeks[:, -1] = np.round(weeks[:, -1] / 2)
    exposure = np.append(np.full(30, 1000.0), 500.0)
    with_shop, without = (judged(weeks, exposure=at).p_low for at in (exposure, None))
    assert (with_shop < 0.1).mean() < 0.15
    assert (without < 0.1).mean() > 0.25


def test_weeks_before_a_product_was_there_are_not_learnt_from() -> None:
    weeks = drawn()
    weeks[3, :15] = np.nan
    assert np.isfinite(judged(weeks).expected[3])
    weeks[3, :25] = np.nan
    assert np.isnan(judged(weeks).expected[3])


def test_it_refuses_nothing_and_too_little() -> None:
    for history in (np.zeros((0, 20)), np.ones((2, 5))):
        answer = expect_alike(history, np.ones(history.shape[0]))
        assert isinstance(answer, Refusal)
        assert answer.code == "empty"
    few = expect_alike(np.ones((1, 9)), np.ones(1))
    assert isinstance(few, Refusal)
    assert few.code == "few_misses"


def test_the_same_weeks_give_the_same_answer() -> None:
    assert np.array_equal(judged(drawn()).p_low, judged(drawn()).p_low)

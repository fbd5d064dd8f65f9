import numpy as np

from zhanggui.methods.drawn_weeks import drawn_weeks
from zhanggui.units import Refusal


def shop(rng, days=203, products=40):
    """Half of the products sell only in some months; the days are shuffled, so no week is unusual."""
    rate = rng.gamma(2, 2, products)
    in_season = np.ones((days, products))
    in_season[:80, : products // 2] = 0
    return rng.poisson(rate * in_season)[rng.permutation(days)].astype(float)


def test_a_shop_of_seasonal_products_is_called_unusual_one_week_in_twenty():
    rng = np.random.default_rng(0)
    any_claim, single = [], []
    for run in range(100):
        answer = drawn_weeks(shop(rng), 2, draws=300, seed=run)
        any_claim.append(min(answer.family_low.min(), answer.family_high.min()) <= 0.05)
        single.append((answer.p_low <= 0.05).mean())
    assert np.mean(any_claim) <= 0.11
    assert 0.03 < np.mean(single) < 0.06


def test_a_product_that_stopped_selling_is_named():
    rng = np.random.default_rng(1)
    days = shop(rng)
    days[:, 30] = rng.poisson(6, 203)
    days[-7:, 30] = 0
    answer = drawn_weeks(days, 0)
    assert answer.family_low.argmin() == 30
    assert answer.family_low[30] < 0.01
    assert 35 < answer.expected[30] < 50


def test_weights_lend_more_room_to_where_more_is_at_stake():
    rng = np.random.default_rng(2)
    days = shop(rng)
    days[:, 30] = rng.poisson(5, 203)
    days[-7:, 30] = rng.poisson(2.8, 7)
    weights = np.ones(40)
    weights[30] = 100
    assert drawn_weeks(days, 0, weights=weights).family_low[30] < drawn_weeks(days, 0).family_low[30]


def test_a_quiet_week_of_the_whole_shop_is_not_its_products_fault():
    rng = np.random.default_rng(3)
    open_days = np.ones(203)
    open_days[-7:-3] = 0
    blamed, fair = [], []
    for _ in range(15):
        days = rng.poisson(6, (203, 20)) * open_days[:, None]
        blamed.append(drawn_weeks(days, 0, draws=300).family_low.min() <= 0.05)
        fair.append(drawn_weeks(days, 0, exposure=open_days, draws=300).family_low.min() <= 0.05)
    assert all(blamed)
    assert sum(fair) <= 3


def test_too_little_to_draw_from_is_refused():
    assert drawn_weeks(np.ones((40, 3)), 0) == Refusal("too_short", needed=56, have=33)
    assert drawn_weeks(np.zeros((90, 3)), 0).code == "constant"
    assert drawn_weeks(np.zeros((90, 0)), 0).code == "empty"

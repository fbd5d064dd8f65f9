"""Golden rows: the tables named in the comments; the rest are properties every exact split must have."""

import numpy as np
import pytest

from zhanggui.methods.decomposition import kitagawa, lmdi, log_mean, products_to_shop, shapley, split, to_the_cent
from zhanggui.units import Refusal


def product(rows):
    return rows.prod(axis=1)


def test_three_factors_split_as_lmdi_and_as_shapley():
    before, after = [[10000.0, 0.02, 150.0]], [[12000.0, 0.018, 160.0]]
    by_lmdi = lmdi(before, after)
    assert by_lmdi.effects == pytest.approx([5875.539723383038, -3395.374117627138, 2079.834394244097], abs=1e-9)
    by_shapley = shapley(before, after, product)
    assert by_shapley.effects == pytest.approx([5886.666666666664, -3413.333333333336, 2086.6666666666656], abs=1e-9)
    assert by_lmdi.total == pytest.approx(4560, abs=1e-9)


def test_two_sectors_of_angs_guide():
    # activity (total output) x structure (share) x intensity; Ang, Energy Policy 33 (2005) 867
    before, after = [[50, 0.2, 3.0], [50, 0.8, 0.5]], [[80, 0.5, 2.0], [80, 0.5, 0.4]]
    answer = lmdi(before, after)
    assert answer.effects == pytest.approx([32.384637910916766, 38.28486735022565, -24.669505261142387], abs=1e-9)
    assert answer.total == pytest.approx(46)
    ratio = np.exp(answer.effects / log_mean(np.array([96.0]), np.array([50.0])))
    assert ratio == pytest.approx([1.582880007253689, 1.7210198074841594, 0.7048023870020796], abs=1e-9)


def test_berkeley_admissions_are_all_mix_and_the_rates_have_the_other_sign():
    # Bickel, Hammel & O'Connell, Science 187 (1975)
    men = np.array([[512, 313], [353, 207], [120, 205], [138, 279], [53, 138], [22, 351]])
    women = np.array([[89, 19], [17, 8], [202, 391], [131, 244], [94, 299], [24, 317]])
    answer = kitagawa(women.sum(1), women[:, 0] / women.sum(1), men.sum(1), men[:, 0] / men.sum(1))
    assert answer.gap == pytest.approx(0.1416454282465418, abs=1e-12)
    assert answer.mix.sum() == pytest.approx(0.17767391115224251, abs=1e-12)
    assert answer.rate.sum() == pytest.approx(-0.03602848290570063, abs=1e-12)
    assert answer.mix[0] == pytest.approx(0.08620105574438774, abs=1e-12)
    assert answer.rate[2] == pytest.approx(0.006346023455734288, abs=1e-12)


def test_products_join_to_the_shop_through_seen_and_bought():
    shop = products_to_shop(2400, 1600, 60, 48)
    assert (shop.products, shop.seen_per_visitor, shop.bought_per_buyer) == (0.025, 1.5, 1.25)
    assert shop.products * shop.seen_per_visitor / shop.bought_per_buyer == pytest.approx(shop.shop) == 0.03
    assert products_to_shop(0, 0, 0, 0) == Refusal("empty", needed=1, have=0)


def test_a_new_product_enters_and_a_delisted_one_leaves_with_its_whole_value():
    answer = lmdi([[0, np.nan], [5, 10.0], [4, 2.0]], [[3, 7.0], [0, np.nan], [4, 3.0]])
    assert answer.entered.tolist() == [21, 0, 0]
    assert answer.left.tolist() == [0, -50, 0]
    assert answer.effects == pytest.approx([0, 4])
    assert answer.total == pytest.approx(-25)


def test_visitors_who_stopped_buying_are_the_conversions_fault_alone_under_lmdi():
    answer = lmdi([[100, 0.1, 20.0]], [[50, 0.0, np.nan]])
    assert answer.effects == pytest.approx([0, -200, 0])
    assert answer.left.sum() == 0


def test_the_epsilon_of_a_zero_has_the_analytic_limit():
    limit = lmdi([[100, 0.0, 20.0]], [[80, 0.1, 25.0]]).effects
    near = lmdi([[100, 1e-300, 20.0]], [[80, 0.1, 25.0]]).effects
    assert limit == pytest.approx([0, 200, 0])
    assert near == pytest.approx(limit, abs=0.1)


def test_refunds_larger_than_sales_are_split_by_shapley():
    answer = split([[10, 5.0]], [[10, -1.0]])
    assert answer.method == "shapley"
    assert answer.effects == pytest.approx([0, -60])
    assert isinstance(lmdi([[10, 5.0]], [[10, -1.0]]), Refusal)
    assert split([[10, 5.0]], [[12, 6.0]]).method == "lmdi"


def test_shapley_takes_any_function_of_the_factors():
    answer = shapley([[100.0, 20, 5]], [[90.0, 10, 9]], lambda rows: rows[:, 0] - rows[:, 1] - rows[:, 2])
    assert answer.effects == pytest.approx([-10, 10, -4])


@pytest.mark.parametrize("seed", range(5))
def test_the_parts_of_a_thousand_cells_sum_to_the_change(seed):
    rng = np.random.default_rng(seed)
    before, after = (rng.lognormal(0, 2, (1000, 4)) * (rng.random((1000, 4)) > 0.1) for _ in range(2))
    for answer in (lmdi(before, after), split(before, after)):
        change = after.prod(axis=1).sum() - before.prod(axis=1).sum()
        parts = answer.effects.sum() + answer.entered.sum() + answer.left.sum()
        assert parts == pytest.approx(change, rel=1e-9)
        assert answer.total == pytest.approx(change, rel=1e-9)
    there_and_back = lmdi(after, before)
    assert there_and_back.effects == pytest.approx(-lmdi(before, after).effects, rel=1e-9)


def test_intervals_cover_the_true_effects():
    rng = np.random.default_rng(3)
    orders, value = np.array([400.0, 360.0]), np.array([50.0, 52.0])
    spread = np.array([20.0, 20.0])
    truth = lmdi([[orders[0], value[0]]], [[orders[1], value[1]]]).effects
    inside = np.zeros(2)
    for _ in range(1500):
        seen, mean = rng.poisson(orders), rng.normal(value, spread / np.sqrt(orders))
        answer = split(
            [[seen[0], mean[0]]],
            [[seen[1], mean[1]]],
            variance_before=[[seen[0], spread[0] ** 2 / seen[0]]],
            variance_after=[[seen[1], spread[1] ** 2 / seen[1]]],
        )
        low, high = answer.interval(0.9)
        inside += (low <= truth) & (truth <= high)
    assert (inside / 1500 > 0.85).all()
    assert (inside / 1500 < 0.95).all()


def test_mix_and_rate_intervals_cover_their_truth():
    rng = np.random.default_rng(4)
    w0, w1, r0, r1 = np.array([300, 700]), np.array([600, 400]), np.array([0.05, 0.2]), np.array([0.06, 0.2])
    truth = kitagawa(w0, r0, w1, r1)
    inside = 0
    for _ in range(400):
        s0, s1 = rng.binomial(w0, r0) / w0, rng.binomial(w1, r1) / w1
        seen = kitagawa(w0, s0, w1, s1, variance0=s0 * (1 - s0) / w0, variance1=s1 * (1 - s1) / w1)
        inside += abs(seen.mix.sum() - truth.mix.sum()) < 1.645 * seen.mix_total_error
    assert 0.85 < inside / 400 < 0.95


def test_cents_keep_their_sum():
    assert to_the_cent([1 / 3] * 3, 1.0).tolist() == [0.34, 0.33, 0.33]
    assert to_the_cent([0.29, -0.57, 0.28]).tolist() == [0.29, -0.57, 0.28]
    rng = np.random.default_rng(0)
    for _ in range(50):
        parts = rng.normal(0, 1000, 20)
        cents = np.rint(to_the_cent(parts) * 100).astype(int)
        assert cents.sum() == round(parts.sum() * 100)
        assert np.abs(cents / 100 - parts).max() < 0.01
    with pytest.raises(ValueError, match="parts sum"):
        to_the_cent([1.0, 2.0], 5.0)


def test_nothing_to_split_is_refused():
    assert lmdi(np.zeros((0, 3)), np.zeros((0, 3))) == Refusal("empty", needed=1, have=0)
    assert kitagawa([0], [0.1], [1], [0.1]) == Refusal("empty", needed=1, have=0)
    assert shapley(np.ones((1, 9)), np.ones((1, 9)), product) == Refusal("too_many_factors", needed=8, have=9)

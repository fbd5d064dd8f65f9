"""How units answer to price: what a product's own days can tell, what siblings add, and what a step brings."""

from __future__ import annotations

import numpy as np
import pytest

from zhanggui.methods.elasticity import (
    PRIOR,
    Elasticity,
    calendar_terms,
    carried,
    elasticity,
    in_category,
    price_levels,
    price_step,
)
from zhanggui.units import Refusal

DAYS = np.arange(738_000, 738_000 + 112)


def drawn(e: float, seed: int, prices=(9.0, 9.5, 10.0, 10.5, 11.0), pace: float = 6.0, days: int = 112):
    """Days of a product whose level drifts, with weekends half as busy again."""
    rng = np.random.default_rng(seed)
    at = DAYS[0] + np.arange(days)
    price = np.repeat(rng.choice(prices, -(-days // 14)), 14)[:days]
    drift = np.exp(np.cumsum(rng.normal(0, 0.03, days)))
    mean = pace * (price / 10) ** e * np.where(at % 7 > 4, 1.5, 1.0) * drift
    return rng.negative_binomial(5, 5 / (5 + mean)).astype(float), price, at


def test_a_product_that_sells_much_says_its_own_elasticity():
    price = np.tile(np.repeat([9.0, 10.0, 11.0], 14), 6)
    at = DAYS[0] + np.arange(price.size)
    exact = 400 * (price / 10) ** -1.7 * np.where(at % 7 > 4, 1.5, 1.0)
    found = elasticity(exact, price, calendar_terms(at))
    assert found.own == pytest.approx(-1.7, abs=1e-3)
    assert found.mean == pytest.approx(-1.7, abs=1e-3)
    assert found.levels == 3


def test_ninety_five_percent_of_beliefs_hold_the_truth_of_small_products():
    rng = np.random.default_rng(5)
    held = answered = 0
    for seed in range(300):
        e = rng.normal(PRIOR.mean, PRIOR.sd)
        units, price, at = drawn(e, seed)
        found = elasticity(units, price, calendar_terms(at))
        if isinstance(found, Elasticity):
            answered += 1
            held += abs(found.mean - e) < 1.96 * found.sd
    assert answered > 280
    assert held / answered > 0.9


def test_a_belief_is_never_wider_than_the_usual_one_and_lies_between_it_and_the_data():
    found = elasticity(*drawn(-1.0, 3)[:2])
    assert found.sd < PRIOR.sd
    assert min(found.own, PRIOR.mean) <= found.mean <= max(found.own, PRIOR.mean)


def test_a_price_that_was_cut_only_at_festivals_says_nothing():
    price = np.where(np.arange(112) % 28 < 3, 8.0, 10.0)
    units = np.where(price < 10, 40.0, 5.0)
    told = elasticity(units, price, quiet=price == 10)
    assert told == Refusal("few_price_levels", needed=3, have=1)


def test_a_festival_of_its_own_term_does_not_pass_for_a_price():
    rng = np.random.default_rng(0)
    price = np.repeat(rng.choice([9.5, 10.0, 10.5], 16), 14)
    at = DAYS[0] + np.arange(price.size)
    festival = (np.arange(price.size) % 56) < 3
    price = np.where(festival, 8.0, price)
    units = rng.poisson(60 * (price / 10) ** -2.0 * np.where(festival, 4.0, 1.0)).astype(float)
    blind = elasticity(units, price, calendar_terms(at))
    seeing = elasticity(units, price, calendar_terms(at, ["event" if f else "" for f in festival]), quiet=~festival)
    assert blind.own < -3.5
    assert seeing.own == pytest.approx(-2.0, abs=3 * seeing.error)


def test_prices_a_hair_apart_or_for_a_day_are_no_levels():
    assert price_levels([10.0, 10.0, 10.0, 10.05, 10.08]) == 1
    assert price_levels([10.0] * 5 + [11.0] * 2 + [12.0] * 3) == 2
    assert price_levels([]) == 0


def test_a_day_without_a_sale_has_the_price_of_the_day_before():
    assert np.array_equal(carried([np.nan, 9.0, np.nan, 8.0]), [np.nan, 9.0, 9.0, 8.0], equal_nan=True)
    units, price, _ = drawn(-2.0, 8)
    unknown = np.where((units == 0) & (np.arange(112) > 0) & (np.arange(112) % 14 > 0), np.nan, price)
    assert elasticity(units, unknown) == elasticity(units, price)


def test_siblings_move_a_product_that_says_nothing_and_hardly_one_that_says_much():
    sure, silent = Elasticity(-1.2, 0.1, own=-1.2, error=0.1, levels=4), Refusal("few_price_levels", 3, 1)
    first, *_, last = in_category([sure, sure, sure, silent])
    assert first.mean == pytest.approx(-1.2, abs=0.03)
    assert -2.0 < last.mean < -1.4
    assert last.sd < PRIOR.sd
    assert last.own is None
    assert last.levels == 1


def test_the_hierarchy_equals_the_exact_normal_posterior():
    own, error = np.array([-1.5, -3.0, -2.2]), np.array([0.4, 0.7, 0.3])
    found = in_category([Elasticity(0, 1, o, e) for o, e in zip(own, error, strict=True)])
    prior = np.full((3, 3), 0.32) + np.diag(np.full(3, 0.32))
    gain = prior @ np.linalg.inv(prior + np.diag(error**2))
    assert [f.mean for f in found] == pytest.approx(PRIOR.mean + gain @ (own - PRIOR.mean))
    assert [f.sd**2 for f in found] == pytest.approx(np.diag(prior - gain @ prior))


def test_alone_in_its_category_a_product_is_as_it_was_by_itself():
    alone = elasticity(*drawn(-1.0, 3)[:2])
    [again] = in_category([alone])
    assert (again.mean, again.sd) == pytest.approx((alone.mean, alone.sd))
    assert in_category([Refusal("no_sales")])[0].mean == PRIOR.mean


@pytest.mark.parametrize(("margin", "of_contribution"), [(0.28, 0.037), (0.45, -0.022)])
def test_five_percent_up_pays_below_the_balance_point_and_loses_above(margin, of_contribution):
    assert price_step(Elasticity(-2.62, 0.8), 0.05, margin).gain / margin == pytest.approx(of_contribution, abs=5e-4)


def test_forty_units_at_a_hundred_bring_forty_one_sixty_a_week():
    assert 40 * 100 * price_step(Elasticity(-2.62, 0.8), 0.05, 0.28).gain == pytest.approx(41.6, abs=0.05)


def test_at_the_balance_point_a_small_step_changes_nothing():
    assert price_step(Elasticity(-2.62, 0.8), 1e-4, 1 / 2.62).gain == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("change", [0.05, -0.05])
@pytest.mark.parametrize("margin", [0.1, 0.28, 0.6, -0.02])
def test_the_chance_and_the_interval_are_those_of_the_belief_drawn_many_times(change, margin):
    belief = Elasticity(-2.2, 0.6)
    step = price_step(belief, change, margin)
    e = np.random.default_rng(0).normal(belief.mean, belief.sd, 200_000)
    gains = (1 + change) ** e * (margin + change) - margin
    assert step.chance == pytest.approx((gains > 0).mean(), abs=0.005)
    assert (step.low, step.high) == pytest.approx(np.quantile(gains, [0.1, 0.9]), abs=3e-4)


def test_a_price_cannot_fall_by_all_of_itself():
    with pytest.raises(ValueError):
        price_step(PRIOR, -1.0, 0.3)

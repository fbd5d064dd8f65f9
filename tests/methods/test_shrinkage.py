"""Golden rows: rats, Tarone (1982) in Bayesian Data Analysis table 5.1; batters, Efron & Morris (1975)."""

import numpy as np
import pytest

from zhanggui.methods.shrinkage import (
    FLAT,
    Beta,
    beta_by_likelihood,
    beta_by_moments,
    james_stein,
    marginal_log_likelihood,
    probability_below,
    probability_ratio_above,
    shrink,
)
from zhanggui.units import Refusal

RATS = """0/20 0/20 0/20 0/20 0/20 0/20 0/20 0/19 0/19 0/19 0/19 0/18 0/18 0/17 1/20 1/20 1/20 1/20 1/19 1/19 1/18 1/18
2/25 2/24 2/23 2/20 2/20 2/20 2/20 2/20 2/20 1/10 5/49 2/19 5/46 3/27 2/17 7/49 7/47 3/20 3/20 2/13 9/48 10/50 4/20 4/20
4/20 4/20 4/20 4/20 4/20 10/48 4/19 4/19 4/19 5/22 11/46 12/49 5/20 5/20 6/23 5/19 6/22 6/20 6/20 6/20 16/52 15/46 15/47
9/24 4/14"""
TUMOURS, RATS_EACH = np.array([[int(x) for x in group.split("/")] for group in RATS.split()], dtype=float).T
HITS = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])


def test_rats_by_moments_as_printed():
    prior = beta_by_moments(TUMOURS[:70], RATS_EACH[:70])
    assert (prior.hits, prior.misses) == pytest.approx((1.356149391031933, 8.615057891320788), abs=1e-9)
    assert prior.after(4, 14).mean == pytest.approx(0.22344095263716893, abs=1e-9)


def test_rats_by_the_whole_posterior():
    # hyperprior (a + b)^(−5/2), all 71 groups: E[a] 2.4, E[b] 14.3 as printed; the sum over log odds and log size
    at, weights = [], []
    for odds in np.linspace(-2.6, -1.1, 60):
        for size in np.linspace(0.5, 6.5, 90):
            hits = np.exp(size) / (1 + np.exp(-odds))
            misses = np.exp(size) - hits
            at.append((hits, misses))
            weights.append(
                marginal_log_likelihood(Beta(hits, misses), TUMOURS, RATS_EACH)
                + np.log(hits * misses)
                - 2.5 * np.log(hits + misses)
            )
    shares = np.exp(np.array(weights) - max(weights))
    found = (shares / shares.sum()) @ np.array(at)
    assert found == pytest.approx([2.4026646411650887, 14.320029985008723], rel=1e-3)


def test_rats_by_marginal_likelihood():
    prior = beta_by_likelihood(TUMOURS[:70], RATS_EACH[:70])
    assert (prior.hits, prior.misses) == pytest.approx((2.3047834433503915, 14.07981048091304), rel=1e-5)
    assert marginal_log_likelihood(prior, TUMOURS[:70], RATS_EACH[:70]) == pytest.approx(-154.1402496651966, abs=1e-9)
    all_71 = beta_by_likelihood(TUMOURS, RATS_EACH)
    assert all_71.after(4, 14).mean == pytest.approx(0.20821931523138612, abs=1e-6)


def test_eighteen_batters_shrink_as_in_1975():
    average = HITS / 45
    centre = average.mean()
    means, factor = james_stein(average, centre * (1 - centre) / 45)
    assert factor == pytest.approx(0.2116534171442659, abs=1e-12)
    assert means[0] == pytest.approx(0.29391385489966054, abs=1e-12)


def test_the_better_of_two_is_known_exactly():
    first, second = FLAT.after(100, 1000), FLAT.after(130, 1000)
    assert probability_below(first, second) == pytest.approx(0.9821650661163509, abs=1e-9)
    assert probability_below(second, first) == pytest.approx(1 - 0.9821650661163509, abs=1e-9)
    assert probability_below(first, first) == pytest.approx(0.5, abs=1e-9)
    assert probability_ratio_above(second, first, 1.0) == pytest.approx(0.9821650661163509, abs=1e-6)
    assert 0 < probability_below(FLAT.after(900, 1000), FLAT.after(600, 1000)) < 1e-20


def test_twelve_visitors_hardly_move_what_the_category_knows():
    category = Beta(30, 970).held(400)
    assert category.size == pytest.approx(400)
    assert category.after(0, 12).mean == pytest.approx(12 / 412)
    belief = category.estimate(0.9)
    assert belief.low < 0.03 < belief.high
    assert category.below(belief.high) == pytest.approx(0.95)


def test_groups_that_differ_by_chance_alone_are_drawn_together():
    hits = np.array([10.0, 10, 11, 9, 10, 10])
    assert beta_by_likelihood(hits, np.full(6, 100.0)).size > 1e4
    assert beta_by_likelihood([1, 2], [10, 10]) == Refusal("too_few_groups", needed=3, have=2)
    assert beta_by_likelihood([0, 0, 0], [5, 9, 10]).code == "constant"
    assert beta_by_moments([1, 1, 1], [10, 10, 10]).code == "constant"
    with pytest.raises(ValueError, match="between 0"):
        beta_by_moments([5, 1, 1], [4, 10, 10])


def test_shrunk_means_err_less_than_raw_ones():
    rng = np.random.default_rng(0)
    errors = rng.uniform(0.3, 2, 200)
    truth = rng.normal(5, 1, 200)
    raw = rng.normal(truth, errors)
    answer = shrink(raw, errors)
    assert answer.between == pytest.approx(1, abs=0.3)
    assert np.mean((answer.means - truth) ** 2) < 0.6 * np.mean((raw - truth) ** 2)
    covered = np.abs(answer.means - truth) < 1.645 * answer.errors
    assert 0.83 < covered.mean() < 0.96
    assert np.ptp(shrink([1.0, 1.1, 0.9], [5.0, 5.0, 5.0]).means) < 1e-9
    assert shrink([1.0, 2.0], [1.0, 1.0]) == Refusal("too_few_groups", needed=3, have=2)

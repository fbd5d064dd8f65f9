import numpy as np
import pytest
from scipy import stats

from zhanggui.methods.line_shift import line_shift
from zhanggui.units import Refusal


def test_without_strata_it_is_the_rank_sum_test():
    rng = np.random.default_rng(0)
    new, old = rng.integers(1, 9, 30), rng.integers(2, 9, 200)
    answer = line_shift(new, old)
    oracle = stats.mannwhitneyu(new, old, alternative="less", method="asymptotic", use_continuity=False)
    assert answer.p_lower == pytest.approx(oracle.pvalue, rel=1e-9)
    assert answer.superiority == pytest.approx(oracle.statistic / (30 * 200))


def test_a_price_cut_is_seen_at_once_and_bulk_orders_do_not_hide_it():
    rng = np.random.default_rng(1)
    old = rng.choice([12.75, 10.95], 500, p=[0.8, 0.2])
    answer = line_shift(0.7 * rng.choice([12.75, 10.95], 30, p=[0.8, 0.2]), old)
    assert answer.p_lower < 1e-9
    assert answer.ratio == pytest.approx(0.7)


def test_smaller_lines_within_each_price_tier_are_seen_where_the_mix_hides_them():
    rng = np.random.default_rng(2)

    def lines(n, bulk, factor):
        tier = (rng.random(n) < bulk).astype(float)
        return np.where(tier > 0, 16, 2) * rng.lognormal(0, 0.3, n) * factor, tier

    new, new_tier = lines(40, 0.55, 0.7)
    old, old_tier = lines(800, 0.2, 1.0)
    assert line_shift(new, old, new_tier, old_tier).p_lower < 0.001
    assert line_shift(new, old).p_lower > 0.05


def test_lines_that_did_not_change_err_as_promised():
    rng = np.random.default_rng(3)
    p = []
    for _ in range(800):
        new, old = rng.geometric(0.4, 25), rng.geometric(0.4, 300)
        p.append(line_shift(new, old, rng.integers(0, 3, 25), rng.integers(0, 3, 300)).p_lower)
    assert 0.03 < np.mean(np.array(p) <= 0.05) < 0.07


def test_too_few_lines_or_all_alike_are_refused():
    assert line_shift([1, 2, 3], np.arange(50)) == Refusal("few_lines", needed=5, have=3)
    assert line_shift(np.ones(9), np.ones(50)).code == "constant"
    assert line_shift(np.arange(9), np.arange(50), np.zeros(9), np.ones(50)).code == "constant"


@pytest.mark.parametrize(("twos", "recent", "earlier_twos", "earlier"), [(13, 60, 156, 1500), (1, 60, 156, 1500)])
def test_rare_pairs_among_single_units_have_the_tails_of_counts(twos, recent, earlier_twos, earlier):
    from scipy.stats import hypergeom, norm

    new, old = ([2.0] * k + [1.0] * (n - k) for k, n in ((twos, recent), (earlier_twos, earlier)))
    found = line_shift(new, old)
    drawn = hypergeom(recent + earlier, twos + earlier_twos, recent)
    half = drawn.pmf(twos) / 2
    exact = drawn.sf(twos - 1) - half, drawn.cdf(twos) - half
    assert found.p_higher == pytest.approx(exact[0], rel=0.25)
    assert found.p_lower == pytest.approx(exact[1], rel=0.25)
    plain = norm.sf((twos - drawn.mean()) / drawn.std())
    assert abs(found.p_higher - exact[0]) < 0.5 * abs(plain - exact[0])

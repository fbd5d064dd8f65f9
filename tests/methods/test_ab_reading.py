import numpy as np
import pytest
from scipy import stats

from zhanggui.methods.ab_reading import (
    Joint,
    compare_conversions,
    fisher_p,
    of_rate,
    of_ratio,
    of_values,
    welch,
    with_before,
)
from zhanggui.units import Refusal

SESSIONS = Joint(100, 500, 4000, 1000, 12000, 5200), Joint(100, 560, 4600, 1010, 12100, 5900)


# gbstats 0.8.0 (MIT), tests "fixed": estimate, interval and p
def test_a_rate_reads_as_gbstats_reads_it():
    found = welch(of_rate(100, 1000), of_rate(130, 1000))
    assert found.difference.value == pytest.approx(0.03)
    assert found.difference.low == pytest.approx(0.0020507842909493826, rel=1e-9)
    assert found.difference.high == pytest.approx(0.057949215709050615, rel=1e-9)
    assert found.p == pytest.approx(0.03541149025749646, rel=1e-9)
    assert found.relative.value == pytest.approx(0.3)
    assert found.relative.low == pytest.approx(-0.019375372265978963, rel=1e-9)
    assert found.relative.high == pytest.approx(0.6193753722659789, rel=1e-9)
    assert found.relative_p == pytest.approx(0.06559733260262468, rel=1e-9)


def test_a_mean_reads_as_gbstats_reads_it():
    found = welch(of_values(100, 1000, 12000), of_values(100, 1100, 14000))
    assert found.relative.value == pytest.approx(0.1)
    assert found.relative.low == pytest.approx(-0.03026771388458746, rel=1e-9)
    assert found.relative.high == pytest.approx(0.23026771388458747, rel=1e-9)
    assert found.relative_p == pytest.approx(0.13166584574885176, rel=1e-9)


def test_a_ratio_reads_as_gbstats_reads_it():
    control, treatment = (of_ratio(sums) for sums in SESSIONS)
    assert control.variance == pytest.approx(0.18181818181818182, rel=1e-12)
    assert treatment.variance == pytest.approx(0.1759797682552199, rel=1e-12)
    found = welch(control, treatment)
    assert found.relative.value == pytest.approx(0.10891089108910891, rel=1e-12)
    assert found.relative.low == pytest.approx(-0.14039450981274926, rel=1e-9)
    assert found.relative.high == pytest.approx(0.3582162919909673, rel=1e-9)
    assert found.relative_p == pytest.approx(0.3900096605445804, rel=1e-9)


def test_the_interval_agrees_with_scipys_welch_test():
    rng = np.random.default_rng(4)
    one, other = rng.gamma(2, 30, 140), rng.gamma(2, 36, 90)
    found = welch(*(of_values(x.size, x.sum(), np.square(x).sum()) for x in (one, other)))
    peer = stats.ttest_ind(other, one, equal_var=False)
    low, high = peer.confidence_interval()
    assert (found.p, found.difference.low, found.difference.high) == pytest.approx((peer.pvalue, low, high))


def test_what_customers_bought_before_takes_its_part_of_the_noise_away():
    rng = np.random.default_rng(5)
    before = rng.gamma(2, 30, 4000)
    after = 0.8 * before + rng.normal(0, 20, 4000)
    arm = np.arange(4000) % 2

    def joint(x, y):
        return Joint(x.size, y.sum(), (y**2).sum(), x.sum(), (x**2).sum(), (x * y).sum())

    sums = [joint(before[arm == i], after[arm == i]) for i in (0, 1)]
    relieved = with_before(*sums)
    plain = [of_values(each.n, each.y, each.yy) for each in sums]
    for own, raw, i in zip(relieved, plain, (0, 1), strict=True):
        rho = np.corrcoef(before[arm == i], after[arm == i])[0, 1]
        assert own.variance / raw.variance == pytest.approx(1 - rho**2, abs=0.01)
    # the same mean of both arms together, and the difference that regression on both gives
    assert sum(a.mean for a in relieved) == pytest.approx(sum(a.mean for a in plain))
    theta = sum(np.cov(before[arm == i], after[arm == i])[0, 1] for i in (0, 1)) / sum(
        before[arm == i].var(ddof=1) for i in (0, 1)
    )
    by_hand = (after - theta * before)[arm == 1].mean() - (after - theta * before)[arm == 0].mean()
    assert relieved[1].mean - relieved[0].mean == pytest.approx(by_hand)


def test_a_figure_that_does_not_vary_explains_nothing():
    sums = Joint(50, 100, 400, 150, 450, 300)
    assert with_before(sums, sums) == Refusal("constant", needed=2, have=1)
    assert with_before(Joint(1, 2, 4, 3, 9, 6), sums) == Refusal("too_few", needed=2, have=1)


@pytest.mark.parametrize(("k", "n", "m", "o"), [(3, 20, 9, 20), (0, 8, 5, 9), (1, 400, 8, 400), (19, 20, 20, 20)])
def test_fishers_test_agrees_with_scipys(k, n, m, o):
    assert fisher_p(k, n, m, o) == pytest.approx(stats.fisher_exact([[k, n - k], [m, o - m]]).pvalue, rel=1e-9)


def test_under_twenty_conversions_a_variant_the_reading_is_exact():
    assert compare_conversions(100, 1000, 130, 1000).method == "welch"
    few = compare_conversions(1, 400, 8, 400)
    assert few.method == "beta"
    assert few.p == pytest.approx(fisher_p(1, 400, 8, 400))
    assert few.difference.low > 0  # the posterior leans further than Fisher's test
    assert few.relative.low > 0


def test_a_variant_in_which_nobody_bought_has_an_interval_too():
    found = compare_conversions(6, 300, 0, 300)
    assert found.relative.value == -1
    assert found.relative.low == -1
    assert found.difference.high < 0 < found.control
    nobody = compare_conversions(0, 300, 6, 300)
    assert nobody.relative is None
    assert nobody.difference.value == pytest.approx(0.02)


def test_no_conversion_no_unit_and_no_difference_are_refused():
    assert compare_conversions(0, 300, 0, 300) == Refusal("empty", needed=1, have=0)
    assert compare_conversions(0, 0, 3, 300) == Refusal("empty", needed=1, have=0)
    assert welch(of_values(50, 100, 200), of_values(50, 100, 200)) == Refusal("constant", needed=2, have=1)
    assert of_values(1, 3, 9) == Refusal("too_few", needed=2, have=1)
    assert of_ratio(Joint(9, 5, 9, 0, 0, 0)) == Refusal("not_positive", needed=0, have=0)
    with pytest.raises(ValueError, match="not among"):
        of_rate(5, 4)


def test_there_is_no_ratio_to_a_mean_that_may_be_nothing():
    found = welch(of_values(50, 10, 5000), of_values(50, 90, 5000))
    assert found.relative is None
    assert found.relative_p is None
    assert found.difference.value == pytest.approx(1.6)

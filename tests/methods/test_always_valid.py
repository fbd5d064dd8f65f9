import numpy as np
import pytest
from benchmarks.decisions.ab_looks import CASES, looks

from zhanggui.methods.ab_reading import of_rate, of_values
from zhanggui.methods.always_valid import (
    always_valid,
    always_valid_conversions,
    radius,
    rate_sequence,
    sequential_p,
    tuning,
)
from zhanggui.units import Refusal


# radius by the formula, at 5,000 planned units and alpha .05
@pytest.mark.parametrize(
    ("n", "expected"), [(100, 0.6694388617066039), (1000, 0.10637547006557503), (10000, 0.030614772188674172)]
)
def test_the_radius_of_the_sequence(n, expected):
    assert radius(n, planned=5000) == pytest.approx(expected, rel=1e-12)
    assert radius(n, planned=5000) > 1.959964 / n**0.5


# gbstats 0.8.0 (MIT), "sequential": tuning 5,000, alpha .05
def test_a_rate_reads_as_gbstats_reads_it_day_by_day():
    found = always_valid(of_rate(100, 1000), of_rate(130, 1000), planned=5000)
    assert found.difference.low == pytest.approx(-0.014517962102267787, rel=1e-9)
    assert found.difference.high == pytest.approx(0.07451796210226778, rel=1e-9)
    assert found.p == pytest.approx(0.37893150758579747, rel=1e-9)
    assert found.relative.low == pytest.approx(-0.20870625018398686, rel=1e-9)
    assert found.relative.high == pytest.approx(0.8087062501839868, rel=1e-9)
    assert found.relative_p == pytest.approx(0.5622208729310174, rel=1e-9)


def test_p_is_the_error_at_which_the_interval_just_touches_no_difference():
    n, planned = 3000, 4000
    z = radius(n, planned=planned) * n**0.5
    assert sequential_p(z, n, planned=planned) == pytest.approx(0.05, rel=1e-9)
    assert sequential_p(0.0, n, planned=planned) == 1.0


def test_the_interval_is_tightest_at_the_planned_number_of_units():
    def width_in_errors(n):
        return radius(n, planned=2000) * n**0.5

    assert tuning(2000) == pytest.approx(7.9358 / 2000, rel=1e-3)
    assert min(range(200, 20_001, 100), key=width_in_errors) == pytest.approx(2000, abs=400)


def test_what_is_too_little_or_too_even_is_refused():
    assert always_valid(of_rate(3, 10), of_rate(4, 30), planned=99) == Refusal("too_few", needed=20, have=10)
    even = of_values(50, 100, 200)
    assert always_valid(even, even, planned=99) == Refusal("constant", needed=2, have=1)
    assert always_valid_conversions(0, 100, 0, 100) == Refusal("empty", needed=1, have=0)
    assert rate_sequence(0, 0) == Refusal("empty", needed=1, have=0)
    with pytest.raises(ValueError, match="planned"):
        always_valid(even, even, planned=0)
    with pytest.raises(ValueError, match="share"):
        always_valid_conversions(1, 10, 2, 10, share=1.0)


def test_the_evidence_against_a_rate_is_a_fair_bet():
    # E[evidence after n units] = 1 at the true rate: the sum over all outcomes, exactly
    from scipy.stats import binom

    from zhanggui.methods.always_valid import _evidence

    hits = np.arange(41)
    evidence = [np.exp(_evidence(k, 40 - k, 2.0, 6.0)(0.3)) for k in hits]
    assert float((binom.pmf(hits, 40, 0.3) * evidence).sum()) == pytest.approx(1, rel=1e-12)


def test_the_interval_of_a_rate_keeps_what_the_bets_cannot_refute():
    found = rate_sequence(30, 1000)
    assert found.low < 0.03 < found.high
    assert rate_sequence(0, 50).low == 0.0
    assert rate_sequence(50, 50).high == 1.0
    assert rate_sequence(300, 10_000).high - rate_sequence(300, 10_000).low < found.high - found.low


def test_a_dozen_conversions_against_none_are_read_exactly():
    found = always_valid_conversions(0, 900, 14, 900)
    assert found.relative is None
    assert found.difference.low > 0
    assert found.p < 0.05
    assert always_valid_conversions(5, 900, 9, 900).p > 0.05


def test_an_uneven_split_is_no_difference():
    even = always_valid_conversions(90, 4500, 10, 500, share=0.1)
    assert even.p == 1.0
    assert even.difference.low < 0 < even.difference.high
    assert even.relative.low < 0 < even.relative.high


def test_the_two_variants_exchanged_say_the_opposite():
    one, other = always_valid_conversions(20, 900, 45, 900), always_valid_conversions(45, 900, 20, 900)
    assert one.p == pytest.approx(other.p)
    assert one.difference.low == pytest.approx(-other.difference.high)
    assert 1 + one.relative.high == pytest.approx(1 / (1 + other.relative.low))


def test_daily_looks_for_four_weeks_err_at_most_one_time_in_twenty():
    found = [looks(case, runs=60, seed=20) for case in CASES]
    assert [each.always_valid <= 0.05 for each in found] == [True] * len(CASES)
    assert max(each.fixed for each in found) > 0.15


def test_what_is_seen_at_any_time_costs_power_but_finds_a_fifth_more_buyers():
    found = looks(CASES[1], runs=20, seed=21, lift=0.2)
    assert found.always_valid > 0.7
    assert found.at_end >= found.always_valid

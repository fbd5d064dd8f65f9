import pytest
from scipy import stats

from zhanggui.methods.counts import (
    Demand,
    demand,
    negative_binomial_cdf,
    poisson_tails,
    poisson_zero_run,
    reorder,
    zero_run,
)
from zhanggui.units import Refusal


def test_tails_agree_with_scipys_distributions():
    assert poisson_tails(3, 7.5) == pytest.approx((stats.poisson.cdf(3, 7.5), stats.poisson.sf(2, 7.5)))
    assert negative_binomial_cdf(9, 31, 11.0) == pytest.approx(stats.nbinom.cdf(9, 31, 31 / 42), abs=1e-12)
    assert poisson_tails(0, 0.0) == (1.0, 1.0)


def test_the_white_cup_runs_out_before_the_supplier_delivers():
    # 31 sold, 1.1 a day; delivery takes 10 days, the next look comes 7 later; 9 on hand; a lost unit costs 36 × 1.15, one left over 6
    answer = reorder(Demand(31, 1.1), 9, 10, 7, under=36 * 1.15, over=6)
    assert answer.stock_out == pytest.approx(0.63, abs=0.005)
    assert answer.quantile == pytest.approx(0.873, abs=0.0005)
    assert (answer.level, answer.order) == (25, 16)
    assert 8 < answer.units_saved < 10


def test_orders_come_in_whole_lots_and_never_below_nothing():
    cup = Demand(31, 1.1)
    assert reorder(cup, 9, 10, 7, under=41.4, over=6, lot=10).order == 20
    assert reorder(cup, 400, 10, 7, under=41.4, over=6).order == 0
    assert reorder(cup, 9, 10, 7, under=0, over=6).code == "no_margin"


def test_expected_shortage_is_the_sum_over_all_demands():
    cup = Demand(12, 0.8)
    mean = cup.mean_over(20)
    exact = sum(max(k - 10, 0) * stats.nbinom.pmf(k, 12, 12 / (12 + mean)) for k in range(400))
    assert cup.expected_short(10, 20) == pytest.approx(exact, rel=1e-9)


def test_ten_days_without_a_sale_ask_a_question_only_where_sales_were_steady():
    assert zero_run(28, 56, 10) <= 0.01
    assert zero_run(5, 56, 10) > 0.3
    assert zero_run(28, 56, 10) > poisson_zero_run(28 / 56, 10) * 0.99
    assert zero_run(0, 56, 10) == Refusal("too_short", needed=14, have=0)
    assert zero_run(9, 10, 10) == Refusal("too_short", needed=14, have=10)


def test_a_product_listed_a_week_ago_has_no_demand_yet():
    assert demand(5, 7) == Refusal("too_short", needed=14, have=7)
    assert demand(0, 30).code == "constant"
    assert demand(31, 28).daily == pytest.approx(31 / 28)
    assert demand(2, 7, prior_sold=10, prior_days=20).daily == pytest.approx(12 / 27)

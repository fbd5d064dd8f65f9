"""How much to have ready for a demand that is only known as a belief."""

import pytest

from zhanggui.methods.newsvendor import Stocked, newsvendor
from zhanggui.units import Refusal


def test_a_catalogues_wetsuits_as_the_textbook_reckons_them():
    found = newsvendor(190, 110, 90, 3192, 1181)
    assert isinstance(found, Stocked)
    assert found.ratio == pytest.approx(0.8)
    assert found.quantity == pytest.approx(4185.954676849612)
    assert (found.sales, found.lost, found.left) == pytest.approx(
        (3060.1559073683006, 131.84409263169925, 1125.7987694813114)
    )
    assert found.profit == pytest.approx(222296.49719983782)
    # The book takes z = .84 from its table: 4,184 suits, two fewer.
    assert round(3192 + 0.84 * 1181) == 4184
    assert found.quantity == pytest.approx(4184, abs=2)


def test_where_nothing_is_earned_or_nothing_is_risked_there_is_no_balance():
    for price, cost, salvage in ((100, 100, 90), (100, 60, 60)):
        refused = newsvendor(price, cost, salvage, 50, 10)
        assert isinstance(refused, Refusal)
        assert refused.code == "no_margin"
    certain = newsvendor(100, 60, 20, 50, 0)
    assert isinstance(certain, Refusal)
    assert certain.code == "constant"


def test_more_doubt_means_more_ready_where_a_lost_sale_costs_more_than_a_unit_left():
    calm, wild = (newsvendor(100, 40, 30, 500, deviation) for deviation in (20, 200))
    assert isinstance(calm, Stocked)
    assert isinstance(wild, Stocked)
    assert wild.quantity > calm.quantity > 500
    assert wild.profit < calm.profit

import pytest

from zhanggui.methods.concentration import concentration
from zhanggui.units import Refusal


def test_one_product_with_half_of_the_contribution_stands_out():
    answer = concentration([10, 50, 40])
    assert (answer.largest, answer.largest_share) == (1, 0.5)
    assert answer.herfindahl == pytest.approx(0.42)
    assert answer.alike == pytest.approx(1 / 0.42)
    assert answer.top(2) == pytest.approx(0.9)
    assert answer.needed_for(0.8) == 2


def test_products_refunded_more_than_sold_hold_nothing():
    assert concentration([-5, 10]).shares.tolist() == [0, 1]
    assert concentration([]) == Refusal("empty", needed=1, have=0)
    assert concentration([0, -3]).code == "empty"

import pytest

from zhanggui.methods.repeated_looks import error_of_looks, pocock_limit
from zhanggui.units import Refusal

# Armitage, McPherson & Rowe, JRSS A 132 (1969): as printed, and to four digits by recursive integration
ARMITAGE = [
    (1, 0.05, 0.05),
    (2, 0.0831, 0.083),
    (3, 0.1073, 0.107),
    (4, 0.1262, 0.126),
    (5, 0.1417, 0.142),
    (10, 0.1934, 0.193),
    (20, 0.2479, 0.248),
    (50, 0.3204, 0.32),
]
# Pocock (1977), Jennison & Turnbull (2000) table 2.1
POCOCK = [(2, 2.1783, 2.178), (3, 2.2895, 2.289), (4, 2.3613, 2.361), (5, 2.4132, 2.413), (10, 2.555, 2.555)]


@pytest.mark.parametrize(("looks", "computed", "printed"), ARMITAGE)
def test_how_often_repeated_looks_err(looks, computed, printed):
    assert error_of_looks(looks) == pytest.approx(computed, abs=1e-4)
    assert error_of_looks(looks) == pytest.approx(printed, abs=6e-4)


@pytest.mark.parametrize(("looks", "computed", "printed"), POCOCK)
def test_the_limit_that_holds_over_all_looks(looks, computed, printed):
    assert pocock_limit(looks) == pytest.approx(computed, abs=6e-5)
    assert pocock_limit(looks) == pytest.approx(printed, abs=6e-4)
    assert error_of_looks(looks, pocock_limit(looks)) == pytest.approx(0.05, abs=1e-9)


def test_a_look_a_day_for_four_weeks_errs_more_than_a_quarter_of_the_time():
    assert 0.26 < error_of_looks(28) < 0.28


def test_no_look_and_too_many_looks_are_refused():
    assert error_of_looks(0) == Refusal("empty", needed=1, have=0)
    assert pocock_limit(101) == Refusal("too_long", needed=100, have=101)

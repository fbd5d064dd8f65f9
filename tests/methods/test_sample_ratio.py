import pytest

from zhanggui.methods.sample_ratio import sample_ratio
from zhanggui.units import Refusal


@pytest.mark.parametrize(
    ("control", "treatment", "chi2", "p"),
    [
        # Kohavi, Tang & Xu, Trustworthy Online Controlled Experiments (2020), ch. 3: p = 1.8E-6
        (821_588, 815_482, 22.77436884189436, 1.8217928726191858e-06),
        # gbstats 0.8.0 (MIT), check_srm
        (1000, 1200, 18.181818181818183, 2.007865612426481e-05),
    ],
)
def test_the_published_splits_are_broken(control, treatment, chi2, p):
    found = sample_ratio([control, treatment], [0.5, 0.5])
    assert found.chi2 == pytest.approx(chi2, rel=1e-12)
    assert found.p == pytest.approx(p, rel=1e-9)
    assert found.verdict == "broken"


def test_a_split_of_one_in_a_hundred_is_doubtful_and_an_even_one_is_fine():
    assert sample_ratio([44_700, 45_489], [1, 1]).verdict == "doubtful"
    assert sample_ratio([500, 520], [1, 1]).verdict == "fine"


def test_uneven_shares_are_held_against_what_was_promised():
    assert sample_ratio([900, 100], [0.9, 0.1]).p == pytest.approx(1)
    assert sample_ratio([900, 100], [0.5, 0.5]).verdict == "broken"
    assert sample_ratio([21_387, 21_307, 21_306], [1, 1, 1]).free == 2


def test_ten_units_are_too_few_to_judge_three_variants():
    assert sample_ratio([5, 3, 2], [1, 1, 1]) == Refusal("empty", needed=5, have=pytest.approx(10 / 3))
    assert sample_ratio([50], [1]) == Refusal("too_few_groups", needed=2, have=1)
    with pytest.raises(ValueError, match="do not belong together"):
        sample_ratio([50, 50], [1, 0])

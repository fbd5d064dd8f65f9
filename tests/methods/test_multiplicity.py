import numpy as np
import pytest

from zhanggui.methods.multiplicity import adjust, all_hold, discover, one_sided, two_sided

# The fifteen p-values of Benjamini & Hochberg, JRSS B 57 (1995) 289.
P = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0]
ADJUSTED = [0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.063857142857, 0.063857142857, 0.0645, 0.0765, 0.486]


def test_the_example_of_1995_rejects_four_where_bonferroni_rejects_three():
    assert adjust(P)[:10] == pytest.approx(ADJUSTED, abs=1e-9)
    assert [int(discover(P, 0.05, c).rejected.sum()) for c in ("bh", "bonferroni", "by")] == [4, 3, 3]


def test_the_order_of_the_tests_does_not_matter():
    shuffled = np.random.default_rng(0).permutation(15)
    assert adjust(np.array(P)[shuffled]) == pytest.approx(adjust(P)[shuffled])


def test_tests_that_were_made_but_not_shown_still_count():
    assert adjust([0.01, 0.02], family=10) == pytest.approx(adjust([0.01, 0.02] + [1.0] * 8)[:2])


def test_an_unknown_p_value_is_no_test():
    adjusted = adjust([0.01, np.nan, 0.04])
    assert np.isnan(adjusted[1])
    assert adjusted[[0, 2]] == pytest.approx([0.02, 0.04])
    assert discover([np.nan]).rejected.tolist() == [False]
    assert adjust([]).size == 0


def test_weights_favour_what_was_expected_beforehand():
    assert adjust([0.03, 0.03, 0.5], weights=[2, 0.5, 0.5])[0] < adjust([0.03, 0.03, 0.5])[0] + 1e-12
    assert adjust([0.03, 0.2], weights=[1, 1]) == pytest.approx(adjust([0.03, 0.2]))
    assert adjust([0.0001, 0.2], weights=[0, 1])[0] == 1


def test_false_discoveries_are_held():
    rng = np.random.default_rng(1)
    share = []
    for _ in range(400):
        p = rng.random(60)
        p[:10] = rng.beta(0.05, 1, 10)
        hit = discover(p, 0.1).rejected
        share.append(hit[10:].sum() / max(hit.sum(), 1))
    assert np.mean(share) < 0.1


def test_directions_and_conjunctions():
    assert two_sided([0.01, 0.6], [0.99, 0.4]) == pytest.approx([0.02, 0.8])
    assert one_sided([0.02, 0.02], [-1, 1], -1) == pytest.approx([0.01, 0.99])
    assert all_hold([0.01, 0.2], [0.03, 0.1]) == pytest.approx([0.03, 0.2])
    with pytest.raises(ValueError, match="between 0 and 1"):
        adjust([1.2])

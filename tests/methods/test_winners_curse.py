"""The best of many estimates disappoints: by how much, and what shrinkage leaves of it."""

import numpy as np
import pytest

from zhanggui.methods.winners_curse import disappointment, expected_after_choice, expected_best

TABLE = {
    2: 0.5641895835477563,
    3: 0.8462843753216344,
    4: 1.0293753730039643,
    5: 1.1629644736405198,
    10: 1.538752730835173,
    20: 1.8674750597983205,
}
"""Expected largest of n standard normals: Smith & Winkler (2006), and every table of order statistics."""


@pytest.mark.parametrize(("alternatives", "mean"), TABLE.items())
def test_the_table_of_expected_best(alternatives, mean):
    assert expected_best(alternatives) == pytest.approx(mean, abs=1e-12)


def test_the_best_of_one_is_no_better_than_it_looks():
    assert expected_best(1) == pytest.approx(0, abs=1e-12)
    with pytest.raises(ValueError):
        expected_best(0)


def test_the_best_of_two_is_known_in_closed_form():
    assert expected_best(2) == pytest.approx(1 / np.sqrt(np.pi), abs=1e-13)


def test_taking_the_best_of_ten_worthless_ideas_disappoints_by_one_and_a_half_errors():
    noise = np.random.default_rng(0).normal(0, 30, (20_000, 10))
    assert noise.max(axis=1).mean() == pytest.approx(disappointment([30.0] * 10), rel=0.01)
    assert disappointment([]).code == "empty"


def chosen(gains, errors):
    """What the best by its estimate and by its expectation really bring, and what each was said to bring."""
    rng = np.random.default_rng(1)
    said, got, kept, truly = [], [], [], []
    for _ in range(1000):
        truth = gains(rng)
        seen = truth + rng.normal(0, errors)
        expected = expected_after_choice(seen, errors)
        naive, careful = int(np.argmax(seen)), int(np.argmax(expected))
        said.append(seen[naive])
        got.append(truth[naive])
        kept.append(expected[careful])
        truly.append(truth[careful])
    return (np.mean(each) for each in (said, got, kept, truly))


def test_after_shrinkage_the_chosen_keeps_its_promise_and_brings_more():
    errors = np.array([10.0, 20, 40, 80, 160, 10, 20, 40, 80, 160])
    said, got, kept, truly = chosen(lambda rng: rng.normal(0, 40, 10), errors)
    assert said > 3 * got
    assert kept == pytest.approx(truly, rel=0.25)
    assert truly > 1.2 * got


def test_of_ideas_that_differ_no_more_than_their_noise_nothing_is_expected():
    expected = expected_after_choice([12.0, -9, 7, -14, 3], [12.0] * 5)
    assert expected.tolist() == [0.0] * 5


def test_what_is_known_by_arithmetic_keeps_its_gain_and_uncertain_ones_lose_most():
    expected = expected_after_choice([19.0, 100, 100, 100, 60], [0.0, 20, 60, 120, 20])
    assert expected[0] == 19
    assert 100 > expected[1] > expected[2] > expected[3] > 0


def test_two_uncertain_ideas_are_no_choice_to_be_cursed_by():
    assert expected_after_choice([19.0, 100, 100], [0.0, 20, 60]).code == "too_few"
    with pytest.raises(ValueError):
        expected_after_choice([1.0, 2, 3], [1.0, -1, 1])

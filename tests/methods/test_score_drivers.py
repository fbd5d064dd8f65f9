"""What moves scores: true effects are found within their ranges, several scores go together, and too little is refused."""

from __future__ import annotations

import numpy as np
import pytest

from zhanggui.methods.regression import least_squares
from zhanggui.methods.score_drivers import ScoreDrivers, score_drivers
from zhanggui.units import Refusal

LATE, WEEK, ON_TOP = -0.8, -0.1, -0.5
NINETY = 1.645


def drawn(seed: int, reviews: int = 600):
    """Scores of goods and of delivery: late parcels cost both, delivery more; buyers write several reviews in one mood."""
    random = np.random.default_rng(seed)
    buyer = random.integers(0, 400, reviews)
    late = (random.random(reviews) < 0.15) * 1.0
    weeks = random.gamma(2, 1, reviews)
    product, worth = random.integers(0, 20, reviews), random.normal(0, 0.3, 20)
    mood = random.normal(0, 0.5, reviews) + random.normal(0, 0.4, 400)[buyer]
    base = 4.4 + LATE * late + WEEK * weeks + worth[product] + mood
    noise = random.normal(0, 0.5, (reviews, 2))
    scores = np.column_stack([base, base + ON_TOP * late]) + noise
    city = random.integers(0, 15, reviews)
    return scores, np.column_stack([late, weeks]), [product, city], buyer, worth


@pytest.fixture(scope="module")
def thirty() -> list[tuple[ScoreDrivers, np.ndarray]]:
    found = []
    for seed in range(30):
        *asked, worth = drawn(seed)
        one = score_drivers(*asked)
        assert isinstance(one, ScoreDrivers)
        found.append((one, worth))
    return found


def test_ranges_of_ninety_in_a_hundred_hold_what_is_true(thirty) -> None:
    truth = np.array([[LATE, LATE + ON_TOP], [WEEK, WEEK]])
    held = np.array([np.abs(one.effects - truth) < NINETY * one.errors for one, _ in thirty])
    assert 0.8 <= held.mean() <= 0.97


def test_products_that_differ_are_told_from_cities_that_do_not(thirty) -> None:
    products, cities = (np.mean([one.groups[at].spread[0] for one, _ in thirty]) for at in (0, 1))
    assert 0.22 < products < 0.38
    assert cities < 0.1
    held = [np.abs(one.groups[0].effects[:, 0] - worth + worth.mean()) < 0.15 + NINETY * 0.15 for one, worth in thirty]
    assert np.mean(held) > 0.9


def test_what_is_left_between_two_scores_is_the_mood_of_who_gives_them(thirty) -> None:
    """Mood has variance .41, each score's own noise .25: .62 of what is left goes together."""
    left = np.mean([one.left[0, 1] for one, _ in thirty])
    assert left == pytest.approx(0.41 / 0.66, abs=0.04)
    assert all(one.together[0, 1] > one.left[0, 1] for one, _ in thirty)


def test_with_nothing_but_factors_it_is_least_squares() -> None:
    scores, factors, _, buyer, _ = drawn(1)
    found = score_drivers(scores[:, 0], factors, [], buyer)
    line = least_squares(scores[:, 0], np.column_stack([np.ones(len(factors)), factors]))
    assert found.effects[:, 0] == pytest.approx(line.slopes[1:])


def test_reviews_of_one_buyer_do_not_count_as_many() -> None:
    """The same hundred reviews written eight times tell no more than once."""
    scores, factors, _, _, _ = drawn(2, 200)
    once = score_drivers(scores[:, 0], factors, [], np.arange(200))
    eight = score_drivers(np.tile(scores[:, 0], 8), np.tile(factors, (8, 1)), [], np.tile(np.arange(200), 8))
    assert eight.errors == pytest.approx(once.errors, rel=1e-6)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda y, x, c: (y[:99], x[:99], c[:99]), "too_few"),
        (lambda y, x, c: (y, x, c // 60), "too_few"),
        (lambda y, x, c: (y * 0 + 5, x, c), "constant"),
        (lambda y, x, c: (y, np.column_stack([x, x.sum(axis=1)]), c), "collinear"),
    ],
)
def test_what_cannot_be_told_is_refused(change, code) -> None:
    scores, factors, _, _, _ = drawn(3)
    y, x, clusters = change(scores[:, 0], factors, np.arange(len(factors)))
    found = score_drivers(y, x, [], clusters)
    assert isinstance(found, Refusal)
    assert found.code == code

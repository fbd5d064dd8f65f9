"""Signs are added up: no sign alone decides, chance is counted, and what is common here says nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zhanggui.methods.evidence import CAP, Evidence, weigh, weight_of
from zhanggui.methods.near_copies import near_copies
from zhanggui.units import Refusal

THREE = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)]


def test_what_comes_together_against_chance_is_suspect_and_a_single_sign_never_is() -> None:
    found = weigh(THREE, [900, 30, 30, 30, 10], (0.6, 0.6, 0.6))
    assert isinstance(found, Evidence)
    assert found.suspect.tolist() == [False, False, False, False, True]
    one = weigh([(0,), (1,)], [990, 10], (0.99,), level=0.5)
    assert isinstance(one, Evidence)
    assert not one.suspect.any()


def test_the_sum_is_what_each_sign_says() -> None:
    found = weigh(THREE, [900, 30, 30, 30, 10], (0.6, 0.6, 0.6))
    assert isinstance(found, Evidence)
    for row, pattern in zip(found.parts, THREE, strict=True):
        for part, seen, usual in zip(row, pattern, found.usual, strict=True):
            says = min(math.log(0.6 / usual), CAP) if seen else math.log(0.4 / (1 - usual))
            assert part == pytest.approx(says)
    assert found.score == pytest.approx(found.parts.sum(axis=1))
    odds = found.chance / (1 - found.chance) / (found.share / (1 - found.share))
    assert np.log(odds) == pytest.approx(found.score)


def test_a_sign_as_common_among_usual_ones_says_nothing_and_an_unknown_one_neither() -> None:
    found = weigh([(0, -1), (1, -1), (1, 1), (0, 0)], [300, 600, 1, 99], (0.3, 0.5))
    assert isinstance(found, Evidence)
    assert found.parts[:, 0].tolist() == [0, 0, 0, 0]
    assert found.parts[0, 1] == found.parts[1, 1] == 0


def test_independent_signs_are_left_alone() -> None:
    chance = np.random.default_rng(1)
    for _ in range(20):
        drawn = (chance.random((3000, 5)) < np.array([0.05, 0.02, 0.1, 0.01, 0.2])).astype(int)
        patterns, counts = np.unique(drawn, axis=0, return_counts=True)
        found = weigh(patterns.tolist(), counts.tolist(), (0.4,) * 5)
        assert isinstance(found, Evidence)
        assert counts[found.suspect].sum() <= 1


def test_planted_ones_are_found_and_their_number_told() -> None:
    chance = np.random.default_rng(2)
    usual = (chance.random((4000, 6)) < 0.02).astype(int)
    planted = (chance.random((120, 6)) < 0.6).astype(int)
    patterns, place, counts = np.unique(np.vstack([usual, planted]), axis=0, return_inverse=True, return_counts=True)
    found = weigh(patterns.tolist(), counts.tolist(), (0.5,) * 6)
    assert isinstance(found, Evidence)
    assert 0.02 < found.share < 0.04
    suspect = found.suspect[place.ravel()]
    assert suspect[4000:].mean() > 0.6
    assert suspect[:4000].sum() <= 2
    assert found.by_chance < 2


def test_the_wrong_ones_of_a_threshold_are_those_that_chance_brings() -> None:
    found = weigh([(0, 0), (1, 0), (0, 1), (1, 1)], [9000, 500, 400, 100], (0.9, 0.9), level=0.5, most_false=1.0)
    assert isinstance(found, Evidence)
    one, other = found.usual
    assert found.chance_at(0.5) == pytest.approx(10_000 * one * other)
    assert found.chance_at(0.999999) == 0


def test_too_few_things_and_no_sign_are_refused() -> None:
    assert weigh([(1, 1)], [50], (0.5, 0.5)) == Refusal("too_few", needed=100, have=50)
    assert weigh([(0, 0)], [500], (0.5, 0.5)) == Refusal("no_signs")
    assert weigh([], [], (0.5,)) == Refusal("too_few", needed=100, have=0)


def test_no_sign_says_more_than_a_factor_of_twenty() -> None:
    assert weight_of(0.9, 1e-9) == CAP
    assert weight_of(0.4, 0.2) == pytest.approx(math.log(2))


def test_copies_are_found_but_for_a_few_letters() -> None:
    texts = [
        "the cup is lovely and came quickly",
        "the cup is lovely and came quickly!!",
        "broken lid",
        "",
        "broken lid",
    ]
    assert near_copies(texts) == [{1}, {0}, {4}, set(), {2}]


def test_copies_are_those_that_every_pair_compared_gives() -> None:
    chance = np.random.default_rng(3)
    texts = ["".join(chance.choice(list("abc"), int(chance.integers(3, 12)))) for _ in range(120)]

    def alike(one: str, other: str) -> bool:
        a, b = ({text[i : i + 3] for i in range(len(text) - 2)} for text in (one, other))
        return len(a & b) >= 0.8 * len(a | b)

    every = [{j for j in range(120) if j != i and alike(texts[i], texts[j])} for i in range(120)]
    assert near_copies(texts) == every

"""What is bought together."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from drawn.published import data
from zhanggui.methods.baskets import Lifts, basket_rules, frequent_sets, pair_lifts
from zhanggui.units import Refusal

BASKETS = [["tea", "cup"], ["tea", "cup"], ["tea", "pot"], ["cup"], ["pot", "tea", "cup"]]


def test_sets_are_counted_in_whole_baskets() -> None:
    found = frequent_sets(BASKETS, 0.4)
    assert found[frozenset(("tea",))] == 4
    assert found[frozenset(("tea", "cup"))] == 3
    assert frozenset(("pot", "cup")) not in found


def test_a_rule_at_the_very_limit_is_a_rule() -> None:
    rules = basket_rules(BASKETS, 0.2, 0.75)
    (rule,) = [r for r in rules if r.given == ("tea",) and r.then == "cup"]
    assert rule.confidence == Fraction(3, 4)
    # .8 and .2 are no binary fractions: 4 of 5 must pass .8 whichever way the shares would be rounded.
    exact = [["a", "b"]] * 4 + [["a"]] + [["c"]] * 44
    assert [r.given for r in basket_rules(exact, 0.08, 0.8) if r.then == "b"] == [("a",)]


def test_a_pair_seen_often_is_surer_than_one_seen_twice() -> None:
    found = pair_lifts([200, 4], [1000, 20], [1000, 20], 20_000)
    assert isinstance(found, Lifts)
    assert found.mean[0] == pytest.approx(205 / 55)
    assert found.lower[0] > 3
    assert found.lower[1] < 1.5


def test_of_products_bought_apart_hardly_any_pair_passes() -> None:
    draws = np.random.default_rng(7).random((6000, 80)) < 0.05
    both = draws.T.astype(int) @ draws.astype(int)
    sums = draws.sum(axis=0)
    i, j = np.triu_indices(80, 1)
    found = pair_lifts(both[i, j], sums[i], sums[j], len(draws))
    assert isinstance(found, Lifts)
    assert (found.lower >= 1.5).sum() == 0
    assert found.mean.mean() == pytest.approx(1, abs=0.02)


def test_nothing_is_no_pair() -> None:
    assert isinstance(pair_lifts([], [], [], 10), Refusal)


@pytest.fixture(scope="module")
def groceries() -> list[list[str]]:
    lines = (data("groceries_baskets") / "groceries.csv").read_text(encoding="utf-8").splitlines()
    return [line.split(",") for line in lines if line]


@pytest.mark.prove
def test_a_months_groceries_are_as_many_as_published(groceries: list[list[str]]) -> None:
    items = [item for basket in groceries for item in basket]
    assert (len(groceries), len(set(items)), len(items)) == (9835, 169, 43367)
    assert len(items) / (9835 * 169) == pytest.approx(0.02609146, abs=5e-9)


@pytest.mark.prove
@pytest.mark.parametrize(
    ("support", "confidence", "sets", "by_length"),
    [
        (0.001, 0.5, 13492, [11, 1461, 3211, 939, 46]),
        (0.001, 0.8, 13492, [0, 29, 229, 140, 12]),
        (0.006, 0.25, 747, None),
        (0.01, 0.5, 333, None),
    ],
)
def test_a_months_groceries_give_the_published_rules(
    groceries: list[list[str]], support: float, confidence: float, sets: int, by_length: list[int] | None
) -> None:
    assert len(frequent_sets(groceries, support)) == sets
    rules = basket_rules(groceries, support, confidence)
    assert len(rules) == RULES[support, confidence]
    if by_length:
        assert np.bincount([len(r.given) + 1 for r in rules], minlength=7).tolist()[2:] == by_length


RULES = {(0.001, 0.5): 5668, (0.001, 0.8): 410, (0.006, 0.25): 463, (0.01, 0.5): 15}
"""410 counts the four rules whose confidence is exactly .8; where shares of floating point are divided they are lost, and 406 are left."""


@pytest.mark.prove
def test_without_whole_numbers_four_rules_at_the_limit_are_lost(groceries: list[list[str]]) -> None:
    sure = basket_rules(groceries, 0.001, 0.8)
    by_shares = [r for r in sure if (r.together / 9835) / (r.of / 9835) >= 0.8]
    assert (len(sure), len(by_shares)) == (410, 406)
    assert {(r.together, r.of) for r in sure if r not in by_shares} <= {(12, 15), (16, 20), (20, 25), (24, 30)}


@pytest.mark.prove
@pytest.mark.parametrize(
    ("given", "then", "support", "confidence", "lift"),
    [
        (("Instant food products", "soda"), "hamburger meat", 0.00122, 0.631579, 18.995654),
        (("popcorn", "soda"), "salty snack", 0.00122, 0.631579, 16.697793),
        (("baking powder", "flour"), "sugar", 0.001017, 0.555556, 16.408075),
        (("liquor", "red/blush wine"), "bottled beer", 0.001932, 0.904762, 11.235269),
        (("herbs",), "root vegetables", 0.007016, 0.43125, 3.956477),
        (("berries",), "whipped/sour cream", 0.009049, 0.272171, 3.796886),
        (("citrus fruit", "root vegetables"), "other vegetables", 0.010371, 0.586207, 3.029608),
    ],
)
def test_the_strongest_rules_of_the_groceries_are_the_published_ones(
    groceries: list[list[str]], given: tuple[str, ...], then: str, support: float, confidence: float, lift: float
) -> None:
    (rule,) = [r for r in basket_rules(groceries, 0.001, 0.25) if (r.given, r.then) == (given, then)]
    measured = (rule.together / len(groceries), float(rule.confidence), rule.lift)
    assert measured == (pytest.approx(support, abs=5e-7), pytest.approx(confidence, abs=5e-7), pytest.approx(lift))

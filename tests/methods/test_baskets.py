"""What is bought together."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

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


@pytest.mark.prove
def test_a_months_groceries_give_the_published_rules() -> None:
    folder = Path(os.environ["ZHANGGUI_DATA"]) / "groceries_baskets" / "groceries.csv"
    baskets = [line.split(",") for line in folder.read_text(encoding="utf-8").splitlines() if line]
    assert len(baskets) == 9835
    sets = frequent_sets(baskets, 0.001)
    assert (len(sets), len(frequent_sets(baskets, 0.006)), len(frequent_sets(baskets, 0.01))) == (13492, 747, 333)
    half = basket_rules(baskets, 0.001, 0.5)
    assert len(half) == 5668
    assert np.bincount([len(r.given) + 1 for r in half]).tolist()[2:] == [11, 1461, 3211, 939, 46]
    sure = basket_rules(baskets, 0.001, 0.8)
    assert len(sure) == 410
    assert np.bincount([len(r.given) + 1 for r in sure]).tolist()[3:] == [29, 229, 140, 12]
    assert len(basket_rules(baskets, 0.006, 0.25)) == 463
    assert len(basket_rules(baskets, 0.01, 0.5)) == 15
    assert half[0].given == ("Instant food products", "soda")
    assert (float(half[0].confidence), half[0].lift) == (pytest.approx(0.631579, abs=1e-6), pytest.approx(18.995654))

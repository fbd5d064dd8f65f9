"""Paid price and units a line of the largest products."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from drawn.situation import situation
from zhanggui.brief.choose import choose
from zhanggui.playbooks.kinds import Verdict
from zhanggui.playbooks.product_terms import product_terms


def lines(price: float = 1.0, units: float = 1.0, *, seed: int = 1, product: str = "P") -> list[dict[str, Any]]:
    """About six lines a day for half a year at 12.75, or 10.95 from 16 units on; the last week's prices and units are multiplied."""
    chance = np.random.default_rng(seed)
    rows = []
    for age in range(182):
        for _ in range(chance.poisson(6)):
            count = int(chance.choice([1, 2, 3, 4, 6, 16, 32], p=[0.3, 0.2, 0.15, 0.1, 0.1, 0.1, 0.05]))
            paid = 10.95 if count >= 16 else 12.75
            if age < 7:
                paid, count = round(paid * price, 2), max(int(np.floor(count * units + chance.uniform())), 1)
            rows.append({"product_id": product, "age": age, "price": paid, "units": float(count), "lines": 1})
    return rows


def judged(rows: list[dict[str, Any]]) -> Verdict:
    return product_terms(situation(hero_lines=rows))


def test_a_price_cut_of_a_large_product_is_named_with_what_was_paid_before() -> None:
    verdict = judged(lines(price=0.7))
    (finding,) = [f for f in verdict.findings if f.words.key.endswith("price_down")]
    assert finding.words.params["before"].value == pytest.approx(12.75)
    assert finding.words.params["now"].value == pytest.approx(8.93, abs=0.01)
    assert finding.size < 0
    assert finding.p is not None
    assert finding.p < 1e-4


def test_fewer_units_a_line_at_the_same_price_are_told_from_a_cheaper_price() -> None:
    keys = {f.words.key for f in judged(lines(units=0.5, seed=4)).findings}
    assert keys == {"rules.product_terms.units_down"}


def test_ordinary_weeks_are_quiet() -> None:
    said = 0
    for seed in range(20):
        here = situation(hero_lines=lines(seed=seed))
        said += bool(choose([], [product_terms(here)], here.config, here.floor).findings)
    assert said <= 2


def test_a_change_worth_less_than_the_floor_is_not_said() -> None:
    assert not product_terms(situation(hero_lines=lines(price=0.7), floor=20000.0)).findings


def test_four_lines_in_a_week_are_too_few() -> None:
    rows = [row for row in lines() if row["age"] >= 7] + [row for row in lines(price=0.7) if row["age"] < 7][:4]
    assert judged(rows).family == 0


def test_its_tests_have_a_share_of_the_error_budget_of_their_own() -> None:
    verdict = judged(lines() + lines(product="Q", seed=9))
    assert verdict.share == 0.3
    assert verdict.family == 4


def test_very_many_lines_are_taken_in_proportion() -> None:
    many = [{**row, "lines": 400} for row in lines(price=0.7)]
    assert any(f.words.key.endswith("price_down") for f in judged(many).findings)

"""A wandering level with ridge regression, beside the two series on which CausalImpact is usually shown."""

import csv
from pathlib import Path

import numpy as np
import pytest

from zhanggui.methods.local_level import LevelEffect, local_level
from zhanggui.units import Refusal

GOLDEN = Path(__file__).parent / "golden"


def columns(name: str) -> dict[str, list[str]]:
    with (GOLDEN / name).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {key: [row[key] for row in rows] for key in rows[0]}


def floats(values: list[str]) -> np.ndarray:
    return np.array([float(value) for value in values])


def test_five_added_to_a_series_are_found_as_causalimpact_finds_them():
    arma = columns("arma.csv")
    y = floats(arma["y"])
    y[70:] += 5
    found = local_level(y, 70, floats(arma["X"])[None, :])
    assert isinstance(found, LevelEffect)
    assert found.effect == pytest.approx(4.89, abs=0.15)  # tfcausalimpact: 4.89 [4.26, 5.47]
    assert found.low == pytest.approx(4.26, abs=0.15)
    assert found.high == pytest.approx(5.47, abs=0.15)
    assert y[70:].mean() - found.expected.mean() == pytest.approx(found.effect)


def test_three_controls_are_shrunk_so_that_the_effect_lies_within_half_a_deviation_of_r():
    table = columns("comparison.csv")
    before = table["DATE"].index("2019-07-15")
    controls = np.array([floats(table[f"NOT_CHANGED_{k}"]) for k in (1, 2, 3)])
    found = local_level(floats(table["CHANGED"]), before, controls)
    assert isinstance(found, LevelEffect)
    assert abs(found.effect + 657) < 736 / 2  # R CausalImpact: −657 (736); without shrinking −1,182 (682)
    assert found.low < 0 < found.high


def test_days_left_out_change_little_and_are_not_taken_for_zero():
    chance = np.random.default_rng(3)
    y = 100 + chance.normal(0, 5, 60)
    whole = local_level(y, 40)
    y[[5, 17, 33, 50]] = np.nan
    gappy = local_level(y, 40)
    assert abs(whole.effect - gappy.effect) < whole.error / 2


def test_a_wandering_series_proves_less_than_a_steady_one():
    chance = np.random.default_rng(4)
    steady = 100 + chance.normal(0, 5, 60)
    wandering = steady + np.cumsum(chance.normal(0, 5, 60))
    assert local_level(wandering, 40).error > 2 * local_level(steady, 40).error


def test_a_short_or_a_constant_series_is_refused():
    assert local_level(np.arange(7.0), 5) == Refusal("too_short", needed=8, have=5)
    assert isinstance(local_level(np.full(30, 4.0), 20), Refusal)
    assert isinstance(local_level(np.arange(30.0), 30), Refusal)

"""A small version of the long proof: intervals hold the truth about as often as they say, and nothing is seldom called worked."""

import pytest
from benchmarks.decisions.effect_coverage import PIECES, SETTINGS, Piece, one, summed

pytestmark = pytest.mark.prove


@pytest.fixture(scope="module")
def figures():
    pieces: list[Piece] = [one(piece, runs=100, seed=3) for piece in PIECES if piece[1] in ("plain", "bulk orders")]
    return summed(pieces)


@pytest.mark.parametrize("design", [setting.design for setting in SETTINGS])
def test_the_interval_of_each_design_holds_the_truth(figures, design):
    found = figures[design]
    assert found["runs"] == 40
    assert found["coverage"] >= 0.85  # 34 of 40: at 95 % fewer happen in one of seventy
    assert found["width"] < 1.6


@pytest.mark.parametrize("design", ["synthetic_control", "regression"])
def test_nothing_is_seldom_called_worked_also_where_it_was_chosen_for_a_fall(figures, design):
    assert figures[design]["false_worked"] <= 0.1
    assert figures[design]["chosen_because_sales_fell"]["false_worked"] <= 0.1


@pytest.mark.parametrize("design", ["synthetic_control", "regression"])
def test_what_is_half_as_large_again_as_the_smallest_visible_effect_is_mostly_seen(figures, design):
    assert figures[design]["large_effects"]["worked"] >= 0.6


def test_before_and_after_alone_never_says_worked(figures):
    assert figures["before_after"]["false_worked"] == 0

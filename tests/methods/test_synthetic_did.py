"""California's tax of 1988 read against 38 other states: the digits that the method's authors publish."""

import csv
from pathlib import Path

import numpy as np
import pytest

from zhanggui.methods.synthetic_did import Synthetic, synthetic_did
from zhanggui.units import Refusal

GOLDEN = Path(__file__).parent / "golden" / "prop99.csv"


@pytest.fixture(scope="module")
def states():
    with GOLDEN.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    names, years = sorted({r["State"] for r in rows}), sorted({r["Year"] for r in rows})
    packs = np.zeros((len(names), len(years)))
    for row in rows:
        packs[names.index(row["State"]), years.index(row["Year"])] = float(row["PacksPerCapita"])
    california = names.index("California")
    return packs[california], np.delete(packs, california, axis=0), years, [n for n in names if n != "California"]


@pytest.fixture(scope="module")
def readings(states):
    changed, donors, years, _ = states
    before = years.index("1989")
    return {e: synthetic_did(changed, donors, before, estimator=e) for e in ("did", "sc", "sdid", "difp")}


@pytest.mark.parametrize(
    ("estimator", "effect", "spread", "rank"),
    [
        ("did", -27.34911108361495, 17.51884804659634, 4),
        ("sc", -19.619663470944012, 10.762095822825604, 3),
        ("sdid", -15.60382787273386, 9.494589801728754, 2),
        ("difp", -11.104644927719772, 10.201430628834812, 11),
    ],
)
def test_the_published_effect_of_the_tax_comes_out_to_the_digit(readings, estimator, effect, spread, rank):
    found = readings[estimator]
    assert isinstance(found, Synthetic)
    assert found.effect == pytest.approx(effect, abs=1e-8)
    assert found.placebo_sd == pytest.approx(spread, abs=1e-6)
    assert found.rank == (rank, 39)


def test_the_weights_of_years_and_states_are_those_published(readings, states):
    found = readings["sdid"]
    years = dict(zip(states[2], found.times, strict=False))
    assert [round(years[y], 4) for y in ("1986", "1987", "1988")] == [0.3665, 0.2065, 0.4271]
    units = dict(zip(states[3], found.units, strict=True))
    assert round(units["Nevada"], 4) == 0.1245
    assert round(units["New Hampshire"], 4) == 0.1050
    assert found.units.sum() == pytest.approx(1)
    assert found.times.sum() == pytest.approx(1)


def test_weights_do_not_see_what_came_after_the_change(states):
    changed, donors, years, _ = states
    before = years.index("1989")
    later = changed.copy()
    later[before:] += 30
    first, second = (synthetic_did(own, donors, before, placebos=False) for own in (changed, later))
    assert second.effect == pytest.approx(first.effect + 30)
    assert np.array_equal(first.units, second.units)
    assert np.array_equal(first.times, second.times)


def test_enough_precision_for_a_shop_moves_the_effect_by_a_thousandth_of_its_spread(states, readings):
    changed, donors, years, _ = states
    rough = synthetic_did(changed, donors, years.index("1989"), precision=1e-3)
    assert abs(rough.effect - readings["sdid"].effect) < 0.002 * readings["sdid"].placebo_sd


def test_one_donor_or_no_time_before_is_refused(states):
    changed, donors, _, _ = states
    assert synthetic_did(changed, donors[:1], 19) == Refusal("few_donors", needed=2, have=1)
    assert isinstance(synthetic_did(changed, donors, 1), Refusal)
    assert isinstance(synthetic_did(changed, donors, 31), Refusal)
    assert isinstance(synthetic_did(changed, np.ones_like(donors), 19), Refusal)

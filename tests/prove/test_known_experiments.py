"""Two public experiments read as others have read them, and concluded from no further than they allow.

Cookie Cats: 90,189 players of a game, a gate at level 30 or 40. Hillstrom: 64,000 customers of a shop, a letter for men, one for women,
or none (MineThatData E-Mail Analytics Challenge, 2008).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import polars as pl
import pytest
from benchmarks.decisions import ab_looks

from drawn.published import data
from zhanggui.experiments.kinds import Baseline, Experiment, Metric, Plan, Variant
from zhanggui.experiments.reading import ExperimentReading, reading_of
from zhanggui.methods.ab_reading import Joint, Reading, of_values, welch, with_before
from zhanggui.methods.sample_ratio import SampleRatio
from zhanggui.numbers.exposures import Exposures, Sums

pytestmark = pytest.mark.prove
END = date(2026, 9, 28)
AFTER = date(2026, 9, 29)


def read(metric: Metric, arms: dict[str, pl.Series], expected: float, day: date = AFTER) -> ExperimentReading:
    """The reading of an experiment with equal shares whose first arm is the control; ``expected`` is the rate or value planned with."""
    values = {name: arm.cast(pl.Float64) for name, arm in arms.items()}
    sums = {
        name: Sums(len(x), int((x > 0).sum()), int((x != 0).sum()), float(x.sum()), float((x**2).sum()))
        for name, x in values.items()
    }
    plan = Plan(
        "known",
        "Known",
        "message",
        "visitor",
        metric,
        tuple(Variant(name, 1 / len(arms)) for name in arms),
        date(2026, 9, 1),
        END,
        sum(len(x) for x in values.values()),
        0.05,
        Baseline(expected, expected),
    )
    return reading_of(Experiment(plan, "ann", datetime(2026, 8, 30), date(2026, 8, 30)), Exposures(sums), day)


def at_end(found: ExperimentReading, number: int = 1) -> Reading:
    reading = found.variants[number].at_end
    assert isinstance(reading, Reading)
    return reading


# ---- Cookie Cats


@pytest.fixture(scope="module")
def cats() -> dict[str, pl.DataFrame]:
    players = pl.read_csv(data("cookie_cats") / "cookie_cats.csv.gz")
    return {gate: players.filter(pl.col("version") == gate) for gate in ("gate_30", "gate_40")}


def test_the_split_of_cookie_cats_is_doubtful(
    cats: dict[str, pl.DataFrame], record_property: Callable[[str, object], None]
) -> None:
    split = read("conversion", {gate: x["retention_7"] for gate, x in cats.items()}, 0.19).split
    assert isinstance(split, SampleRatio)
    assert split.p == pytest.approx(0.0086, abs=0.00005)
    assert split.verdict == "doubtful"
    record_property("sample ratio of Cookie Cats", f"p = {split.p:.4f}")


def test_seven_day_retention_fell_and_no_conclusion_is_drawn(cats: dict[str, pl.DataFrame]) -> None:
    found = read("conversion", {gate: x["retention_7"] for gate, x in cats.items()}, 0.19)
    assert [shown.mean for shown in found.variants] == [
        pytest.approx(0.1902, abs=5e-5),
        pytest.approx(0.1820, abs=5e-5),
    ]
    end = at_end(found)
    assert end.difference.value == pytest.approx(-0.0082, abs=5e-5)
    assert end.p == pytest.approx(0.0016, abs=5e-5)
    assert (found.advice, found.about) == ("doubtful_split", ("gate_40",))


def test_one_day_retention_does_not_differ_enough_to_say_so(cats: dict[str, pl.DataFrame]) -> None:
    found = read("conversion", {gate: x["retention_1"] for gate, x in cats.items()}, 0.45)
    assert at_end(found).p == pytest.approx(0.0744, abs=5e-5)
    assert found.advice == "no_difference"


def test_one_player_of_fifty_thousand_rounds_decides_nothing(cats: dict[str, pl.DataFrame]) -> None:
    whole = read("value", {gate: x["sum_gamerounds"] for gate, x in cats.items()}, 52.0)
    assert at_end(whole).difference.value == pytest.approx(-1.157, abs=5e-4)
    assert whole.advice == "no_difference"
    usual = {gate: x.filter(pl.col("sum_gamerounds") < 40_000)["sum_gamerounds"] for gate, x in cats.items()}
    without = read("value", usual, 52.0)
    assert without.units == whole.units - 1
    assert at_end(without).difference.value == pytest.approx(-0.043, abs=5e-4)
    assert without.advice == "no_difference"


# ---- Hillstrom

LETTERS = ("No E-Mail", "Mens E-Mail", "Womens E-Mail")


@pytest.fixture(scope="module")
def letters() -> dict[str, pl.DataFrame]:
    customers = pl.read_csv(data("hillstrom_email") / "hillstrom.csv.gz", infer_schema_length=None)
    return {name: customers.filter(pl.col("segment") == name) for name in LETTERS}


def test_the_split_of_three_letters_is_fine(letters: dict[str, pl.DataFrame]) -> None:
    split = read("conversion", {name: x["visit"] for name, x in letters.items()}, 0.1).split
    assert isinstance(split, SampleRatio)
    assert split.verdict == "fine"
    assert split.p == pytest.approx(0.904, abs=5e-4)


@pytest.mark.parametrize(
    ("outcome", "metric", "expected", "mens", "womens"),
    [
        ("visit", "conversion", 0.10, 0.0766, 0.0452),
        ("conversion", "conversion", 0.006, 0.0068, 0.0031),
        ("spend", "value", 0.65, 0.770, 0.424),
    ],
)
def test_both_letters_brought_visits_buyers_and_money(
    letters: dict[str, pl.DataFrame], outcome: str, metric: Metric, expected: float, mens: float, womens: float
) -> None:
    found = read(metric, {name: x[outcome] for name, x in letters.items()}, expected)
    values = [at_end(found, number).difference.value for number in (1, 2)]
    assert values == [pytest.approx(mens, abs=5e-4), pytest.approx(womens, abs=5e-4)]
    assert (found.advice, set(found.about)) == ("better", set(LETTERS[1:]))
    assert found.leader == "Mens E-Mail"


def test_read_on_the_way_the_money_of_the_womens_letter_is_not_claimed_yet(letters: dict[str, pl.DataFrame]) -> None:
    found = read("value", {name: x["spend"] for name, x in letters.items()}, 0.65, day=END)
    assert found.about == ("Mens E-Mail",)
    daily = found.variants[2].daily
    assert isinstance(daily, Reading)
    assert daily.difference.low < 0 < daily.difference.high


def test_a_year_of_purchases_explains_little_of_two_weeks_spending(
    letters: dict[str, pl.DataFrame], record_property: Callable[[str, object], None]
) -> None:
    def joint(x: pl.DataFrame) -> Joint:
        y, before = x["spend"].cast(pl.Float64), x["history"].cast(pl.Float64)
        return Joint(len(x), y.sum(), (y**2).sum(), before.sum(), (before**2).sum(), (y * before).sum())

    sums = [joint(letters[name]) for name in LETTERS[:2]]
    relieved = with_before(*sums)
    assert not hasattr(relieved, "code")
    plain = [of_values(each.n, each.y, each.yy) for each in sums]
    found, raw = welch(*relieved), welch(*plain)  # type: ignore[misc,arg-type]
    assert isinstance(found, Reading)
    assert isinstance(raw, Reading)
    narrower = 1 - (found.difference.high - found.difference.low) / (raw.difference.high - raw.difference.low)
    assert 0 < narrower < 0.01
    assert found.difference.value == pytest.approx(raw.difference.value, abs=0.02)
    record_property("interval narrower by purchases before (Hillstrom)", f"{narrower:.2%}")


# ---- daily looks


def test_daily_looks_for_four_weeks_err_at_most_one_time_in_twenty(
    record_property: Callable[[str, object], None],
) -> None:
    found = ab_looks.run(seeds=(1, 2, 3, 4))
    worst = found.pop("worst_false_always_valid")
    for name, each in found.items():
        record_property(
            f"{name}: false claims over 28 daily looks",
            f"always valid {each['false_always_valid']:.1%}, fixed {each['false_fixed_every_day']:.1%}",
        )
    assert worst <= 0.05
    assert max(each["false_fixed_every_day"] for each in found.values()) > 0.2
    assert all(each["false_either"] <= 0.06 for each in found.values())

"""What an experiment shows, and when it says to stop."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from zhanggui.experiments.kinds import Baseline, Experiment, Plan, Variant
from zhanggui.experiments.reading import END_LEVEL, LEVEL, ExperimentReading, reading_of
from zhanggui.methods.ab_reading import Reading
from zhanggui.numbers.exposures import Exposures, Sums
from zhanggui.units import Refusal

START, END = date(2026, 9, 1), date(2026, 9, 28)
PLAN = Plan(
    id="photo",
    name="Photo",
    change="picture",
    unit="visitor",
    metric="conversion",
    variants=(Variant("old", 0.5), Variant("new", 0.5)),
    start=START,
    end=END,
    planned=20_000,
    smallest=0.2,
    baseline=Baseline(0.03, 0.0291, a_day=700),
)
EXPERIMENT = Experiment(PLAN, "ann", datetime(2026, 8, 30, 8), date(2026, 8, 30))
DURING, AFTER = date(2026, 9, 15), date(2026, 9, 29)


def rates(*pairs: tuple[int, int], names: str = "old new third") -> Exposures:
    """Sums of variants from (converted, units)."""
    return Exposures({name: Sums(n, k, k) for name, (k, n) in zip(names.split(), pairs, strict=False)}, stated=True)


def read(found: Exposures, day: date = DURING, **changed: object) -> ExperimentReading:
    return reading_of(replace(EXPERIMENT, plan=replace(PLAN, **changed)), found, day)  # type: ignore[arg-type]


def test_before_the_first_unit_there_is_nothing_to_read() -> None:
    found = read(Exposures())
    assert found.advice == "no_units"
    assert found.leader is None
    assert [shown.mean for shown in found.variants] == [None, None]


def test_a_clear_difference_may_stop_the_test_early() -> None:
    found = read(rates((90, 5000), (190, 5000)))
    assert (found.advice, found.about) == ("better", ("new",))
    assert found.leader == "new"
    daily = found.variants[1].daily
    assert isinstance(daily, Reading)
    assert daily.difference.low > 0
    assert daily.method == "conversion_sequence"


def test_what_a_fixed_test_would_call_a_winner_on_the_way_is_none() -> None:
    # p = .03 by an ordinary test on day 15
    found = read(rates((150, 5000), (190, 5000)))
    assert found.advice == "go_on"
    assert found.variants[1].at_end is None
    assert found.variants[1].best is not None
    assert found.variants[1].best > 0.9


def test_the_same_sums_decide_at_the_planned_end() -> None:
    found = read(rates((150, 5000), (190, 5000)), AFTER)
    end = found.variants[1].at_end
    assert isinstance(end, Reading)
    assert end.difference.level == END_LEVEL
    assert end.p < 1 - END_LEVEL
    assert (found.advice, found.about) == ("better", ("new",))


def test_a_test_planned_after_its_start_has_no_reading_for_the_end() -> None:
    late = replace(EXPERIMENT, day=START + timedelta(days=1))
    found = reading_of(late, rates((150, 5000), (190, 5000)), AFTER)
    assert late.late
    assert found.variants[1].at_end is None
    assert found.advice == "not_shown"


def test_a_worse_variant_may_be_taken_out() -> None:
    found = read(rates((190, 5000), (90, 5000)))
    assert (found.advice, found.about) == ("worse", ("new",))


def test_no_difference_shown_is_said_only_at_the_end() -> None:
    assert read(rates((150, 5000), (152, 5000))).advice == "go_on"
    assert read(rates((150, 5000), (152, 5000)), AFTER).advice == "no_difference"


def test_a_broken_split_stops_the_reading() -> None:
    found = read(rates((90, 5000), (190, 5600)))
    assert found.advice == "broken_split"
    assert found.leader is None
    assert found.variants[1].daily is None
    assert found.variants[1].best is None


def test_of_a_doubtful_split_no_conclusion_is_drawn() -> None:
    found = read(rates((90, 5000), (190, 5280)))
    assert found.split.verdict == "doubtful"  # type: ignore[union-attr]
    assert isinstance(found.variants[1].daily, Reading)
    assert (found.advice, found.about) == ("doubtful_split", ("new",))
    assert read(rates((150, 5000), (152, 5280))).advice == "go_on"


def test_a_dozen_conversions_are_read_exactly_and_none_not_at_all() -> None:
    few = read(rates((1, 400), (27, 400)))
    assert few.advice == "better"
    assert read(rates((0, 400), (0, 400))).advice == "too_few"
    assert read(rates((0, 400), (0, 400)), AFTER).advice == "cannot_tell"
    assert read(rates((0, 400), (0, 400)), AFTER).leader is None


def test_several_variants_part_the_error_among_them() -> None:
    three = tuple(Variant(name, 1 / 3) for name in ("old", "new", "third"))
    found = read(rates((150, 5000), (190, 5000), (151, 5000)), AFTER, variants=three)
    levels = [shown.at_end.difference.level for shown in found.variants[1:]]  # type: ignore[union-attr]
    assert levels == [pytest.approx(1 - (1 - END_LEVEL) / 2)] * 2
    assert found.variants[1].daily.difference.level == pytest.approx(1 - (1 - LEVEL) / 2)  # type: ignore[union-attr]
    assert found.advice == "no_difference"  # p = .03 is not enough for one of two
    assert sum(shown.best or 0 for shown in found.variants) == pytest.approx(1)


def test_a_common_outcome_is_read_by_the_normal_curve() -> None:
    common = Baseline(0.45, 0.2475, a_day=700)
    found = read(rates((2200, 5000), (2500, 5000)), baseline=common)
    assert found.variants[1].daily.method == "asymptotic_sequence"  # type: ignore[union-attr]
    assert found.advice == "better"
    assert isinstance(read(rates((12, 30), (14, 30)), baseline=common).variants[1].daily, Refusal)


def test_money_needs_a_hundred_buyers_a_variant_before_it_is_read_early() -> None:
    rng = np.random.default_rng(2)

    def spent(buyers: int, units: int) -> Sums:
        x = rng.lognormal(4, 0.6, buyers)
        return Sums(units, buyers, buyers, float(x.sum()), float((x**2).sum()))

    few = Exposures({"old": spent(60, 3000), "new": spent(90, 3000)})
    assert read(few, metric="value").variants[1].daily == Refusal("too_few", needed=100, have=60)
    assert read(few, metric="value").advice == "too_few"
    assert isinstance(read(few, AFTER, metric="value").variants[1].at_end, Reading)
    many = Exposures({"old": spent(200, 10_000), "new": spent(500, 10_000)})
    assert read(many, metric="value").advice == "better"


def test_days_as_units_are_few_and_read_at_the_end() -> None:
    rng = np.random.default_rng(2)
    sums = {}
    for name, mean in (("old", 900.0), ("new", 1300.0)):
        x = rng.normal(mean, 150, 14)
        sums[name] = Sums(14, 14, 14, float(x.sum()), float((x**2).sum()))
    found = read(Exposures(sums), AFTER, metric="value", unit="day", change="price")
    assert found.variants[1].daily == Refusal("too_few", needed=20, have=14)
    assert found.advice == "better"


def test_units_of_variants_nobody_planned_are_counted_apart() -> None:
    found = read(rates((90, 5000), (190, 5000), (7, 70), names="old new other"))
    assert found.foreign == 70
    assert found.units == 10_000

"""What a test says of the action it tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from zhanggui.experiments.effects import effect_a_week
from zhanggui.experiments.kinds import Baseline, Experiment, Happened, Plan, Variant
from zhanggui.experiments.reading import reading_of
from zhanggui.methods.ab_reading import of_rate, welch
from zhanggui.numbers.exposures import Exposures, Sums
from zhanggui.units import Estimate, Refusal

PLAN = Plan(
    id="gift",
    name="Gift threshold line",
    change="text",
    unit="visitor",
    metric="conversion",
    variants=(Variant("old", 0.5), Variant("new", 0.5)),
    start=date(2026, 9, 1),
    end=date(2026, 9, 28),
    planned=10_000,
    smallest=0.2,
    baseline=Baseline(0.03, 0.0291, a_day=360),
    action="c5189f93",
)
EXPERIMENT = Experiment(PLAN, "ann", datetime(2026, 8, 30, 8), date(2026, 8, 30))
SUMS = Exposures({"old": Sums(5000, 150, 150), "new": Sums(5000, 190, 190)})
AFTER = date(2026, 9, 29)


def test_at_the_end_it_is_the_95_percent_interval_in_money_a_week() -> None:
    found = effect_a_week(reading_of(EXPERIMENT, SUMS, AFTER), 12.0)
    plain = welch(of_rate(150, 5000), of_rate(190, 5000))
    scale = 12.0 * 10_000 / 4
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(scale * 0.008)
    assert (found.low, found.high) == pytest.approx(
        (scale * plain.difference.low, scale * plain.difference.high), rel=1e-3
    )


def test_stopped_early_it_is_the_daily_reading_over_the_days_it_ran() -> None:
    stopped = replace(EXPERIMENT, history=(Happened("stopped", "ann", datetime(2026, 9, 14), date(2026, 9, 14)),))
    reading = reading_of(stopped, SUMS, date(2026, 9, 20))
    found = effect_a_week(reading, 12.0)
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(12.0 * 0.008 * 10_000 / 2)
    assert found.low < 0 < found.high


def test_a_loss_on_every_order_turns_the_interval_around() -> None:
    found = effect_a_week(reading_of(EXPERIMENT, SUMS, AFTER), -1.0)
    assert isinstance(found, Estimate)
    assert found.low < found.value < found.high < 0


def test_of_an_unsound_split_or_several_treatments_nothing_is_said() -> None:
    doubtful = Exposures({"old": Sums(5000, 150, 150), "new": Sums(5280, 190, 190)})
    assert effect_a_week(reading_of(EXPERIMENT, doubtful, AFTER), 12.0) == Refusal("broken_split")
    three = replace(PLAN, variants=tuple(Variant(name, 1 / 3) for name in ("old", "new", "third")))
    sums = Exposures({name: Sums(5000, 150, 150) for name in ("old", "new", "third")})
    several = effect_a_week(reading_of(replace(EXPERIMENT, plan=three), sums, AFTER), 12.0)
    assert several == Refusal("several", needed=2, have=3)
    nobody = Exposures({"old": Sums(5000), "new": Sums(5000)})
    assert effect_a_week(reading_of(EXPERIMENT, nobody, AFTER), 12.0) == Refusal("empty", needed=1, have=0)

"""What rules promised against what came: the line of the scorecard and the factor of the next promise."""

from datetime import date

import pytest

from drawn.measured import done
from zhanggui.actions.kinds import Gain, Outcome, Past, Record
from zhanggui.outcomes import records, scorecard

DAY = date(2026, 8, 1)


def measured(id: str, effect: float, error: float = 30.0, *, promised: float = 100.0, **more) -> Past:
    told = {
        "verdict": "no difference shown",
        "design": "synthetic_control",
        "metric": "contribution_profit",
        "label": "observation",
    }
    outcome = Outcome(
        id, effect=effect, low=effect - 2 * error, high=effect + 2 * error, read_on=DAY, error=error, **{**told, **more}
    )
    return done(id, state="measured", outcome=outcome, expected=Gain(promised, promised - 51.26, promised + 51.26, 0.9))


def test_a_rule_without_readings_has_no_line_and_the_usual_record():
    assert scorecard([done()]) == []
    assert records([done()]) == {}
    assert Record() == Record(0.5, 0.3, 0)


def test_said_and_measured_stand_side_by_side():
    (score,) = scorecard([measured("a", 40.0), measured("b", 60.0), measured("c", 20.0, verdict="worked")])
    assert (score.rule, score.n, score.measured_count) == ("falling_conversion", 3, 3)
    assert (score.expected, score.measured, score.bias) == (300.0, 120.0, -60.0)
    assert score.share_worked == pytest.approx(1 / 3)
    assert 0.35 < score.factor < 0.5
    assert score.record == Record(score.factor, score.spread, 3)
    assert score.pooled[1] < 40 < score.pooled[2]


def test_what_is_not_the_actions_own_effect_teaches_nothing_of_its_promise():
    apart = [
        measured("a", 900.0, together=("z",)),
        measured("b", 900.0, design="before_after"),
        measured("c", 900.0, metric="net_sales_by_order_day"),
    ]
    (score,) = scorecard(apart)
    assert (score.n, score.measured_count, score.factor) == (3, 0, 0.5)
    assert score.expected is None


def test_counted_effects_need_no_record_and_count_as_having_paid():
    counted = Outcome("a", "counted", "counted", "contribution_profit", 19.0, 19.0, 19.0, DAY, "arithmetic", error=0.0)
    nothing = Outcome("b", "counted", "counted", "contribution_profit", 0.0, 0.0, 0.0, DAY, "arithmetic", error=0.0)
    promise = Gain(20.0, 20.0, 20.0, 1.0, counted=True)
    (score,) = scorecard([done("a", outcome=counted, expected=promise), done("b", outcome=nothing, expected=promise)])
    assert score.share_worked == 0.5
    assert score.record == Record()


def test_each_rule_has_its_own_line_by_name():
    rules = [score.rule for score in scorecard([measured("a", 1.0), *[_of("price_step", "b")], _of("ask", "c")])]
    assert rules == ["ask", "falling_conversion", "price_step"]


def _of(rule: str, id: str) -> Past:
    from dataclasses import replace

    return replace(measured(id, 5.0), rule=rule)

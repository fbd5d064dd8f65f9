"""Outcomes written for a terminal and for programs, in the words and the shape that others rely on."""

from datetime import date

import pytest

from drawn.measured import done
from zhanggui.actions.kinds import Outcome
from zhanggui.i18n import LOCALES
from zhanggui.outcomes import scorecard
from zhanggui.report.outcomes import outcomes_json, outcomes_text
from zhanggui.units import Quantity, Words

DAY = date(2026, 8, 9)
WORKED = Outcome(
    "a1",
    "worked",
    "synthetic_control",
    "contribution_profit",
    104.0,
    12.0,
    198.0,
    DAY,
    "observation",
    placebo_rank=(2, 40),
    error=46.0,
    early={"name": "cart_rate", "effect": 0.09, "low": 0.02, "high": 0.16},
)
LOST = {
    "lost": Quantity(30.0),
    "orders": Quantity(6.0, "count"),
    "still": Quantity(10.8),
    "left": Quantity(2.0, "count"),
}
COUNTED = Outcome(
    "b2",
    "counted",
    "counted",
    "contribution_profit",
    19.2,
    19.2,
    19.2,
    DAY,
    "arithmetic",
    reason=Words("outcomes.how.no_longer_lost", LOST),
    error=0.0,
)
PAST = [
    done("a1", outcome=WORKED, state="measured"),
    done("b2", outcome=COUNTED, state="measured", rule="sells_below_cash", kind="take_out_of_offer"),
    done("c3"),
]


def test_the_json_has_the_shape_that_programs_rely_on():
    found = outcomes_json(PAST, scorecard(PAST), locale="en", currency="GBP")
    assert set(found) == {"outcomes", "scorecard"}
    first, second = found["outcomes"]
    wanted = {"action", "rule", "target", "design", "effect", "expected", "placebo_rank", "verdict", "label"}
    assert wanted <= set(first)
    assert (first["action"], first["target"]) == ("a1", {"product_id": "P00"})
    assert {name: first["effect"][name] for name in ("value", "low", "high")} == {
        "value": 104.0,
        "low": 12.0,
        "high": 198.0,
    }
    assert first["expected"]["profit"] == 200.0
    assert first["placebo_rank"] == [2, 40]
    assert (second["verdict"], second["label"]) == ("counted", "arithmetic")
    score = next(line for line in found["scorecard"] if line["rule"] == "falling_conversion")
    assert {"rule", "n", "expected", "measured", "bias", "coverage_80", "share_worked", "factor"} <= set(score)
    assert (score["n"], score["expected"], score["measured"], score["bias"]) == (1, 200.0, 104.0, -96.0)


def test_a_reading_says_what_was_promised_what_came_and_how_it_is_known():
    said = outcomes_text(PAST, scorecard(PAST), DAY, locale="en", currency="GBP")
    assert "worked" in said
    assert "+£104 [12–198]" in said
    assert "was said +£200" in said
    assert "rank 2 of 40 placebos · observation" in said
    assert "Lost £30 a week before (6 orders), £11 now (2 orders)." in said
    assert "Earlier metric “cart rate” 9" in said.replace("Cart rate", "cart rate")
    assert "c3" not in said


@pytest.mark.parametrize("locale", LOCALES)
def test_no_line_is_wider_than_the_terminal_and_nothing_read_is_said_so(locale):
    said = outcomes_text(PAST, scorecard(PAST), DAY, locale=locale, currency="GBP", width=120)
    assert max(len(line) for line in said.splitlines()) <= 120
    nothing = outcomes_text([done()], [], DAY, locale=locale, currency="GBP")
    assert len(nothing.splitlines()) >= 3

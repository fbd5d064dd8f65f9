"""C2: the rate below peers whose gap is worth most, where peers can be compared with at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from drawn.situation import situation
from drawn.spoken import spoken
from drawn.visits import BLOCKS
from zhanggui.actions.kinds import Record, Standing
from zhanggui.playbooks.kinds import Verdict
from zhanggui.playbooks.three_rates import three_rates, worth_of_clicks, worth_of_conversion, worth_of_margin

COSTS = {"goods": {"*": 0.5}, "per_order": {"freight": 4.0}}


def peers(metric: str, value: float, denominator: str | None, days: int = 14, **more: Any) -> list[dict[str, Any]]:
    same = {
        "metric": metric,
        "peer_group": "tea",
        "value": value,
        "high": 2 * value,
        "members": 120,
        "denominator": denominator,
    }
    return [{**same, "age": age, **more} for age in range(days)]


CONVERSION = peers("conversion_rate", 0.04, "visitors")
CLICKS = peers("click_through_rate", 0.05, "impressions")
MARGIN = peers("gross_margin", 0.55, "net_sales")


def judged(told: list[dict[str, Any]], **more: Any) -> Verdict:
    """1,000 visitors a day of 20,000 impressions, 20 buyers; 50 orders a week of 100 each."""
    day = {"visitors": 1000, "pay_buyers": 20, "impressions": 20000, "clicks": 900}
    days = [{"age": age, **day} for age in range(28)]
    same = {"peers": told, "shop_visits": days, "shop_blocks": BLOCKS, "costs": COSTS}
    return three_rates(situation(**{**same, **more}))


def test_half_of_the_largest_gap_is_named_as_a_ceiling_drawn_by_the_rules_record() -> None:
    (finding,) = judged(CONVERSION + CLICKS + MARGIN).findings
    assert finding.metric == "conversion_rate"
    assert finding.kind == "state"
    # Half of two points of 7,000 visitors, 46 an order; half of it is believed.
    assert finding.size == pytest.approx(-0.5 * worth_of_conversion(0.02, 7000, 46))
    assert not judged(CONVERSION).actions


def test_each_rate_is_reckoned_by_its_own_formula() -> None:
    (clicks,) = judged(CLICKS).findings
    assert clicks.size == pytest.approx(-0.5 * worth_of_clicks(0.005, 140_000, 0.02 * 46))
    (margin,) = judged(MARGIN).findings
    assert margin.size == pytest.approx(-0.5 * worth_of_margin(0.05, 5000))


def test_a_record_of_kept_promises_makes_it_larger() -> None:
    here = situation(
        peers=CONVERSION,
        shop_visits=[{"age": age, "visitors": 1000, "pay_buyers": 20} for age in range(28)],
        shop_blocks=BLOCKS,
        costs=COSTS,
    )
    kept = replace(here, standing=Standing(records={"three_rates": Record(1.0, 0.1, 9)}))
    assert three_rates(kept).findings[0].size == pytest.approx(2 * three_rates(here).findings[0].size)


@pytest.mark.parametrize(
    "told",
    [
        peers("conversion_rate", 0.04, "visitors", days=13),
        peers("conversion_rate", 0.04, "sessions"),
        peers("conversion_rate", 0.04, None),
        peers("conversion_rate", 0.04, "visitors", members=None),
        peers("conversion_rate", 0.04, "visitors", high=0.03),
        [*CONVERSION, {**CONVERSION[0], "age": 40, "peer_group": "pots"}],
        peers("conversion_rate", 0.021, "visitors"),
        peers("conversion_rate", 0.01, "visitors"),
        CONVERSION + peers("average_order_value", 140.0, "orders"),
        [],
    ],
    ids=[
        "thirteen days",
        "another denominator",
        "no denominator",
        "nobody says of how many",
        "the mean lies above the excellent",
        "the group changed",
        "within our own noise",
        "below ours",
        "another price band",
        "nothing told",
    ],
)
def test_what_cannot_be_compared_is_not(told: list[dict[str, Any]]) -> None:
    assert not judged(told).findings


def test_without_costs_the_margin_is_left_out_and_the_rest_is_of_sales() -> None:
    assert not judged(MARGIN, costs=None).findings
    (finding,) = judged(CONVERSION, costs=None).findings
    assert finding.because is not None
    assert finding.because.key.endswith("of_sales")


@pytest.mark.parametrize("told", [CONVERSION, CLICKS, MARGIN])
def test_every_sentence_is_there_in_three_languages(told: list[dict[str, Any]]) -> None:
    assert len(spoken(judged(told))) == 9
    assert spoken(judged(CONVERSION, costs=None))

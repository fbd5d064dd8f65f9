"""A3: visitors of a product that two repairs did not help are led to one that earns more of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from drawn.situation import DAY, situation
from drawn.spoken import spoken
from drawn.visits import BLOCKS, TABLES, ago, diary
from zhanggui.actions.guards import check
from zhanggui.actions.kinds import Outcome, Past, Standing
from zhanggui.playbooks.kinds import Verdict
from zhanggui.playbooks.rerouting import is_steered, led, reroute_traffic

COSTS = {"goods": {"*": [0.42, 0.50]}, "per_order": {"freight": 7.0}, "share": {"fees": 0.02}}


def repaired(verdict: str | None = "no difference shown", **more: Any) -> Past:
    read = {"design": None, "metric": "contribution_profit", "effect": None, "low": None, "high": None}
    outcome = Outcome("a", verdict, read_on=DAY, label="none", **read) if verdict else None  # type: ignore[arg-type]
    same = {
        "id": "a",
        "playbook": "analysis",
        "rule": "falling_conversion",
        "kind": "restore_change",
        "where": {"product_id": "P"},
        "state": "measured" if verdict else "approved",
        "since": DAY,
        "touches": ("P",),
        "outcome": outcome,
    }
    return Past(**{**same, **more})  # type: ignore[arg-type]


def sources(product: str, **visitors: int) -> list[dict[str, Any]]:
    """Visitors of each source in each of the last two fortnights."""
    return [
        {"product_id": product, "source": source, "fortnight": f, "visitors": v, "pay_buyers": 0}
        for f in range(2)
        for source, v in visitors.items()
    ]


def judged(past: tuple[Past, ...] = (repaired(), repaired("harmed")), **frames: Any) -> Verdict:
    same = {
        "product_diary": diary("P", (8000, 80), (8000, 160)) + diary("J", (8000, 240), (8000, 240)),
        "product_names": [{"product_id": p, "name": p, "category": "cups"} for p in ("P", "J")],
        "product_sources": sources("P", search=2000, recommend=1500, ads=500) + sources("J", search=4000),
        "product_last_sales": [{"product_id": "J", "first_day": ago(200)}],
        "stock": [{"product_id": "J", "sku": "m", "on_hand": 300.0}],
        "shop_blocks": BLOCKS,
        "costs": COSTS,
        "tables": TABLES,
    }
    return reroute_traffic(replace(situation(**{**same, **frames}), standing=Standing(past)))


def silent(verdict: Verdict) -> bool:
    return not (verdict.findings or verdict.actions)


def test_three_tenths_of_2000_steerable_visitors_bring_210_before_the_rules_record() -> None:
    assert led(0.3 * 2000, 1.10, 0.42) == pytest.approx(210)


def test_after_two_repairs_without_success_visitors_are_led_elsewhere() -> None:
    verdict = judged()
    (finding,), (action,) = verdict.findings, verdict.actions
    assert action.kind == "reroute_traffic"
    assert action.shift == "J"
    assert action.touches == ("P", "J")
    assert action.because == (finding.id,)
    assert action.gain is not None
    # 2,000 of four weeks' 4,000 are steered: 1,000 a week, 300 of them moved; 3 % there, 1 % here, 45 an order.
    assert action.gain.profit == pytest.approx(led(300, 0.03 * 45, 0.01 * 45), rel=0.05)
    assert action.draft is not None
    assert action.draft.rows[0]["to_product_id"] == "J"
    check(action)


@pytest.mark.parametrize(
    ("past", "told"),
    [
        ((repaired(),), False),
        ((repaired("worked"), repaired("worked")), False),
        ((repaired(None, since=DAY - timedelta(days=56)),), True),
        ((repaired(None, since=DAY - timedelta(days=55)),), False),
        ((repaired(), repaired(where={"product_id": "Q"}, touches=("Q",))), False),
    ],
    ids=["one failure", "both worked", "open for eight weeks", "open for less", "another product's"],
)
def test_it_wakes_after_two_failures_or_eight_weeks(past: tuple[Past, ...], told: bool) -> None:
    assert bool(judged(past).actions) == told


def many(rate: int) -> list[dict[str, Any]]:
    return diary("P", (8000, 80), (8000, 160)) + diary("J", (8000, rate), (8000, rate))


@pytest.mark.parametrize(
    "more",
    [
        {"product_names": [{"product_id": "P", "category": "cups"}, {"product_id": "J", "category": "pots"}]},
        {"product_names": []},
        {"stock": []},
        {"stock": [{"product_id": "J", "sku": "m", "on_hand": 200.0}]},
        {"product_diary": many(90)},
        {"product_diary": many(110)},
        {"product_diary": diary("P", (8000, 80), (8000, 160)) + diary("J", (600, 19), (600, 19))},
        {"product_diary": diary("P", (8000, 80), (8000, 160)) + diary("J", (8000, 240), (8000, 240), price=141.0)},
        {"product_last_sales": [{"product_id": "J", "first_day": ago(40)}]},
        {"product_sources": sources("P", recommend=1500) + sources("J", search=3000, **{"page of P": 1000})},
        {"product_sources": sources("P", search=4000)},
    ],
    ids=[
        "another need",
        "no categories",
        "stock unknown",
        "stock for two weeks",
        "hardly better",
        "not better by enough for visitors that are led",
        "rests on 19 buyers",
        "another price band",
        "refunds have not matured",
        "lives on the page of the other",
        "nothing to steer",
    ],
)
def test_where_the_other_product_is_no_better_place_nothing_is_moved(more: dict[str, Any]) -> None:
    assert silent(judged(**more))


def test_without_sources_it_says_what_they_would_tell() -> None:
    verdict = judged(product_sources=[])
    assert silent(verdict)
    (locked,) = verdict.locked
    assert locked.needs == "traffic_days"


def test_without_costs_it_says_from_which_margin_on_it_pays() -> None:
    (action,) = judged(costs=None).actions
    assert action.gain is None
    assert action.break_even is not None


def test_slots_recommendations_and_ads_are_steered_and_search_is_not() -> None:
    assert [is_steered(s) for s in ("Recommend", "ads", "shop homepage", "search", "leads", "live")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]


def test_what_shows_of_a_pair_is_as_coarse_as_both_are() -> None:
    (action,) = judged().actions
    assert action.measure is not None
    assert action.measure.smallest_visible is not None
    alone = 2.8 * (2 * 0.03 * 0.97 / 8000) ** 0.5 * 2000 * 45
    assert action.measure.smallest_visible > alone


@pytest.mark.parametrize("more", [{}, {"costs": None}])
def test_every_sentence_is_there_in_three_languages(more: dict[str, Any]) -> None:
    assert len(spoken(judged(**more))) >= 9
    assert spoken(judged(product_sources=[]))

"""A5: which lever first, by what a realistic step of each is worth a week; its actions weigh a quarter more."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from drawn.situation import situation
from drawn.spoken import spoken
from drawn.warehouse import DrawnWarehouse
from zhanggui.actions.kinds import Action, Gain
from zhanggui.brief.day import rank
from zhanggui.numbers.frames import FRAMES, View
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.which_lever import Shop, weight_of, which_lever_first, worths
from zhanggui.units import Words

COSTS = {"goods": {"*": [0.53, 0.55]}, "per_order": {"freight": 18.28}}


def shop(costs: Any = COSTS, orders: float = 56, days: int = 28, **more: Any) -> Situation:
    """2,100 visitors and 56 orders of 118 a week, clicks at .9, 1,400 buyers of half a year."""
    block = {"orders": orders, "gross": orders * 118.0, "known_orders": orders}
    same = {
        "shop_visits": [{"age": age, "visitors": 300, "pay_buyers": 8} for age in range(days)],
        "shop_blocks": [{"block": b, **block} for b in range(8)],
        "buyer_parts": [{"by": "active", "part": "", "cohort": 0, "buyers": 1400}],
        "ad_plans": [
            {"platform": "a", "campaign": "c", "product_id": "*", "age": age, "cost": 45.0, "clicks": 50}
            for age in range(28)
        ],
    }
    return situation(costs=costs, **{**same, **more})


def test_the_rule_books_shop_raises_its_order_value_and_buys_no_visitors() -> None:
    found = worths(Shop(2100, 56, 118, 36, 0.46, 0.9, 1400))
    assert found == pytest.approx(
        {"conversion": 201.6, "visitors": -47.88, "order_value": 303.97, "repeat": 126.0}, abs=0.01
    )


def test_the_brief_says_one_sentence_and_that_bought_visitors_lose() -> None:
    (finding,) = which_lever_first(shop()).findings
    assert finding.words.key.endswith("lever.clear")
    assert finding.metric == "average_order_value"
    assert finding.size == pytest.approx(304, rel=0.01)
    assert finding.because is not None
    assert not which_lever_first(shop()).actions


def test_levers_that_cannot_be_told_apart_are_said_to_be_and_the_cheaper_comes_first() -> None:
    (finding,) = which_lever_first(shop(costs={"goods": {"*": [0.5, 0.6]}, "per_order": {"freight": 0.5}})).findings
    assert finding.words.key.endswith("lever.unclear")
    assert finding.metric == "conversion_rate"


@pytest.mark.parametrize(
    "here",
    [
        {"days": 27},
        {"orders": 24},
        {"costs": None},
        {"costs": {"goods": {"*": 0.9}, "per_order": {"freight": 20.0}}},
        {"floor": 2000.0},
        {"shop_visits": []},
    ],
    ids=["27 days of visitors", "96 orders", "no costs", "orders lose money", "worth less than the floor", "no visits"],
)
def test_it_is_quiet(here: dict[str, Any]) -> None:
    assert not which_lever_first(shop(**here)).findings
    assert weight_of(shop(**here), "bundle") == 1


def test_buyers_without_a_name_are_no_reason_for_repeat_purchase() -> None:
    unnamed = [{"block": b, "orders": 56.0, "gross": 56 * 118.0, "known_orders": 10.0} for b in range(8)]
    lots = [{"by": "active", "part": "", "cohort": 0, "buyers": 9000}]
    assert which_lever_first(shop(buyer_parts=lots)).findings[0].metric == "returning_buyers"
    assert which_lever_first(shop(buyer_parts=lots, shop_blocks=unnamed)).findings[0].metric == "average_order_value"


def promise(kind: str, profit: float) -> Action:
    where = {"product_id": kind} if kind != "gift_threshold" else {"channel": "shop:main"}
    gain = Gain(profit, profit - 1, profit + 1, 1.0, counted=True)
    return Action("p", "r", kind, Words("rules_analysis.do.price", {"product": kind}), where, gain=gain)


def test_its_actions_weigh_a_quarter_more_and_promise_the_same() -> None:
    here = shop(weekly_money=2000.0)
    which_lever_first(here)
    mine, other, far = promise("gift_threshold", 90), promise("audit_listing", 100), promise("order_stock", 130)
    ranked = rank([mine, other, far], here).actions
    assert [r.action.kind for r in ranked] == ["order_stock", "gift_threshold", "audit_listing"]
    assert [r.profit for r in ranked] == [130, 90, 100]


def test_every_sentence_is_there_in_three_languages() -> None:
    assert len(spoken(which_lever_first(shop()))) >= 6


def test_buyers_are_counted_by_what_they_brought_in_ninety_days_after_their_first_order() -> None:
    day = date(2026, 9, 14)
    drawn = DrawnWarehouse()
    rows = []
    for n in range(120):
        first = day - timedelta(days=100 if n < 110 else 200)
        rows.append((f"a{n}", f"c{n}", first, 50.0))
        if n % 2:
            rows.append((f"b{n}", f"c{n}", first + timedelta(days=60), 30.0))
            rows.append((f"d{n}", f"c{n}", first + timedelta(days=91), 1000.0))
    told = [
        {
            "order_id": order,
            "customer_key": key,
            "day": on,
            "amount": amount,
            "units": 1,
            "kind": "goods",
            "product_id": "P",
        }
        for order, key, on, amount in rows
    ]
    drawn.draw("sales", told)
    parts = FRAMES["buyer_parts"](drawn, View(day))  # type: ignore[arg-type]
    every = parts.filter(by="*", cohort=0).row(0, named=True)
    assert (every["buyers"], every["net"], every["orders"]) == (110, 110 * 50 + 55 * 30, 165)
    assert every["both"] == 55 * 50 + 55 * 80 * 2
    assert parts.filter(by="active")["buyers"].to_list() == [115]

"""C5: what the last unit of money spent on promotion brings, and what is done about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from drawn.budgets import plan_days
from drawn.situation import DAY, situation
from drawn.spoken import spoken
from drawn.visits import BLOCKS, change, promotion
from zhanggui.actions.guards import check
from zhanggui.actions.kinds import Past, Standing
from zhanggui.playbooks.kinds import Situation, Verdict
from zhanggui.playbooks.plans import break_even_roas
from zhanggui.playbooks.promotion import added, saved, visitor_worth, worth_of_learning

COSTS = {"goods": {"*": 0.42}, "per_order": {"freight": 6.0}, "share": {"fees": 0.02}}
"""Of an order of 100: 42 goods, 6 freight, 2 fees, so half is left."""
STOCK = [{"product_id": "P", "sku": "m", "on_hand": 5000.0}]
TABLES = {"orders": 1, "order_lines": 1, "ad_days": 1}


def shop(plan: dict[str, Any], **more: Any) -> Situation:
    rows, diary = plan_days(**plan)
    same = {"ad_plans": rows, "product_diary": diary, "stock": STOCK, "shop_blocks": BLOCKS, "costs": COSTS}
    return situation(**{"tables": TABLES, **same, **more})


def judged(plan: dict[str, Any], **more: Any) -> Verdict:
    return visitor_worth(shop(plan, **more))


def kinds(verdict: Verdict) -> list[str]:
    return [action.kind for action in verdict.actions]


def test_a_contribution_of_38_percent_with_24_percent_refunded_pays_from_a_return_of_3_46() -> None:
    assert break_even_roas(0.38, 0.24) == pytest.approx(3.46, abs=0.005)


def test_a_cut_of_5600_whose_last_unit_brings_78_saves_1232_before_the_rules_record() -> None:
    assert saved(5600, 0.78) == pytest.approx(1232)


def test_more_spend_brings_what_added_visitors_are_worth() -> None:
    assert added(1000, 1.8) == pytest.approx(1000 * (0.7 * 1.8 - 1))


def test_a_plan_whose_last_unit_does_not_come_back_is_cut_by_a_quarter() -> None:
    verdict = judged({"marginal": 0.4})
    (action,), (finding,) = verdict.actions, verdict.findings
    assert action.kind == "change_budget"
    assert action.draft is not None
    (row,) = action.draft.rows
    assert row["daily_budget"] == pytest.approx(0.75 * row["before"], abs=0.01)
    assert row["before"] == pytest.approx(800, rel=0.15)
    assert action.because == (finding.id,)
    assert finding.p is not None
    assert finding.p < 0.05
    assert action.gain is not None
    answer = finding.words.params["value"]
    assert answer.low < answer.value < answer.high
    weekly = 800 * 7
    assert action.gain.profit == pytest.approx(saved(0.25 * weekly, answer.value), rel=0.1)
    assert action.gain.chance >= 0.8
    check(action)


def test_the_break_even_return_stands_beside_what_the_platform_claims() -> None:
    (finding,) = judged({"marginal": 0.4}).findings
    assert finding.because is not None
    assert finding.because.params["needed"].value == pytest.approx(2.0, rel=0.02)
    assert finding.because.params["claimed"].value == pytest.approx(3.0)


def test_a_plan_whose_last_unit_brings_double_is_raised_where_stock_lasts() -> None:
    plan = {"marginal": 2.2, "claimed": 5.0}
    (action,) = judged(plan).actions
    assert action.kind == "change_budget"
    assert action.draft is not None
    assert action.draft.rows[0]["daily_budget"] == pytest.approx(1.2 * action.draft.rows[0]["before"], abs=0.01)
    assert action.cost == pytest.approx(0.2 * 800 * 7, rel=0.1)
    assert kinds(judged(plan, stock=[])) == ["vary_budget"]
    assert kinds(judged(plan, stock=[STOCK[0] | {"on_hand": 100.0}])) == ["vary_budget"]


def test_a_high_claim_alone_raises_no_budget_and_a_low_one_cuts_none() -> None:
    """The budget never moved: whatever the platform claims, the days say nothing, so it is tried out."""
    for claimed in (0.8, 12.0):
        verdict = judged({"marginal": 1.0, "swing": 0.0, "claimed": claimed, "noise": 600.0})
        assert kinds(verdict) == ["vary_budget"]
        assert not verdict.findings


def clicked(slope: float, *, even: bool = False) -> dict[str, Any]:
    """A budget of 800 that never moved, spend that went up and down by an eighth by itself, 400 clicks a day of which the last unit of
    spend bought ``slope``; sales far too noisy to tell anything. A visitor is worth 1."""
    rows, diary = plan_days(marginal=1.0, swing=0.0, noise=900.0)
    moved = [0.0 if even else 100.0 * (-1) ** (i // 2) for i in range(len(rows))]
    rows = [
        row | {"cost": 800 + m, "clicks": 400 + slope * m, "budget": 800.0} for row, m in zip(rows, moved, strict=True)
    ]
    return {"ad_plans": rows, "product_diary": diary}


def test_money_that_buys_hardly_more_clicks_is_cut_without_a_claim() -> None:
    verdict = judged({"marginal": 1.0}, **clicked(0.1))
    assert kinds(verdict) == ["change_budget"]
    assert not verdict.findings
    (action,) = verdict.actions
    assert action.draft is not None
    assert action.draft.rows[0]["daily_budget"] == pytest.approx(600)
    check(action)


def test_clicks_that_follow_the_money_cut_nothing_and_raise_nothing() -> None:
    """Each unit of spend buys a visitor and a half, worth more than it cost: only sales may raise a budget."""
    assert "change_budget" not in kinds(judged({"marginal": 1.0}, **clicked(1.5)))


def test_where_spend_never_moved_clicks_say_nothing() -> None:
    assert "change_budget" not in kinds(judged({"marginal": 1.0}, **clicked(0.1, even=True)))


def test_a_last_unit_that_comes_back_but_less_for_added_visitors_raises_nothing() -> None:
    """1.3 for each unit is well above one; of visitors that are bought beyond these seven tenths buy as readily: .91."""
    assert "change_budget" not in kinds(judged({"marginal": 1.3, "noise": 40.0, "claimed": 3.7}))


def test_claims_that_are_the_shops_own_orders_do_not_save_a_plan() -> None:
    """The platform claims six for each unit; all sales of the product hardly move with the budget."""
    assert kinds(judged({"marginal": 0.1, "claimed": 6.0, "noise": 60.0})) == ["change_budget"]


def test_spend_that_follows_demand_raises_no_budget() -> None:
    plan = {"marginal": 0.5, "swing": 0.0, "drawn_by_demand": 0.5, "told": False, "claimed": 6.0}
    verdict = judged(plan)
    assert "change_budget" not in kinds(verdict)


def test_what_is_unclear_is_varied_by_a_fifth_on_pairs_of_days() -> None:
    (action,) = judged({"marginal": 1.1, "swing": 0.0, "noise": 200.0}).actions
    assert action.kind == "vary_budget"
    assert action.draft is not None
    assert action.reason is not None
    assert action.reason.key == "rules_promotion.reason.unmoved"
    high, low = (row["daily_budget"] for row in action.draft.rows)
    assert high / low == pytest.approx(1.5, rel=1e-3)
    assert action.measure is not None
    assert action.measure.design == "experiment"
    check(action)


def test_learning_is_worth_more_where_less_is_known_and_nothing_where_all_is() -> None:
    wide, narrow = (worth_of_learning(1.1, error, 300.0, 5600.0).profit for error in (0.6, 0.2))
    assert wide > narrow > 0
    assert worth_of_learning(1.1, 1e-9, 300.0, 5600.0).profit == pytest.approx(0, abs=1e-6)
    assert worth_of_learning(1.1, 0.6, 3000.0, 5600.0).profit < wide
    assert worth_of_learning(1.1, 0.6, 300.0, 0.0).profit == 0


@pytest.mark.parametrize(
    ("plan", "more"),
    [
        ({"days": 13}, {}),
        ({"budget": 5.0, "claimed": 3.0}, {}),
        ({}, {"happenings": [change(3, what="advertising")]}),
        ({"step": 1.5}, {"happenings": [change(20, what="price")]}),
        ({"step": 1.5}, {"happenings": [promotion(25, 2)]}),
    ],
    ids=["13 days", "too little money", "changed three days ago", "price moved too", "a promotion began too"],
)
def test_too_young_too_small_or_moved_with_something_else_is_not_judged(
    plan: dict[str, Any], more: dict[str, Any]
) -> None:
    verdict = judged({"marginal": 0.4, **plan}, **more)
    assert not verdict.actions
    assert verdict.family == 0


def test_a_price_moved_while_the_budget_stayed_is_no_hindrance() -> None:
    assert kinds(judged({"marginal": 0.4}, happenings=[change(20, what="price")])) == ["change_budget"]


def test_what_was_done_to_it_this_week_is_left_to_learn() -> None:
    here = shop({"marginal": 0.4})
    where = {"campaign": "one", "platform": "ads"}
    done = Past("a", "promotion", "visitor_worth", "change_budget", where, "done", DAY, done_on=DAY - timedelta(days=4))
    assert not visitor_worth(replace(here, standing=Standing((done,)))).actions


def test_without_costs_it_says_from_which_margin_on_the_plan_pays() -> None:
    verdict = judged({"marginal": 0.4}, costs=None)
    assert not verdict.actions
    (locked,) = verdict.locked
    assert locked.needs == "costs"
    assert locked.words.params["pays"].params["margin"].value == pytest.approx(1 / 3)


def test_money_in_another_currency_is_not_judged() -> None:
    rows, _ = plan_days(marginal=0.4)
    assert not judged({"marginal": 0.4}, ad_plans=[row | {"currency": "USD"} for row in rows]).actions


def test_a_plan_of_the_whole_shop_is_held_against_all_sales() -> None:
    rows, diary = plan_days(marginal=0.4)
    days = [{"day": DAY - timedelta(days=row["age"]), "orders": 1, "gross": row["gross"]} for row in diary]
    verdict = judged({"marginal": 0.4}, ad_plans=[row | {"product_id": "*"} for row in rows], shop_days=days)
    assert kinds(verdict) == ["change_budget"]
    assert verdict.actions[0].touches == ()


def test_a_second_plan_on_the_same_product_is_not_taken_for_the_first() -> None:
    """The second plan makes all the sales and moves with the first: only together can they be told."""
    rows, diary = plan_days(marginal=2.0, swing=0.2, noise=60.0, claimed=4.0)
    idle = [row | {"campaign": "idle", "cost": 400.0 + 20 * (row["age"] % 3), "budget": None} for row in rows]
    verdict = judged({"marginal": 2.0}, ad_plans=rows + idle, product_diary=diary)
    assert {action.where["campaign"]: action.kind for action in verdict.actions}["one"] == "change_budget"


def test_a_refunded_sale_is_not_counted_as_brought() -> None:
    ages = [
        {"cohort": c, "age": a, "amount": m, "refunds": n}
        for c in range(20)
        for a, m, n in ((-1, 1000.0, 10), (5, 240.0, 3))
    ]
    (finding,) = judged({"marginal": 0.4}, refund_ages=ages).findings
    assert finding.because is not None
    assert finding.because.params["needed"].value == pytest.approx(break_even_roas(0.5, 0.24) * 1.06, rel=0.1)


@pytest.mark.parametrize("seed", range(4))
def test_a_plan_at_its_best_is_neither_cut_nor_raised(seed: int) -> None:
    verdict = judged({"marginal": 1.1, "noise": 100.0, "claimed": 3.2, "seed": seed})
    assert not verdict.findings
    assert kinds(verdict) in ([], ["vary_budget"])


@pytest.mark.parametrize(
    "plan",
    [
        {"marginal": 0.4},
        {"marginal": 2.2, "claimed": 5.0},
        {"marginal": 1.1, "swing": 0.0},
        {"marginal": 0.4, "claimed": 0.0},
    ],
)
def test_every_sentence_is_there_in_three_languages(plan: dict[str, Any]) -> None:
    assert len(spoken(judged(plan))) >= 6
    assert spoken(judged({"marginal": 0.4}, costs=None))

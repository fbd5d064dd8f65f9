"""C5 where sales are too noisy to tell: more money by what clicks bring, several small steps at one sitting, two weeks of more visitors."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from drawn.budgets import plan_days
from drawn.situation import DAY, situation
from drawn.spoken import spoken
from drawn.visits import BLOCKS
from zhanggui.actions.guards import check
from zhanggui.actions.kinds import Action, Draft, Past, Standing
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.promotion import visitor_worth

COSTS = {"goods": {"*": 0.42}, "per_order": {"freight": 6.0}, "share": {"fees": 0.02}}
TABLES = {"orders": 1, "order_lines": 1, "ad_days": 1}


def plans(*products: str, clicks: float = 4000.0, slope: float = 4.5, **more: Any) -> Situation:
    """Plans whose budget of 800 never moved and whose spend went up and down by an eighth by itself: the last unit of it bought ``slope``
    clicks. A visitor is worth 1, sales are far too noisy to tell anything."""
    rows, diaries = [], []
    for product in products:
        drawn, diary = plan_days(marginal=1.0, swing=0.0, own=30000.0, noise=9000.0)
        step = [100.0 * (-1) ** (i // 2) for i in range(len(drawn))]
        own = {"campaign": f"ads-{product}", "product_id": product, "budget": 800.0}
        rows += [
            row | own | {"cost": 800 + x, "clicks": clicks + slope * x} for row, x in zip(drawn, step, strict=True)
        ]
        diaries += [row | {"product_id": product} for row in diary]
    stock = [{"product_id": product, "sku": "m", "on_hand": 1e6} for product in products]
    frames = {"ad_plans": rows, "product_diary": diaries, "stock": stock, "shop_blocks": BLOCKS}
    return situation(**{"tables": TABLES, "costs": COSTS, **frames, **more})


def budgets(here: Situation) -> list[Action]:
    return [action for action in visitor_worth(here).actions if action.kind == "change_budget"]


def test_money_whose_next_click_costs_far_less_than_it_brings_is_raised_by_a_fifth_and_nothing_is_claimed() -> None:
    verdict = visitor_worth(plans("P"))
    (action,) = [each for each in verdict.actions if each.kind == "change_budget"]
    assert action.draft is not None
    assert action.draft.rows[0]["daily_budget"] == pytest.approx(960)
    assert action.reason is not None
    assert action.reason.key == "rules_promotion.reason.clicks"
    assert not verdict.findings
    check(action)


def test_on_days_of_more_demand_clicks_rise_with_spend_so_no_more_than_usual_is_expected_of_more_money() -> None:
    """Nine clicks for each unit more, where the mean unit buys five: the raise promises what seven tenths of five would bring."""
    (steep,), (usual,) = (budgets(plans("P", slope=slope)) for slope in (9.0, 3.5))
    assert steep.gain is not None
    assert usual.gain is not None
    assert steep.gain.profit <= usual.gain.profit * 1.05


def test_small_steps_are_one_line_with_the_minutes_and_the_money_of_all() -> None:
    alone = budgets(plans("P"))[0]
    (action,) = budgets(plans("P", "Q", "R", weekly_money=1e7))
    assert alone.gain is not None
    assert action.gain is not None
    assert action.draft is not None
    assert sorted(row["campaign"] for row in action.draft.rows) == ["ads-P", "ads-Q", "ads-R"]
    assert action.minutes == 3 * alone.minutes
    assert action.cost == pytest.approx(3 * alone.cost)
    assert action.gain.profit == pytest.approx(3 * alone.gain.profit)
    assert action.gain.low == pytest.approx(3 * alone.gain.low)
    assert action.gain.chance == pytest.approx(alone.gain.chance)
    assert sorted(action.touches) == ["P", "Q", "R"]
    check(action)
    assert len(budgets(plans("P", "Q", "R"))) == 3


@pytest.mark.parametrize(("days", "moved"), [(13, False), (14, True)])
def test_a_budget_moves_by_one_step_in_a_fortnight_whether_alone_or_with_others(days: int, moved: bool) -> None:
    rows = [{"campaign": "ads-P"}, {"campaign": "ads-Q"}]
    past = Past(
        "a",
        "promotion",
        "visitor_worth",
        "change_budget",
        {"campaign": "ads-P + ads-Q", "platform": "ads"},
        "done",
        DAY,
        done_on=DAY + timedelta(days=1 - days),
        draft=Draft("table", rows=rows),
    )
    assert bool(budgets(replace(plans("P"), standing=Standing((past,))))) is moved


def test_two_weeks_of_more_visitors_are_bought_where_the_next_one_clearly_pays_and_stock_lasts() -> None:
    here = plans("P")
    (action,) = [each for each in visitor_worth(here).actions if each.kind == "feed_traffic"]
    assert action.draft is not None
    (row,) = action.draft.rows
    assert row["share"] == pytest.approx(0.2)
    assert row["cost_per_click"] == pytest.approx(800 / 4000 / 0.7, rel=0.02)
    assert action.gain is not None
    assert action.gain.chance >= 0.8
    check(action)
    short = [{"product_id": "P", "sku": "m", "on_hand": 100.0}]
    for other in (plans("P", stock=short), plans("P", clicks=400.0, slope=0.45)):
        assert "feed_traffic" not in [each.kind for each in visitor_worth(other).actions]


def test_every_sentence_of_them_is_there_in_three_languages() -> None:
    assert len(spoken(visitor_worth(plans("P", "Q", weekly_money=1e7)))) >= 4

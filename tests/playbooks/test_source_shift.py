"""A4: a fifth of the money of the plan whose last unit brings less goes to the one whose last unit brings more."""

from __future__ import annotations

from typing import Any

import pytest

from drawn.budgets import plan_days
from drawn.situation import situation
from drawn.spoken import spoken
from drawn.visits import BLOCKS
from zhanggui.actions.guards import check
from zhanggui.playbooks.kinds import Verdict
from zhanggui.playbooks.source_shift import shifted, source_shift

COSTS = {"goods": {"*": 0.42}, "per_order": {"freight": 6.0}, "share": {"fees": 0.02}}
STOCK = [{"product_id": p, "sku": "m", "on_hand": 9000.0} for p in ("P", "Q")]
TABLES = {"orders": 1, "order_lines": 1, "ad_days": 1, "traffic_days": 1}


def judged(poor: float = 0.4, rich: float = 1.6, same_product: bool = False, name: str = "", **more: Any) -> Verdict:
    """Two plans on two products; what the last unit of each brings."""
    plans, diary = plan_days(marginal=poor)
    other, its = plan_days(marginal=rich, seed=2)
    mine = "P" if same_product else "Q"
    plans += [{**row, "campaign": name or "two", "product_id": mine} for row in other]
    diary += [{**row, "product_id": "Q"} for row in its]
    same = {"ad_plans": plans, "product_diary": diary, "stock": STOCK, "shop_blocks": BLOCKS, "costs": COSTS}
    return source_shift(situation(**{"tables": TABLES, **same, **more}))


def test_700_moved_from_a_return_of_80_to_one_of_1_35_brings_101_50_before_the_rules_record() -> None:
    assert shifted(700, 1.35, 0.80) == pytest.approx(101.5)


def test_money_moves_to_the_plan_whose_last_unit_brings_more() -> None:
    verdict = judged()
    (action,) = verdict.actions
    assert not verdict.findings
    assert action.kind == "shift_advertising"
    assert action.where["campaign"] == "one"
    assert action.touches == ("P", "Q")
    assert action.draft is not None
    (row,) = action.draft.rows
    assert (row["to_campaign"], row["to_product_id"]) == ("two", "Q")
    assert row["amount"] == pytest.approx(0.2 * 800, rel=0.15)
    assert action.gain is not None
    low, high = (action.reason.params[name].value for name in ("low", "high"))  # type: ignore[union-attr]
    assert action.gain.profit == pytest.approx(shifted(0.2 * 5600, high, low), rel=0.1)
    check(action)


UNKNOWN = [
    {"product_id": "P", "source": source, "fortnight": 0, "visitors": visitors, "pay_buyers": 1}
    for source, visitors in (("unknown", 700), ("search", 300))
]


@pytest.mark.parametrize(
    "more",
    [
        {"rich": 0.4},
        {"rich": 0.55},
        {"same_product": True},
        {"name": "teahouse brand words", "rich": 1.6},
        {"costs": None},
        {"stock": []},
        {"product_sources": UNKNOWN},
    ],
    ids=[
        "alike",
        "hardly better",
        "both promote one product",
        "the shop's own name",
        "no costs",
        "stock unknown",
        "most visitors' source is unknown",
    ],
)
def test_it_is_quiet(more: dict[str, Any]) -> None:
    assert not judged(**more).actions


def test_a_budget_that_never_moved_tells_nothing_of_its_last_unit() -> None:
    plans, diary = plan_days(marginal=0.4, swing=0.0)
    other, its = plan_days(marginal=1.6, seed=2)
    plans += [{**row, "campaign": "two", "product_id": "Q"} for row in other]
    diary += [{**row, "product_id": "Q"} for row in its]
    assert not judged(ad_plans=plans, product_diary=diary).actions


def test_every_sentence_is_there_in_three_languages() -> None:
    assert len(spoken(judged())) >= 9

"""S4: once a quarter the products whose visitors leave where those of their siblings buy are bought once and gone through."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from drawn.situation import DAY, situation
from drawn.spoken import spoken
from drawn.visits import BLOCKS, TABLES, diary, promotion, siblings
from zhanggui.actions.guards import check
from zhanggui.actions.kinds import Past, Standing
from zhanggui.playbooks.kinds import Verdict
from zhanggui.playbooks.self_purchase import lifted, self_purchase_audit

COSTS = {"goods": {"*": [0.42, 0.50]}, "per_order": {"freight": 7.0}, "share": {"fees": 0.02}}
NAMES = [{"product_id": p, "name": p, "category": "cups"} for p in ("P", *(f"S{n}" for n in range(9)))]


def judged(own: tuple[float, float] = (8000, 120), past: tuple[Past, ...] = (), count: int = 6, **more: Any) -> Verdict:
    """P beside siblings of which 3 % buy."""
    same = {
        "product_diary": diary("P", own, own) + siblings(count, now=(4000, 120)),
        "product_names": NAMES,
        "shop_blocks": BLOCKS,
        "costs": COSTS,
        "tables": TABLES,
    }
    return self_purchase_audit(replace(situation(**{**same, **more}), standing=Standing(past)))


def audited(days: int, rule: str = "falling_conversion", product: str = "P") -> Past:
    on = DAY - timedelta(days=days)
    return Past("a", "p", rule, "audit_listing", {"product_id": product}, "measured", on, (product,), done_on=on)


def test_a_mended_no_is_believed_to_lift_by_four_percent_and_at_most_three_count() -> None:
    assert [lifted(500, mended) for mended in (1, 2, 3, 4)] == pytest.approx([20, 40, 60, 60])


def test_a_product_at_half_of_its_siblings_rate_is_bought_and_gone_through() -> None:
    verdict = judged()
    (action,) = verdict.actions
    assert not verdict.findings
    assert action.kind == "audit_listing"
    assert action.where == {"product_id": "P"}
    assert action.draft is not None
    assert len(action.draft.words) == 8
    assert action.gain is not None
    # 2,000 visitors a week, 1.55 % of them for 45 each, four percent of that.
    assert action.gain.profit == pytest.approx(lifted(2000 * 0.0155 * 45, 1), rel=0.05)
    check(action)


@pytest.mark.parametrize(
    ("past", "told"),
    [
        ((audited(59),), False),
        ((audited(61),), True),
        ((audited(61, "self_purchase_audit"),), False),
        ((audited(92, "self_purchase_audit"),), True),
        ((audited(5, product="S1"),), True),
    ],
    ids=["59 days ago", "61 days ago", "this quarter", "last quarter", "another product"],
)
def test_once_a_quarter_is_enough(past: tuple[Past, ...], told: bool) -> None:
    assert bool(judged(past=past).actions) == told


@pytest.mark.parametrize(
    "more",
    [
        {"own": (8000, 240)},
        {"own": (8000, 232)},
        {"own": (380, 3)},
        {"count": 2},
        {"product_names": []},
        {"happenings": [promotion(12, 4)]},
        {"floor": 5000.0},
    ],
    ids=["as good", "hardly worse", "few visitors", "two siblings", "no categories", "an event", "worth too little"],
)
def test_it_is_quiet(more: dict[str, Any]) -> None:
    assert not judged(**more).actions


def test_of_many_it_names_the_five_that_lose_most() -> None:
    rows = siblings(9, now=(4000, 160), before=(4000, 160))
    for n in range(7):
        rows += diary(f"L{n}", (4000 + 500 * n, 40), (4000 + 500 * n, 40))
    names = NAMES + [{"product_id": f"L{n}", "category": "cups"} for n in range(7)]
    named = [action.where["product_id"] for action in judged(product_diary=rows, product_names=names).actions]
    assert named == ["L6", "L5", "L4", "L3", "L2"]


@pytest.mark.parametrize("more", [{}, {"costs": None}])
def test_every_sentence_is_there_in_three_languages(more: dict[str, Any]) -> None:
    assert len(spoken(judged(**more))) >= 30

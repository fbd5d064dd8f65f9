"""C1: a rival lowered his price: hold while holding earns more, answer where it clearly does not."""

from __future__ import annotations

from typing import Any

import pytest

from drawn.situation import situation
from drawn.spoken import spoken
from drawn.visits import BLOCKS, TABLES, change, diary, promotion, siblings
from zhanggui.actions.guards import check
from zhanggui.playbooks.kinds import Verdict
from zhanggui.playbooks.rival_price import held, indifferent, matched, rival_price

COSTS = {"goods": {"*": [0.42, 0.50]}, "per_order": {"freight": 7.0}, "share": {"fees": 0.02}}
OWN = [{"product_id": "P", "window": w, "units": 200, "orders": 200, "price": 100.0} for w in (0, 1)]


def notes(*told: tuple[int, float]) -> list[dict[str, Any]]:
    return [{"product_id": "P", "rival_item": "theirs", "age": age, "price": price} for age, price in told]


CUT = notes((2, 83.0), (9, 83.0), (16, 83.0), (23, 95.0), (30, 95.0), (37, 95.0))


def judged(now: int = 80, **more: Any) -> Verdict:
    """P sold 240 in four weeks, and ``now`` in as many since the rival went from 95 to 83."""
    same = {
        "rivals": CUT,
        "paid_prices": OWN,
        "product_diary": diary("P", (8000, now), (8000, 240), changed=17) + siblings(6),
        "shop_blocks": BLOCKS,
        "costs": COSTS,
        "tables": TABLES,
    }
    return rival_price(situation(**{**same, **more}))


def test_the_rule_books_week_of_50_units_is_worth_the_same_at_seven_tenths_kept() -> None:
    assert matched(50, 35, 10) == 1250
    assert [held(50, kept, 35) for kept in (0.8, 0.7, 0.6)] == pytest.approx([1400, 1225, 1050])
    assert indifferent(35, 10) == pytest.approx(0.714, abs=0.0005)
    assert held(50, indifferent(35, 10), 35) == pytest.approx(matched(50, 35, 10))


def test_where_a_third_of_the_orders_stays_the_price_is_answered_for_two_weeks() -> None:
    verdict = judged()
    (finding,), (action,) = verdict.findings, verdict.actions
    assert finding.words.key.endswith("answer")
    assert finding.kind == "state"
    assert action.kind == "step_price"
    assert action.gain is not None
    assert action.gain.profit > 0
    assert action.draft is not None
    assert action.draft.rows[0]["days"] == 14
    assert 87 <= action.draft.rows[0]["price"] < 100
    check(action)


def test_where_most_orders_stay_the_price_is_held() -> None:
    verdict = judged(now=190)
    (finding,) = verdict.findings
    assert finding.words.key.endswith("hold")
    assert not verdict.actions
    assert finding.size < 0


def test_without_costs_it_says_from_which_margin_an_answer_pays() -> None:
    (action,) = judged(costs=None).actions
    assert action.gain is None
    assert action.break_even is not None


@pytest.mark.parametrize(
    "more",
    [
        {"now": 240},
        {"rivals": notes((1, 83.0), (3, 83.0), (23, 95.0), (30, 95.0))},
        {"rivals": notes((2, 92.0), (9, 92.0), (16, 92.0), (23, 95.0), (30, 95.0))},
        {"rivals": notes((15, 83.0), (20, 83.0), (27, 95.0), (34, 95.0))},
        {"rivals": notes((2, 83.0), (9, 83.0))},
        {"rivals": []},
        {"happenings": [change(3)]},
        {"happenings": [promotion(10, 4)]},
        {"product_diary": diary("P", (800, 2), (800, 6), changed=17) + siblings(6)},
        {"product_diary": [row for n in "PQRS" for row in diary(n, (8000, 80), (8000, 240), changed=17)]},
    ],
    ids=[
        "no order was lost",
        "a sale of three days",
        "by three points",
        "the last note is old",
        "nothing known before",
        "no match by a person",
        "changed itself three days ago",
        "an event has just ended",
        "too few to tell",
        "all products lost as many",
    ],
)
def test_it_is_quiet(more: dict[str, Any]) -> None:
    verdict = judged(**more)
    assert not verdict.findings
    assert not verdict.actions


@pytest.mark.parametrize("more", [{}, {"now": 190}, {"costs": None}])
def test_every_sentence_is_there_in_three_languages(more: dict[str, Any]) -> None:
    assert len(spoken(judged(**more))) >= 9

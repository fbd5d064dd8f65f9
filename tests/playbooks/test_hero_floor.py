"""C3: the product that carries the shop loses its place in search: seen within days, repaired, and bridged for no more than it protects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from drawn.situation import situation
from drawn.spoken import spoken
from drawn.visits import BLOCKS, TABLES, ago, change, diary, promotion, siblings
from zhanggui.actions.guards import check
from zhanggui.playbooks.hero_floor import fallen, hero_floor, is_search, most_spend
from zhanggui.playbooks.kinds import Verdict

COSTS = {"goods": {"*": [0.42, 0.50]}, "per_order": {"freight": 7.0}, "share": {"fees": 0.02}}
ADS = [
    {"platform": "a", "campaign": "c", "product_id": "P", "age": age, "cost": 30.0, "clicks": 100} for age in range(28)
]


def search(days: int, factor: float, rest: float = 1.0, source: str = "search") -> list[dict[str, Any]]:
    """P has 100 search visitors a day beside 300 of the others; in the last ``days`` days × ``factor`` (× ``rest``); an uneven hand."""
    chance = np.random.default_rng(3)
    rows = []
    for age in range(70):
        now = age < days
        for product, usual in (("P", 100 * (factor if now else 1.0)), ("*", 300 * (rest if now else 1.0))):
            row = {"product_id": product, "source": source, "age": age}
            rows.append({**row, "visitors": int(chance.poisson(usual))})
    return rows


def judged(rows: list[dict[str, Any]] | None = None, **more: Any) -> Verdict:
    same = {
        "hero_sources": search(9, 0.5) if rows is None else rows,
        "product_diary": diary("P", (8000, 240), (8000, 240)) + siblings(4),
        "shop_blocks": BLOCKS,
        "costs": COSTS,
        "tables": TABLES,
    }
    return hero_floor(situation(**{**same, **more}))


def test_half_of_its_search_visitors_gone_for_nine_days_is_a_claim_with_its_money() -> None:
    verdict = judged()
    (finding,) = verdict.findings
    assert finding.kind == "claim"
    assert finding.p is not None
    assert finding.p < 0.01
    assert verdict.family == 1
    # 350 visitors a week of which 3 % buy for 45.
    assert finding.size == pytest.approx(-350 * 0.03 * 45, rel=0.1)


def test_visitors_are_bought_for_no_more_than_they_protect() -> None:
    verdict = judged(ad_plans=ADS)
    (finding,), (action,) = verdict.findings, verdict.actions
    assert action.kind == "feed_traffic"
    assert action.draft is not None
    assert action.draft.rows[0]["most_a_week"] == pytest.approx(min(350 * 0.3, most_spend(-finding.size, 0.5)), rel=0.1)
    assert action.gain is not None
    spend = action.draft.rows[0]["most_a_week"]
    assert action.gain.profit == pytest.approx(0.5 * -finding.size - spend, rel=0.05)
    check(action)


def test_a_change_of_the_page_at_the_time_is_put_back() -> None:
    verdict = judged(happenings=[change(10, what="title")])
    (action,) = verdict.actions
    assert action.kind == "restore_change"
    assert verdict.findings[0].because is not None
    assert verdict.findings[0].because.key.endswith("change")
    check(action)


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({}, "unknown"),
        ({"product_diary": diary("P", (8000, 240), (8000, 240), days={3: {"empty": 1}}) + siblings(4)}, "stock"),
        ({"annotated_days": [{"day": ago(30), "target": "P", "text": "old"}]}, "unknown"),
        ({"annotated_days": [{"day": ago(5), "target": "P", "text": "rule notice"}]}, "notice"),
        (
            {
                "rivals": [
                    {"product_id": "P", "rival_item": "r", "age": a, "price": p} for a, p in ((3, 80.0), (30, 95.0))
                ]
            },
            "rival",
        ),
    ],
)
def test_what_coincides_is_named_in_the_books_order(more: dict[str, Any], cause: str) -> None:
    verdict = judged(**more, ad_plans=ADS)
    assert verdict.findings[0].because is not None
    assert verdict.findings[0].because.key.endswith(cause)
    assert bool(verdict.actions) == (cause != "stock")


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        (search(9, 1.0), {}),
        (search(9, 0.85), {}),
        (search(2, 0.5), {}),
        (search(9, 0.5, rest=0.6), {}),
        (search(9, 0.5, source="direct"), {}),
        ([], {}),
        (None, {"happenings": [promotion(12, 4)]}),
        (None, {"product_diary": diary("P", (8000, 240), (8000, 240)) + siblings(9)}),
    ],
    ids=[
        "as ever",
        "a seventh fewer",
        "two days",
        "search as a whole fell",
        "no search",
        "nothing told",
        "the hangover of an event",
        "a product among many",
    ],
)
def test_it_is_quiet(rows: list[dict[str, Any]] | None, more: dict[str, Any]) -> None:
    verdict = judged(rows, **more)
    assert not verdict.findings
    assert not verdict.actions


def test_of_ordinary_weeks_hardly_one_is_called_a_fall() -> None:
    """The index waxes and wanes by a tenth from week to week; a hundred and fifty mornings, and not one claim that passes."""
    chance = np.random.default_rng(11)
    claimed = 0
    for _ in range(150):
        level = np.exp(chance.normal(0, 0.1, 10)).repeat(7)
        claimed += fallen(chance.poisson(100 * level).astype(float), chance.poisson(np.full(70, 300.0))) is not None
    assert claimed == 0


def test_unpaid_search_is_known_by_its_names() -> None:
    names = ("手淘搜索", "搜尋", "organic", "search", "搜索推廣", "direct", "推薦")
    assert [is_search(name) for name in names] == [True, True, True, True, False, False, False]


@pytest.mark.parametrize("more", [{"ad_plans": ADS}, {"happenings": [change(10)]}])
def test_every_sentence_is_there_in_three_languages(more: dict[str, Any]) -> None:
    assert len(spoken(judged(**more))) >= 12

"""C4: a part of the visitors that is worth clearly more, found in odd weeks, confirmed in even ones, and growing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from drawn.situation import situation
from drawn.spoken import spoken
from drawn.visits import BLOCKS, diary, siblings
from zhanggui.actions.guards import check
from zhanggui.playbooks.kinds import Verdict
from zhanggui.playbooks.niche import niche, steered

COSTS = {"goods": {"*": [0.42, 0.50]}, "per_order": {"freight": 7.0}, "share": {"fees": 0.02}}
TABLES = {"orders": 1, "order_lines": 1, "traffic_days": 1, "keyword_days": 1}


def word(
    name: str = "travel tea set",
    rate: float = 0.06,
    odd: float | None = None,
    growth: float = 1.05,
    visitors: float = 150,
    searches: float = 9000,
) -> list[dict[str, Any]]:
    """A word that led 150 visitors a week to P in the middle week, ``growth`` times as many from week to week."""
    rows = []
    for week in range(13):
        now = round(visitors * growth ** (6 - week))
        rows.append(
            {
                "keyword": name,
                "week": week,
                "visitors": now,
                "pay_buyers": now * (odd if odd is not None and week % 2 else rate),
                "pay_amount": now * (odd if odd is not None and week % 2 else rate) * 100,
                "searches": searches,
                "product_id": "P",
            }
        )
    return rows


def judged(words: list[dict[str, Any]], **more: Any) -> Verdict:
    """A shop of 700 visitors a day of whom 2.4 % buy for 100 each."""
    same = {
        "search_words": words,
        "shop_visits": [{"age": age, "visitors": 700, "pay_buyers": 17} for age in range(120)],
        "product_diary": diary("P", (8000, 200), (8000, 200)) + siblings(2),
        "shop_blocks": BLOCKS,
        "costs": COSTS,
        "tables": TABLES,
    }
    return niche(situation(**{**same, **more}))


def test_a_word_worth_twice_a_visitor_of_the_shop_is_made_a_niche() -> None:
    verdict = judged(word())
    (finding,), (action,) = verdict.findings, verdict.actions
    assert finding.kind == "state"
    assert action.kind == "record_positioning"
    assert action.where == {"keyword": "travel tea set"}
    assert action.gain is not None
    # As many again as now, 173 a week; six in a hundred (drawn to the shop's) buy for 45, of the shop's 2.4 for 46 less freight.
    assert action.gain.profit == pytest.approx(steered(167, 0.055 * 45, 0.0243 * 45), rel=0.15)
    check(action)


def test_no_more_is_promised_than_searches_and_a_tenth_of_the_traffic_leave() -> None:
    (small,) = judged(word(searches=200)).actions
    (large,) = judged(word()).actions
    (huge,) = judged(word(visitors=2000)).actions
    assert small.words.params["visitors"].value < large.words.params["visitors"].value
    assert huge.words.params["visitors"].value == pytest.approx(490)


@pytest.mark.parametrize(
    ("words", "more"),
    [
        (word(rate=0.026), {}),
        (word(rate=0.026, odd=0.07), {}),
        (word(growth=1.0), {}),
        (word(growth=0.95), {}),
        (word(visitors=60), {}),
        (word(name="Teahouse cups"), {}),
        (word(), {"shop_visits": []}),
        (
            word(),
            {
                "product_refunds": [
                    {"product_id": p, "window": w, "orders": 200, "refunded": n}
                    for p, n in (("P", 80), ("S0", 10), ("S1", 10))
                    for w in (0, 1)
                ],
                "refund_ages": [
                    {"cohort": 20, "age": -1, "amount": 60000.0, "refunds": 600.0},
                    {"cohort": 20, "age": 9, "amount": 6000.0, "refunds": 60.0},
                ],
            },
        ),
        ([], {}),
    ],
    ids=[
        "worth as much",
        "only in odd weeks",
        "does not grow",
        "shrinks",
        "too few buyers to confirm",
        "the shop's own name",
        "visitors of the shop not told",
        "more of it comes back",
        "no words",
    ],
)
def test_it_is_quiet(words: list[dict[str, Any]], more: dict[str, Any]) -> None:
    verdict = judged(words, **more)
    assert not verdict.findings
    assert not verdict.actions


def test_of_two_hundred_ordinary_words_none_is_a_niche() -> None:
    chance = np.random.default_rng(5)
    rows = []
    for n in range(200):
        rate = chance.beta(40, 1600)
        for row in word(f"word {n}", growth=1.03):
            buyers = int(chance.binomial(row["visitors"], rate))
            rows.append({**row, "pay_buyers": buyers, "pay_amount": buyers * 100.0})
    assert not judged(rows).findings


def test_without_costs_it_says_from_which_margin_on_it_pays() -> None:
    (action,) = judged(word(), costs=None).actions
    assert action.gain is None
    assert action.break_even is not None


def test_a_category_can_be_a_niche_too() -> None:
    names = [{"product_id": p, "name": p, "category": c} for p, c in (("P", "travel"), ("S0", "home"), ("S1", "home"))]
    rows = diary("P", (4000, 260), (3000, 195)) + siblings(2, now=(8000, 120), before=(8000, 120))
    verdict = judged([], product_diary=rows, product_names=names)
    assert [finding.where for finding in verdict.findings] == [{"category": "travel"}]


@pytest.mark.parametrize("more", [{}, {"costs": None}])
def test_every_sentence_is_there_in_three_languages(more: dict[str, Any]) -> None:
    assert len(spoken(judged(word(), **more))) >= 12

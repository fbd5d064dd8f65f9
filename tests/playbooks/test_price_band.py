"""S2: a price band whose visitor is worth clearly more and that holds few products; one whose visitor is not worth a click."""

from __future__ import annotations

from typing import Any

import pytest

from drawn.situation import situation
from drawn.spoken import spoken
from drawn.visits import BLOCKS, diary
from zhanggui.actions.guards import check
from zhanggui.playbooks.kinds import Verdict
from zhanggui.playbooks.price_band import added, price_band

COSTS = {"goods": {"*": [0.42, 0.50]}, "per_order": {"freight": 7.0}, "share": {"fees": 0.02}}
ADS = [
    {"platform": "a", "campaign": "c", "product_id": "P0", "age": age, "cost": 90.0, "clicks": 60} for age in range(28)
]


def shelf(top: int = 2, rate: float = 0.03, price: float = 160.0, cheap: float = 50.0) -> list[dict[str, Any]]:
    """Eighteen products at 50 to 84 that sell to 2 % of 1,000 visitors in four weeks, and ``top`` at 160 that sell to ``rate`` of as
    many, and three times as often each."""
    rows: list[dict[str, Any]] = []
    for n in range(18):
        rows += diary(f"P{n}", (1000, 20), (1000, 20), price=cheap + 2 * n)
    for n in range(top):
        rows += diary(f"T{n}", (2400, 2400 * rate), (2400, 2400 * rate), price=price)
    return rows


def judged(rows: list[dict[str, Any]] | None = None, **more: Any) -> Verdict:
    same = {
        "product_diary": shelf() if rows is None else rows,
        "shop_blocks": BLOCKS,
        "costs": COSTS,
        "tables": {"orders": 1, "order_lines": 1, "traffic_days": 1},
    }
    return price_band(situation(**{**same, **more}))


def test_two_products_of_twenty_in_the_band_that_brings_most_a_visitor_are_too_few() -> None:
    verdict = judged()
    (finding,), (action,) = verdict.findings, verdict.actions
    assert finding.kind == "state"
    assert action.kind == "add_products"
    assert action.gain is not None
    # 600 visitors a week of one such product; 3 % × 76 there, 1.2 all in all.
    here, shop = (finding.words.params[name].value for name in ("here", "shop"))
    assert here == pytest.approx(0.029 * 76, rel=0.05)
    assert action.gain.profit == pytest.approx(added(600, here, shop), rel=0.1)
    assert action.cost == pytest.approx(30 * 0.46 * 160, rel=0.01)
    check(action)


def test_a_band_whose_visitor_is_not_worth_a_click_is_named_and_left_to_a_person() -> None:
    verdict = judged(shelf(top=0, cheap=22.0), ad_plans=ADS)
    assert {finding.words.key.rpartition(".")[2] for finding in verdict.findings} == {"thin"}
    assert all(finding.size < 0 for finding in verdict.findings)
    assert not verdict.actions


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        (shelf(rate=0.012), {}),
        (shelf(top=5), {}),
        (shelf(price=90.0, rate=0.02), {}),
        (shelf()[: 112 * 9], {}),
        ([], {}),
    ],
    ids=["no better", "holds many already", "the same worth", "nine products", "nothing sold"],
)
def test_it_is_quiet(rows: list[dict[str, Any]], more: dict[str, Any]) -> None:
    verdict = judged(rows, **more)
    assert not verdict.findings
    assert not verdict.actions


def test_of_orders_alone_it_is_said_of_orders_and_nothing_is_proposed() -> None:
    rows = [{name: row[name] for name in ("product_id", "age", "orders", "units", "gross")} for row in shelf()]
    verdict = judged(rows)
    assert [finding.words.key.rpartition(".")[2] for finding in verdict.findings] == ["orders"]
    assert not verdict.actions


def test_categories_that_are_large_enough_are_held_against_themselves() -> None:
    rows = shelf()
    names = [{"product_id": row["product_id"], "category": "T" if row["product_id"][0] == "T" else "P"} for row in rows]
    assert not judged(rows, product_names=names).findings


@pytest.mark.parametrize("more", [{}, {"costs": None}])
def test_every_sentence_is_there_in_three_languages(more: dict[str, Any]) -> None:
    assert len(spoken(judged(**more))) >= 12
    assert spoken(judged(shelf(top=0, cheap=22.0), ad_plans=ADS))

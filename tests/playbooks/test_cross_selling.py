"""Cross-selling: pairs bought together more often than chance, shown together where that pays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from drawn.situation import DAY, situation
from zhanggui.actions import guards
from zhanggui.actions.facts import Facts
from zhanggui.playbooks.cross_selling import cross_sell
from zhanggui.playbooks.kinds import Situation, Verdict


def pairs(
    together: float = 120, first: float = 800, second: float = 300, baskets: float = 6000
) -> list[dict[str, Any]]:
    return [
        {"product_id": "", "other": "", "orders": baskets},
        {"product_id": "A", "other": "", "orders": second},
        {"product_id": "B", "other": "", "orders": first},
        {"product_id": "A", "other": "B", "orders": together},
    ]


def shop(cost: float = 50.0, **more: Any) -> Situation:
    names = [{"product_id": p, "name": p, "price": 100.0, "cost": cost} for p in "AB"]
    diary = [
        {"product_id": p, "age": age, "orders": 4.0, "units": 4.0, "gross": 400.0} for p in "AB" for age in range(56)
    ]
    frames: dict[str, Any] = {"basket_pairs": pairs(), "product_names": names, "product_diary": diary}
    return situation(costs={"per_order": {"freight": 6}}, **{**frames, **more})


def judged(here: Situation) -> Verdict:
    verdict = cross_sell(here)
    for action in verdict.actions:
        guards.check(action, facts=Facts(day=DAY + timedelta(days=1)))
    return verdict


def test_a_pair_is_shown_beside_the_product_with_more_orders() -> None:
    (action,) = judged(shop()).actions
    assert action.kind == "bundle"
    assert action.where == {"product_id": "B"}
    assert action.touches == ("B", "A")
    assert action.reason is not None
    assert action.reason.params["lift"].value == pytest.approx(125 / 45)
    assert action.gain is not None
    # 800 ÷ 26 orders a week, one in fifty takes the second, which brings 44 and the parcel it does not need
    assert action.gain.profit == pytest.approx(800 / 26 * 0.02 * (44 + 6), rel=0.05)
    assert action.gain.low < 0.5 * action.gain.profit


def test_a_bundles_discount_is_paid_to_those_who_buy_both_anyway() -> None:
    (action,) = judged(shop()).actions
    assert action.draft is not None
    assert 0 < action.draft.words[0].params["off"].value < 0.05


@pytest.mark.parametrize(
    "more",
    [
        {"basket_pairs": pairs(together=14)},
        {"basket_pairs": pairs(together=45)},
        {"basket_pairs": []},
        {"cost": 99.0},
        {"cost": None},
    ],
)
def test_what_chance_or_a_loss_explains_is_not_proposed(more: dict[str, Any]) -> None:
    assert not judged(shop(**more)).actions


def test_what_a_promotion_sells_as_one_says_nothing() -> None:
    offer = {
        "name": "set",
        "kind": "promotion",
        "day": DAY - timedelta(days=30),
        "until": DAY + timedelta(days=5),
        "products": "A;B",
        "what": "set",
    }
    assert not judged(shop(happenings=[offer])).actions

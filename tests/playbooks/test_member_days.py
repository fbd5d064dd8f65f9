"""O3: a weekday for those who bought before, weeks with and without drawn by a coin."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from drawn.situation import DAY, situation
from zhanggui.actions import guards
from zhanggui.actions.facts import Facts
from zhanggui.playbooks.kinds import Situation, Verdict
from zhanggui.playbooks.member_days import brings, member_day, with_and_without

SHEET: dict[str, Any] = {"goods": {"*": 0.5}, "per_order": {"freight": 5}, "salvage": {"*": 0.2}}


def test_half_of_what_comes_more_would_have_come_on_another_day() -> None:
    assert float(brings(20, 0.25, 0.5, 36, 3, 0.3)) == pytest.approx(5 * (36 - 0.9) - 2.5 * 36 - 20 * 0.9)
    assert float(brings(20, 0.25, 1.0, 36, 3, 0.3)) < 0


def days(buyers: float = 900, returning: float = 0.4, orders: float = 30.0, low: int = 2) -> list[dict[str, Any]]:
    """Orders of eight weeks by weekday, one of them the weakest."""
    rows: list[dict[str, Any]] = [{"weekday": -1, "buyers": buyers}]
    for weekday in range(7):
        n = 8 * orders * (0.7 if weekday == low else 1.0)
        rows.append({"weekday": weekday, "orders": n, "returning": returning * n, "gross": 120.0 * n})
    return rows


def shop(noise: float = 0.02, **more: Any) -> Situation:
    rng = np.random.default_rng(3)
    gross = 200 * 120 * (1 + noise * rng.standard_normal(16))
    old = DAY - timedelta(days=300)
    frames: dict[str, Any] = {
        "buyer_days": days(),
        "shop_blocks": [{"block": i, "orders": 200.0, "gross": float(g), "days": 7} for i, g in enumerate(gross)],
        "stock": [{"product_id": "A", "sku": "*", "day": DAY, "on_hand": 400.0, "inbound": 0.0}],
        "product_names": [{"product_id": "A", "name": "Cup", "cost": 10.0, "price": 40.0}],
        "product_last_sales": [{"product_id": "A", "first_day": old, "last_day": DAY, "orders": 90, "gross_year": 4e3}],
        "product_diary": [
            {"product_id": "A", "age": age, "orders": 1, "units": 1.0, "gross": 40.0} for age in range(84)
        ],
    }
    return situation(costs=SHEET, weekly_money=12_000.0, **{**frames, **more})


def judged(here: Situation) -> Verdict:
    verdict = member_day(here)
    for action in verdict.actions:
        guards.check(action, facts=Facts(day=DAY + timedelta(days=1)))
    return verdict


def test_the_weakest_weekday_is_proposed_with_slow_stock_as_its_offer() -> None:
    (action,) = judged(shop()).actions
    assert action.kind == "member_day"
    assert action.words.params["day"].key == "rules_events.weekday.2"
    assert action.touches == ("A",)
    assert action.gain is not None
    # 168 ÷ 8 × .4 returning orders a week, a quarter more, an order leaves 55, the offer 2
    assert action.gain.profit == pytest.approx(float(brings(8.4, 0.25, 0.5, 55, 2, 0.3)), rel=0.05)
    assert action.draft is not None
    assert {date.fromisoformat(str(row["day"])).weekday() for row in action.draft.rows} == {2}
    assert action.measure is not None
    assert action.measure.smallest_visible is not None


def test_of_every_two_weeks_a_coin_chooses_one_and_it_falls_the_same_each_time() -> None:
    chosen = with_and_without(DAY, 4)
    assert chosen == with_and_without(DAY, 4)
    assert chosen[0] > DAY
    monday = DAY + timedelta(days=7 - DAY.weekday())
    assert [(day - monday).days // 14 for day in chosen] == [0, 1, 2, 3, 4, 5]
    draws = [with_and_without(DAY + timedelta(weeks=w), 4)[0] - DAY - timedelta(weeks=w) for w in range(40)]
    assert len(set(draws)) == 2


@pytest.mark.parametrize(
    "more",
    [
        {"buyer_days": days(buyers=299)},
        {"buyer_days": days(orders=7.0)},
        {"buyer_days": days(returning=0.05)},
        {"stock": []},
        {"noise": 0.5},
        {"shop_blocks": [{"block": 0, "orders": 200.0, "gross": 24000.0}]},
        {"happenings": [{"name": "member_day:2026-09-09", "kind": "promotion", "day": DAY - timedelta(days=5)}]},
    ],
)
def test_without_buyers_stock_or_a_chance_to_see_it_nothing_is_proposed(more: dict[str, Any]) -> None:
    assert not judged(shop(**more)).actions


def test_without_costs_nobody_knows_whether_it_pays() -> None:
    here = shop()
    assert not member_day(situation(**{name: frame.to_dicts() for name, frame in here.frames.items()})).actions

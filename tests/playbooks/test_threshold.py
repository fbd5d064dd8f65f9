"""P5: what a threshold brings, and whom it pays who would have spent as much anyway."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from drawn.situation import DAY, situation
from zhanggui.actions import guards
from zhanggui.actions.facts import facts_from
from zhanggui.actions.kinds import NOTHING_YET, Action
from zhanggui.playbooks.kinds import Situation, Verdict
from zhanggui.playbooks.threshold import Orders, gift_threshold, levels, pays


def test_the_formula_gives_the_rule_books_number() -> None:
    assert float(pays(420, 0.15, 42, 0.46, 1.8, 1900)) == pytest.approx(-2316, abs=0.5)


def test_just_below_is_a_quarter_and_what_lacks_is_its_mean() -> None:
    orders = Orders(np.array([100.0, 150, 180, 199, 200, 400]), np.array([5.0, 2, 2, 1, 7, 3]))
    near, lacking, above = orders.around(200)
    assert (near, above) == (5, 10)
    assert lacking == pytest.approx(200 - (2 * 150 + 2 * 180 + 199) / 5)


def values(low: int = 20, high: int = 500, total: float = 4000.0, tilt: float = 1.0) -> list[dict[str, Any]]:
    """Orders of eight weeks whose number falls with their value."""
    at = np.arange(low, high)
    many = at**-tilt
    many = total * many / many.sum()
    return [{"value": int(v), "orders": float(n), "goods": float(v * n)} for v, n in zip(at, many, strict=True)]


def offer(
    gift: float = 8.0, at: float = 99.0, until: date | None = None, days: int = 200, **terms: Any
) -> dict[str, Any]:
    start = DAY - timedelta(days=days)
    return {
        "name": "m1",
        "kind": "promotion",
        "day": start,
        "until": until,
        "what": "Free cloth",
        "threshold": at,
        "gift_cost": gift,
        **terms,
    }


SHEET = {"goods": {"*": [0.5, 0.6]}}


def judged(here: Situation) -> Verdict:
    verdict = gift_threshold(here)
    facts = facts_from(here.frames["happenings"].iter_rows(named=True), DAY + timedelta(days=1), NOTHING_YET)
    for action in verdict.actions:
        guards.check(action, facts=facts)
    return verdict


def only(verdict: Verdict) -> Action:
    (action,) = verdict.actions
    return action


def test_a_threshold_that_most_reach_anyway_is_moved_or_ended() -> None:
    action = only(judged(situation(costs=SHEET, basket_values=values(), happenings=[offer()])))
    assert action.kind == "gift_threshold"
    assert action.words.key in ("rules_goods.threshold.raise", "rules_goods.threshold.drop")
    assert action.gain is not None
    assert action.gain.profit > 500
    assert action.gain.chance > 0.9
    assert action.measure is not None
    assert (action.measure.design, action.measure.days) == ("experiment", 56)
    assert action.measure.smallest_visible is not None


def gathered(share: float, at: int = 99, high: int = 140) -> list[dict[str, Any]]:
    """Orders of which this share of those just below went just above instead."""
    rows = values(low=50, high=high)
    moved = sum(share * row["orders"] for row in rows if 75 <= row["value"] < at)
    for row in rows:
        row["orders"] *= 1 - share if 75 <= row["value"] < at else 1
        row["orders"] += moved / 10 if at <= row["value"] < at + 10 else 0
    return rows


def test_orders_that_gather_just_above_it_are_taken_to_have_stretched() -> None:
    def said(share: float, gift: float) -> Action:
        rows = gathered(share, high=400)
        return only(judged(situation(costs=SHEET, basket_values=rows, happenings=[offer(gift=gift)])))

    stretched = [said(share, 1.5).reason.params["stretch"].value for share in (0.0, 0.6)]  # type: ignore[union-attr]
    assert stretched[0] < 0.1
    assert stretched[1] > 0.25
    assert said(0.0, 0.3).words.key == "rules_goods.threshold.drop"
    assert said(0.6, 0.3).words.key != "rules_goods.threshold.drop"


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [offer(until=DAY + timedelta(days=5))],
        [offer(products="P")],
        [offer(days=10)],
        [offer(gift=0.0)],
        [offer(until=DAY - timedelta(days=50))],
    ],
)
def test_without_a_threshold_of_the_shop_that_may_be_changed_nothing_is_said(rows: list[dict[str, Any]]) -> None:
    assert not judged(situation(costs=SHEET, basket_values=values(), happenings=rows)).actions


def test_two_hundred_orders_tell_nothing() -> None:
    assert not judged(situation(costs=SHEET, basket_values=values(total=200), happenings=[offer()])).actions


def test_without_costs_it_says_below_which_margin_ending_it_pays() -> None:
    action = only(judged(situation(basket_values=values(), happenings=[offer()])))
    assert action.gain is None
    assert action.break_even is not None
    assert action.break_even.key == "rules_goods.threshold.pays_always"
    cheaper = only(judged(situation(basket_values=values(), happenings=[offer(gift=0.12)])))
    assert cheaper.break_even is not None
    assert 0.6 <= cheaper.break_even.params["margin"].value < 1
    assert not judged(situation(basket_values=values(), happenings=[offer(gift=0.01)])).actions


def test_other_thresholds_end_as_the_present_one() -> None:
    assert 239.0 in levels(199.0)
    assert 119.0 in levels(99.0)
    assert min(levels(9.0)) > 0

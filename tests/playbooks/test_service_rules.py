"""O5: what must be shipped today."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from drawn.situation import DAY, situation
from zhanggui.playbooks.service import lateness_loss, ship_by

MORNING = datetime.combine(DAY + timedelta(days=1), datetime.min.time())


def order(hours_ago: float, **more: Any) -> dict[str, Any]:
    row = {"channel": "shop:main", "order_id": f"o{hours_ago}", "goods": 118.0, "tracked": 5}
    return {**row, "paid_at": MORNING - timedelta(hours=hours_ago), **more}


def test_lateness_costs_what_the_rule_book_says() -> None:
    assert round(lateness_loss(20, 118, 0.05, 0.06, 36), 1) == 161.2


def test_orders_whose_deadline_is_within_a_day_are_due() -> None:
    verdict = ship_by(situation(open_orders=[order(41), order(30), order(3)]))
    (due,) = verdict.due
    assert due.words.key == "rules.ship_by.due"
    assert due.words.params["orders"].value == 2
    assert due.words.params["oldest"].value == 41
    assert due.by == (MORNING + timedelta(hours=7)).isoformat(timespec="minutes")
    assert round(due.loss, 2) == round(2 * 0.05 * 118, 2)


def test_an_order_past_its_deadline_is_late_since_then() -> None:
    (due,) = ship_by(situation(open_orders=[order(60)])).due
    assert due.words.key == "rules.ship_by.late"
    assert due.words.params["late"].value == 1
    assert due.by == (MORNING - timedelta(hours=12)).isoformat(timespec="minutes")


def test_the_oldest_order_waits_hours_up_to_two_days_and_then_days() -> None:
    waited = [
        ship_by(situation(open_orders=[order(hours)])).due[0].words.params["oldest"] for hours in (41, 48, 60, 500)
    ]
    assert [(time.value, time.unit) for time in waited] == [(41, "hours"), (48, "hours"), (2, "days"), (20, "days")]


def test_a_deadline_of_the_platform_goes_before_the_default() -> None:
    late = order(3, ship_by=MORNING + timedelta(hours=2))
    (due,) = ship_by(situation(open_orders=[late])).due
    assert due.words.params["orders"].value == 1


def test_deadlines_are_told_in_the_shops_own_zone() -> None:
    (due,) = ship_by(situation(open_orders=[order(41)], timezone="Asia/Shanghai")).due
    assert due.by == (MORNING + timedelta(hours=15)).isoformat(timespec="minutes")


def test_nothing_is_due_when_every_deadline_is_far() -> None:
    assert not ship_by(situation(open_orders=[order(3), order(10)])).due


def test_a_source_that_never_fills_the_shipping_time_is_asked_for_it_instead() -> None:
    verdict = ship_by(situation(open_orders=[order(41, tracked=0)]))
    assert not verdict.due
    assert verdict.locked[0].words.key == "rules.ship_by.untracked"


def test_the_margin_of_the_cost_sheet_adds_the_refunds_that_lateness_brings() -> None:
    costs = {"goods": {"*": 0.4}, "per_order": {"freight": 10.0}}
    (due,) = ship_by(situation(open_orders=[order(41)], costs=costs)).due
    assert round(due.loss, 3) == round(0.05 * 118 + 0.06 * (0.6 * 118 - 10), 3)

"""Refunds still to come of the last week."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from drawn.situation import DAY, drawn
from zhanggui.numbers.frames import View
from zhanggui.numbers.to_come import expected_net
from zhanggui.units import Estimate

SALES = 1000.0


def frames(weeks: int, rate: float = 0.2, *, days_late: tuple[int, ...] = (3, 10, 17, 24)) -> dict[str, Any]:
    """Weeks of 1,000 each, of which ``rate`` is refunded in equal parts at these ages, as far as the day has seen them."""
    ages: list[dict[str, Any]] = []
    for cohort in range(weeks):
        ages.append({"cohort": cohort, "age": -1, "amount": SALES, "refunds": 40.0})
        for n, age in enumerate(days_late):
            if cohort * 7 + 3 >= age:
                part = rate * SALES / len(days_late) * (1.1 if (cohort + n) % 2 else 0.9)
                ages.append({"cohort": cohort, "age": age, "amount": part, "refunds": 3.0})
    days = [{"day": DAY - timedelta(days=d), "orders": 6.0, "gross": SALES / 7} for d in range(weeks * 7)]
    return {"ages": drawn("refund_ages", ages), "days": drawn("shop_days", days)}


def test_what_will_be_refunded_of_the_last_week_is_taken_off_with_a_range() -> None:
    shop = frames(40)
    answer = expected_net(shop["ages"], shop["days"], View(DAY), gross=SALES)
    assert isinstance(answer, Estimate)
    assert answer.value == pytest.approx(SALES * 0.8, rel=0.03)
    assert answer.low < SALES * 0.8 < answer.high < SALES


def test_a_young_shop_cannot_say_what_is_still_to_come() -> None:
    shop = frames(6)
    assert isinstance(expected_net(shop["ages"], shop["days"], View(DAY), gross=SALES), str)


def test_without_refunds_nothing_is_forecast() -> None:
    shop = frames(40, days_late=())
    assert isinstance(expected_net(shop["ages"], shop["days"], View(DAY), gross=SALES), str)

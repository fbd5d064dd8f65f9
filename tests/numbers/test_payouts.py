"""Payouts against orders: what agrees, what is short, missing, too much or not due, to the cent."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest

from drawn.warehouse import DrawnWarehouse
from zhanggui.numbers.payouts import Payouts, payouts
from zhanggui.report.payouts import as_json, payouts_text
from zhanggui.units import Period

AS_OF = date(2026, 9, 30)
PERIOD = Period(date(2026, 7, 1), AS_OF)


def order(name: str, day: date = date(2026, 8, 1), **more: object) -> dict[str, object]:
    return {"order_id": name, "day": day, "counted": True, "goods": 100.0, "shipping": 8.0, **more}


@pytest.fixture(scope="module")
def found() -> Payouts:
    warehouse = DrawnWarehouse()
    warehouse.draw(
        "order_facts",
        [
            order("agrees", fees=6.0, payout=102.0),
            order("short", fees=6.0, payout=92.0),
            order("kept", payout=101.5),
            order("over", fees=6.0, payout=110.0),
            order("missing", fees=6.0),
            order("young", day=date(2026, 9, 20), fees=6.0),
            order("late_delivery", fees=6.0, delivered_at=datetime(2026, 9, 25, 12, 0)),
            order("refunded", fees=0.0),
            order("half_back", fees=6.0, payout=52.0),
            order("platform", platform_discount=20.0, fees=6.0, payout=102.0),
            order("rounded", fees=6.0, payout=101.96),
            order("before", day=date(2026, 5, 1), fees=6.0),
            order("unpaid", counted=False),
        ],
    )
    warehouse.draw("order_facts", [order("elsewhere")], channel="shopify:main")
    warehouse.draw(
        "refund_facts",
        [
            {"refund_id": "1", "order_id": "refunded", "amount": 108.0, "day": date(2026, 8, 3), "status": "finished"},
            {"refund_id": "2", "order_id": "half_back", "amount": 50.0, "day": date(2026, 8, 3), "status": "finished"},
            {"refund_id": "3", "order_id": "agrees", "amount": 50.0, "day": date(2026, 8, 3), "status": "refused"},
        ],
    )
    return payouts(warehouse, PERIOD, AS_OF)  # type: ignore[arg-type]


def test_every_order_has_its_state(found: Payouts) -> None:
    counted = dict(found.sums.select("kind", "orders").iter_rows())
    assert counted == {"agrees": 5, "short": 1, "kept": 1, "over": 1, "missing": 1, "transit": 2}


def test_a_gap_is_shown_with_its_row_to_the_cent(found: Payouts) -> None:
    rows = {row["order_id"]: (row["kind"], round(row["gap"], 2)) for row in found.rows.iter_rows(named=True)}
    assert rows == {"missing": ("missing", -102.0), "short": ("short", -10.0), "over": ("over", 8.0)}
    assert found.rows["order_id"].to_list() == ["missing", "short", "over"]


def test_sums_and_rows_are_the_same_money(found: Payouts) -> None:
    asked = found.sums.filter(found.sums["kind"].is_in(["short", "missing", "over"]))
    assert float((asked["paid"] - asked["expected"]).sum()) == pytest.approx(float(found.rows["gap"].sum()))


def test_a_channel_that_tells_no_payout_is_not_held_against_its_orders(found: Payouts) -> None:
    assert found.silent == ("shopify:main",)
    assert "shopify:main" not in found.sums["channel"]


@pytest.mark.parametrize("locale", ["zh-Hant", "zh-Hans", "en"])
def test_it_is_told_in_three_languages(found: Payouts, locale: str) -> None:
    said = payouts_text(found, locale, "CNY", 110)
    assert "missing" in said
    assert "¥112.00" in said
    assert json.loads(json.dumps(as_json(found)))["silent"] == ["shopify:main"]


def test_a_shop_without_payouts_says_what_would_tell(tmp_path: object) -> None:
    bare = DrawnWarehouse()
    bare.draw("order_facts", [order("1")])
    found = payouts(bare, PERIOD, AS_OF)  # type: ignore[arg-type]
    assert "settlements" in payouts_text(found, "en", "CNY", 110)

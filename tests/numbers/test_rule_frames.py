"""What rules about products read: a diary of every product, its sizes, what happened to it, and the plans that promote it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from drawn.warehouse import DrawnWarehouse
from zhanggui.numbers.frames import FRAMES, View

DAY = date(2026, 9, 13)


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def visit(back: int, visitors: int, buyers: int | None, **more: Any) -> dict[str, Any]:
    level = {"source": "*", "product_id": "A", "device": "*"}
    return {**level, "day": ago(back), "visitors": visitors, "pay_buyers": buyers, **more}


def line(back: int, order: str, amount: float, **more: Any) -> dict[str, Any]:
    same = {"line_id": "1", "product_id": "A", "sku": "m", "kind": "goods", "units": 1.0, "amount": amount}
    return {**same, "day": ago(back), "order_id": order, **more}


def asked(warehouse: DrawnWarehouse, name: str) -> list[dict[str, Any]]:
    return FRAMES[name](warehouse, View(DAY)).to_dicts()  # type: ignore[arg-type]


@pytest.fixture
def shop() -> DrawnWarehouse:
    return DrawnWarehouse()


def test_a_diary_sums_each_day_and_keeps_older_days_four_weeks_together(shop: DrawnWarehouse) -> None:
    shop.draw(
        "traffic_days",
        [
            visit(0, 100, 4, cart_visitors=9),
            visit(3, 50, 5),
            visit(3, 40, None, product_id="B"),
            visit(113, 10, 1),
            visit(139, 20, 2),
            visit(140, 30, 3),
            visit(230, 99, 9),
            visit(0, 60, 2, source="search"),
        ],
    )
    rows = {row["age"]: row for row in asked(shop, "product_diary")}
    assert {age: (row["visitors"], row["pay_buyers"]) for age, row in rows.items()} == {
        0: (100, 4),
        3: (50, 5),
        112: (30, 3),
        140: (30, 3),
    }
    assert (rows[0]["cart_base"], rows[0]["cart_visitors"]) == (100, 9)
    assert not rows[3]["cart_base"]


def test_a_product_with_seven_buyers_in_half_a_year_is_not_followed(shop: DrawnWarehouse) -> None:
    shop.draw("traffic_days", [visit(1, 500, 7)])
    assert asked(shop, "product_diary") == []


def test_a_diary_knows_sales_stars_deadlines_presales_and_empty_shelves(shop: DrawnWarehouse) -> None:
    shop.draw("sales", [line(2, "1", 10), line(2, "2", 12, units=2.0), line(2, "2", 5, line_id="2", kind="gift")])
    paid = datetime(2026, 9, 11, 10)
    fact = {"counted": True, "day": ago(2), "paid_at": paid, "kind": "normal"}
    late = {"ship_by": paid + timedelta(hours=72)}
    shop.draw("order_facts", [{**fact, "order_id": "1", **late}, {**fact, "order_id": "2"}])
    star = {"product_id": "A", "created_day": ago(2)}
    shop.draw("reviews", [{**star, "review_id": "1", "stars": 3.0}, {**star, "review_id": "2", "stars": 5.0}])
    shop.draw("orders", [{"order_id": "9", "kind": "presale", "created_day": ago(2)}])
    shop.draw("order_lines", [{"order_id": "9", "line_id": "1", "product_id": "A"}])
    place = {"day": ago(2), "product_id": "A", "location": "*"}
    shop.draw("stock_days", [{**place, "sku": sku, "on_hand": 0.0, "inbound": 1.0} for sku in ("m", "l")])
    (row,) = asked(shop, "product_diary")
    assert (row["orders"], row["units"], row["gross"]) == (2, 3, 27)
    assert (row["reviews"], row["low_reviews"]) == (2, 1)
    assert (row["promised"], row["promised_hours"]) == (1, 72)
    assert (row["presale"], row["empty"]) == (1, 1)


def test_sizes_tell_sales_prices_and_the_days_they_were_out_of_stock(shop: DrawnWarehouse) -> None:
    shop.draw("sales", [line(1, "1", 10), line(15, "2", 30, sku="l", units=3.0), line(120, "3", 10)])
    place = {"product_id": "A", "location": "*"}
    days = [(1, "m", 4.0), (2, "m", 0.0), (3, "m", -1.0), (1, "*", 0.0), (16, "l", 0.0)]
    shop.draw("stock_days", [{**place, "day": ago(back), "sku": sku, "on_hand": left} for back, sku, left in days])
    rows = {(row["sku"], row["fortnight"]): row for row in asked(shop, "product_sizes")}
    assert set(rows) == {("m", 0), ("l", 1)}
    assert (rows["m", 0]["units"], rows["m", 0]["gross"]) == (1, 10)
    assert (rows["m", 0]["reported"], rows["m", 0]["out"]) == (3, 2)
    assert (rows["l", 1]["units"], rows["l", 1]["out"]) == (3, 1)


def test_changes_and_promotions_stand_in_one_list_by_day(shop: DrawnWarehouse) -> None:
    shop.draw("changes", [{"change_id": "c", "at_day": ago(9), "product_id": "A", "what": "title", "before": "x"}])
    shop.draw("changes", [{"change_id": "old", "at_day": ago(300), "product_id": "A", "what": "price"}])
    offers = [
        {"promotion_id": "p", "name": "week", "starts_day": ago(20), "ends_day": ago(14), "product_ids": "A;B"},
        {"promotion_id": "q", "name": "open", "starts_day": ago(400), "ends_day": None},
        {"promotion_id": "far", "name": "next year", "starts_day": ago(-200), "ends_day": ago(-190)},
    ]
    shop.draw("promotions", offers)
    rows = asked(shop, "happenings")
    assert [(row["name"], row["kind"], row["products"]) for row in rows] == [
        ("q", "promotion", None),
        ("p", "promotion", "A;B"),
        ("c", "change", "A"),
    ]


def test_of_a_plan_told_twice_only_the_least_deep_rows_are_read(shop: DrawnWarehouse) -> None:
    row = {
        "day": ago(1),
        "platform": "taobao",
        "ad_group": "*",
        "keyword": "*",
        "creative": "*",
        "product_id": "A",
        "cost": 100,
        "daily_budget": 120,
        "clicks": 50,
        "orders": 2.0,
        "revenue": 300,
        "plan": "automatic",
    }
    word = {"keyword": "cup", "cost": 60}
    shop.draw(
        "ad_days",
        [{**row, "campaign": "one"}, {**row, "campaign": "one", **word}, {**row, "campaign": "two", **word}],
    )
    shop.draw("ad_days", [{**row, "campaign": "*", "cost": 160}])
    rows = asked(shop, "ad_plans")
    assert [(r["campaign"], r["cost"], r["budget"], r["automatic"]) for r in rows] == [
        ("one", 100, 120, 1),
        ("two", 60, 120, 1),
    ]


def test_shelves_that_rose_tell_when_more_was_ordered(shop: DrawnWarehouse) -> None:
    place = {"product_id": "A", "location": "*"}
    told = [(5, 20.0, 0.0), (4, 18.0, 30.0), (3, 47.0, 0.0), (2, 48.0, 0.0), (0, 90.0, 0.0)]
    shop.draw(
        "stock_days",
        [{**place, "day": ago(back), "sku": "m", "on_hand": left, "inbound": comes} for back, left, comes in told],
    )
    shop.draw("sales", [line(3, "1", 50.0)])
    # One more is a parcel sent back; of a day that was not told nothing is known of the day after.
    assert asked(shop, "shelf_rises") == [{"product_id": "A", "sku": "m", "age": 4, "held": 20.0, "more": 28.0}]


def bought(back: int, order: str, goods: float, **more: Any) -> dict[str, Any]:
    return {"day": ago(back), "order_id": order, "goods": goods, "counted": True, **more}


def test_values_of_orders_are_counted_in_whole_units_of_money(shop: DrawnWarehouse) -> None:
    shop.draw(
        "order_facts",
        [bought(0, "1", 199.9), bought(5, "2", 199.0), bought(6, "3", 200.0), bought(7, "4", 50.0, counted=False)],
    )
    found = {row["value"]: row["orders"] for row in asked(shop, "basket_values")}
    assert found == {199: 2, 200: 1}


def test_pairs_are_orders_that_hold_both_and_a_gift_or_a_list_is_none(shop: DrawnWarehouse) -> None:
    lines = [line(back, f"o{back}", 10, product_id=name) for back in range(6) for name in ("A", "B")]
    lines += [line(9, "o9", 10), line(9, "o9", 0, product_id="B", kind="gift"), line(9, "o10", 10, product_id="B")]
    lines += [line(10, "list", 5, product_id=f"L{i}") for i in range(31)]
    shop.draw("sales", lines)
    found = {(row["product_id"], row["other"]): row["orders"] for row in asked(shop, "basket_pairs")}
    assert found == {("", ""): 8, ("A", ""): 7, ("B", ""): 7, ("A", "B"): 6}


def test_weekdays_hold_who_came_back_and_one_row_how_many_buyers_there_are(shop: DrawnWarehouse) -> None:
    more = {"customer_key": "x", "new_or_returning": "returning"}
    shop.draw("order_facts", [bought(0, "1", 20, **more), bought(1, "2", 30), bought(300, "3", 9, customer_key="y")])
    found = {row["weekday"]: row for row in asked(shop, "buyer_days")}
    assert found[-1]["buyers"] == 2
    assert (found[DAY.weekday()]["orders"], found[DAY.weekday()]["returning"], found[DAY.weekday()]["gross"]) == (
        1,
        1,
        20,
    )
    assert found[ago(1).weekday()]["returning"] == 0


def test_a_diary_puts_refunds_to_the_day_of_their_sale(shop: DrawnWarehouse) -> None:
    shop.draw("sales", [line(30, "1", 90)])
    back = {"refund_id": "r", "order_id": "1", "product_id": "A", "amount": 40.0, "age_days": 20, "dated": True}
    shop.draw("refund_facts", [{**back, "day": ago(10), "sale_day": ago(30), "status": "finished", "non_goods": False}])
    rows = {row["age"]: row for row in asked(shop, "product_diary")}
    assert (rows[30]["gross"], rows[30]["returned"]) == (90, 40)


def test_what_was_listed_lately_is_told_with_who_knew_the_shop_before(shop: DrawnWarehouse) -> None:
    shop.draw("products", [{"product_id": "A", "listed_day": ago(20)}, {"product_id": "B", "listed_day": ago(70)}])
    shop.draw("traffic_days", [visit(2, 100, 3, cart_visitors=9), visit(1, 50, 1), visit(1, 80, 1, product_id="B")])
    old = {"new_or_returning": "returning"}
    shop.draw("sales", [line(2, "1", 10), line(2, "2", 12, **old), line(1, "3", 9, product_id="B")])
    shop.draw("reviews", [{"review_id": "r", "product_id": "A", "created_day": ago(1), "stars": 2}])
    (row,) = asked(shop, "launches")
    assert (row["product_id"], row["visitors"], row["carts"]) == ("A", 150, 9)
    assert (row["orders"], row["old_orders"], row["gross"]) == (2, 1, 22)
    assert (row["reviews"], row["low_reviews"]) == (1, 1)

"""Which orders are sales, what a line is worth, when a refund counts, who is new."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drawn.readings import reading
from zhanggui.store import Warehouse


def frame(shop: Warehouse, name: str, *columns: str, by: str = "order_id") -> list[Any]:
    table = shop.table(name)
    return shop.run(table.order_by(by).select(*columns)).rows()


PAID = {"created_at": "2024-05-01 10:00", "paid_at": "2024-05-02 10:00", "goods_amount": "10"}


@pytest.mark.parametrize(
    ("order", "counted", "placed"),
    [
        ({}, True, True),
        ({"status": "cancelled"}, False, True),
        ({"status": "placed", "kind": "presale"}, False, True),
        ({"paid_at": None}, False, True),
        ({"paid_at": None, "status": "shipped"}, True, True),
        ({"kind": "wholesale"}, True, True),
        ({"kind": "staff"}, False, True),
        ({"kind": "test"}, False, False),
        ({"kind": "reship"}, False, False),
        ({"kind": "exchange"}, False, False),
        ({"kind": "credit", "status": "cancelled"}, False, False),
    ],
)
def test_which_orders_count_as_a_sale(shop: Warehouse, order: dict[str, Any], counted: bool, placed: bool) -> None:
    shop.load([reading({"orders": [{"order_id": "1", **PAID, **order}, {"order_id": "9", **PAID}]})])
    assert frame(shop, "order_facts", "counted", "placed")[0] == (counted, placed)
    assert (len(frame(shop, "sales", "order_id")) == 2) == counted


def test_a_channel_without_payment_times_counts_by_creation(shop: Warehouse) -> None:
    shop.load([reading({"orders": [{"order_id": "1", "created_at": "2024-05-01 10:00", "goods_amount": "10"}]})])
    assert frame(shop, "sales", "day", "line_id", "product_id", "amount") == [(date(2024, 5, 1), "", "", 10.0)]


def test_lines_that_do_not_add_up_are_allocated_to_the_cent_with_the_rest_on_the_largest(shop: Warehouse) -> None:
    lines = [{"order_id": "1", "line_id": n, "quantity": "1", "unit_price": "3.33"} for n in ("a", "b", "c")]
    lines += [{"order_id": "1", "line_id": "d", "quantity": "1", "unit_price": "5", "kind": "gift"}]
    lines += [{"order_id": "1", "line_id": "e", "quantity": "1", "unit_price": "2", "kind": "non_goods"}]
    shop.load([reading({"orders": [{"order_id": "1", **PAID}], "order_lines": lines})])
    amounts = frame(shop, "sales", "line_id", "amount", by="line_id")
    assert amounts == [("a", 3.34), ("b", 3.33), ("c", 3.33), ("d", 0.0), ("e", 2.0)]
    assert frame(shop, "order_facts", "goods", "non_goods", "units") == [(10.0, 2.0, 4.0)]


cent = st.decimals("0", "500", places=2).map(str)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    goods=st.decimals("0", "900", places=2), lines=st.lists(st.tuples(cent, st.integers(0, 5)), min_size=1, max_size=6)
)
def test_the_lines_of_an_order_sum_to_its_goods(shop: Warehouse, goods: Decimal, lines: list[tuple[str, int]]) -> None:
    rows = [
        {"order_id": "1", "line_id": str(n), "unit_price": price, "quantity": str(units)}
        for n, (price, units) in enumerate(lines)
    ]
    batch = shop.load(
        [reading({"orders": [{"order_id": "1", **PAID, "goods_amount": str(goods)}], "order_lines": rows})]
    ).batch
    total = shop.run(shop.table("sales").amount.cast("float64").sum().name("total").as_table()).item()
    assert round(total, 4) == float(goods)
    shop.undo(batch)


def refund(number: str, amount: str, **more: Any) -> dict[str, Any]:
    return {"refund_id": number, "order_id": "1", "amount": amount, "finished_at": "2024-05-09 10:00", **more}


def test_a_refund_has_its_own_day_and_the_day_of_its_sale(shop: Warehouse) -> None:
    shop.load([reading({"orders": [{"order_id": "1", **PAID, "source": "ads"}], "refunds": [refund("r", "4")]})])
    row = frame(shop, "refund_facts", "day", "sale_day", "age_days", "amount", "source", "order_id")
    assert row == [(date(2024, 5, 9), date(2024, 5, 2), 7, 4.0, "ads", "1")]


def test_a_refund_is_never_subtracted_twice(shop: Warehouse) -> None:
    refunds = [
        refund("single", "4", line_id="a"),
        refund("so far on the line", "6", line_id="a", scope="line_total"),
        refund("so far on the order", "9", scope="order_total"),
        refund("the same order again", "9", scope="order_total"),
        refund("refused", "50", status="refused"),
        refund("asked for", "50", status="requested"),
    ]
    shop.load([reading({"orders": [{"order_id": "1", **PAID}], "refunds": refunds})])
    counted = frame(shop, "refund_facts", "refund_id", "amount", by="refund_id")
    assert counted == [("single", 4.0), ("so far on the line", 2.0), ("so far on the order", 3.0)]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    singles=st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.integers(1, 20)), max_size=4),
    line_total=st.integers(0, 30),
    order_total=st.integers(0, 60),
)
def test_refunds_sum_to_the_largest_statement(shop: Warehouse, singles: Any, line_total: int, order_total: int) -> None:
    rows = [refund(f"s{n}", str(amount), line_id=line) for n, (line, amount) in enumerate(singles)]
    rows += [refund("line", str(line_total), line_id="a", scope="line_total")]
    rows += [refund("order", str(order_total), scope="order_total")]
    batch = shop.load([reading({"orders": [{"order_id": "1", **PAID}], "refunds": rows})]).batch
    on_a = sum(amount for line, amount in singles if line == "a")
    below = sum(amount for _, amount in singles) - on_a + max(on_a, line_total)
    assert sum(row[0] for row in frame(shop, "refund_facts", "amount")) == max(below, order_total)
    shop.undo(batch)


def test_a_refund_of_an_order_that_was_never_a_sale_is_left_out(shop: Warehouse) -> None:
    shop.load([reading({"orders": [{"order_id": "1", **PAID, "status": "cancelled"}], "refunds": [refund("r", "4")]})])
    assert frame(shop, "refund_facts", "refund_id") == []


def test_a_refund_without_a_time_falls_on_its_sale(shop: Warehouse) -> None:
    shop.load([reading({"orders": [{"order_id": "1", **PAID}], "refunds": [refund("r", "4", finished_at=None)]})])
    assert frame(shop, "refund_facts", "day", "dated") == [(date(2024, 5, 2), False)]


def test_a_credit_note_finds_the_latest_earlier_sale_large_enough(shop: Warehouse) -> None:
    buyer = {"customer_key": "k", "country": "GB"}
    orders = [
        {"order_id": "1", "created_at": "2024-05-01", **buyer},
        {"order_id": "2", "created_at": "2024-05-03", **buyer},
        {"order_id": "3", "created_at": "2024-05-04", **buyer},
        {"order_id": "C", "created_at": "2024-05-08", "kind": "credit", "status": "cancelled", **buyer},
    ]
    lines = [
        {"order_id": n, "line_id": "x", "product_id": "p", "quantity": q, "unit_price": "2"}
        for n, q in (("1", "5"), ("2", "5"), ("3", "1"))
    ]
    credits = [
        {
            "refund_id": "C#1",
            "order_id": "C",
            "product_id": "p",
            "quantity": "3",
            "amount": "6",
            "finished_at": "2024-05-08",
        },
        {
            "refund_id": "C#2",
            "order_id": "C",
            "product_id": "other",
            "quantity": "3",
            "amount": "6",
            "finished_at": "2024-05-08",
        },
    ]
    shop.load([reading({"orders": orders, "order_lines": lines, "refunds": credits})])
    linked = frame(shop, "refund_facts", "order_id", "line_id", "sale_day", "age_days", "country", by="refund_id")
    assert linked == [("2", "x", date(2024, 5, 3), 5, "GB"), ("", None, None, None, "GB")]


def test_who_is_new_and_who_returns(shop: Warehouse) -> None:
    days = ["2022-01-01 09:00", "2022-01-01 15:00", "2022-06-01", "2024-01-01"]
    orders = [{"order_id": str(n), "created_at": day, "customer_key": "k"} for n, day in enumerate(days)]
    orders += [{"order_id": "9", "created_at": "2022-01-01"}]
    shop.load([reading({"orders": orders})])
    seen = [row[0] for row in frame(shop, "order_facts", "new_or_returning")]
    assert seen == ["new", "new", "returning", "new", ""]
    assert frame(shop, "order_facts", "first_day", "next_day")[0] == (date(2022, 1, 1), date(2022, 6, 1))


def test_foreign_money_is_converted_with_the_days_rate_or_left_open(shop: Warehouse) -> None:
    orders = [
        {"order_id": n, "created_at": "2024-05-04", "goods_amount": "10", "currency": c}
        for n, c in (("1", "EUR"), ("2", "USD"))
    ]
    lines = [{"order_id": "1", "line_id": n, "quantity": "1", "unit_price": "5"} for n in ("a", "b")]
    rates = [
        {"day": "2024-05-03", "currency": "EUR", "rate": "0.85555"},
        {"day": "2024-03-01", "currency": "USD", "rate": "0.8"},
    ]
    shop.load([reading({"orders": orders, "order_lines": lines, "fx_rates": rates})])
    assert frame(shop, "order_facts", "goods", "rate", "goods_own") == [(8.5555, 0.85555, 10.0), (None, None, 10.0)]
    assert sum(row[0] or 0 for row in frame(shop, "sales", "amount")) == pytest.approx(8.5555)


def test_an_order_of_postage_alone_is_placed_but_no_sale_and_makes_nobody_a_buyer(shop: Warehouse) -> None:
    days = {"postage": "2024-05-01", "goods": "2024-05-02", "gift": "2024-05-03", "bare": "2024-05-04"}
    orders = [{"order_id": name, "created_at": day, "customer_key": "k"} for name, day in days.items()]
    orders[0] |= {"goods_amount": "7", "order_total": "7"}
    lines = [
        {"order_id": order, "line_id": "1", "quantity": "1", "unit_price": "5", "kind": kind}
        for order, kind in (("postage", "non_goods"), ("goods", "goods"), ("goods", "non_goods"), ("gift", "gift"))
    ]
    lines[2]["line_id"] = "2"
    back = [{"refund_id": "r", "order_id": "postage", "amount": "5", "finished_at": "2024-05-09"}]
    shop.load([reading({"orders": orders, "order_lines": lines, "refunds": back})])
    seen = frame(
        shop, "order_facts", "order_id", "counted", "placed", "new_or_returning", "previous_day", by="placed_day"
    )
    assert seen == [
        ("postage", False, True, "new", None),
        ("goods", True, True, "new", None),
        ("gift", True, True, "returning", date(2024, 5, 2)),
        ("bare", True, True, "returning", date(2024, 5, 3)),
    ]
    assert {row[0] for row in frame(shop, "order_facts", "first_day")} == {date(2024, 5, 2)}
    sold = frame(shop, "sales", "order_id", "kind", "amount", by="day")
    assert sorted(sold, key=repr) == [
        ("bare", "goods", None),
        ("gift", "gift", 5.0),
        ("goods", "goods", 5.0),
        ("goods", "non_goods", 5.0),
        ("postage", "non_goods", 5.0),
    ]
    assert frame(shop, "refund_facts", "order_id", "amount", "non_goods") == [("postage", 5.0, True)]


def test_a_corrected_order_moves_its_sales(shop: Warehouse) -> None:
    shop.load([reading({"orders": [{"order_id": "1", **PAID}]})])
    shop.load([reading({"orders": [{"order_id": "1", "_time": "2024-06-01", "status": "cancelled"}]})])
    assert frame(shop, "sales", "order_id") == []

"""Each product's money by day of sale, beside SQL written by hand over the same drawn rows."""

from datetime import date

import polars as pl
import pytest

from drawn.shop import FIRST, LAST, drawn_shop
from drawn.warehouse import CLOCK, CONFIG, DrawnWarehouse, value
from zhanggui.costs import parse
from zhanggui.numbers.product_money import product_money
from zhanggui.outcomes.books import open_books
from zhanggui.units import Period

SHEET = parse({"goods": {"*": 0.5}, "per_order": {"freight": 3.0}, "share": {"fees": 0.02}})
WHOLE = Period(FIRST, LAST)


def money(warehouse: DrawnWarehouse, period: Period = WHOLE, costs=SHEET):
    return product_money(warehouse, period, config=CONFIG, clock=CLOCK, costs=costs)


@pytest.fixture(scope="module")
def warehouse() -> DrawnWarehouse:
    return drawn_shop()


def test_sales_of_every_product_and_day_are_those_of_the_books(warehouse):
    found = money(warehouse).sold.select("product_id", "day", "gross").rows()
    written = warehouse.sql(
        "SELECT product_id, day, CAST(SUM(amount) AS DOUBLE) FROM sales WHERE kind <> 'non_goods' AND product_id <> '' "
        "GROUP BY 1, 2 ORDER BY 1, 2"
    )
    assert [row[:2] for row in found] == [row[:2] for row in written]
    assert [row[2] for row in found] == pytest.approx([row[2] for row in written])


def test_the_products_costs_and_refunds_sum_to_the_shops(warehouse):
    whole = money(warehouse)
    span = {"start": FIRST.isoformat(), "end": LAST.isoformat(), "costs": SHEET}
    assert whole.sold["gross"].sum() == pytest.approx(value(warehouse, "gross_sales", **span))
    assert whole.sold["cost"].sum() == pytest.approx(
        warehouse.sql(
            "SELECT SUM(COALESCE(CAST(s.cost AS DOUBLE), s.units * CAST(p.cost AS DOUBLE), CAST(s.amount AS DOUBLE) * .5)) "
            "FROM sales s LEFT JOIN products p USING (channel, product_id) WHERE s.kind <> 'non_goods'"
        )[0][0]
    )
    dated = warehouse.sql(
        "SELECT CAST(SUM(amount) AS DOUBLE) FROM refund_facts "
        f"WHERE NOT COALESCE(non_goods, false) AND sale_day BETWEEN '{FIRST}' AND '{LAST}' AND COALESCE(status, 'finished') = 'finished'"
    )
    assert whole.back["amount"].sum() == pytest.approx(dated[0][0])


def test_an_orders_freight_is_shared_by_money_and_paid_once():
    warehouse = DrawnWarehouse()
    day = date(2026, 3, 2)
    warehouse.draw("order_facts", [{"order_id": "o", "day": day, "counted": True, "goods": 100}])
    lines = [("A", 75), ("B", 25)]
    warehouse.draw(
        "sales",
        [
            {"order_id": "o", "line_id": p, "day": day, "product_id": p, "kind": "goods", "units": 1.0, "amount": a}
            for p, a in lines
        ],
    )
    sold = money(warehouse, Period(day, day)).sold
    assert sold["beside"].to_list() == pytest.approx([2.25, 0.75])
    assert sold["fees"].to_list() == pytest.approx([1.5, 0.5])
    assert sold["cost"].to_list() == pytest.approx([37.5, 12.5])


def test_a_refund_of_a_whole_order_falls_on_its_products_by_money_and_goods_that_came_back_are_kept():
    warehouse = DrawnWarehouse()
    day = date(2026, 3, 2)
    warehouse.draw("order_facts", [{"order_id": "o", "day": day, "counted": True, "goods": 100}])
    lines = [{"line_id": p, "product_id": p, "amount": a} for p, a in (("A", 75), ("B", 25))]
    warehouse.draw("sales", lines, order_id="o", day=day, kind="goods", units=1.0)
    same = {"order_id": "o", "sale_day": day, "status": "finished"}
    warehouse.draw(
        "refund_facts",
        [
            {**same, "refund_id": "r1", "day": date(2026, 3, 9), "age_days": 7, "product_id": "", "amount": 40},
            {
                **same,
                "refund_id": "r2",
                "day": date(2026, 4, 2),
                "age_days": 31,
                "product_id": "A",
                "amount": 10,
                "kind": "refund_only",
            },
        ],
    )
    back = money(warehouse, Period(day, day)).back
    assert back.select("product_id", "age", "amount", "kept").rows() == [
        ("A", 7, 30.0, 15.0),
        ("A", 31, 10.0, 0.0),
        ("B", 7, 10.0, 5.0),
    ]


def test_several_refunds_of_one_order_are_one_parcel_and_what_was_never_sent_is_none():
    warehouse = DrawnWarehouse()
    day = date(2026, 3, 2)
    names = ("A", "B", "C")
    warehouse.draw("order_facts", [{"order_id": p, "day": day, "counted": True, "goods": 100} for p in names])
    lines = [{"order_id": p, "line_id": "1", "product_id": p, "amount": 100} for p in names]
    warehouse.draw("sales", lines, day=day, kind="goods", units=1.0)
    told = [("A", "r1", "after_shipment"), ("A", "r2", None), ("B", "r3", "before_shipment"), ("C", "r4", None)]
    rows = [{"order_id": p, "product_id": p, "refund_id": r, "phase": phase} for p, r, phase in told]
    rows[3]["kind"] = "refund_only"
    warehouse.draw("refund_facts", rows, sale_day=day, day=date(2026, 3, 9), age_days=7, status="finished", amount=50)
    back = money(warehouse, Period(day, day)).back
    assert back.select("product_id", "early", "amount", "refunds", "kept", "parcels").rows() == [
        ("A", False, 100.0, 2.0, 50.0, 1.0),
        ("B", True, 50.0, 1.0, 25.0, 0.0),
        ("C", False, 50.0, 1.0, 0.0, 0.0),
    ]


def test_books_count_refunds_of_one_age_only():
    warehouse = DrawnWarehouse()
    day = date(2026, 3, 2)
    warehouse.draw("order_facts", [{"order_id": "o", "day": day, "counted": True, "goods": 100}])
    warehouse.draw(
        "sales",
        [
            {
                "order_id": "o",
                "line_id": "1",
                "day": day,
                "product_id": "A",
                "kind": "goods",
                "units": 1.0,
                "amount": 100,
            }
        ],
    )
    refund = {"order_id": "o", "refund_id": "r", "product_id": "A", "sale_day": day, "age_days": 20, "amount": 60}
    warehouse.draw("refund_facts", [refund], day=date(2026, 3, 22))
    known = money(warehouse, Period(day, day))
    young, old = open_books(known, 14), open_books(known, 20)
    assert young.net.tolist() == [[100.0]]
    assert old.net.tolist() == [[40.0]]
    # Goods half of the price, freight 3, fees 2 %: 100 − 50 − 3 − 2; the goods came back.
    assert young.contribution.tolist() == [[45.0]]
    assert old.contribution.tolist() == [[15.0]]
    assert bool(young.known.all())


def test_advertising_told_by_product_is_taken_off_its_day():
    warehouse = DrawnWarehouse()
    day = date(2026, 3, 2)
    spent = {"platform": "p", "campaign": "c", "ad_group": "*", "keyword": "*", "creative": "*"}
    warehouse.draw("ad_days", [{"day": day, "product_id": "A", "cost": 12.5, **spent}])
    warehouse.draw("order_facts", [{"order_id": "o", "day": day, "counted": True, "goods": 100}])
    warehouse.draw(
        "sales",
        [
            {
                "order_id": "o",
                "line_id": "1",
                "day": day,
                "product_id": "A",
                "kind": "goods",
                "units": 1.0,
                "amount": 100,
            }
        ],
    )
    found = money(warehouse, Period(day, day))
    assert found.ads.rows() == [("A", day, 12.5)]
    assert open_books(found, 0).contribution.tolist() == [[32.5]]


def test_days_with_nothing_on_hand_are_named():
    warehouse = DrawnWarehouse()
    day = date(2026, 3, 2)
    shelf = [
        {"product_id": "A", "on_hand": 0.0},
        {"product_id": "B", "on_hand": 0.0},
        {"product_id": "B", "sku": "L", "on_hand": 2.0},
    ]
    warehouse.draw("stock_days", [{"day": day, "sku": "*", "location": "*", **row} for row in shelf])
    assert money(warehouse, Period(day, day)).empty.equals(pl.DataFrame({"product_id": ["A"], "day": [day]}))

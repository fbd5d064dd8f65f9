"""Shopify's bulk operations and its report of sessions."""

import json
from datetime import date

import polars as pl
import pytest

ORDER = {
    "id": "gid://shopify/Order/1",
    "name": "#1",
    "createdAt": "2026-03-02T04:58:10Z",
    "processedAt": "2025-12-31T23:30:00Z",
}
ORDER |= {
    "displayFinancialStatus": "PAID",
    "displayFulfillmentStatus": "UNFULFILLED",
    "test": False,
    "currencyCode": "EUR",
}
LINE = {
    "id": "gid://shopify/LineItem/7",
    "title": "Mug",
    "sku": "MUG",
    "quantity": 2,
    "__parentId": "gid://shopify/Order/1",
}


def money(amount):
    return {"shopMoney": {"amount": amount, "currencyCode": "EUR"}}


LINE |= {"originalUnitPriceSet": money("10.00"), "discountAllocations": [{"allocatedAmountSet": money("1.50")}]}


@pytest.fixture
def bulk(write, read):
    """Reads records as a bulk operation writes them."""

    def _bulk(*records):
        (reading,) = read(write("bulk.jsonl", "".join(json.dumps(record) + "\n" for record in records)))
        return reading

    return _bulk


def test_children_may_stand_anywhere_even_before_their_parent(bulk, rows):
    other = ORDER | {"id": "gid://shopify/Order/2", "name": "#2"}
    reading = bulk(ORDER, other, LINE, {"id": "gid://shopify/Transaction/3", "__parentId": ORDER["id"]})
    (line,) = rows([reading], "order_lines")
    assert (line["order_id"], line["line_id"], line["line_discount"], line["line_total"]) == ("#1", "7", 1.5, 18.5)
    assert [(one.reason, one.rows) for one in reading.left_out] == [("other_records", 1)]
    assert reading.rows_read == 4


def test_an_imported_order_is_dated_by_when_it_was_processed(bulk, rows):
    (one,) = rows([bulk(ORDER, LINE)], "orders")
    assert (str(one["created_at"]), one["status"], one["goods_amount"]) == ("2025-12-31 23:30:00", "paid", 18.5)


def test_a_test_order_is_one_and_tax_inside_the_prices_is_taken_out(bulk, rows):
    sums = {"subtotalPriceSet": money("20.00"), "totalTaxSet": money("4.00"), "totalShippingPriceSet": money("4.00")}
    (one,) = rows([bulk(ORDER | sums | {"test": True, "taxesIncluded": True}, LINE)], "orders")
    assert (one["kind"], one["goods_amount"]) == ("test", 16.67)


def test_the_csv_and_the_bulk_file_of_one_order_are_one_order(samples, exported):
    files = [samples / "shopify_orders_export.csv", samples / "shopify_bulk_orders.jsonl"]
    together = exported(files)
    assert pl.read_csv(together["orders.csv"].encode())["order_id"].to_list() == ["#1001", "#1002"]
    lines = pl.read_csv(together["order_lines.csv"].encode(), columns=["order_id", "quantity"])
    assert lines.filter(pl.col("order_id") == "#1001")["quantity"].sum() == 3


def test_what_was_not_asked_for_is_named(bulk):
    assert "subtotalPriceSet" in bulk(ORDER, LINE).recognition.missing


def test_sessions_by_referrer_by_title_and_by_shopifyql_name(write, read, rows):
    body = '2026-03-01,search,"1,200",1000,3000,40%\n2026-03-01,,300,290,400,50%\n'
    titled = "Day,Referrer source,Sessions,Online store visitors,Pageviews,Bounce rate\n" + body
    ql = "day,referrer_source,sessions,online_store_visitors,pageviews,bounce_rate\n" + body
    for text in (titled, ql):
        (reading,) = read(write("sessions.csv", text))
        assert (reading.recognition.source, reading.recognition.layout) == ("shopify", "sessions")
        first, second = rows([reading], "traffic_days")
        assert [
            first[name] for name in ("day", "source", "product_id", "device", "sessions", "visitors", "bounces")
        ] == [
            date(2026, 3, 1),
            "search",
            "*",
            "*",
            1200,
            1000,
            480,
        ]
        assert second["source"] == "(unknown)"


def test_sessions_by_country_add_up_and_visitors_do_not(write, read, rows):
    text = "Day,Session country,Sessions,Online store visitors\n2026-03-01,DE,10,9\n2026-03-01,FR,5,5\n"
    (row,) = rows(read(write("sessions.csv", text)), "traffic_days")
    assert (row["source"], row["sessions"], row["visitors"]) == ("*", 15, None)

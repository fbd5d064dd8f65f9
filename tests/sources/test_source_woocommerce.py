"""WooCommerce: times in UTC, totals without tax, refunds with and without detail, variations, the order export of a plugin."""

import json

import pytest

ORDER = {
    "id": 12,
    "number": "A-12",
    "status": "processing",
    "currency": "EUR",
    "date_created": "2026-03-01T23:30:00",
    "date_created_gmt": "2026-03-01T22:30:00",
    "date_modified_gmt": "2026-03-02T08:00:00",
    "date_paid_gmt": "2026-03-01T22:31:00",
    "discount_total": "2.00",
    "shipping_total": "4.00",
    "cart_tax": "3.60",
    "total_tax": "4.40",
    "total": "26.40",
    "billing": {"email": "Ann@Example.com", "country": "DE", "city": "Berlin"},
    "shipping": {"country": ""},
    "line_items": [
        {
            "id": 1,
            "name": "Tea - 100 g",
            "parent_name": "Tea",
            "product_id": 10,
            "quantity": 2,
            "subtotal": "20.00",
            "total": "18.00",
        }
        | {
            "sku": "T100",
            "price": 9.000000001,
            "meta_data": [{"key": "pa_size", "value": "100-g", "display_value": "100 g"}],
        }
    ],
    "fee_lines": [{"id": 3, "name": "Gift box", "total": "1.00"}],
    "refunds": [],
    "meta_data": [{"key": "_wc_order_attribution_utm_source", "value": "google"}],
}


@pytest.fixture
def order(write, read):
    """Reads one order with some of its keys changed."""

    def _order(**changes):
        (reading,) = read(write("orders.json", json.dumps([ORDER | changes])))
        return reading

    return _order


def test_all_samples_are_recognised(samples, read):
    readings = read(*samples.glob("woocommerce_*"))
    assert {one.recognition.layout for one in readings} == {
        "orders",
        "refunds",
        "products",
        "customers",
        "reviews",
        "product_csv",
    }
    assert {one.recognition.source for one in readings} == {"woocommerce"}


def test_times_are_the_gmt_ones_and_both_numbers_are_kept(order, rows):
    reading = order()
    (one,) = rows([reading], "orders")
    assert (one["order_id"], json.loads(one["extra"])["id"]) == ("A-12", 12)
    assert (one["created_at"], one["paid_at"], reading.pieces[0].timezone) == (
        "2026-03-01T22:30:00",
        "2026-03-01T22:31:00",
        "UTC",
    )
    assert (one["_identity"], one["country"], one["visit_source"]) == ("ann@example.com", "DE", "google")


def test_goods_are_after_coupons_and_without_tax_and_fees_are_no_goods(order, rows):
    reading = order()
    (one,) = rows([reading], "orders")
    assert [float(one[name]) for name in ("goods_amount", "discount_amount", "tax_amount", "order_total")] == [
        18,
        2,
        4.4,
        26.4,
    ]
    tea, box = rows([reading], "order_lines")
    assert [tea[name] for name in ("title", "variant", "unit_price", "line_discount", "line_total")] == [
        "Tea",
        "100 g",
        "10.0000",
        "2.0000",
        "18.0000",
    ]
    assert (box["kind"], box["line_total"]) == ("non_goods", "1.0000")


def test_a_refund_told_by_the_order_loses_its_tax(order, rows):
    (refund,) = rows([order(refunds=[{"id": 14, "reason": "damaged", "total": "-10.80"}])], "refunds")
    assert (refund["refund_id"], refund["order_id"], float(refund["amount"])) == ("14", "A-12", 9.0)
    (whole,) = rows([order(status="refunded")], "refunds")
    assert (float(whole["amount"]), whole["scope"]) == (18.0, "order_total")


def test_the_refund_in_full_goes_before_it_in_any_order_of_import(samples, exported):
    orders, refunds = samples / "woocommerce_v3_orders.json", samples / "woocommerce_v3_refunds.json"
    one, other = exported([orders], [refunds]), exported([refunds], [orders])
    assert one == other
    (line,) = one["refunds.csv"].splitlines()[1:]
    assert [part for part in (",12,", "8.5", "2026-11-22") if part not in line] == []


def test_a_refund_of_0_00_has_its_amount_in_its_note(write, read, rows):
    refund = {"id": 5, "amount": "0.00", "refunded_by": 1, "date_created": "2026-03-01T10:00:00", "line_items": []}
    path = write("refunds.json", json.dumps([refund | {"meta_data": [{"key": "_refund_amount", "value": "7.50"}]}]))
    (row,) = rows(read(path), "refunds")
    assert (row["amount"], row["order_id"]) == ("7.5000", None)


@pytest.mark.parametrize(
    ("said", "meant"),
    [("on-hold", "placed"), ("failed", "cancelled"), ("completed", "completed"), ("packed", "packed")],
)
def test_states_are_translated_and_those_of_plugins_kept(order, rows, said, meant):
    (one,) = rows([order(status=said)], "orders")
    assert one["status"] == meant


def test_reviews_lose_their_markup_and_0_stars_are_none(write, read, rows):
    review = {
        "id": 1,
        "product_id": 10,
        "status": "approved",
        "reviewer": "A",
        "review": "<p>Nice tea</p>\n",
        "rating": 0,
    }
    (reading,) = read(write("reviews.json", json.dumps([review, review | {"id": 2, "status": "spam"}])))
    (row,) = rows([reading], "reviews")
    assert (row["text"], row["stars"]) == ("Nice tea", None)
    assert [(one.reason, one.rows) for one in reading.left_out] == [("not_approved", 1)]


def test_unmanaged_stock_is_unknown_and_a_snapshot_needs_a_day(samples, write, read, rows):
    products = json.loads((samples / "woocommerce_v3_products.json").read_text(encoding="utf-8"))
    assert rows(read(samples / "woocommerce_v3_products.json"), "stock_days") == []
    products[1] |= {"manage_stock": False, "stock_quantity": None}
    stock = rows(read(write("products_2026-11-23.json", json.dumps(products))), "stock_days")
    assert [(row["day"], row["product_id"], row["on_hand"]) for row in stock] == [("2026-11-23", "10", "49")]


def test_variations_are_stock_of_their_product(write, read, rows):
    text = (
        "ID,Type,SKU,Name,Published,Stock,Sale price,Regular price,Categories,Parent,Meta: colour,Attribute 1 name\n"
        '10,variable,TEA,Tea,1,,,9.00,"Drinks > Tea, Gifts",,x,Size\n'
        "11,variation,TEA-1,Tea - 100,1,5,,9.00,,id:10,x,Size\n12,variation,TEA-2,Tea - 200,-1,7,,17.00,,TEA,x,Size\n"
    )
    (reading,) = read(write("wc-product-export-22-11-2026-1795388956.csv", text))
    (product,) = rows([reading], "products")
    assert (product["product_id"], product["price"], product["category"], product["status"]) == (
        "10",
        9.0,
        "Drinks > Tea",
        "active",
    )
    stock = rows([reading], "stock_days")
    assert [(str(row["day"]), row["product_id"], row["sku"], row["on_hand"]) for row in stock] == [
        ("2026-11-22", "10", "TEA-1", 5),
        ("2026-11-22", "10", "TEA-2", 7),
    ]
    assert [(one.reason, one.rows) for one in reading.left_out] == [("variations", 2)]


def test_the_order_export_of_a_plugin(write, read, rows):
    text = (
        "order_id,order_number,date,status,order_shipping,order_shipping_tax,order_tax,order_total,billing_email,billing_country,order_item_1,order_item_2\n"
        "4960,4960,5/31/2016 0:37,completed,5.00,0.50,3.00,38.50,a@example.com,GB,product_id:4959|1|20|size: Medium,product_id:4958|2|5|\n"
    )
    (reading,) = read(write("orders.csv", text), timezone="Europe/London")
    (one,) = rows([reading], "orders")
    assert (one["status"], one["goods_amount"], str(one["created_at"])) == ("completed", 30, "2016-05-31 00:37:00")
    assert [(line["product_id"], line["quantity"], line["unit_price"]) for line in rows([reading], "order_lines")] == [
        ("4959", "1", "20"),
        ("4958", "2", "5"),
    ]

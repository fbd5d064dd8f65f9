"""Shopify's exports, with the traps of their format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from zhanggui.config import Config
from zhanggui.store import Warehouse
from zhanggui.tables.loading import Reading

Write = Callable[..., Path]
Read = Callable[..., list[Reading]]
Rows = Callable[..., list[dict[str, Any]]]

COLUMNS = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Cancelled at,Refunded Amount,Notes,Id"
)


def order(**cells: object) -> str:
    """One row; unnamed cells are empty."""
    names = [name.lower().replace(" ", "_") for name in COLUMNS.split(",")]
    assert set(cells) <= set(names)
    return ",".join(str(cells.get(name, "")) for name in names)


def first_row(**cells: object) -> str:
    paid = "2026-03-02 10:00:00 -0500"
    usual = {
        "email": "ann@example.com",
        "financial_status": "paid",
        "paid_at": paid,
        "created_at": paid,
        "currency": "USD",
        "subtotal": 20,
        "shipping": 0,
        "taxes": 0,
        "total": 20,
        "lineitem_quantity": 1,
        "lineitem_name": "Mug",
        "lineitem_price": 20,
        "lineitem_sku": "M",
        "lineitem_discount": 0,
        "refunded_amount": 0,
    }
    return order(**{**usual, **cells})


def export(write: Write, *lines: str, name: str = "orders_export.csv") -> Path:
    return write(name, "\n".join([COLUMNS, *lines]) + "\n")


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    config = Config(currency="USD", timezone="America/New_York")
    Warehouse.create(tmp_path / "shop", config)
    with Warehouse.open(tmp_path / "shop", config) as opened:
        yield opened


def test_the_three_exports_are_recognised_by_their_columns(samples: Path, read: Read) -> None:
    readings = read(*sorted(samples.glob("shopify_*.csv")))
    assert [(one.recognition.source, one.recognition.layout) for one in readings] == [
        ("shopify", "customers"),
        ("shopify", "orders"),
        ("shopify", "products"),
    ]
    assert {one.channel for one in readings} == {"shopify:main"}


def test_order_fields_of_the_first_row_hold_for_all_its_lines_and_count_once(
    samples: Path, read: Read, rows: Rows
) -> None:
    readings = read(samples / "shopify_orders_export.csv")
    first, _ = rows(readings, "orders")
    assert (first["order_id"], first["goods_amount"], first["shipping_amount"], first["tax_amount"]) == (
        "#1001",
        58.5,
        5.0,
        4.8,
    )
    assert (first["order_total"], first["discount_amount"], first["currency"]) == (68.3, 6.5, "USD")
    assert '"Id":"5500000000001"' in first["extra"]
    assert [(row["order_id"], row["sku"]) for row in rows(readings, "order_lines")] == [
        ("#1001", "MUG-W"),
        ("#1001", "POT-1"),
        ("#1002", "MUG-W"),
    ]


def test_times_keep_the_shops_offset_over_a_daylight_saving_night(write: Write, read: Read, rows: Rows) -> None:
    path = export(
        write,
        first_row(name="#1", created_at="2026-03-08 01:30:00 -0500"),
        first_row(name="#2", created_at="2026-03-08 03:30:00 -0400"),
    )
    readings = read(path)
    assert [row["created_at"] for row in rows(readings, "orders")] == [
        datetime(2026, 3, 8, 6, 30),
        datetime(2026, 3, 8, 7, 30),
    ]
    assert {piece.timezone for piece in readings[0].pieces} == {"UTC"}


def test_an_order_discount_is_spread_over_the_lines_to_the_cent(
    samples: Path, read: Read, warehouse: Warehouse
) -> None:
    warehouse.load(read(samples / "shopify_orders_export.csv"))
    sales = warehouse.run(warehouse.table("sales")).sort("order_id", "sku")
    assert sales["amount"].to_list() == [36.0, 22.5, 20.0]


def test_tax_inside_the_price_is_taken_out_of_the_goods(write: Write, read: Read, rows: Rows) -> None:
    path = export(
        write,
        first_row(name="#1", subtotal=110, shipping=11, taxes=11, total=121, lineitem_price=110),
        first_row(name="#2", subtotal=100, shipping=10, taxes=11, total=121, lineitem_price=100),
    )
    inside, outside = rows(read(path), "orders")
    assert (inside["goods_amount"], outside["goods_amount"]) == (100.0, 100.0)


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({"financial_status": "paid"}, "paid"),
        ({"financial_status": "paid", "fulfillment_status": "fulfilled"}, "shipped"),
        ({"financial_status": "partially_refunded", "refunded_amount": 5}, "paid"),
        ({"financial_status": "refunded", "refunded_amount": 20, "cancelled_at": "2026-03-03 10:00:00 -0500"}, "paid"),
        ({"financial_status": "paid", "cancelled_at": "2026-03-03 10:00:00 -0500"}, "cancelled"),
        ({"financial_status": "pending", "paid_at": ""}, "placed"),
        ({"financial_status": "authorized", "paid_at": ""}, "placed"),
        ({"financial_status": "partially_paid", "paid_at": ""}, "placed"),
        ({"financial_status": "expired", "paid_at": ""}, "placed"),
        ({"financial_status": "pending", "paid_at": "", "cancelled_at": "2026-03-03 10:00:00 -0500"}, "cancelled"),
        ({"financial_status": "voided", "paid_at": ""}, "cancelled"),
    ],
)
def test_money_received_makes_a_sale_and_a_refund_does_not_unmake_it(
    write: Write, read: Read, rows: Rows, cells: dict[str, object], status: str
) -> None:
    assert [row["status"] for row in rows(read(export(write, first_row(name="#1", **cells))), "orders")] == [status]


def test_a_full_refund_takes_the_goods_and_not_freight_and_tax(write: Write, read: Read, rows: Rows) -> None:
    path = export(
        write,
        first_row(
            name="#1", subtotal=100, shipping=10, taxes=8, total=118, refunded_amount=118, financial_status="refunded"
        ),
        first_row(
            name="#2",
            subtotal=100,
            shipping=10,
            taxes=8,
            total=118,
            refunded_amount=54,
            financial_status="partially_refunded",
        ),
    )
    refunds = rows(read(path), "refunds")
    assert [(row["refund_id"], row["amount"], row["scope"]) for row in refunds] == [
        ("#1#order", 100.0, "order_total"),
        ("#2#order", 50.0, "order_total"),
    ]


def test_a_later_export_that_refunds_more_wins_in_either_order(write: Write, read: Read, warehouse: Warehouse) -> None:
    early = export(write, first_row(name="#1", refunded_amount=5, financial_status="partially_refunded"), name="a.csv")
    late = export(write, first_row(name="#1", refunded_amount=12, financial_status="partially_refunded"), name="b.csv")
    warehouse.load(read(late))
    warehouse.load(read(early))
    assert warehouse.run(warehouse.table("refund_facts"))["amount"].to_list() == [12.0]


def test_a_tip_and_a_gift_card_are_no_goods(write: Write, read: Read, rows: Rows) -> None:
    path = export(
        write,
        first_row(name="#1", subtotal=75, total=75),
        order(
            name="#1",
            email="ann@example.com",
            lineitem_quantity=1,
            lineitem_name="Gift Card - $50.00",
            lineitem_price=50,
        ),
        order(name="#1", email="ann@example.com", lineitem_quantity=1, lineitem_name="Tip", lineitem_price=5),
    )
    readings = read(path)
    assert [row["kind"] for row in rows(readings, "order_lines")] == ["goods", "non_goods", "non_goods"]
    assert rows(readings, "orders")[0]["goods_amount"] == 20.0


def test_a_line_meets_its_product_by_sku_and_without_one_by_its_name(
    samples: Path, write: Write, read: Read, rows: Rows
) -> None:
    products = write(
        "products_export.csv",
        "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src\nmug,Mug,Color,Red,,20,\nmug,,,Blue,'00B,21,\n"
        "mug,,,,,,https://example.com/b.jpg\n",
    )
    orders = export(
        write,
        first_row(name="#1", lineitem_name="Mug - Red", lineitem_sku=""),
        first_row(name="#2", lineitem_name="Mug - Blue", lineitem_sku="00B"),
    )
    stated = {row["title"]: row["product_id"] for row in rows(read(products), "products")}
    lines = {row["title"]: row["product_id"] for row in rows(read(orders), "order_lines")}
    assert stated == lines
    assert stated["Mug - Blue"] == "00B"


def test_product_fields_of_the_first_row_hold_for_all_variants_and_pictures_are_no_variants(
    samples: Path, write: Write, read: Read, rows: Rows
) -> None:
    text = (samples / "shopify_products_export.csv").read_text(encoding="utf-8")
    width = len(text.splitlines()[0].split(","))
    names = text.splitlines()[0].split(",")
    picture = [""] * width
    picture[0], picture[names.index("Image Src")] = "test-mug", "https://example.com/side.jpg"
    readings = read(write("products.csv", text + ",".join(picture) + "\n"))
    white, black = rows(readings, "products")
    assert (white["product_id"], black["product_id"]) == ("MUG-W", "00MUG-B")
    assert {row["item_key"] for row in (white, black)} == {"test-mug"}
    assert black["title"] == "Test mug - Black"
    assert (black["brand"], black["category"], black["status"]) == ("Test vendor", "Mug", "active")
    assert (black["price"], black["cost"]) == (20.0, 7.5)
    assert black["image_urls"] == "https://example.com/mug.jpg;https://example.com/side.jpg"
    assert [(out.reason, out.rows) for out in readings[0].left_out] == [("image_only", 1)]


def test_the_newer_product_template_says_the_same_under_other_names(write: Write, read: Read, rows: Rows) -> None:
    row = "mug,Mug,<p>A mug</p>,V,Cups,Color,Red,M-R,20,draft\n"
    older = "Handle,Title,Body (HTML),Vendor,Type,Option1 Name,Option1 Value,Variant SKU,Variant Price,Status\n"
    newer = "URL handle,Title,Description,Vendor,Type,Option1 name,Option1 value,SKU,Price,Status\n"
    assert rows(read(write("older.csv", older + row)), "products") == rows(
        read(write("newer.csv", newer + row)), "products"
    )


def test_customers_are_known_by_their_e_mail_and_nothing_else_of_them_is_kept(
    samples: Path, read: Read, rows: Rows
) -> None:
    (customer,) = rows(read(samples / "shopify_customers_export.csv"), "customers")
    assert customer["_identity"] == "alice@example.com"
    assert (customer["country"], customer["region"], customer["city"], customer["tags"]) == (
        "US",
        "MA",
        "Boston",
        "vip",
    )
    assert "Alice" not in str(customer)


def test_a_customer_and_her_order_have_the_same_key(samples: Path, read: Read, warehouse: Warehouse) -> None:
    warehouse.load(read(*sorted(samples.glob("shopify_*.csv"))))
    customers = warehouse.run(warehouse.table("customers"))
    orders = warehouse.run(warehouse.table("orders"))
    assert customers["customer_key"].item() in orders["customer_key"].to_list()
    assert orders.filter(orders["order_id"] == "#1002")["buyer_note"].item() == "line one\nline two"


def test_files_in_any_order_and_twice_give_the_same_store(
    samples: Path, exported: Callable[..., dict[str, str]]
) -> None:
    files = sorted(samples.glob("shopify_*.csv"))
    together = exported(files)
    one_by_one = [[file] for file in files]
    assert together == exported(*one_by_one) == exported(*reversed(one_by_one), *one_by_one)
    assert set(together) == {"customers.csv", "order_lines.csv", "orders.csv", "products.csv", "refunds.csv"}

"""Olist's nine tables, drawn small."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from zhanggui.config import Config
from zhanggui.store import Warehouse
from zhanggui.tables.loading import Reading

Read = Callable[..., list[Reading]]
Rows = Callable[..., list[dict[str, Any]]]

TABLES = {
    "orders": (
        "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,"
        "order_delivered_customer_date,order_estimated_delivery_date\n"
        "o1,c1,delivered,2018-01-05 23:10:00,2018-01-05 23:20:00,2018-01-06 10:00:00,2018-01-12 09:00:00,2018-01-20 00:00:00\n"
        "o2,c2,shipped,2018-02-01 10:00:00,2018-02-01 10:05:00,2018-02-03 10:00:00,,2018-02-20 00:00:00\n"
        "o3,c3,canceled,2018-02-02 10:00:00,2018-02-02 10:05:00,,,2018-02-20 00:00:00\n"
        "o4,c4,created,2018-02-03 10:00:00,,,,2018-02-20 00:00:00\n"
        "o5,c5,unavailable,2018-02-04 10:00:00,2018-02-04 10:05:00,,,2018-02-20 00:00:00\n"
        "o6,c6,invoiced,2018-02-05 10:00:00,2018-02-05 10:05:00,,,2018-02-20 00:00:00\n"
    ),
    "order_items": (
        "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value\n"
        "o1,1,p1,s1,2018-01-09 10:00:00,50.10,10.05\n"
        "o1,2,p1,s1,2018-01-08 10:00:00,50.10,10.05\n"
        "o2,1,p2,s2,2018-02-05 10:00:00,19.90,8.00\n"
        "o3,1,p2,s2,2018-02-06 10:00:00,19.90,8.00\n"
        "o6,1,p2,s2,2018-02-08 10:00:00,19.90,8.00\n"
    ),
    "order_payments": (
        "order_id,payment_sequential,payment_type,payment_installments,payment_value\n"
        "o1,1,credit_card,3,100.00\no1,2,voucher,1,20.30\no2,1,boleto,1,27.90\n"
    ),
    "customers": (
        "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state\n"
        "c1,u1,01000,sao paulo,SP\nc2,u1,20000,rio de janeiro,RJ\nc3,u3,20000,niteroi,RJ\nc4,u4,20000,niteroi,RJ\n"
        "c5,u5,20000,niteroi,RJ\nc6,u6,20000,niteroi,RJ\n"
    ),
    "order_reviews": (
        "review_id,order_id,review_score,review_comment_title,review_comment_message,review_creation_date,review_answer_timestamp\n"
        'r1,o1,5,Bom,"Chegou antes,\nrecomendo",2018-01-13 00:00:00,2018-01-14 10:00:00\n'
        "r2,o2,1,,,2018-02-10 00:00:00,2018-02-11 10:00:00\n"
        "r2,o3,1,,,2018-02-10 00:00:00,2018-02-11 10:00:00\n"
    ),
    "products": (
        "product_id,product_category_name,product_name_lenght,product_description_lenght,product_photos_qty,product_weight_g,"
        "product_length_cm,product_height_cm,product_width_cm\n"
        "p1,bebes,40,200,1,500,10,10,10\np2,sem_traducao,40,200,1,500,10,10,10\np3,,,,,500,10,10,10\n"
    ),
    "sellers": "seller_id,seller_zip_code_prefix,seller_city,seller_state\ns1,70740,brasilia,DF\n",
    "geolocation": (
        "geolocation_zip_code_prefix,geolocation_lat,geolocation_lng,geolocation_city,geolocation_state\n"
        "01012,-23.5,-46.6,sao paulo,SP\n01012,-23.6,-46.7,sao paulo,SP\n"
    ),
}


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, Path]:
    """The nine files under their publisher's names."""
    found: dict[str, Path] = {}
    for name, text in TABLES.items():
        found[name] = tmp_path / "olist" / f"olist_{name}_dataset.csv"
        found[name].parent.mkdir(exist_ok=True)
        found[name].write_text(text, encoding="utf-8")
    found["translation"] = tmp_path / "olist" / "product_category_name_translation.csv"
    found["translation"].write_text(
        "product_category_name,product_category_name_english\nbebes,baby\n", encoding="utf-8"
    )
    return found


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    config = Config(currency="BRL", timezone="America/Sao_Paulo")
    Warehouse.create(tmp_path / "shop", config)
    with Warehouse.open(tmp_path / "shop", config) as opened:
        yield opened


def test_every_table_is_recognised_by_its_columns_also_packed(tables: dict[str, Path], read: Read) -> None:
    packed = tables["orders"].with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress(tables["orders"].read_bytes()))
    tables["orders"].unlink()
    readings = read(packed.parent)
    assert {one.recognition.source for one in readings} == {"olist"}
    assert sorted(one.recognition.layout for one in readings) == [
        "customers",
        "geolocation",
        "items",
        "orders",
        "payments",
        "products",
        "reviews",
        "sellers",
        "translation",
    ]


def test_states_say_what_is_a_sale(tables: dict[str, Path], read: Read, rows: Rows) -> None:
    orders = rows(read(tables["orders"]), "orders")
    assert [row["status"] for row in orders] == ["delivered", "shipped", "cancelled", "placed", "cancelled", "paid"]


def test_payments_never_double_an_order_and_freight_is_added_up(
    tables: dict[str, Path], read: Read, warehouse: Warehouse
) -> None:
    warehouse.load(read(*tables.values()))
    orders = warehouse.run(warehouse.table("orders"))
    first = orders.filter(orders["order_id"] == "o1").row(0, named=True)
    assert len(orders) == 6
    assert (first["goods_amount"], first["shipping_amount"], first["paid_amount"]) == (100.2, 20.1, 120.3)
    assert str(first["ship_by"]) == "2018-01-08 12:00:00"
    assert str(first["created_day"]) == "2018-01-05"
    facts = warehouse.run(warehouse.table("order_facts"))
    assert facts.filter(facts["counted"])["goods"].sum() == pytest.approx(140.0)
    assert set(facts["currency"]) == {"BRL"}


def test_a_person_with_two_orders_is_one_buyer(tables: dict[str, Path], read: Read, rows: Rows) -> None:
    readings = read(tables["orders"], tables["customers"])
    identities = {row["order_id"]: row["_identity"] for row in rows(readings, "orders")}
    assert identities["o1"] == identities["o2"] == "u1"
    assert rows(readings, "orders")[1]["city"] == "rio de janeiro"


def test_orders_without_their_customers_know_no_buyer_and_say_so(
    tables: dict[str, Path], read: Read, rows: Rows
) -> None:
    (reading,) = read(tables["orders"])
    assert {row["_identity"] for row in rows([reading], "orders")} == {None}
    assert ("olist_no_customers", {"orders": 6}) in reading.notes


def test_a_later_import_with_the_customers_fills_the_buyers_in(
    tables: dict[str, Path], read: Read, warehouse: Warehouse
) -> None:
    warehouse.load(read(tables["orders"]))
    warehouse.load(read(tables["orders"], tables["customers"]))
    orders = warehouse.run(warehouse.table("orders"))
    assert len(orders) == 6
    assert orders["customer_key"].null_count() == 0


def test_a_review_shared_by_two_orders_is_two_reviews(tables: dict[str, Path], read: Read, rows: Rows) -> None:
    reviews = rows(read(tables["order_reviews"], tables["order_items"]), "reviews")
    assert [row["review_id"] for row in reviews] == ["r1-o1", "r2-o2", "r2-o3"]
    assert reviews[0]["text"] == "Bom\nChegou antes,\nrecomendo"
    assert [row["product_id"] for row in reviews] == ["p1", "p2", "p2"]


def test_categories_are_english_where_the_translation_knows_them(
    tables: dict[str, Path], read: Read, rows: Rows
) -> None:
    products = rows(read(tables["products"], tables["translation"]), "products")
    assert [row["category"] for row in products] == ["baby", "sem_traducao", None]
    assert "category" not in rows(read(tables["products"]), "products")[0]


def test_tables_nothing_uses_are_read_as_nothing_with_a_note(tables: dict[str, Path], read: Read) -> None:
    for name in ("sellers", "geolocation"):
        (reading,) = read(tables[name])
        assert not reading.pieces
        assert reading.notes[0][0] == "olist_not_used"


@pytest.mark.prove
def test_tables_in_any_order_give_the_same_store(
    tables: dict[str, Path], exported: Callable[..., dict[str, str]]
) -> None:
    pairs = [
        [tables["orders"], tables["customers"]],
        [tables["order_items"], tables["order_reviews"]],
        [tables["products"], tables["translation"]],
        [tables["order_payments"]],
    ]
    together = exported([*tables.values()])
    assert together == exported(*pairs) == exported(*reversed(pairs)) == exported([*tables.values()], *pairs)
    alone = [[path] for path in tables.values()]
    assert exported(*alone) == exported(*reversed(alone))
    assert exported(*alone, [*tables.values()]) == together

"""What the columns of a file nobody knows are taken for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from zhanggui.errors import BadValue
from zhanggui.sources.general import SOURCE
from zhanggui.sources.general_columns import Guess, guess
from zhanggui.sources.reading import sheets

Write = Callable[..., Path]


def guessed(path: Path, **mapping: str) -> Guess:
    return guess(sheets(path)[0], mapping)


@pytest.mark.parametrize(
    ("header", "row", "wanted"),
    [
        (
            "Order No.,Order Date,Customer Name,Product Name,Qty,Unit Price,Ship Country",
            "A-1,2026-01-31 10:00,Ann Lee,Red mug,2,12.50,Canada",
            ["order_id", "created_at", "customer", "title", "quantity", "unit_price", "country"],
        ),
        (
            "订单编号,下单时间,买家会员名,商品名称,数量,单价,省份",
            "778899,2026-01-31 10:00,小张,红杯子,2,12.50,浙江省",
            ["order_id", "created_at", "customer", "title", "quantity", "unit_price", "region"],
        ),
        (
            "訂單編號,訂單日期,客戶編號,商品名稱,數量,金額",
            "778899,2026/1/31,C9,紅杯子,2,25",
            ["order_id", "created_at", "customer", "title", "quantity", "line_total"],
        ),
        (
            "Número do pedido,Data do pedido,Cliente,Produto,Quantidade,Preço unitário,Estado",
            "9001,31/01/2026,C9,Caneca,2,12.50,SP",
            ["order_id", "created_at", "customer", "title", "quantity", "unit_price", "region"],
        ),
        (
            "Bestellnummer,Bestelldatum,Kundennummer,Bezeichnung,Menge,Einzelpreis,Land",
            "9001,31.01.2026,K9,Tasse,2,12.50,Deutschland",
            ["order_id", "created_at", "customer", "title", "quantity", "unit_price", "country"],
        ),
        (
            "Numéro de commande,Date de commande,Client,Désignation,Quantité,Prix unitaire,Ville",
            "9001,31/01/2026,C9,Tasse,2,12.50,Lyon",
            ["order_id", "created_at", "customer", "title", "quantity", "unit_price", "city"],
        ),
        (
            "Número de pedido,Fecha,Cliente,Producto,Cantidad,Precio unitario,País",
            "9001,31/01/2026,C9,Taza,2,12.50,España",
            ["order_id", "created_at", "customer", "title", "quantity", "unit_price", "country"],
        ),
    ],
)
def test_columns_are_known_by_name_in_many_languages(write: Write, header: str, row: str, wanted: list[str]) -> None:
    found = guessed(write("orders.csv", f"{header}\n{row}\n"))
    assert [column.field for column in found.columns] == wanted
    assert found.missing == ()


def test_a_name_its_content_contradicts_is_not_believed(write: Write) -> None:
    found = guessed(write("a.csv", "order id,date,amount\n1,next week,12.5\n2,soon,13.5\n"))
    assert "created_at" not in found.fields
    assert found.missing == ("date",)


def test_columns_without_a_header_are_known_by_content(write: Write) -> None:
    lines = [
        f" {customer:05d} {19970101 + customer % 28} {customer % 5 + 1}  {customer * 1.37:7.2f}"
        for customer in range(1, 60)
    ]
    found = guessed(write("sales.txt", "\n".join([*lines, *lines])))
    assert found.fields == {
        "customer": "column_1",
        "created_at": "column_2",
        "quantity": "column_3",
        "line_total": "column_4",
    }
    assert {column.reason for column in found.columns} == {"content"}


def test_a_mapping_goes_before_every_guess(write: Write) -> None:
    path = write("a.csv", "order id,date,amount,worth\n1,2026-01-01,9.5,12.5\n")
    found = guessed(path, line_total="worth")
    assert found.fields["line_total"] == "worth"
    assert next(column for column in found.columns if column.column == "amount").field is None


def test_a_mapping_to_a_column_or_field_that_is_not_there_is_refused(write: Write) -> None:
    path = write("a.csv", "order id,date,amount\n1,2026-01-01,9.5\n")
    with pytest.raises(BadValue, match="unknown_column"):
        guessed(path, line_total="worth")
    with pytest.raises(BadValue, match="unknown_field"):
        guessed(path, worth="amount")


def test_scores_leave_room_for_the_sources_of_platforms(write: Write) -> None:
    sure = sheets(write("a.csv", "order_id,order_date,customer_id,sku,quantity,unit_price\n1,2026-01-01,7,M,1,9.5\n"))[
        0
    ]
    assert 0.75 < SOURCE.recognise(sure).score <= 0.8
    assert SOURCE.fallback


def test_the_price_of_a_marketplaces_line_is_the_lines(write: Write) -> None:
    header = "amazon-order-id,merchant-order-id,purchase-date,sku,quantity,item-price,shipping-price,is-business-order"
    file = write("all.csv", f"{header}\n111-0000001-1,,2026-03-02T04:58:10+00:00,MUG,2,40.00,3.50,false\n")
    assert guessed(file).fields == {
        "order_id": "amazon-order-id",
        "created_at": "purchase-date",
        "sku": "sku",
        "quantity": "quantity",
        "line_total": "item-price",
        "shipping_amount": "shipping-price",
    }
    assert guessed(file, unit_price="item-price").fields["unit_price"] == "item-price"


def test_a_yes_or_no_is_no_order_number(write: Write) -> None:
    rows = "2026-01-01,cup,1,9.5,false\n2026-01-02,cup,1,9.5,true\n"
    assert "order_id" not in guessed(write("a.csv", f"date,sku,quantity,price,is business order\n{rows}")).fields


def test_a_shops_days_are_no_orders(write: Write) -> None:
    header = "时间,店铺访客数,成交客户数,加购商品件数,成交商品件数,成交金额"
    days = sheets(write("days.csv", f"{header}\n2026-01-01,900,31,80,40,1200.5\n2026-01-02,870,28,77,39,1100.5\n"))[0]
    assert not {"customer", "title"} & set(guess(days).fields)
    assert SOURCE.recognise(days).score < 0.5


def test_a_file_of_visits_or_ads_is_no_order_file(write: Write) -> None:
    ads = sheets(write("ads.csv", "date,campaign,impressions,clicks,amount\n2026-01-01,Spring,900,12,30.5\n"))[0]
    assert SOURCE.recognise(ads).score < 0.5

"""Any order file: what becomes of its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from zhanggui.errors import BadFile, NotUnderstood
from zhanggui.tables.loading import Reading

Write = Callable[..., Path]
Read = Callable[..., list[Reading]]
Rows = Callable[..., list[dict[str, Any]]]

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def invoice(*lines: str) -> str:
    return HEADER + "\n".join(lines) + "\n"


SHOP = invoice(
    "536365,85123A,WHITE HEART ,6,12/1/2010 8:26,2.55,17850,United Kingdom",
    "536365,71053,WHITE LANTERN,6,12/1/2010 8:26,3.39,17850,United Kingdom",
    "536365,71053,WHITE LANTERN,6,12/1/2010 8:26,3.39,17850,United Kingdom",
    "536370,22728,ALARM CLOCK,24,12/13/2010 8:45,3.75,12583,France",
    "536370,POST,POSTAGE,3,12/13/2010 8:45,18.00,12583,France",
    "536370,22900,FREE CARD,1,12/13/2010 8:45,0,12583,France",
    "536400,POST,POSTAGE,1,12/13/2010 9:00,18.00,12583,France",
    "C536379,71053,WHITE LANTERN,-2,12/14/2010 9:41,3.39,17850,United Kingdom",
    "C536379,D,Discount,-1,12/14/2010 9:41,27.50,17850,United Kingdom",
    "536589,21777,,-10,12/14/2010 10:00,0,,United Kingdom",
    "536590,21778,SAMPLE GIVEN,1,12/14/2010 10:01,0,,United Kingdom",
    "A563185,B,Adjust bad debt,1,12/14/2010 11:00,-11062.06,,United Kingdom",
)


def one(readings: Sequence[Reading]) -> Reading:
    assert len(readings) == 1
    return readings[0]


def test_lines_become_orders_lines_products_and_refunds(write: Write, read: Read, rows: Rows) -> None:
    readings = read(write("retail.csv", SHOP))
    orders = {row["order_id"]: row for row in rows(readings, "orders")}
    assert set(orders) == {"536365", "536370", "536400", "C536379", "A563185"}
    assert orders["536365"]["created_at"] == datetime(2010, 12, 1, 8, 26)
    assert (orders["536370"]["_identity"], orders["536370"]["country"]) == ("12583", "France")
    lines = [row for row in rows(readings, "order_lines") if row["order_id"] == "536370"]
    assert [(row["sku"], row["kind"], row["line_total"]) for row in lines] == [
        ("22728", "goods", 90.0),
        ("POST", "non_goods", 54.0),
        ("22900", "gift", 0.0),
    ]


def test_an_order_of_postage_alone_has_no_goods_line(write: Write, read: Read, rows: Rows) -> None:
    lines = [row for row in rows(read(write("retail.csv", SHOP)), "order_lines") if row["order_id"] == "536400"]
    assert [row["kind"] for row in lines] == ["non_goods"]
    assert lines[0]["product_id"] is None


def test_a_credit_note_is_an_order_that_never_sells_and_its_lines_are_refunds(
    write: Write, read: Read, rows: Rows
) -> None:
    readings = read(write("retail.csv", SHOP))
    order = next(row for row in rows(readings, "orders") if row["order_id"] == "C536379")
    assert (order["kind"], order["status"]) == ("credit", "cancelled")
    assert not [row for row in rows(readings, "order_lines") if row["order_id"] == "C536379"]
    goods, discount = rows(readings, "refunds")
    assert (goods["product_id"], goods["quantity"], goods["amount"], goods["non_goods"]) == ("71053", 2.0, 6.78, False)
    assert goods["finished_at"] == datetime(2010, 12, 14, 9, 41)
    assert goods["refund_id"].startswith("C536379#")
    assert (discount["sku"], discount["amount"], discount["non_goods"]) == ("D", 27.5, True)


def test_goods_taken_back_on_the_invoice_of_a_sale_are_a_refund_of_that_order(
    write: Write, read: Read, rows: Rows
) -> None:
    text = invoice("1,A,MUG,2,2026-01-31,5.00,7,France", "1,B,JUG,-1,2026-01-31,4.00,7,France")
    readings = read(write("retail.csv", text))
    assert [row["kind"] for row in rows(readings, "orders")] == ["normal"]
    assert [(row["order_id"], row["amount"]) for row in rows(readings, "refunds")] == [("1", 4.0)]


def test_write_offs_and_lines_given_away_are_left_out_and_counted(write: Write, read: Read) -> None:
    left = {out.reason: (out.rows, out.money) for out in one(read(write("retail.csv", SHOP))).left_out}
    assert left == {"write_off": (1, 0.0), "zero_price": (1, 0.0)}


def test_a_bad_debt_is_no_goods_and_keeps_its_sign(write: Write, read: Read, rows: Rows) -> None:
    lines = [row for row in rows(read(write("retail.csv", SHOP)), "order_lines") if row["order_id"] == "A563185"]
    assert [(row["kind"], row["line_total"]) for row in lines] == [("non_goods", -11062.06)]


def test_every_pound_of_the_file_is_goods_other_or_left_out(write: Write, read: Read, rows: Rows) -> None:
    readings = read(write("retail.csv", SHOP))
    raw = sum(float(line.split(",")[3]) * float(line.split(",")[5]) for line in SHOP.splitlines()[1:])
    arrived = sum(row["line_total"] for row in rows(readings, "order_lines")) - sum(
        row["amount"] for row in rows(readings, "refunds")
    )
    assert arrived + sum(out.money for out in one(readings).left_out) == pytest.approx(raw, abs=1e-9)


def test_equal_lines_of_one_order_are_real_and_numbered(write: Write, read: Read, rows: Rows) -> None:
    lines = [row["line_id"] for row in rows(read(write("retail.csv", SHOP)), "order_lines") if row["sku"] == "71053"]
    assert [line[-2:] for line in lines] == ["-1", "-2"]
    assert len({line[:16] for line in lines}) == 1


def test_the_same_lines_in_another_order_have_the_same_ids(write: Write, read: Read, rows: Rows) -> None:
    head, *body = SHOP.splitlines()
    turned = "\n".join([head, *reversed(body)]) + "\n"

    def ids(text: str, name: str) -> set[tuple[Any, ...]]:
        found = rows(read(write(name, text)), "order_lines")
        return {(row["order_id"], row["line_id"], row["quantity"], row["line_total"]) for row in found}

    assert ids(SHOP, "a.csv") == ids(turned, "b.csv")


def test_csv_workbook_and_parquet_of_one_file_read_alike(
    write: Write, book: Callable[..., Path], read: Read, rows: Rows, tmp_path: Path
) -> None:
    table = pl.read_csv(SHOP.encode())
    cells = [list(row) for row in table.with_columns(pl.col("InvoiceDate").str.to_datetime("%m/%d/%Y %H:%M")).rows()]
    xlsx = book("retail.xlsx", [table.columns, *cells])
    parquet = tmp_path / "retail.parquet"
    dates = pl.col("InvoiceDate").str.to_datetime("%m/%d/%Y %H:%M").dt.strftime("%Y-%m-%d %H:%M:%S")
    table.with_columns(dates, pl.col("CustomerID").cast(pl.Float64)).write_parquet(parquet)
    texts = [read(path) for path in (write("retail.csv", SHOP), xlsx, parquet)]
    for name in ("orders", "order_lines", "products", "refunds"):
        csv_rows, xlsx_rows, parquet_rows = ([{**row, "_row": 0} for row in rows(readings, name)] for readings in texts)
        assert csv_rows == xlsx_rows == parquet_rows


def test_a_product_keeps_the_title_it_was_last_sold_under(write: Write, read: Read, rows: Rows) -> None:
    text = invoice("1,A,OLD NAME,1,2026-01-30,5.00,7,France", "2,A,NEW NAME,1,2026-01-31,5.00,7,France")
    products = rows(read(write("retail.csv", text)), "products")
    assert max(products, key=lambda row: row["_time"])["title"] == "NEW NAME"


def test_rows_without_an_order_id_are_orders_whose_id_is_their_content(write: Write, read: Read, rows: Rows) -> None:
    text = (
        "customer_id date number_of_cds dollar_value\n 00001 19970101 1 11.77\n 00002 19970112 1 12.00\n"
        " 00002 19970112 1 12.00\n 00003 19970112 5 0.00\n"
    )
    readings = read(write("cds.txt", text))
    orders = rows(readings, "orders")
    assert len({row["order_id"] for row in orders}) == 4
    assert [row["goods_amount"] for row in orders] == [11.77, 12.0, 12.0, 0.0]
    assert sum(row["quantity"] for row in rows(readings, "order_lines")) == 8
    half = read(write("half.txt", "\n".join(text.splitlines()[:3]) + "\n"))
    assert {row["order_id"] for row in rows(half, "orders")} < {row["order_id"] for row in orders}


def test_a_report_of_orders_gives_unpaid_orders_no_payment_and_refunds_so_far(
    write: Write, read: Read, rows: Rows
) -> None:
    text = (
        "单号,总金额,省份,创建时间,付款时间 ,退款金额\n1,178.8,上海,2020-02-21 00:00:00,,0.0\n"
        "2,21.0,内蒙古自治区,2020-02-20 23:59:54,2020-02-21 00:00:02,9.5\n"
    )
    readings = read(write("report.csv", text), source="general")
    unpaid, paid = rows(readings, "orders")
    assert (unpaid["paid_at"], unpaid["goods_amount"], unpaid["region"]) == (None, 178.8, "上海市")
    assert paid["paid_at"] == datetime(2020, 2, 21, 0, 0, 2)
    assert [(row["refund_id"], row["amount"], row["scope"]) for row in rows(readings, "refunds")] == [
        ("2#order", 9.5, "order_total")
    ]


def test_an_amount_of_the_order_repeated_on_its_lines_counts_once(write: Write, read: Read, rows: Rows) -> None:
    text = (
        "order_id,order_date,sku,quantity,unit_price,shipping_cost,order_total\n"
        "1,2026-01-31,A,1,5.00,3.00,12.00\n1,2026-01-31,B,1,4.00,3.00,12.00\n2,2026-01-31,A,2,5.00,,10.00\n"
    )
    first, second = rows(read(write("a.csv", text)), "orders")
    assert (first["order_total"], first["shipping_amount"]) == (12.0, 3.0)
    assert (second["order_total"], second["shipping_amount"]) == (10.0, None)


def test_states_are_understood_and_a_refunded_order_was_a_sale(write: Write, read: Read, rows: Rows) -> None:
    text = (
        "order id,date,status,total\n1,2026-01-31,Completed,10\n2,2026-01-31,Canceled,20\n3,2026-01-31,refunded,30\n"
        "4,2026-01-31,Hmm,40\n"
    )
    readings = read(write("a.csv", text))
    assert [row["status"] for row in rows(readings, "orders")] == ["completed", "cancelled", "paid", None]
    assert [(row["order_id"], row["amount"]) for row in rows(readings, "refunds")] == [("3", 30.0)]
    assert ("unknown_status", {"words": "hmm"}) in one(readings).notes


def test_money_written_the_european_way(write: Write, read: Read, rows: Rows) -> None:
    text = (
        "Bestellnummer;Datum;Artikel;Menge;Einzelpreis\n1;31.01.2026;Tasse;2;1.234,50 €\n2;31.01.2026;Krug;1;9,90 €\n"
    )
    readings = read(write("a.csv", text))
    assert [row["line_total"] for row in rows(readings, "order_lines")] == [2469.0, 9.9]
    assert {piece.currency for piece in one(readings).pieces} == {"EUR"}


def test_a_row_that_cannot_be_used_is_rejected_and_a_totals_row_left_out(write: Write, read: Read, rows: Rows) -> None:
    text = (
        "order id,date,sku,quantity,unit price\n1,2026-01-31,A,2,5\n2,31st of never,A,2,5\n"
        "3,2026-01-31,B,many,5\n4,,C,1,5\n,2026-01-31,C,1,5\nTotal,,,4,15\n"
    )
    reading = one(read(write("a.csv", text)))
    assert [row["order_id"] for row in rows([reading], "orders")] == ["1"]
    assert [(row, value, reason.rsplit(".", 1)[-1]) for row, _, value, reason in reading.rejects] == [
        (3, "31st of never", "not_a_date"),
        (4, "many", "not_a_number"),
        (5, "", "no_date"),
        (6, "", "no_order"),
    ]
    assert [(out.reason, out.rows) for out in reading.left_out] == [("totals", 1)]


@pytest.mark.parametrize(("stated", "differs"), [("NT$1,100.00", False), ("NT$2,200.00", True)])
def test_a_totals_row_checks_the_sum(write: Write, read: Read, stated: str, differs: bool) -> None:
    text = f'訂單編號,下單時間,商品名稱,數量,小計\n1,2026-05-01,杯,1,"NT$1,000.00"\n2,2026-05-02,碗,2,NT$100.00\n合計,,,3,"{stated}"\n'
    reading = one(read(write("a.csv", text)))
    assert [(out.rows, out.money) for out in reading.left_out] == [(1, 2200.0 if differs else 1100.0)]
    assert any(key == "totals_differ" for key, _ in reading.notes) == differs
    assert {piece.currency for piece in reading.pieces} == {"TWD"}


def test_money_given_back_is_in_the_currency_of_its_order(write: Write, read: Read, rows: Rows) -> None:
    text = "order no,date,total,currency,refunded amount\n1,2026-01-31,50,USD,20\n2,2026-01-31,70,GBP,\n3,2026-02-01,9,GBP,9\n"
    refunds = rows(read(write("a.csv", text)), "refunds")
    assert [(row["order_id"], row["amount"], row["currency"]) for row in refunds] == [
        ("1", 20.0, "USD"),
        ("3", 9.0, "GBP"),
    ]


@pytest.mark.parametrize(
    "header",
    [
        "Rechnungsnr.,Bestelldatum,Kunde,Artikelbezeichnung,Menge,Einzelpreis",
        "注文番号,注文日時,顧客ID,商品名,数量,単価",
    ],
)
def test_short_german_and_japanese_names_are_understood(write: Write, read: Read, rows: Rows, header: str) -> None:
    readings = read(write("a.csv", header + "\nR-7,2026-01-31,k1,Tasse,2,5\nR-7,2026-01-31,k1,Krug,1,9\n"))
    assert [row["order_id"] for row in rows(readings, "orders")] == ["R-7"]
    assert [row["line_total"] for row in rows(readings, "order_lines")] == [10.0, 9.0]


def test_a_file_larger_than_the_memory_is_refused_before_it_is_read(write: Write, read: Read) -> None:
    file = write("a.csv", "order no,date,total\n" + "1,2026-01-31,50\n" * 80_000)
    with file.open("r+b") as sparse:
        sparse.truncate(1 << 42)
    with pytest.raises(BadFile) as caught:
        read(file)
    assert caught.value.code == "sources.too_large"


def test_a_file_without_dates_or_amounts_is_refused_saying_which(write: Write, read: Read) -> None:
    with pytest.raises(NotUnderstood, match="no_date"):
        read(write("a.csv", "order id,sku,amount\n1,A,5.5\n2,B,6.5\n"), source="general")
    with pytest.raises(NotUnderstood, match="no_amount"):
        read(write("b.csv", "order id,date,sku\n1,2026-01-31,A\n"), source="general")


def test_dates_in_two_formats_stop_the_file(write: Write, read: Read) -> None:
    text = "order id,date,sku,quantity,unit price\n1,13/01/2026,A,2,5\n2,01/13/2026,A,2,5\n"
    with pytest.raises(BadFile, match="two_date_formats"):
        read(write("a.csv", text))


def test_dates_taken_on_a_guess_are_said_to_be(write: Write, read: Read) -> None:
    text = "order id,date,sku,quantity,unit price\n1,05/04/2026,A,2,5\n2,03/04/2026,A,2,5\n3,04/04/2026,A,2,5\n"
    assert "date_order_dmy" in [key for key, _ in one(read(write("a.csv", text))).notes]


def test_how_columns_were_understood_is_said(write: Write, read: Read) -> None:
    notes = dict(one(read(write("retail.csv", SHOP))).notes)
    assert "StockCode → product_id" in str(notes["columns_understood"]["columns"])


def test_columns_nobody_understands_stay_beside_the_row_unless_personal(write: Write, read: Read, rows: Rows) -> None:
    text = "order id,date,sku,quantity,unit price,shelf,street\n1,2026-01-31,A,2,5,B7,1 High St\n"
    assert rows(read(write("a.csv", text)), "order_lines")[0]["extra"] == '{"shelf":"B7"}'


def test_a_carriage_clock_is_goods_and_next_day_carriage_is_not(write: Write, read: Read, rows: Rows) -> None:
    text = invoice(
        "1,85168B,BLACK BAROQUE CARRIAGE CLOCK,1,2026-01-31,5.00,7,France",
        "1,23444,Next Day Carriage,1,2026-01-31,15.00,7,France",
        "1,22016,Dotcomgiftshop Gift Voucher £100.00,1,2026-01-31,83.33,7,France",
        "1,PADS,PADS TO MATCH ALL CUSHIONS,1,2026-01-31,0.001,7,France",
        "1,M,T-SHIRT SIZE M,1,2026-01-31,9.00,7,France",
        "1,M,Manual,1,2026-01-31,9.00,7,France",
        "1,X1,补差价,1,2026-01-31,9.00,7,France",
    )
    kinds = [row["kind"] for row in rows(read(write("retail.csv", text)), "order_lines")]
    assert kinds == ["goods", "non_goods", "non_goods", "goods", "goods", "non_goods", "non_goods"]


def test_overlapping_halves_in_any_order_and_twice_give_the_same_store(
    write: Write, exported: Callable[..., dict[str, str]]
) -> None:
    head, *body = SHOP.splitlines()
    whole = write("whole.csv", SHOP)
    first = write("first.csv", "\n".join([head, *body[:7]]) + "\n")
    second = write("second.csv", "\n".join([head, *body[3:]]) + "\n")
    wanted = exported([whole])
    assert wanted == exported([first], [second]) == exported([second], [first], [second]) == exported([first, second])
    assert set(wanted) == {"order_lines.csv", "orders.csv", "products.csv", "refunds.csv"}

"""Files that speak the canonical names already."""

import datetime as dt

import polars as pl
import pytest

from zhanggui.errors import NotUnderstood
from zhanggui.tables.loading import CsvFile

ORDERS = "channel,order_id,created_at,status,order_total\ntmall:main,1,2026-08-01T10:00:00Z,paid,5.00\n"


def test_a_file_named_after_its_table_is_recognised(write, read):
    (reading,) = read(write("orders.csv", ORDERS))
    assert (reading.recognition.source, reading.recognition.layout, reading.recognition.score) == (
        "canonical",
        "orders",
        1.0,
    )
    assert "goods_amount" in reading.recognition.missing


def test_a_csv_is_left_to_the_engine(write, read):
    path = write("orders.csv", ORDERS)
    (piece,) = read(path)[0].pieces
    assert isinstance(piece.rows, CsvFile)
    assert (piece.rows.path, piece.rows.columns["order_total"], piece.layout) == (path.resolve(), "order_total", 40)


def test_a_csv_in_another_encoding_reaches_the_engine_as_utf8(write, read):
    path = write("products.csv", "product_id;title\n1;水杯\n", "gb18030")
    (piece,) = read(path)[0].pieces
    assert (piece.rows.delimiter, piece.rows.path.read_text(encoding="utf-8")) == (";", "product_id;title\n1;水杯\n")


def test_under_another_name_the_set_of_columns_tells(write, read):
    (reading,) = read(write("export of June.csv", ORDERS))
    assert (reading.recognition.source, reading.recognition.layout) == ("canonical", "orders")


def test_key_columns_that_may_say_all_can_be_left_out(write, read):
    (reading,) = read(write("traffic_days.csv", "day,visitors\n2026-08-01,5\n"))
    assert reading.recognition.layout == "traffic_days"


def test_a_foreign_column_means_that_it_is_another_file(write, read):
    with pytest.raises(NotUnderstood):
        read(write("traffic_days.csv", "day,mood\n2026-08-01,5\n"), source="canonical")


def test_parquet_is_handed_over_as_it_is_with_instants_in_utc(tmp_path, read):
    path = tmp_path / "orders.parquet"
    pl.DataFrame({"order_id": ["1"], "created_at": [dt.datetime(2026, 8, 1, 2)]}).write_parquet(path)
    (piece,) = read(path)[0].pieces
    assert (piece.rows, piece.timezone) == (path.resolve(), "UTC")


def test_a_workbook_gives_rows(book, read):
    (piece,) = read(book("orders.xlsx", [["order_id", "order_total"], ["1", 5]]))[0].pieces
    assert piece.rows.rows(named=True) == [{"_row": 2, "order_id": "1", "order_total": "5"}]


def test_a_folder_of_tables_is_read_whole_and_empty_ones_are_no_fault(write, read, tmp_path):
    write("orders.csv", ORDERS)
    write("products.csv", "product_id,title\n1,水杯\n")
    write("refunds.csv", "refund_id,order_id,amount\n")
    readings = read(tmp_path)
    assert [r.recognition.layout for r in readings] == ["orders", "products"]
    assert ("empty_table", {"file": "refunds.csv"}) in readings[0].notes


def test_the_channel_is_the_files_own_else_what_was_asked_for(write, read):
    assert read(write("orders.csv", ORDERS))[0].channel == "shop:main"
    assert read(write("orders.csv", ORDERS), channel="pop-up:main")[0].channel == "pop-up:main"

"""How texts of a file become values, and what is refused with which reason."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn.readings import csv_reading, reading
from zhanggui.errors import BadFile
from zhanggui.store import Reconciliation, Warehouse
from zhanggui.store.cells import raw


def reasons(result: Reconciliation) -> list[tuple[int, str, str]]:
    return [(reject.row, reject.column, reject.reason.rpartition(".")[2]) for reject in result.rejects]


def column(shop: Warehouse, table: str, name: str, by: str = "order_id") -> list[Any]:
    return shop.run(shop.table(table).select(by, name).order_by(by))[name].to_list()


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2011-07-01 23:30:05", datetime(2011, 7, 1, 22, 30, 5)),
        ("2011-07-01T23:30:05.250", datetime(2011, 7, 1, 22, 30, 5, 250000)),
        ("2011-07-01T23:30Z", datetime(2011, 7, 1, 23, 30)),
        ("2011-07-01T23:30:05Z", datetime(2011, 7, 1, 23, 30, 5)),
        ("2011-07-01 23:30:05+08:00", datetime(2011, 7, 1, 15, 30, 5)),
        ("2011-07-01 23:30:05 -0500", datetime(2011, 7, 2, 4, 30, 5)),
        ("2011/7/1 9:05", datetime(2011, 7, 1, 8, 5)),
        ("2011-01-05", datetime(2011, 1, 5)),
        (" 2011-01-05 ", datetime(2011, 1, 5)),
        ("", None),
    ],
)
def test_an_instant_is_read_in_the_files_zone_unless_it_names_its_own(shop: Warehouse, text: str, instant: Any) -> None:
    result = shop.load([reading({"orders": [{"order_id": "1", "created_at": text}]})])
    assert result.rejects == ()
    assert column(shop, "orders", "created_at") == [instant]


def test_what_cannot_be_read_is_rejected_with_row_column_value_and_reason(shop: Warehouse, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    rows = [
        "order_id,created_at,goods_amount,currency",
        "1,2024-01-01,1.5,GBP",
        "2,yesterday,1,GBP",
        "3,1970-01-01,1,GBP",
    ]
    rows += [
        "4,2099-01-01,1,GBP",
        "5,2024-01-01,1.2.3,GBP",
        "6,2024-01-01,1,XQQ",
        ",2024-01-01,1,GBP",
        "8,2024-01-02,2,gbp",
    ]
    file.write_text("\n".join(rows) + "\n")
    result = shop.load([csv_reading("orders", file)])
    assert reasons(result) == [
        (3, "created_at", "not_a_time"),
        (4, "created_at", "too_early"),
        (5, "created_at", "too_late"),
        (6, "goods_amount", "not_an_amount"),
        (7, "currency", "unknown_currency"),
        (8, "order_id", "missing"),
    ]
    assert (result.tables[0].rows_read, result.tables[0].new, result.rejected) == (8, 2, 6)
    assert column(shop, "orders", "currency") == ["GBP", "GBP"]
    written = (shop.folder / "rejects" / result.batch / "orders.csv.csv").read_text()
    assert "yesterday" in written
    assert written.count("\n") == 7


def test_numbers_flags_and_whole_numbers(shop: Warehouse) -> None:
    rows = [
        {"day": "2024/1/5", "source": "", "product_id": "(unknown)", "visitors": "12", "pay_amount": "3.5"},
        {"day": "2024-01-06", "visitors": "12.5"},
        {"day": "2024-01-07", "visitors": "12.0"},
    ]
    result = shop.load([reading({"traffic_days": rows})])
    assert reasons(result) == [(3, "visitors", "not_an_integer")]
    kept = shop.run(
        shop.table("traffic_days").order_by("day").select("day", "source", "product_id", "device", "visitors")
    )
    assert kept.rows() == [(date(2024, 1, 5), "*", "", "*", 12), (date(2024, 1, 7), "*", "*", "*", 12)]
    flags = [{"customer_key": str(n), "consent_email": text} for n, text in enumerate(["Yes", "0", "", "perhaps"])]
    assert reasons(shop.load([reading({"customers": flags})])) == [(5, "consent_email", "not_a_flag")]
    assert column(shop, "customers", "consent_email", "customer_key") == [True, False, None]


def test_a_word_that_a_closed_column_does_not_know_is_kept_aside_and_said(shop: Warehouse) -> None:
    result = shop.load([reading({"orders": [{"order_id": "1", "status": "teleported", "colour": "red"}]})])
    assert [note.key for note in result.notes] == ["store.note.unknown_words"]
    assert column(shop, "orders", "status") == [None]
    assert column(shop, "orders", "extra") == ['{"colour":"red","status":"teleported"}']


def test_columns_that_look_personal_by_header_or_content_never_arrive(shop: Warehouse) -> None:
    row = {"order_id": "1", "收货人": "张三", "contact": "anna@example.com", "Phone": "1", "colour": "red"}
    result = shop.load([reading({"orders": [row]})])
    assert result.notes[0].params["columns"] == "收货人, contact, Phone"
    assert column(shop, "orders", "extra") == ['{"colour":"red"}']


def test_phones_and_mails_in_notes_are_masked(shop: Warehouse) -> None:
    note = "电话13812345678, mail anna@example.com, order 123456789012345678"
    shop.load([reading({"orders": [{"order_id": "1", "buyer_note": note}]})])
    assert column(shop, "orders", "buyer_note") == ["电话[phone], mail [email], order 123456789012345678"]


def test_a_buyer_is_known_by_a_keyed_hash_whatever_the_spelling_and_a_masked_name_is_nobody(shop: Warehouse) -> None:
    names = ["Anna@Example.com ", "anna@example.com", "张**", ""]
    shop.load([reading({"orders": [{"order_id": str(n), "_identity": name} for n, name in enumerate(names)]})])
    first, second, *others = column(shop, "orders", "customer_key")
    assert first == second
    assert len(first) == 32
    assert others == [None, None]


@pytest.mark.parametrize("key", ["anna@example.com", "13812345678", "+44 20 7946 0958"])
def test_a_canonical_customer_key_that_is_a_mail_or_phone_stops_the_file(shop: Warehouse, key: str) -> None:
    with pytest.raises(BadFile) as caught:
        shop.load([reading({"orders": [{"order_id": "1", "customer_key": key}]})])
    assert caught.value.code == "store.personal_key"
    assert caught.value.params["value"] == "***"
    assert shop.rows()["orders"] == 0


@pytest.mark.parametrize("unit", ["anna@example.com", "13812345678"])
def test_an_exposure_of_a_mail_or_phone_stops_the_file(shop: Warehouse, unit: str) -> None:
    with pytest.raises(BadFile) as caught:
        shop.load([reading({"exposures": [{"experiment_id": "e", "unit_id": unit, "variant": "new"}]})])
    assert caught.value.code == "store.personal_unit"
    assert caught.value.params["value"] == "***"
    assert shop.rows()["exposures"] == 0


def test_ids_destroyed_by_a_spreadsheet_stop_the_file(shop: Warehouse) -> None:
    with pytest.raises(BadFile) as caught:
        shop.load([reading({"orders": [{"order_id": "1"}, {"order_id": "1.23E+17"}]})])
    assert (caught.value.code, caught.value.params["row"]) == ("store.ids_destroyed", 3)
    assert shop.rows()["orders"] == 0
    assert shop.batches() == []


def test_a_negative_quantity_is_a_mistake_in_the_lines(shop: Warehouse) -> None:
    result = shop.load([reading({"order_lines": [{"order_id": "1", "line_id": "1", "quantity": "-2"}]})])
    assert reasons(result) == [(2, "quantity", "negative_quantity")]


def test_a_megabyte_of_text_in_a_note_is_kept(shop: Warehouse, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text('order_id,seller_note\n1,"' + "long, " * 200_000 + '"\n')
    shop.load([csv_reading("orders", file)])
    assert len(column(shop, "orders", "seller_note")[0]) > 1_000_000


def test_typed_frames_are_taken_as_they_are(shop: Warehouse) -> None:
    frame = pl.DataFrame(
        {
            "order_id": ["1", "2"],
            "created_at": [datetime(2024, 7, 1, 12), None],
            "paid_at": pl.Series([datetime(2024, 7, 1, 12), None]).dt.replace_time_zone("UTC"),
            "goods_amount": [1.25, None],
            "status": pl.Series(["paid", None], dtype=pl.Categorical),
        }
    )
    assert shop.load([reading({"orders": frame})]).rejects == ()
    assert column(shop, "orders", "created_at") == [datetime(2024, 7, 1, 11), None]
    assert column(shop, "orders", "paid_at") == [datetime(2024, 7, 1, 12), None]
    assert column(shop, "orders", "goods_amount") == [1.25, None]


def test_money_of_the_file_is_what_arrived_and_what_was_rejected(shop: Warehouse) -> None:
    rows = [
        {"order_id": str(n), "line_id": "1", "line_total": "10.50", "quantity": q}
        for n, q in enumerate(("1", "-1", "2"))
    ]
    (money,) = shop.load([reading({"order_lines": rows})]).tables[0].money
    assert (money.of_file, money.arrived, money.rejected, money.gap) == (31.5, 21.0, 10.5, 0.0)


def test_references_to_nothing_are_reported_and_the_rows_kept(shop: Warehouse) -> None:
    tables = {"orders": [{"order_id": "1"}], "order_lines": [{"order_id": n, "line_id": "1"} for n in ("1", "2")]}
    (orphan,) = shop.load([reading(tables)]).orphans
    assert (orphan.table, orphan.column, orphan.rows) == ("order_lines", "order_id", 1)
    assert shop.rows()["order_lines"] == 2


def test_a_dry_run_says_what_would_happen_and_changes_nothing(shop: Warehouse) -> None:
    result = shop.load([reading({"orders": [{"order_id": "1"}, {"order_id": ""}]})], dry_run=True)
    assert (result.new, result.rejected, result.batch, result.changed) == (1, 1, "", False)
    assert shop.rows()["orders"] == 0
    assert not (shop.folder / "rejects").exists()


def test_data_after_the_machines_clock_are_noticed(shop: Warehouse) -> None:
    day = date.today().replace(year=date.today().year + 1, day=1)
    result = shop.load([reading({"orders": [{"order_id": "1", "created_at": day.isoformat()}]})])
    assert [note.key for note in result.notes] == ["store.note.after_clock"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "unreadable_file"),
        (b"order_id,city\n1,a,b,c\n2,b,c,d\n", "broken_file"),
        (b'order_id,city\n1,a\n2,"b" c\n', "broken_file"),
    ],
)
def test_a_file_that_is_no_table_stops_with_its_name(
    shop: Warehouse, tmp_path: Path, content: bytes, code: str
) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(content)
    from zhanggui.tables.loading import CsvFile

    with pytest.raises(BadFile) as caught:
        shop.load([reading({"orders": CsvFile(file, {"order_id": "order_id", "city": "city"})}, origin="orders.csv")])
    assert (caught.value.code, caught.value.params["file"]) == (f"store.{code}", "orders.csv")
    assert shop.rows()["orders"] == 0


def test_a_line_with_another_number_of_cells_is_rejected_and_the_rest_is_taken(shop: Warehouse, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        "order_id,city,created_at\n1,a,2024-05-01\n2,b\n3,c,no day\n4,d,2024-05-01,more\n5,e\n6,f,never\n7,g,2024-05-02\n"
    )
    result = shop.load([csv_reading("orders", file)])
    (count,) = result.tables
    assert (count.rows_read, count.new, count.rejected) == (7, 2, 5)
    assert [(reject.row, reject.column, reject.value, reject.reason) for reject in result.rejects] == [
        (3, "", "2", "store.reject.number_of_cells"),
        (4, "created_at", "no day", "store.reject.not_a_time"),
        (5, "", "4", "store.reject.number_of_cells"),
        (6, "", "2", "store.reject.number_of_cells"),
        (7, "created_at", "never", "store.reject.not_a_time"),
    ]
    assert result.rejects_folder
    written = (result.rejects_folder / "orders.csv.csv").read_text().splitlines()
    assert written[1] == "orders.csv,orders,3,,2,store.reject.number_of_cells"
    assert len(written) == 6


def test_a_thousand_rejects_are_shown_and_all_are_written(shop: Warehouse) -> None:
    rows = [{"order_id": str(n), "created_at": "=never"} for n in range(1500)]
    rows += [{"order_id": "x", "created_at": "anna@example.com"}, {"order_id": "y", "created_at": "2024-05-01"}]
    result = shop.load([reading({"orders": rows})])
    assert (result.rejected, len(result.rejects), result.new) == (1501, 1000, 1)
    assert result.rejects_folder
    with (result.rejects_folder / "drawn.csv.csv").open(newline="") as file:
        written = list(csv.DictReader(file))
    assert [int(row["row"]) for row in written] == list(range(2, 1503))
    assert (written[0]["value"], written[-1]["value"]) == ("'=never", "***")


@given(
    st.lists(
        st.text(alphabet=st.sampled_from(" \t\n\x1fa-\u00a0\u2003\u3000\ufeff茶é\U0001f375'"), max_size=14), min_size=1
    )
)
def test_white_space_goes_from_both_ends_whatever_the_script(texts: list[str]) -> None:
    with duckdb.connect() as engine:
        engine.register("cells", pl.DataFrame({"cell": texts}).to_arrow())
        rows = engine.execute(f"SELECT {raw('cell', 'VARCHAR')}, nullif(trim(cell), '') FROM cells").fetchall()
    assert [ours for ours, _ in rows] == [plain for _, plain in rows]
    assert all(ours is None or ours == ours.strip(" \u00a0\u2003\u3000") for ours, _ in rows)

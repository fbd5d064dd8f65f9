"""Bad input as a user meets it: one line that says what, where and what to do; the store is as it was.

What a crash, a second import, a full disk or another key do is in ``tests/store/test_crash.py``.
"""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

HEADER = "order_id,created_at,paid_at,status,currency,goods_amount,order_total,buyer_note\n"
GOOD = "1001,2026-08-01 10:00,2026-08-01 10:01,paid,GBP,20.00,20.00,\n"
LINES = "order_id,line_id,product_id,quantity,unit_price,line_total\n"


def orders(tmp_path: Path, *rows: str, name: str = "orders.csv", header: str = HEADER) -> Path:
    file = tmp_path / name
    file.write_text(header + "".join(rows), encoding="utf-8")
    return file


@pytest.fixture
def refused(run: Callable[..., Any], shop: Path, tmp_path: Path) -> Callable[..., str]:
    """Imports a path that must not be taken: exit 2, one line on stderr beside the progress, an unchanged store."""
    run("import", _before(tmp_path), "--shop", shop)

    def tried(path: Path, *more: str, names: str | None = None) -> str:
        before = run("query", "orders", "gross_sales", "--format", "csv", "--shop", shop).out
        said = run("import", path, *more, "--shop", shop)
        assert said.code == 2, said.out + said.err
        lines = [line for line in said.err.splitlines() if not line.startswith(("Reading", "Checking"))]
        assert len(lines) == 1, said.err
        assert "Traceback" not in lines[0]
        assert (names or path.name) in lines[0]
        assert run("query", "orders", "gross_sales", "--format", "csv", "--shop", shop).out == before
        return lines[0]

    return tried


def _before(tmp_path: Path) -> Path:
    folder = tmp_path / "before"
    folder.mkdir()
    return orders(folder, GOOD)


def test_an_empty_file(refused: Callable[..., str], tmp_path: Path) -> None:
    refused(orders(tmp_path, header=""))


def test_a_file_with_nothing_but_a_header(refused: Callable[..., str], tmp_path: Path) -> None:
    refused(orders(tmp_path, name="Report.csv", header="Order,Date,Amount\n"))


def test_a_table_cut_with_another_delimiter_than_its_header(refused: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text("Order;Date;Amount\n1,2026-08-01,5\n2,2026-08-02,6\n", encoding="utf-8")
    refused(file)


def test_a_binary_file_named_csv(refused: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "photo.csv"
    file.write_bytes(bytes(range(256)) * 40)
    refused(file)


def test_a_workbook_cut_off_in_the_middle(refused: Callable[..., str], tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for i in range(200):
        book.active.append(["Order", i, "x" * 50])
    whole = tmp_path / "whole.xlsx"
    book.save(whole)
    file = tmp_path / "orders.xlsx"
    file.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    refused(file)


def test_ids_that_a_spreadsheet_destroyed(refused: Callable[..., str], tmp_path: Path) -> None:
    row = GOOD.replace("1001", "5.30123E+18")
    assert "5.30123E+18" in refused(orders(tmp_path, row))


def test_files_of_two_shops_in_one_folder(refused: Callable[..., str], tmp_path: Path) -> None:
    sample = Path(__file__).parent.parent / "samples" / "taobao_ExportOrderList201905151650.csv"
    folder = tmp_path / "exports"
    folder.mkdir()
    text = sample.read_bytes().decode("gb18030")
    (folder / "ExportOrderList201905151650.csv").write_bytes(sample.read_bytes())
    other = text.replace("测试旗舰店", "第二家店").replace("53012345678901234", "63012345678901234")
    (folder / "ExportOrderList201905161650.csv").write_bytes(other.encode("gb18030"))
    assert "--channel" in refused(folder, names="第二家店")


def test_a_path_that_does_not_exist(refused: Callable[..., str], tmp_path: Path) -> None:
    refused(tmp_path / "nowhere.csv")


def test_dates_in_two_formats(refused: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    rows = "".join(
        f"{n},{day},Cup,1,5.00\n" for n, day in enumerate(["25/12/2025", "12/25/2025", "01/02/2026", "13/01/2026"])
    )
    file.write_text("Order,Date,Item,Qty,Price\n" + rows, encoding="utf-8")
    refused(file)


def test_a_file_no_source_knows(refused: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "poem.txt"
    file.write_text("the moon is bright\nfrost on the ground\n" * 20, encoding="utf-8")
    refused(file)


# ---- rows that are wrong are told, the others are kept


@pytest.fixture
def rejected(run: Callable[..., Any], shop: Path) -> Callable[..., str]:
    """Imports a file of which one row is wrong: exit 3, the row is shown, the good row is in."""

    def tried(path: Path) -> str:
        said = run("import", path, "--shop", shop)
        assert said.code == 3, said.out + said.err
        assert "1 row rejected" in said.out
        assert "row 3" in said.out
        return str(said.out)

    return tried


@pytest.mark.parametrize("day", ["1970-01-01 00:00", "2099-12-31 10:00", "yesterday"])
def test_a_day_that_cannot_be(rejected: Callable[..., str], tmp_path: Path, day: str) -> None:
    assert day in rejected(orders(tmp_path, GOOD, GOOD.replace("1001", "1002").replace("2026-08-01 10:00", day)))


def test_a_currency_that_does_not_exist(rejected: Callable[..., str], tmp_path: Path) -> None:
    assert "ZZQ" in rejected(orders(tmp_path, GOOD, GOOD.replace("1001", "1002").replace("GBP", "ZZQ")))


def test_a_negative_quantity_that_is_a_mistake(rejected: Callable[..., str], tmp_path: Path) -> None:
    rows = ("1001,1,P,2,10.00,20.00\n", "1001,2,P,-1,10.00,-10.00\n")
    assert "-1" in rejected(orders(tmp_path, *rows, name="order_lines.csv", header=LINES))


def test_a_negative_quantity_that_is_a_return(run: Callable[..., Any], shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "lines.csv"
    file.write_text(
        "Invoice,Date,Item,Qty,Price,Customer\n"
        "5001,2026-08-01 10:00,Cup,3,5.00,c1\n"
        "5002,2026-08-02 10:00,Pot,1,12.50,c2\n"
        "C5003,2026-08-03 10:00,Cup,-1,5.00,c1\n",
        encoding="utf-8",
    )
    assert run("import", file, "--shop", shop).code == 0
    said = run("query", "gross_sales", "refund_amount", "net_sales", "orders", "--format", "csv", "--shop", shop)
    assert said.out.splitlines()[1] == "27.5,5.0,22.5,2"


def test_a_megabyte_of_text_in_a_note(run: Callable[..., Any], shop: Path, tmp_path: Path) -> None:
    row = GOOD.rstrip("\n") + '"' + "感謝" * 500_000 + '"\n'
    assert run("import", orders(tmp_path, row), "--shop", shop).code == 0
    assert run("query", "orders", "--format", "csv", "--shop", shop).out.splitlines()[1] == "1"


def test_formula_text_is_kept_as_data_and_neutralised_in_every_export(
    run: Callable[..., Any], shop: Path, tmp_path: Path
) -> None:
    formula = "=cmd|' /C calc'!A0"
    file = orders(tmp_path, f'P1,"{formula}",{formula}\n', name="products.csv", header="product_id,title,category\n")
    assert run("import", file, "--shop", shop).code == 0
    lines = orders(tmp_path, "1001,1,P1,1,20.00,20.00\n", name="order_lines.csv", header=LINES)
    run("import", orders(tmp_path, GOOD), lines, "--shop", shop)
    out = tmp_path / "out"
    assert run("export", out, "--shop", shop).code == 0
    text = (out / "products.csv").read_text(encoding="utf-8")
    assert formula in text
    assert all(not cell.startswith("=") for line in text.splitlines() for cell in line.replace('"', "").split(","))
    asked = run("query", "gross_sales", "--by", "category", "--format", "csv", "--shop", shop)
    assert "\n=" not in asked.out
    assert '\n"=' not in asked.out


def test_a_file_of_three_gigabytes_is_not_read_to_be_recognised(
    run: Callable[..., Any], shop: Path, tmp_path: Path
) -> None:
    """A file of 3 GB (sparse, so that it takes no disk): what it is, is told from its head at once."""
    file = tmp_path / "huge.csv"
    with file.open("wb") as handle:
        handle.write(b"colour,length,width\nred,1,2\nblue,2,3\n")
        handle.truncate(3 * 1024**3)
    said = run("import", file, "--shop", shop)
    assert said.code == 2
    assert "huge.csv" in said.err


def test_a_compressed_export_is_read_as_it_is(run: Callable[..., Any], shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "sales.csv.gz"
    text = "Order,Date,Item,Qty,Price\n" + "".join(f"{n},2026-08-0{n},Cup,1,5.00\n" for n in range(1, 6))
    file.write_bytes(gzip.compress(text.encode()))
    assert run("import", file, "--shop", shop).code == 0
    assert run("query", "orders", "--format", "csv", "--shop", shop).out.splitlines()[1] == "5"


def test_an_archive_is_refused_by_name(refused: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "orders.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("orders.csv", HEADER + GOOD)
    refused(file)


def test_a_folder_that_is_no_workspace(run: Callable[..., Any], tmp_path: Path) -> None:
    said = run("brief", "--shop", tmp_path)
    assert said.code == 2
    assert str(tmp_path) in said.err
    assert "zhanggui init" in said.err

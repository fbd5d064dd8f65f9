"""Export and import are inverse; formula text is kept as data and cannot run in a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from drawn.readings import exported, read_back, reading
from zhanggui.errors import BadValue
from zhanggui.store import Warehouse, parquet_copy
from zhanggui.tables import FACTS, TABLES

FORMULAS = (
    "=cmd|'/c calc'!A0",
    "+1",
    "-1",
    "@x",
    "\tx",
    "'=x",
    "''+x",
    "plain 'quoted', with \"marks\"\nand a new line",
)
SHOP = {
    "orders": [
        {
            "order_id": str(n),
            "created_at": "2024-07-01 12:00:00.5",
            "goods_amount": "-1.25",
            "seller_note": text,
            "currency": "EUR" if n else None,
            "extra": '{"a":"=1"}' if n == 1 else None,
        }
        for n, text in enumerate(FORMULAS)
    ],
    "order_lines": [{"order_id": "-7", "line_id": "=1", "quantity": "2.5", "unit_price": "0.3333"}],
    "traffic_days": [{"day": "2024-07-01", "source": s, "visitors": "3"} for s in ("", "(unknown)", "=ads")],
    "fx_rates": [{"day": "2024-07-01", "currency": "EUR", "rate": "0.8456789012345"}],
    "customers": [{"customer_key": "k", "consent_email": "yes", "tags": "vip;old"}],
}


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_export_and_import_are_inverse(shop: Warehouse, new_shop: Any, tmp_path: Path, format: str) -> None:
    shop.load([reading({name: rows}, layout=20) for name, rows in SHOP.items()])
    shop.export(tmp_path / "out", format=format)
    other = new_shop("other")
    result = other.load(read_back(tmp_path / "out", format))
    assert result.rejects == ()
    assert exported(other, tmp_path / "b") == exported(shop, tmp_path / "a")
    again = shop.load(read_back(tmp_path / "out", format))
    assert exported(shop, tmp_path / "c") == exported(other, tmp_path / "b")
    assert again.rejected == 0


def test_formula_text_survives_and_is_neutralised_in_the_csv(shop: Warehouse, tmp_path: Path) -> None:
    shop.load([reading({"orders": SHOP["orders"]}, layout=20)])
    notes = shop.run(shop.table("orders").order_by("order_id").select("seller_note"))["seller_note"].to_list()
    assert notes == [text.strip(" ") for text in FORMULAS]
    shop.export(tmp_path / "out")
    with (tmp_path / "out" / "orders.csv").open(newline="") as lines:
        written = list(csv.DictReader(lines))
    for row in written:
        assert row["seller_note"][0] not in "=+-@\t\r"
        assert row["goods_amount"] == "-1.2500"


def test_a_quote_before_a_formula_is_kept_when_a_platforms_file_says_so(shop: Warehouse) -> None:
    shop.load([reading({"orders": [{"order_id": "1", "seller_note": "'=x"}]}, layout=20)])
    assert shop.run(shop.table("orders").select("seller_note")).item() == "'=x"


def test_an_unknown_export_format_is_refused(shop: Warehouse, tmp_path: Path) -> None:
    with pytest.raises(BadValue):
        shop.export(tmp_path, format="xlsx")


def test_every_table_can_be_copied_for_another_engine(shop: Warehouse, tmp_path: Path) -> None:
    shop.load([reading({"orders": [{"order_id": "1", "created_at": "2024-01-01", "goods_amount": "5"}]})])
    files = parquet_copy(shop, tmp_path / "copy")
    assert {file.stem for file in files} == {*TABLES, *FACTS}
    assert pl.read_parquet(tmp_path / "copy" / "sales.parquet")["amount"].to_list()[0] == 5
    assert "_key" not in pl.read_parquet(tmp_path / "copy" / "orders.parquet").columns

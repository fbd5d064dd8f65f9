"""The bundled shop is the published file, line for line."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest

from zhanggui.demo import demo_file


def test_the_demo_has_every_published_line_and_column() -> None:
    lines = pl.read_parquet(demo_file())
    assert lines.shape == (541_909, 8)
    assert lines["InvoiceNo"].n_unique() == 25_900
    assert lines["CustomerID"].drop_nulls().n_unique() == 4_372
    assert lines["StockCode"].n_unique() == 4_070
    assert round(float((lines["Quantity"] * lines["UnitPrice"]).sum()), 2) == 9_747_747.93


def test_the_demo_is_small_and_credits_its_author() -> None:
    assert demo_file().stat().st_size < 3_700_000
    note = (demo_file().parent / "SOURCE.md").read_text(encoding="utf-8")
    assert "CC BY 4.0" in note
    assert "Daqing Chen" in note
    assert "10.24432/C5BW33" in note


@pytest.mark.prove
def test_the_demo_equals_the_file_it_was_packed_from() -> None:
    folder = os.environ.get("ZHANGGUI_DATA")
    if not folder:
        pytest.fail("set ZHANGGUI_DATA to the folder of the data sets")
    original = pl.read_parquet(Path(folder) / "uci_online_retail_2010_2011" / "online_retail.parquet")
    assert pl.read_parquet(demo_file()).equals(original)

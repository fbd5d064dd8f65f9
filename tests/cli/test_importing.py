"""Files in from the command line: what is printed, what the exit code says, and taking an import back."""

from __future__ import annotations

import json
import re

import pytest


def test_an_import_says_what_it_recognised_and_where_every_row_went(run, shop, lines_file):
    said = run("import", lines_file, "--shop", shop)
    assert said.code == 0
    assert "Imported as batch" in said.out
    assert "120 rows read" in said.out
    assert "recognised as general" in said.out
    assert re.search(r"money in order_lines: file [\d,]+\.\d\d = arrived ", said.out)


def test_lines_are_in_the_one_currency_that_an_import_names(run, shop, tmp_path):
    (tmp_path / "a.csv").write_text(
        "order id,date,sku,quantity,price,order total,currency\n1,2026-09-01,cup,2,5,10,USD\n"
    )
    said = run("import", tmp_path / "a.csv", "--shop", shop)
    assert "money in order_lines: file $10.00 = arrived $10.00" in said.out
    assert "Reading and recognising 1 path" in said.err


def test_the_same_file_again_changes_nothing(run, stocked, lines_file):
    said = run("import", lines_file, "--shop", stocked)
    assert said.code == 0
    assert "all of it known already" in said.out


def test_rejected_rows_give_exit_code_3_and_are_shown_with_their_place(run, shop, lines_file):
    lines_file.write_text(lines_file.read_text() + "9999,not a day,Cup,1,5.00,c1,France\n")
    said = run("import", lines_file, "--shop", shop)
    assert said.code == 3
    assert "1 row rejected" in said.out
    assert "lines.csv row 122, Date “not a day”" in said.out


def test_a_dry_run_shows_the_columns_and_changes_nothing(run, shop, lines_file):
    said = run("import", lines_file, "--dry-run", "--shop", shop)
    assert said.code == 0
    assert "order_lines:" in said.out
    assert "Invoice → order_id" in said.out
    assert "Nothing was changed" in said.out
    assert "Nothing was imported yet" in run("imports", "--shop", shop).out


def test_an_import_is_taken_back_exactly(run, stocked):
    batch = json.loads(run("imports", "--json", "--shop", stocked).out)["imports"][0]["id"]
    before = run("query", "orders", "--shop", stocked, "--format", "csv").out
    assert "120" in before
    said = run("imports", "undo", batch, "--shop", stocked)
    assert said.code == 0
    assert "Took back batch" in said.out
    assert "taken back" in run("imports", "--shop", stocked).out
    assert run("brief", "--shop", stocked).code == 2


def test_an_unknown_batch_is_the_users_mistake(run, stocked):
    said = run("imports", "undo", "9999", "--shop", stocked)
    assert said.code == 2
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize("content", ["", "a,b\n", "\x00\x01\x02binary"])
def test_a_file_that_is_not_understood_gives_exit_code_2_and_one_line(run, shop, tmp_path, content):
    broken = tmp_path / "broken.csv"
    broken.write_text(content)
    said = run("import", broken, "--shop", shop)
    assert said.code == 2
    assert "broken.csv" in said.err.splitlines()[-1]
    assert "Traceback" not in said.err
    assert "Nothing was imported yet" in run("imports", "--shop", shop).out


def test_the_reconciliation_is_json_too(run, shop, lines_file):
    made = json.loads(run("import", lines_file, "--json", "--shop", shop).out)
    assert made["rows"]["read"] == 120
    assert made["tables"][0]["money"] is not None
    assert made["rejects"] == []


def test_a_column_may_be_named(run, shop, lines_file):
    lines_file.write_text(lines_file.read_text().replace("Price", "Zut"))
    said = run("import", lines_file, "--map", "Zut=unit_price", "--shop", shop)
    assert said.code == 0
    assert "Zut → unit_price" in said.out


def test_a_pair_without_a_field_is_explained(run, shop, lines_file):
    said = run("import", lines_file, "--map", "Price", "--shop", shop)
    assert said.code == 2
    assert "--map" in said.err


def test_what_is_exported_imports_again_and_says_the_same(run, stocked, tmp_path):
    question = (
        "query",
        "gross_sales",
        "orders",
        "units",
        "--by",
        "product_id,day",
        "--format",
        "csv",
        "--shop",
        stocked,
    )
    before = run(*question).out
    assert "Wrote" in run("export", tmp_path / "out", "--shop", stocked).out
    assert run("import", tmp_path / "out", "--shop", stocked).code == 0
    assert run(*question).out == before

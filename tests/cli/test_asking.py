"""Questions on the command line: query, explain, metrics, check, brief."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys

import polars as pl
import pytest

from zhanggui.cli.numbers import as_csv
from zhanggui.numbers.kinds import Answer, Question
from zhanggui.report.files import FORMULA


def test_a_question_without_dimensions_gives_one_total(run, stocked):
    rows = list(
        csv.DictReader(io.StringIO(run("query", "gross_sales", "orders", "--format", "csv", "--shop", stocked).out))
    )
    assert len(rows) == 1
    assert float(rows[0]["orders"]) == 120


def test_by_and_where_and_grain_narrow_it(run, stocked):
    made = json.loads(
        run(
            "query",
            "orders,units",
            "--by",
            "country",
            "--where",
            "country=France",
            "--grain",
            "month",
            "--json",
            "--shop",
            stocked,
        ).out
    )
    assert made["by"] == ["country", "month"]
    assert {row["country"] for row in made["rows"]} == {"France"}
    assert {row["month"] for row in made["rows"]} == {"2026-08", "2026-09"}
    assert sum(row["orders"] for row in made["rows"]) == 80


def test_a_table_for_people_has_money_with_cents_and_counts_without(run, stocked):
    said = run("query", "gross_sales", "orders", "--by", "country", "--shop", stocked).out
    assert re.search(r"France +£[\d,]+\.\d\d +80\b", said)


def test_a_value_that_no_row_has_is_named(run, stocked):
    said = run("query", "orders", "--by", "country", "--where", "country=france", "--shop", stocked)
    assert "nothing has country=france" in said.out


def test_csv_has_money_to_its_last_digit_and_whole_counts(run, shop, tmp_path):
    rows = [f"{i},2026-09-0{i % 5 + 1},cup,1,{i / 10 + 0.001:.3f}" for i in range(1, 40)]
    (tmp_path / "lines.csv").write_text(
        "\n".join(["order id,created at,product,quantity,price", *rows]), encoding="utf-8"
    )
    run("import", tmp_path / "lines.csv", "--shop", shop)
    said = run("query", "gross_sales", "orders", "--format", "csv", "--shop", shop).out
    assert said.splitlines() == ["gross_sales,orders", "78.039,39"]


def test_parquet_is_written_to_a_pipe(stocked):
    program = (sys.executable, "-c", "import sys; from zhanggui.cli import main; sys.exit(main())")
    asked = ("query", "orders", "--by", "day", "--format", "parquet", "--shop", str(stocked))
    said = subprocess.run([*program, *asked], capture_output=True, check=True)
    assert pl.read_parquet(io.BytesIO(said.stdout))["orders"].sum() == 120


@pytest.mark.parametrize("start", FORMULA)
def test_formula_text_is_neutralised_in_csv(start):
    frame = pl.DataFrame({"product_id": [f"{start}cmd|calc", "cup"], "units": [-1.0, 2.0]})
    written = as_csv(Answer(Question(("units",), ("product_id",)), frame, None, None))
    rows = list(csv.reader(io.StringIO(written)))
    assert rows[1] == [f"'{start}cmd|calc", "-1"]
    assert rows[2] == ["cup", "2"]


@pytest.mark.parametrize(
    ("args", "part"),
    [
        (("query", "net_salez"), "net_sales"),
        (("query", "orders", "--by", "colour"), "colour"),
        (("query", "orders", "--format", "xml"), "table, csv, json, parquet"),
        (("query", "orders", "--grain", "hour"), "day, week, month"),
        (("query", "orders", "--from", "2026-9-1"), "2026-9-1"),
        (("query", "orders", "--where", "France"), "--where country=France"),
        (("explain", "net_sales", "--against", "2026-08-09:2026-08-01"), "ends before it starts"),
        (("explain", "net_sales", "--against", "year"), "--from"),
        (("brief", "--json", "--html", "x.html"), "--json or --html"),
        (("brief", "--days", "many"), "--days"),
        (("brief", "--nonsense"), "--nonsense"),
        (("breif",), "brief"),
        (("query",), "METRIC"),
        (("query", "orders", "--by", "xyzzy"), "category"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_do(run, stocked, args, part):
    said = run(*args, *(("--shop", stocked) if args != ("breif",) else ()))
    assert said.code == 2
    assert len(said.err.splitlines()) == 1
    assert part in said.err
    assert said.out == ""


def test_explain_says_why_in_parts_that_sum(run, stocked):
    args = (
        "explain",
        "gross_sales",
        "--by",
        "product_id",
        "--from",
        "2026-09-01",
        "--to",
        "2026-09-07",
        "--shop",
        stocked,
    )
    made = json.loads(run(*args, "--json").out)
    assert made["period"] == {"from": "2026-09-01", "to": "2026-09-07"}
    assert sum(part["change"] for part in made["parts"]) == pytest.approx(made["change"], abs=0.005)
    assert sum(at["change"] for at in made["where"]) == pytest.approx(made["change"], abs=0.005)
    said = run(*args).out
    assert "in 2026-09-01 – 2026-09-07, against" in said
    assert "By product" in said


def test_the_catalogue_needs_no_workspace(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert re.search(r"^net_sales +Net sales +money", run("metrics").out, re.MULTILINE)
    made = json.loads(run("metrics", "--json").out)["metrics"]
    assert {"name", "unit", "formula", "caveats", "needs"} <= set(made[0])
    assert "淨銷售額" in run("metrics", "--lang", "zh-Hant").out


def test_the_brief_is_text_json_and_page(run, stocked, tmp_path):
    text = run("brief", "--as-of", "2026-09-07", "--shop", stocked)
    assert text.code == 0
    assert "Tea" in text.out.splitlines()[0]
    assert "2026-09-07" in text.out.splitlines()[0]
    made = json.loads(run("brief", "--as-of", "2026-09-07", "--json", "--shop", stocked).out)
    assert made["shop"] == "Tea"
    assert made["period"] == {"from": "2026-09-01", "to": "2026-09-07", "days": 7}
    page = tmp_path / "brief.html"
    assert run("brief", "--as-of", "2026-09-07", "--html", page, "--shop", stocked).code == 0
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_check_names_the_tables_at_hand_and_those_that_are_missing(run, stocked):
    said = run("check", "--shop", stocked).out
    assert re.search(r"orders +120 +2026", said)
    assert re.search(r"order lines +120 *\n", said)
    assert re.search(r"products +\d+ *\n", said)
    assert "daily traffic" in said
    made = json.loads(run("check", "--json", "--shop", stocked).out)
    assert "traffic_days" in [gap["table"] for gap in made["missing"]]


def test_an_empty_shop_says_what_to_do_first(run, shop):
    said = run("brief", "--shop", shop)
    assert said.code == 2
    assert "zhanggui import" in said.err

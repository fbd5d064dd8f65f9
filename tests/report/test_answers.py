"""Answers as pages and files: cut weeks, formula text, workbooks that open, dots that keep their names apart."""

from __future__ import annotations

import csv
import io
from datetime import date

import polars as pl
import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from zhanggui import charts
from zhanggui.errors import BadValue
from zhanggui.numbers.kinds import Answer, Question
from zhanggui.report.answers import cut_short
from zhanggui.report.files import FORMULA, file_of


def answer(grain: str, start: date, end: date) -> Answer:
    return Answer(Question(("orders",), (grain,)), pl.DataFrame(), start, end)


@pytest.mark.parametrize(
    ("grain", "start", "end", "cut"),
    [
        ("week", date(2026, 8, 3), date(2026, 8, 16), {}),
        ("week", date(2026, 8, 5), date(2026, 8, 16), {"2026-08-03": (5, 7)}),
        ("week", date(2026, 8, 5), date(2026, 8, 6), {"2026-08-03": (2, 7)}),
        ("month", date(2026, 1, 31), date(2026, 3, 2), {"2026-01": (1, 31), "2026-03": (2, 31)}),
        ("day", date(2026, 8, 5), date(2026, 8, 6), {}),
    ],
)
def test_a_week_or_month_of_which_days_are_missing_is_known(grain, start, end, cut):
    assert cut_short(answer(grain, start, end)) == cut


def test_a_text_that_a_spreadsheet_would_run_is_text_in_every_file():
    rows = pl.DataFrame({"name": [f"{sign}1+1" for sign in FORMULA], "n": [1.0] * len(FORMULA)})
    listed = list(csv.reader(io.StringIO(file_of(rows, "csv", {"n"}).decode("utf-8-sig"), newline="")))
    assert listed == [["name", "n"], *([f"'{sign}1+1", "1"] for sign in FORMULA)]
    sheet = load_workbook(io.BytesIO(file_of(rows, "xlsx"))).active
    assert {row[0].data_type for row in sheet.iter_rows(min_row=2)} == {"s"}


def test_a_workbook_opens_with_what_was_put_into_it():
    rows = pl.DataFrame(
        {
            "name": ["白瓷杯 <&> \x07", None],
            "n": [3.0, 0.125],
            "day": [date(2026, 8, 3), None],
            "odd": [float("nan"), 2.0],
        }
    )
    content = file_of(rows, "xlsx")
    read = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert read == [["name", "n", "day", "odd"], ["白瓷杯 <&>  ", 3.0, "2026-08-03", ""], ["", 0.125, "", 2.0]]
    assert content == file_of(rows, "xlsx")


def test_a_form_that_there_is_not_is_refused():
    with pytest.raises(BadValue, match="unknown_format"):
        file_of(pl.DataFrame(), "doc")


def test_a_name_that_is_a_script_is_text_in_a_chart():
    drawn = charts.svg(charts.bars([("<script>alert(1)</script>", 2.0, None, "2")]), "bars")
    assert "<script" not in drawn
    assert "&lt;script" in drawn


def test_lines_are_told_apart_by_pattern_as_well_as_by_colour():
    series = [charts.Series(name, [1.0, 2.0]) for name in "abc"]
    spec = charts.lines(["2026-08-03", "2026-08-10"], series)
    scale = spec["layer"][0]["encoding"]["strokeDash"]["scale"]
    assert len({tuple(dash) for dash in scale["range"]}) == 3


def test_a_product_that_loses_money_is_a_diamond_below_a_line():
    spec = charts.dots([charts.Dot("a", 100, 2.0, ""), charts.Dot("b", 200, -1.0, "")], levels=[(100.0, "£100")])
    drawn = charts.svg(spec, "dots")
    assert "var(--bad" in drawn
    assert "£100" in drawn


def test_a_spec_for_the_browser_has_the_pages_colours():
    spec = charts.with_variables(charts.bars([("a", 1.0, 2.0, "1")]))
    assert "var(--plain, #5c6670)" in str(spec)

"""Dates of a file nobody described."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from zhanggui.errors import BadFile
from zhanggui.sources.general_dates import Instants, instants


def parsed(*texts: str | None, american: bool = False, timezone: str = "Europe/London") -> Instants:
    column = pl.Series("Date", texts, dtype=pl.String)
    rows = pl.Series("_row", range(2, len(texts) + 2))
    return instants(column, rows, file="orders.csv", american=american, timezone=timezone)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-09-15", datetime(2026, 9, 15)),
        ("2026/9/5 8:26", datetime(2026, 9, 5, 8, 26)),
        ("2026-09-15T08:26:07.250", datetime(2026, 9, 15, 8, 26, 7)),
        ("2026年9月15日 12:30", datetime(2026, 9, 15, 12, 30)),
        ("19970101", datetime(1997, 1, 1)),
        ("31.12.2026 23:30", datetime(2026, 12, 31, 23, 30)),
        ("15-Sep-26", datetime(2026, 9, 15)),
        ("Sep 15, 2026 12:05 AM", datetime(2026, 9, 15, 0, 5)),
        ("9/15/2026 1:05 pm", datetime(2026, 9, 15, 13, 5)),
        ("40513.5", datetime(2010, 12, 1, 12, 0)),
    ],
)
def test_many_ways_of_writing_a_date(text: str, wanted: datetime) -> None:
    assert parsed(text).values.to_list() == [wanted]


@pytest.mark.parametrize("text", ["2026-02-30", "31/31/2026", "2026-09-15 25:00", "soon", "17850"])
def test_what_is_no_day_of_the_calendar_is_no_date(text: str) -> None:
    assert parsed(text).values.to_list() == [None]


def test_one_row_past_the_twelfth_decides_for_the_whole_column() -> None:
    assert parsed("12/1/2010 8:26", "12/13/2010 9:02").values[0] == datetime(2010, 12, 1, 8, 26)
    assert parsed("12/1/2010 8:26", "13/12/2010 9:02").values[0] == datetime(2010, 1, 12, 8, 26)


def test_both_orders_in_one_column_are_refused_naming_two_rows() -> None:
    with pytest.raises(BadFile) as caught:
        parsed("1/2/2010", "13/1/2010", "1/13/2010")
    assert caught.value.params["row"] == 3
    assert caught.value.params["other_row"] == 4


def test_dates_that_can_be_read_both_ways_follow_the_order_of_the_rows() -> None:
    ascending = parsed("01/02/2010", "02/02/2010", "01/03/2010")
    assert (ascending.order, ascending.guessed) == ("dmy", True)


def test_dates_that_nothing_decides_are_day_first_unless_the_file_looks_american() -> None:
    assert parsed("05/04/2010").order == "dmy"
    assert parsed("05/04/2010", american=True).order == "mdy"
    assert parsed("05/04/2010").guessed


def test_offsets_are_brought_to_utc_over_a_daylight_saving_night() -> None:
    found = parsed("2026-03-08 01:30:00 -0500", "2026-03-08 03:30:00 -0400")
    assert found.zoned
    assert found.values.to_list() == [datetime(2026, 3, 8, 6, 30), datetime(2026, 3, 8, 7, 30)]


def test_a_column_with_and_without_offsets_is_one_wall_clock() -> None:
    found = parsed("2026-07-01T08:00:00Z", "2026-07-01 09:00:00")
    assert not found.zoned
    assert found.values.to_list() == [datetime(2026, 7, 1, 9, 0), datetime(2026, 7, 1, 9, 0)]

"""How values are written: what a shopkeeper of each language would write by hand."""

from __future__ import annotations

from datetime import date

import pytest

from zhanggui.i18n import writing
from zhanggui.i18n.columns import pad, shorten, table, width, wrap
from zhanggui.units import Money, Period, Quantity, Words


@pytest.mark.parametrize(
    ("value", "locale", "written"),
    [
        (5782.3, "zh-Hant", "¥5,780"),
        (26711, "zh-Hant", "¥26,700"),
        (115632, "zh-Hant", "¥11.6萬"),
        (115632, "zh-Hans", "¥11.6万"),
        (230_000_000, "zh-Hant", "¥2.30億"),
        (884_300, "en", "¥884,000"),
        (3_984_000, "en", "¥3.98M"),
        (-16498, "en", "−¥16,500"),
        (35.4, "en", "¥35"),
        (-34.96, "en", "−¥35"),
        (99.7, "en", "¥100"),
        (9.96, "en", "¥9.96"),
        (3.2, "en", "¥3.20"),
        (0, "en", "¥0"),
        (float("nan"), "en", "—"),
    ],
)
def test_money_is_rounded_to_three_figures_and_scaled_as_the_locale_counts(value, locale, written):
    assert writing.money(value, "CNY", locale) == written


def test_exact_money_keeps_its_cents_and_yen_have_none():
    assert writing.money(26711, "GBP", "en", exact=True) == "£26,711.00"
    assert writing.money(35.4, "GBP", "en", exact=True) == "£35.40"
    assert writing.money(26711, "JPY", "en", exact=True) == "¥26,711"


def test_what_was_counted_is_not_rounded_away():
    assert writing.measured(5782.3, "money", "zh-Hant", "CNY") == "¥5,782"
    assert writing.measured(0.0274, "share", "en", "CNY") == "2.74%"


@pytest.mark.parametrize(
    ("quantity", "written"),
    [
        (Quantity(6612, low=4813, high=8561), "¥6,610 [4,810–8,560]"),
        (Quantity(37, low=-4, high=60, signed=True), "+¥37 [−4 … +60]"),
        (Quantity(-8140, low=-10900, high=-5400, signed=True), "−¥8,140 [−10,900 … −5,400]"),
        (Quantity(3_984_000, low=3.82e6, high=4.13e6), "¥3.98M [3.82–4.13M]"),
        (Quantity(1_320_000, low=907_000, high=1_980_000), "¥1.32M [0.91–1.98M]"),
        (Quantity(905, "count", 808.3, 1006.2), "905 [808–1,006]"),
        (Quantity(1.1, "count", 0.8, 1.4), "1.1 [0.8–1.4]"),
        (Quantity(0.634, "share"), "63%"),
        (Quantity(0.995, "share"), "99.5%"),
        (Quantity(1, "days"), "1 day"),
        (Quantity(41, "hours"), "41 hours"),
    ],
)
def test_an_interval_stands_in_brackets_behind_its_value(quantity, written):
    assert writing.quantity(quantity, "en", "CNY") == written


def test_a_quantity_in_another_currency_says_so():
    assert writing.quantity(Quantity(5, currency="EUR", exact=True), "en", "CNY") == "€5.00"


def test_days_and_spans_are_short_and_periods_name_the_month_once():
    monday = date(2011, 12, 5)
    assert writing.day(monday, "zh-Hant") == "12/5"
    assert writing.day(monday, "zh-Hant", weekday=True, year=True) == "2011-12-05 週一"
    assert writing.day(monday, "zh-Hans", weekday=True, year=True) == "2011-12-05 周一"
    assert writing.day(monday, "en", weekday=True) == "Mon 5 Dec"
    assert writing.days(Period(date(2011, 12, 5), date(2011, 12, 11)), "en") == "5–11 Dec"
    assert writing.days(Period(date(2011, 11, 29), monday), "zh-Hant") == "11/29–12/5"


def test_a_text_is_filled_by_the_type_of_each_value():
    words = Words("cli.import.done", {"batch": "0001", "rows": 1})
    assert writing.say(words, "en", "GBP") == "Imported as batch 0001: 1 row read."
    many = Words("cli.import.done", {"batch": "0001", "rows": 541909})
    assert writing.say(many, "en", "GBP") == "Imported as batch 0001: 541,909 rows read."
    assert writing.say(many, "zh-Hans", "GBP") == "已导入，批次 0001：读了 541,909 行。"


def test_a_product_is_called_by_its_short_name_and_words_stand_within_words():
    inner = Words("units.as_it_is", {"text": "B200"})
    assert writing.write([inner, "other", Money(3, "GBP")], "en", "GBP", {"B200": "boot"}) == "boot, other, £3.00"


def test_a_title_cannot_steer_the_terminal():
    assert "\x1b" not in writing.write("cup\x1b[2J", "en")


def test_a_missing_text_is_an_error_of_ours():
    with pytest.raises(KeyError):
        writing.say(Words("report.no_such_text"), "en", "GBP")


def test_a_chinese_character_takes_two_columns():
    assert width("訪客 ab") == 7
    assert pad("訪客", 6, ">") == "  訪客"
    assert shorten("一二三四五", 7) == "一二三…"
    rows = table([["訪客", "2,040"], ["net", "5"]], "<>")
    assert rows == [" 訪客  2,040", " net       5"]


def test_a_line_never_breaks_inside_a_number_or_a_range():
    said = "目標 ¥26,000，按節奏月底 ¥26,700 [−23,900 … +29,500]，近 7 天共 49 單，還差一點。"
    for columns in range(30, 60):
        lines = wrap(said, columns, " 1 ")
        assert all(width(line) <= columns for line in lines)
        assert "[−23,900 … +29,500]" in "|".join(lines)
        assert not any(line.lstrip().startswith(("，", "。", ",")) for line in lines)

"""The brief on a terminal: the order of its parts, its silence, its width."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from zhanggui.i18n import LOCALES, catalogue, text
from zhanggui.i18n.columns import width
from zhanggui.numbers.kinds import Flag, Part, Place
from zhanggui.report import as_text, check_text, driver_text
from zhanggui.units import Period, Quantity, Words


def heading(name: str, locale: str = "en") -> str:
    return text(f"report.heading.{name}", locale, n=7, days="", against="1–7 Sep").strip().rstrip(",")


def test_the_parts_stand_in_the_order_an_owner_reads_them(brief):
    written = as_text(brief, "en")
    order = [
        "Morning brief",
        "Sales were low",
        "DUE",
        "LAST 7 DAYS",
        "heading for",
        "WHY",
        "WORTH A LOOK",
        "NOT SAID",
        "LEFT OUT",
    ]
    places = [written.index(part) for part in order]
    assert places == sorted(places)


def test_empty_parts_vanish(quiet_brief):
    written = as_text(quiet_brief, "en")
    for name in ("due", "findings", "not_said", "left_out"):
        assert heading(name) not in written
    assert "nothing is explained" in written


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("columns", [60, 80, 120])
def test_no_line_is_wider_than_asked(brief, locale, columns):
    for line in as_text(brief, locale, columns).splitlines():
        assert width(line) <= columns, line


def test_no_line_is_wider_than_120_columns_even_on_a_wide_terminal(brief):
    long = replace(brief, quiet=(Words("units.as_it_is", {"text": "word " * 80}),))
    assert max(width(line) for line in as_text(long, "en", 200).splitlines()) <= 120


def test_a_short_morning_is_six_lines(short_brief):
    lines = as_text(short_brief, "en").splitlines()
    assert len(lines) <= 7
    assert "Ship 3 orders" in "\n".join(lines)
    assert "net sales" in lines[-1]
    assert "LAST 7 DAYS" not in "\n".join(lines)


def test_a_number_stands_beside_its_normal_range_and_is_judged(brief):
    lines = {line.split("  ")[0].strip(): line for line in as_text(brief, "en").splitlines() if "[" in line}
    assert "¥4,382" in lines["Net sales"]
    assert "[4,810–6,560]" in lines["Net sales"]
    assert "LOW" in lines["Net sales"]
    assert "normal" in lines["Orders"]


def test_what_is_outside_of_its_range_but_not_proved_is_called_chance(brief):
    doubtful = tuple(replace(line, unusual=False) for line in brief.metrics)
    written = as_text(replace(brief, metrics=doubtful), "en")
    assert "may be chance" in written
    assert "LOW" not in written


def test_the_cause_is_only_said_when_something_was_unusual(brief, quiet_brief):
    assert "mostly orders −¥800" in as_text(brief, "en")
    assert "白瓷杯" not in as_text(quiet_brief, "en")


def test_places_that_are_not_shown_go_into_the_rest_so_that_the_sum_stays(brief):
    shown = [line.strip() for line in as_text(brief, "en").splitlines() if line.startswith("  ")]
    changes = [line for line in shown if "¥" in line and not line.startswith("→")]
    total = sum(int(line.split("¥")[1].split()[0].replace(",", "")) * (-1 if "−¥" in line else 1) for line in changes)
    assert total == round(brief.drivers[0].change)


def test_a_place_within_noise_is_not_given_a_reason_and_no_line_of_the_brief(brief):
    assert "茶盤" not in as_text(brief, "en")
    line = next(line for line in driver_text(brief.drivers[0], "en", "CNY", brief.names).splitlines() if "茶盤" in line)
    assert "within noise" in line


def test_numbers_that_are_as_ever_leave_the_page_to_those_that_matter(brief):
    """Net sales, units and refunds stand on the page and the desk; here only where they are out of the ordinary."""
    sales = next(line for line in brief.metrics if line.name == "net_sales")
    estimate = replace(sales, name="net_sales_expected", unusual=False, estimate=Quantity(4100, "money", 4000, 4300))
    calm = replace(sales, name="units", unit="count", value=49, low=40, high=60, expected=50, unusual=False)
    written = as_text(replace(brief, metrics=(*brief.metrics, estimate, calm)), "en")
    assert "Net sales " in written
    assert "Expected net sales" in written
    assert "Units" not in written
    quiet = tuple(replace(line, unusual=False) for line in brief.metrics)
    assert "Net sales " not in as_text(replace(brief, metrics=(*quiet, estimate)), "en")


def test_what_a_number_means_is_no_news(brief):
    flagged = replace(brief.metrics[0], name="visitors", flags=(Flag("visitors", "visitor_days"),))
    assert "visitor-days" not in as_text(replace(brief, metrics=(flagged,)), "en")
    assert "visitor-days" in check_text(replace(brief, metrics=(flagged,)), "en")


def test_one_missing_table_is_one_line_with_what_it_is_worth(brief):
    lines = [line for line in as_text(brief, "en").splitlines() if "daily traffic" in line]
    assert len(lines) == 1
    assert "¥150 a week" in lines[0]
    assert "unlocks 2 rules" in lines[0]


def test_a_caveat_is_said_once_for_all_the_numbers_it_is_about(brief):
    caveat = next(key.removeprefix("caveat.") for key in catalogue("en", "metrics") if key.startswith("caveat."))
    lines = tuple(replace(line, flags=(Flag(line.name, caveat, rows=12),)) for line in brief.metrics)
    written = as_text(replace(brief, metrics=lines), "en")
    assert written.count("※") == 1


def test_an_estimate_shows_its_own_interval(brief):
    estimated = replace(
        brief.metrics[1], value=None, estimate=Quantity(5200, low=4950, high=5400), low=None, high=None, expected=None
    )
    written = as_text(replace(brief, metrics=(estimated,)), "en")
    assert "¥5,200" in written
    assert "[4,950–5,400]" in written


def test_a_target_is_never_said_to_be_certain(brief):
    sure = replace(brief, pace=replace(brief.pace, chance=1.0))
    assert "99% likely" in as_text(sure, "en")


def test_a_month_that_is_over_heads_nowhere(brief):
    done = replace(brief.pace, days=30, so_far=25900.0, forecast=25900.0, low=25900.0, high=25900.0, chance=0.0)
    written = as_text(replace(brief, pace=done), "en")
    assert "¥25,900 in the whole month, target ¥26,000: missed by ¥100" in written
    assert "heading for" not in written
    assert "target ¥26,000: reached" in as_text(replace(brief, pace=replace(done, so_far=26000.0)), "en")


def test_the_first_day_of_a_month_is_one_day(brief):
    assert "in 1 day, heading" in as_text(replace(brief, pace=replace(brief.pace, days=1)), "en")


def test_a_change_that_several_dimensions_split_is_said_once(brief):
    by_country = replace(brief.drivers[0], where=(Place({"country": "France"}, -1228.0, -1228.0, 0.0),))
    written = as_text(replace(brief, drivers=(*brief.drivers, by_country)), "en")
    assert written.count("net sales −¥1,228 =") == 1
    assert "By country" in written


def test_a_product_without_a_title_is_named_by_its_code_once(brief):
    written = as_text(replace(brief, names={**brief.names, "N1": "N1"}), "en")
    assert "N1 (N1)" not in written
    assert "N1 " in written


def test_what_a_deadline_costs_is_said_once(brief):
    due = brief.due[0]
    told = replace(
        due,
        words=Words(
            "rules.ship_by.due",
            {
                "orders": 3,
                "value": Quantity(354.0, "money"),
                "oldest": Quantity(20, "hours"),
                "loss": Quantity(due.loss, "money"),
            },
        ),
    )
    assert "missing it costs" in as_text(brief, "en")
    assert "missing it costs" not in as_text(replace(brief, due=(told,)), "en")


def test_what_is_late_says_since_when_in_words(brief):
    late = replace(brief.due[0], by="2026-09-12T18:00")
    assert "⏰ late since 12 Sep 18:00 " in as_text(replace(brief, due=(late,)), "en")
    assert "⏰ 9/12 18:00 起逾期 " in as_text(replace(brief, due=(late,)), "zh-Hant")
    assert "⏰ 18:00 " in as_text(brief, "en")


def test_whole_months_are_said_to_be_of_different_length(brief):
    march = Period(date(2026, 3, 1), date(2026, 3, 31))
    february = Period(date(2026, 2, 1), date(2026, 2, 28))
    driver = replace(brief.drivers[0], period=march, against=february)
    assert "Whole calendar months: 31 days now, 28 days before" in driver_text(driver, "en", "CNY", brief.names)
    other = replace(driver, against=march.aligned_before())
    assert "calendar months" not in driver_text(other, "en", "CNY", brief.names)


def test_check_lists_every_missing_table(brief):
    written = check_text(brief, "en")
    assert "1,240" in written
    assert "daily traffic" in written
    assert "daily stock" in written


def test_a_change_that_cannot_be_split_is_not_said_to_be_itself(brief):
    alone = replace(brief.drivers[0], metric="orders", unit="count", change=8.0, parts=(Part("orders", 8.0),))
    assert "\n orders +8\n" in driver_text(alone, "en", "CNY", brief.names)


def test_explain_says_both_periods_and_every_place(brief):
    written = driver_text(brief.drivers[0], "en", "CNY", brief.names)
    assert "¥4,382 in 2026-09-08 – 2026-09-14, against ¥5,610 in 2026-09-01 – 2026-09-07" in written
    assert "N4" in written

"""The day's actions and what is being watched, written: order, density, rounding, and that a try never passes for a proof."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from drawn.actions import TODAY, action, counted, gain, past, plain
from drawn.mornings import KEPT, ranked, shoes, tea
from zhanggui.actions.kinds import Draft, Measure, Outcome, Record
from zhanggui.i18n import LOCALES
from zhanggui.i18n.columns import width
from zhanggui.report import as_html, as_json, as_text


def part(written: str, start: str, end: str = "") -> str:
    """The lines of one section."""
    return written[written.index(start) : written.index(end) if end else None]


def todays(brief, locale="en"):
    return part(as_text(brief, locale), "TODAY", "WATCHING" if brief.watching else "NOT SAID")


def only(brief, *actions, **more):
    """The morning with these actions alone."""
    return replace(brief, actions=actions, watching=(), **more)


# ---- order and density


def test_actions_stand_after_the_why_and_before_what_is_watched_and_not_said(brief):
    written = as_text(shoes(brief), "en")
    order = ["DUE", "LAST 7 DAYS", "WHY", "TODAY", "WATCHING", "NOT SAID", "LEFT OUT"]
    places = [written.index(f"\n{name}") for name in order]
    assert places == sorted(places)


def test_the_most_profitable_stands_first(brief):
    figures = re.findall(r"^ \d .*?\+¥([\d,]+)/wk", todays(shoes(brief)), re.MULTILINE)
    assert [int(each.replace(",", "")) for each in figures] == [4900, 3800, 2300, 1150]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("columns", [60, 80, 120])
def test_no_line_of_the_list_is_wider_than_asked(brief, locale, columns):
    for morning in (tea(brief), shoes(brief)):
        assert max(width(line) for line in as_text(morning, locale, columns).splitlines()) <= columns


def test_a_small_shops_morning_fits_one_screen(brief):
    assert len(as_text(tea(brief), "zh-Hant").splitlines()) <= 45
    assert len(part(as_text(tea(brief), "zh-Hant"), "今天做", "在看").splitlines()) <= 11


def test_an_action_takes_at_most_six_lines(brief):
    lines = todays(shoes(brief)).splitlines()
    starts = [i for i, line in enumerate(lines) if re.match(r" \d ", line)]
    ends = [*starts[1:], next(i for i, line in enumerate(lines) if "Test first" in line)]
    assert all(end - start <= 6 for start, end in zip(starts, ends, strict=True))


def test_the_id_takes_no_line_of_its_own(brief):
    assert not re.search(r"^\s*\[[0-9a-f]{8}\]$", as_text(shoes(brief), "en"), re.MULTILINE)
    for item in shoes(brief).actions[:4]:
        assert f"[{item.action.id}]" in todays(shoes(brief))


def test_without_actions_there_is_no_list(brief):
    assert "TODAY" not in as_text(brief, "en")
    assert "WATCHING" not in as_text(brief, "en")
    assert 'id="today"' not in as_html(brief, "en")


def test_a_finding_that_is_the_reason_of_an_action_is_not_told_twice(brief):
    cause = brief.findings[1].finding
    told = only(brief, ranked(action("B200", because=(cause.id,)), (100, 50, 150)))
    written = as_text(told, "en")
    assert written.count("B200 sells less") == 1
    assert written.index("B200 sells less") > written.index("TODAY")
    assert as_html(told, "en").count("B200 sells less") == 1
    aside = only(brief, ranked(action("B200", because=(cause.id,)), (100, 50, 150), today=False, left_out="number"))
    assert written.index("TODAY") > 0
    assert as_text(aside, "en").index("B200 sells less") < as_text(aside, "en").index("Not shown")


# ---- rounding


@pytest.mark.parametrize(
    ("profit", "said"),
    [
        ((36.84, 5.2, 80.3), "+¥37/wk [5–80]"),
        ((24.6, -4.4, 59.7), "+¥25/wk [−4 … +60]"),
        ((1231.7, 218.4, 2183.0), "+¥1,230/wk [218–2,180]"),
        ((4918.0, 2104.0, 8222.0), "+¥4,920/wk [2,100–8,220]"),
        ((1_240_000.0, 900_000.0, 1_900_000.0), "+¥1.24M/wk [0.90–1.90M]"),
    ],
)
def test_money_has_two_or_three_figures_and_its_range(brief, profit, said):
    assert said in todays(only(brief, ranked(action("A1"), profit)))


def test_minutes_are_those_of_the_list_and_of_the_day(brief):
    assert "TODAY (65 of 120 min;" in as_text(shoes(brief), "en")
    assert "今天做（共 25／30 分鐘；" in as_text(tea(brief), "zh-Hant")


# ---- what the estimates are worth


def test_the_record_is_said_once(brief):
    assert as_text(shoes(brief), "en").count("× 0.56") == 1
    assert "what 31 measured actions of this shop kept of the promise" in todays(shoes(brief))
    assert "估計值已乘 0.50，等本店的動作量過再改" in as_text(tea(brief), "zh-Hant")


def test_rules_with_records_of_their_own_are_said_to_have_them(brief):
    pair = (
        ranked(action("A1", rule="price_step"), (100, 50, 150), Record(0.42, 0.1, 5)),
        ranked(action("B1", rule="stock_out"), (90, 50, 150), Record(0.71, 0.1, 9)),
    )
    assert "estimates × each rule's own record, 0.42 to 0.71" in todays(only(brief, *pair))


def test_one_measured_action_is_one(brief):
    one = only(brief, ranked(action("A1"), (100, 50, 150), Record(0.6, 0.2, 1)))
    assert "what 1 measured action of this shop" in todays(one)


def test_arithmetic_needs_no_record_and_says_what_it_is(brief):
    sure = only(brief, ranked(action("A1", counted(19)), (19, 19, 19), KEPT), limits=tea(brief).limits)
    assert "+¥19/wk, arithmetic" in todays(sure)
    assert "×" not in todays(sure)
    assert "Not proved" not in todays(sure)


def test_what_is_not_proved_is_never_worded_as_if_it_were(brief):
    cheap = todays(only(brief, ranked(action("A1", gain(100, 1, 200, 0.7)), (50, 1, 100))))
    assert "Not proved, cheap, likely to pay: do it." in cheap
    dear = action("A1", gain(100, 1, 200, 0.85), "order_stock", cost=900.0)
    assert "Not proved; pays with a chance of 85%." in todays(only(brief, ranked(dear, (50, 1, 100))))
    sure = action("A1", gain(100, 1, 200, 0.999), "order_stock", cost=900.0)
    assert "chance of 99%" in todays(only(brief, ranked(sure, (50, 1, 100))))
    proved = todays(only(brief, ranked(action("A1", proved=True), (50, 1, 100))))
    assert "roved" not in proved


@pytest.mark.parametrize(
    ("locale", "words"),
    [("zh-Hant", "還不算證實，但便宜"), ("zh-Hans", "还不算证实，但便宜"), ("en", "Not proved, cheap")],
)
def test_the_loose_test_is_named_in_every_language(brief, locale, words):
    assert words in as_text(tea(brief), locale)


def test_unknown_costs_say_where_it_would_pay(brief):
    even = action("A1", None, break_even=plain("Pays if your margin is above 23%."))
    assert "Pays if your margin is above 23% · 10 min" in todays(only(brief, ranked(even, None)))
    assert "worth unknown without costs" in todays(only(brief, ranked(action("B1", None), None)))


def test_an_effect_too_small_to_be_seen_is_promised_no_reading_of_its_own(brief):
    def measured(smallest):
        return action("A1", measure=Measure("contribution_profit", "before_after", 28, smallest_visible=smallest))

    assert "counted in its rule's total" in todays(only(brief, ranked(measured(101.0), (50, 10, 90))))
    assert "counted in its rule's total" not in todays(only(brief, ranked(measured(99.0), (50, 10, 90))))


# ---- what goes with an action


def test_what_is_too_small_to_be_seen_is_said_once_for_all_that_are(brief):
    def measured(name: str, visible: float):
        return ranked(action(name, measure=Measure("orders", "donors", 28, visible)), (50, 10, 90))

    both = todays(only(brief, measured("P1", 101.0), measured("P2", 300.0)))
    assert both.count("too small to be seen alone") == 1
    assert "each too small" in both
    some = todays(only(brief, measured("P1", 101.0), measured("P2", 300.0), measured("P3", 50.0)))
    assert "1, 2 too small to be seen alone" in some


def test_cash_deadline_and_state_stand_with_it(brief):
    done = action("A1", kind="order_stock", cost=560.0, do_by="2026-09-15T17:00")
    line = todays(only(brief, ranked(done, (50, 10, 90), state="open")))
    assert "cash ¥560 · 10 min · by 17:00 · named before" in line
    assert "reversible" not in line
    later = replace(done, do_by="2026-09-20")
    assert "by 20 Sep" in todays(only(brief, ranked(later, (50, 10, 90))))


def test_a_long_draft_is_cut_and_says_where_the_rest_is(brief):
    rows = tuple(plain(f"size {size}") for size in range(36, 42))
    long = action("A1", draft=Draft("table", rows))
    written = todays(only(brief, ranked(long, (50, 10, 90))))
    assert written.count("   → ") == 3
    assert f"… 4 more lines: zhanggui actions show {long.id}" in written


def test_each_pair_that_is_read_together_is_said_once(brief):
    assert todays(shoes(brief)).count("read together, not apart") == 1
    assert "Moves the same product as no. 3" in todays(shoes(brief))
    before = past(action("A1"), words=plain("A1 +4%"))
    beside = replace(
        only(brief, ranked(action("A1", kind="bundle"), (50, 10, 90), together=(before.id,))), watching=(before,)
    )
    assert "Moves the same product as “A1 +4%” of 12 Sep" in as_text(beside, "en")


def test_what_the_list_leaves_out_is_counted_by_reason(brief):
    assert "Not shown: 14 below ¥400 a week; 1 that would cross one above or one under way; 1 too unsure." in todays(
        shoes(brief)
    )
    small = [ranked(action(f"A{n}"), (20, 5, 35), floor=n, today=False, left_out="below_floor") for n in (30.0, 80.0)]
    assert "2 below what each must bring, ¥30 to ¥80 a week by its minutes" in todays(only(brief, *small))
    stopped = only(brief, ranked(action("A1"), (50, 10, 90)), stopped={"one_change": 2})
    assert "2 that law or good practice forbids" in todays(stopped)


REASONS = (
    "number",
    "minutes",
    "money",
    "frozen",
    "below_floor",
    "unsure",
    "risky",
    "too_late",
    "snoozed",
    "dismissed",
    "under_way",
)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("reason", [*REASONS, "conflict:abcd"])
def test_every_reason_has_its_words(brief, locale, reason):
    aside = only(brief, ranked(action("A1"), (50, 10, 90), today=False, left_out=reason))
    assert "1" in part(
        as_text(aside, locale), {"en": "Not shown", "zh-Hant": "沒有列出", "zh-Hans": "没有列出"}[locale]
    )


def test_the_dearest_uncertainty_is_offered_as_a_test_if_knowing_pays(brief):
    assert "Test first: main image of D502, 11 days; knowing is worth at most ¥640." in todays(shoes(brief))
    little = tuple(replace(r, test_worth=5.0) if r.test_worth else r for r in shoes(brief).actions)
    assert "Test first" not in as_text(replace(shoes(brief), actions=little), "en")


# ---- what is being watched


def test_verdicts_stand_with_their_effect_and_kind_of_evidence(brief):
    written = part(as_text(shoes(brief), "en"), "WATCHING", "NOT SAID")
    assert "E77 price +4%: worked, +¥1,040/wk [120–1,980], rank 2 of 40 placebos, observation" in written
    assert "Member day: no difference shown, −¥300/wk [−2,100 … +1,500], observation" in written
    assert "Bundle F: harmed, −¥520/wk [−980 … −60], observation" in written


def test_what_is_still_read_says_until_when(brief):
    assert "8/20 換主圖「公道杯」：看到 10/6，還要 22 天" in as_text(tea(brief), "zh-Hant")
    last = replace(brief, watching=(past(action("A1"), stop_on=TODAY),))
    assert "being read until 15 Sep, 1 day to go" in as_text(last, "en")
    over = replace(brief, watching=(past(action("A1"), stop_on=date(2026, 9, 1)),))
    assert "done, being read" in as_text(over, "en")


def test_what_cannot_be_measured_says_why_and_an_effect_on_a_rate_is_a_rate(brief):
    def read(verdict, metric="contribution_profit", *effect, **more):
        ends = effect or (None, None, None)
        outcome = Outcome("x", verdict, None, metric, *ends, date(2026, 9, 14), "none", **more)
        return replace(brief, watching=(past(action("A1"), "measured", outcome=outcome, words=None),))

    assert "cannot be measured, Two changes on one day" in as_text(
        read("unmeasurable", reason=plain("Two changes on one day.")), "en"
    )
    assert "conversion rate +0.40% [0.10–0.70%]" in as_text(
        read("worked", "conversion_rate", 0.004, 0.001, 0.007), "en"
    )
    assert "Move the price one step A1" in as_text(read("counted"), "en")


def test_on_a_short_morning_only_what_is_new_certain_or_pressing_is_told(brief):
    short = replace(tea(brief), cadence="short")
    open_ones = tuple(replace(r, state="open") for r in short.actions)
    written = as_text(replace(short, actions=open_ones), "en")
    assert "「青瓷蓋碗」移出滿減" in written
    assert "補貨" not in written
    assert "補貨" in as_text(short, "en")
    assert "Not proved" not in written
    assert "WATCHING" not in written
    assert "WATCHING" in as_text(replace(shoes(brief), cadence="short"), "en")


# ---- for programs and for the page

SHAPE = {
    "id": str,
    "playbook": str,
    "rule": str,
    "kind": str,
    "title": str,
    "target": dict,
    "expected": dict,
    "effort_hours": float,
    "cost": float,
    "reversible": bool,
    "do_by": (str, type(None)),
    "snoozed_until": (str, type(None)),
    "because": list,
    "draft": (dict, type(None)),
    "measure": (dict, type(None)),
}


def test_actions_have_the_shape_that_programs_rely_on(brief):
    made = json.loads(json.dumps(as_json(shoes(brief), "en"), allow_nan=False))
    assert len(made["actions"]) == 20
    for item in made["actions"]:
        for name, kind in SHAPE.items():
            assert isinstance(item[name], kind), name
        assert {"profit", "low", "high", "per"} <= set(item["expected"])
        assert item["measure"]["design"] in ("experiment", "synthetic_control", "before_after", "counted")
    assert made["actions"][0]["draft"] == {
        "kind": "table",
        "lines": ["size 37: 90 pairs", "size 38: 110 pairs", "size 39: 60 pairs"],
        "rows": [],
    }
    assert made["limits"] == {"actions": 7, "minutes": 120.0, "money": None}


def test_what_is_watched_has_the_shape_that_programs_rely_on(brief):
    made = as_json(shoes(brief), "en")["watching"]
    assert [past_["verdict"] for past_ in made] == ["worked", "no difference shown", "harmed"]
    assert made[0]["effect"] == {"value": 1040, "low": 120, "high": 1980}
    assert made[0]["status"] == "measured"
    assert as_json(tea(brief), "en")["watching"][0]["effect"] is None
    assert as_json(tea(brief), "en")["watching"][0]["action"] == "abcd1234"


def test_numbers_for_programs_are_not_rounded(brief):
    exact = only(brief, ranked(action("A1"), (36.8437, 5.2, 80.3)))
    assert as_json(exact, "en")["actions"][0]["expected"]["profit"] == 36.8437


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_has_the_list_and_what_is_watched(brief, locale):
    page = as_html(shoes(brief), locale)
    assert page.index('id="why"') < page.index('id="today"') < page.index('id="watching"') < page.index('id="not-said"')
    assert all(f'id="action-{r.action.id}"' in page for r in shoes(brief).actions if r.today)


def test_a_title_in_an_action_is_text_and_never_markup(brief):
    evil = action("A1", words=plain("<script>alert(1)</script>"), draft=Draft("text", (plain("<img src=x>"),)))
    page = as_html(only(brief, ranked(evil, (50, 10, 90))), "en")
    assert "<script>" not in page
    assert "<img" not in page

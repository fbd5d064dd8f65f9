"""Charts: drawn without a browser, named, in the page's colours, honest about length."""

from __future__ import annotations

from xml.etree import ElementTree

import altair as alt
import pytest

from zhanggui import charts
from zhanggui.charts import Dot, Series, Step, Weekly


def steps(before: float, changes: list[float]) -> list[Step]:
    middle = [Step(f"part {i}", change, written=f"{change:+g}") for i, change in enumerate(changes)]
    return [Step("before", before, True, "b"), *middle, Step("now", before + sum(changes), True, "n")]


def marks(spec: dict) -> list[str]:
    return [layer["mark"]["type"] for layer in spec["layer"]]


def rows(spec: dict) -> list[dict]:
    return spec["datasets"][spec["data"]["name"]]


LABELS = ["2026-09-07", "2026-09-14"]
SPECS = {
    "waterfall": charts.waterfall(steps(100, [-60, 10])),
    "weekly": charts.weekly(Weekly(LABELS, [5, 9], [4, 4], [7, 7])),
    "lines": charts.lines(LABELS, [Series("a", [1.0, None], ["1", ""])], marks={LABELS[1]: "new title"}),
    "bars": charts.bars([("a", 1.0, 0.5, "1"), ("b", 2.0, None, "2")]),
    "heat": charts.heat(LABELS, ["a"], [(LABELS[0], "a", 1.0, "1")], time=True),
    "dots": charts.dots([Dot("a", 1, 2, "a"), Dot("b", 300, -1, "b", named=True)], levels=[(20.0, "20")]),
}


@pytest.mark.parametrize("shape", SPECS)
def test_a_spec_is_what_the_grammar_of_charts_allows(shape):
    spec = SPECS[shape]
    kind = alt.LayerChart if "layer" in spec else alt.Chart
    kind.from_dict(spec, validate=True)
    used = [part["data"]["name"] for part in (spec, *spec.get("layer", [])) if "data" in part]
    assert sorted(set(used)) == sorted(spec["datasets"])


def test_a_waterfall_whose_axis_starts_at_zero_shows_totals_as_bars():
    assert "tick" not in marks(charts.waterfall(steps(100, [-60, 10])))


def test_totals_are_ticks_where_the_axis_does_not_start_at_zero():
    spec = charts.waterfall(steps(10_000, [-300, 120]))
    assert "tick" in marks(spec)
    assert spec["layer"][0]["transform"][0]["filter"] == "!datum.total"


def test_each_bar_starts_where_the_last_ended():
    spec = charts.waterfall(steps(100, [-60, 10]))
    assert [(row["start"], row["end"]) for row in rows(spec)] == [(0, 100), (100, 40), (40, 50), (0, 50)]


def test_a_fall_of_refunds_is_good_news():
    good, bad = (charts.waterfall(steps(100, [-60]), good=direction) for direction in (1, -1))
    assert rows(good)[1]["colour"] == charts.BAD
    assert rows(bad)[1]["colour"] == charts.GOOD


def test_a_drawing_is_named_scales_and_takes_the_pages_colours():
    series = Weekly([f"2026-0{m}-01" for m in range(1, 8)], [5, 6, 5, 9, 5, None, 2], [4] * 7, [7] * 7)
    drawn = charts.svg(charts.weekly(series), 'sales "by" <week>')
    root = ElementTree.fromstring(drawn)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'sales "by" <week>'
    assert root.get("width") is None
    assert root.get("viewBox")
    assert "var(--band" in drawn
    assert "var(--bad" in drawn
    assert "var(--good" in drawn


def test_an_axis_counts_in_ten_thousands_where_the_locale_does():
    series = Weekly(["2026-01-05", "2026-01-12", "2026-01-19"], [200_000, 300_000, 250_000], [None] * 3, [None] * 3)
    drawn = charts.svg(charts.weekly(series, scale=(1e4, "萬")), "sales")
    assert "30萬" in drawn


def test_a_change_that_may_be_chance_is_hollow_and_has_no_colour_of_good_or_bad():
    sure, unsure = rows(charts.waterfall([Step("a", 10), Step("b", 10, unsure=True)]))
    assert (sure["colour"], sure["filled"]) == (charts.GOOD, 1.0)
    assert unsure["colour"] not in (charts.GOOD, charts.BAD)
    assert unsure["filled"] < 0.5

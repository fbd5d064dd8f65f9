"""Charts as Vega-Lite specs, drawn to SVG without a browser. Colours are CSS variables, so that a page's dark mode reaches them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

WIDTH, HEIGHT = 400, 150
"""Pixels a chart is drawn for: a phone's width, so that its letters stay readable there; a wider page scales it up."""
MOST_LABELS = 6
Scale = tuple[float, str]
"""What an axis divides its numbers by, and the suffix they then carry: ``(10000, "萬")``."""
PLAIN_SCALE: Scale = (1.0, "")
FONT = "system-ui, sans-serif"
# A colour that is drawn, and what stands in its place in the SVG: the page's variable, with itself as fallback.
INK, FAINT, GRID, BAND, GOOD, BAD, PLAIN = "#1f2328", "#57606a", "#d8dee4", "#cfd8e3", "#0b57a4", "#a84300", "#5c6670"
_VARIABLES = {
    INK: "--ink",
    FAINT: "--faint",
    GRID: "--grid",
    BAND: "--band",
    GOOD: "--good",
    BAD: "--bad",
    PLAIN: "--plain",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a waterfall: a total that stands on zero, or a change that starts where the last one ended."""

    label: str
    value: float
    total: bool = False
    written: str = ""


@dataclass(frozen=True, slots=True)
class Weekly:
    """A series by week (ISO Mondays); ``low`` and ``high`` are the normal range, None where it is not known."""

    weeks: Sequence[str]
    values: Sequence[float | None]
    low: Sequence[float | None]
    high: Sequence[float | None]


def waterfall(steps: Sequence[Step], *, good: int = 1, scale: Scale = PLAIN_SCALE) -> dict[str, Any]:
    """The spec of a waterfall. ``good`` is the direction that is good for the shop; changes are told apart by colour and by sign.

    Where the changes are small beside the totals the axis does not start at zero; the totals are then ticks, since a bar's
    length would lie.
    """
    import altair as alt

    labels, written = (_room(texts) for texts in ([step.label for step in steps], [step.written for step in steps]))
    zero = _from_zero(steps)
    data = alt.Data(values=_bars(steps, good))
    order = [step.label for step in steps]
    axis = alt.Axis(labelLimit=0, minExtent=labels, maxExtent=labels, ticks=False, domain=False, labelFontSize=13)
    y = alt.Y("label:N", sort=order, title=None, axis=axis)
    x = alt.X("start:Q", title=None, axis=_number_axis(scale), scale=alt.Scale(zero=zero))
    colour = alt.Color("colour:N", scale=None, legend=None)
    chart = alt.Chart(data)
    bars = chart.mark_bar(height={"band": 0.62}).encode(y=y, x=x, x2="end:Q", color=colour)
    if not zero:
        bars = bars.transform_filter("!datum.total")
    ticks = chart.transform_filter("datum.total").mark_tick(thickness=4, color=PLAIN, opacity=1).encode(y=y, x="end:Q")
    words = chart.mark_text(align="left", dx=6, fontSize=13, color=INK).encode(y=y, x="far:Q", text="written:N")
    inner = max(WIDTH - labels - written, 120)
    padding = {"left": 4, "right": written, "top": 4, "bottom": 4}
    layers = [bars, words] if zero else [bars, ticks, words]
    return _spec(alt.layer(*layers).properties(width=inner, height=28 * len(steps), padding=padding))


def _room(texts: Sequence[str]) -> int:
    """Pixels that the widest of ``texts`` needs in any system font: wide characters as high as broad, others two thirds."""
    return 14 + max((sum(14 if ord(c) > 0x2E7F else 8 for c in text) for text in texts), default=0)


def _bars(steps: Sequence[Step], good: int) -> list[dict[str, Any]]:
    found, level = [], 0.0
    floor = _floor(steps)
    for step in steps:
        start, end = (floor, step.value) if step.total else (level, level + step.value)
        level = end
        colour = PLAIN if step.total or not good else GOOD if step.value * good > 0 else BAD
        found.append(
            {
                "label": step.label,
                "start": start,
                "end": end,
                "far": max(start, end),
                "colour": colour,
                "written": step.written,
                "total": step.total,
            }
        )
    return found


def _floor(steps: Sequence[Step]) -> float:
    """Where the totals start: at zero, or just below the lowest point where the changes would be too small to see."""
    if _from_zero(steps):
        return 0.0
    levels = _levels(steps)
    return min(levels) - 0.25 * (max(levels) - min(levels))


def _levels(steps: Sequence[Step]) -> list[float]:
    level, found = 0.0, []
    for step in steps:
        level = step.value if step.total else level + step.value
        found.append(level)
    return found


def _from_zero(steps: Sequence[Step]) -> bool:
    levels = _levels(steps)
    reach = max(levels, default=0.0) - min(levels, default=0.0)
    return min(levels, default=0.0) <= 0 or reach > 0.25 * max(levels, default=0.0)


def weekly(series: Weekly, *, share: bool = False, good: int = 1, scale: Scale = PLAIN_SCALE) -> dict[str, Any]:
    """The spec of a line by week over its normal range; a week outside of it is a diamond, not only another colour."""
    import altair as alt

    rows = [
        {"week": week, "value": value, "low": low, "high": high, "side": _side(value, low, high)}
        for week, value, low, high in zip(series.weeks, series.values, series.low, series.high, strict=True)
    ]
    data = alt.Data(values=rows)
    labelled = list(series.weeks)[:: -max(1, -(-len(series.weeks) // MOST_LABELS))][::-1]
    day = "replace(slice(datum.value, 5), '-', '/')"
    x = alt.X("week:O", title=None, axis=alt.Axis(values=labelled, labelExpr=day, labelAngle=0, grid=False))
    axis = alt.Axis(format=".1%", tickCount=4, minExtent=40) if share else _number_axis(scale)
    y = alt.Y("value:Q", title=None, axis=axis, scale=alt.Scale(zero=False, nice=True))
    band = alt.Chart(data).mark_area(color=BAND).encode(x=x, y=alt.Y("low:Q", title=None, axis=axis), y2="high:Q")
    line = alt.Chart(data).mark_line(color=INK, strokeWidth=1.6).encode(x=x, y=y)
    sides = ["inside", "below", "above"]
    low, high = (PLAIN, PLAIN) if not good else (BAD, GOOD) if good > 0 else (GOOD, BAD)
    shapes = alt.Scale(domain=sides, range=["circle", "diamond", "diamond"])
    shape = alt.Shape("side:N", scale=shapes, legend=None)
    colour = alt.Color("side:N", scale=alt.Scale(domain=sides, range=[INK, low, high]), legend=None)
    size = alt.Size("side:N", scale=alt.Scale(domain=sides, range=[28, 110, 110]), legend=None)
    points = alt.Chart(data).mark_point(filled=True, opacity=1).encode(x=x, y=y, shape=shape, color=colour, size=size)
    layers = [band, line, points] if any(row["low"] is not None for row in rows) else [line, points]
    return _spec(alt.layer(*layers).properties(width=WIDTH - 60, height=HEIGHT))


def _side(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or low is None or high is None or low <= value <= high:
        return "inside"
    return "below" if value < low else "above"


def _number_axis(scale: Scale) -> Any:
    import altair as alt

    factor, suffix = scale
    written = f"format(datum.value / {factor:g}, ',~r') + '{suffix}'"
    return alt.Axis(labelExpr=written, tickCount=4, minExtent=40)


def _spec(chart: Any) -> dict[str, Any]:
    axis = {
        "labelColor": FAINT,
        "labelFont": FONT,
        "labelFontSize": 12,
        "gridColor": GRID,
        "domainColor": GRID,
        "tickColor": GRID,
    }
    configured = chart.configure(font=FONT, background="transparent", axis=axis, view={"stroke": None})
    spec: dict[str, Any] = configured.to_dict()
    return spec


def svg(spec: Mapping[str, Any], label: str) -> str:
    """The spec drawn as an SVG that scales with its box and is named ``label`` for those who do not see it."""
    return _drawn(json.dumps(spec, sort_keys=True)).replace(
        "<svg ", f'<svg role="img" aria-label="{_escaped(label)}" ', 1
    )


@lru_cache(maxsize=64)
def _drawn(spec: str) -> str:
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(spec)
    for colour, variable in _VARIABLES.items():
        drawn = re.sub(f'"{colour}"', f'"var({variable}, {colour})"', drawn, flags=re.IGNORECASE)
    # The size stays in the viewBox; the page's width decides how large the chart is drawn.
    return re.sub(r'<svg ([^>]*?)width="[\d.]+" height="[\d.]+"', r"<svg \1", drawn, count=1)


def _escaped(label: str) -> str:
    return label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")

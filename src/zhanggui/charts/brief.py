"""The pictures of a brief: the waterfall of a change, and a series by week over its normal range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhanggui.charts.ink import (
    BAD,
    BAND,
    GOOD,
    HEIGHT,
    INK,
    MOST_LABELS,
    PLAIN,
    PLAIN_SCALE,
    WIDTH,
    Scale,
    altair,
    held,
    number_axis,
    room,
    spec_of,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a waterfall: a total that stands on zero, or a change that starts where the last one ended. ``unsure``: it may be chance,
    and is drawn hollow and grey."""

    label: str
    value: float
    total: bool = False
    written: str = ""
    unsure: bool = False


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
    alt = altair()
    labels, written = (room(texts) for texts in ([step.label for step in steps], [step.written for step in steps]))
    zero = _from_zero(steps)
    data = held(_bars(steps, good))
    order = [step.label for step in steps]
    axis = alt.Axis(labelLimit=0, minExtent=labels, maxExtent=labels, ticks=False, domain=False, labelFontSize=13)
    y = alt.Y("label:N", sort=order, title=None, axis=axis)
    x = alt.X("start:Q", title=None, axis=number_axis(scale), scale=alt.Scale(zero=zero))
    colour = alt.Color("colour:N", scale=None, legend=None)
    chart = alt.Chart(data)
    bars = chart.mark_bar(height={"band": 0.62}).encode(
        y=y,
        x=x,
        x2="end:Q",
        color=colour,
        stroke=alt.Stroke("colour:N", scale=None, legend=None),
        fillOpacity=alt.FillOpacity("filled:Q", scale=None, legend=None),
    )
    if not zero:
        bars = bars.transform_filter("!datum.total")
    ticks = chart.transform_filter("datum.total").mark_tick(thickness=4, color=PLAIN, opacity=1).encode(y=y, x="end:Q")
    words = chart.mark_text(align="left", dx=6, fontSize=13, color=INK).encode(y=y, x="far:Q", text="written:N")
    inner = max(WIDTH - labels - written, 120)
    padding = {"left": 4, "right": written, "top": 4, "bottom": 4}
    layers = [bars, words] if zero else [bars, ticks, words]
    return spec_of(alt.layer(*layers).properties(width=inner, height=28 * len(steps), padding=padding))


def _bars(steps: Sequence[Step], good: int) -> list[dict[str, Any]]:
    found, level = [], 0.0
    floor = _floor(steps)
    for step in steps:
        start, end = (floor, step.value) if step.total else (level, level + step.value)
        level = end
        colour = PLAIN if step.total or step.unsure or not good else GOOD if step.value * good > 0 else BAD
        found.append(
            {
                "label": step.label,
                "start": start,
                "end": end,
                "far": max(start, end),
                "colour": colour,
                "written": step.written,
                "total": step.total,
                "filled": 0.15 if step.unsure else 1.0,
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
    alt = altair()
    rows = [
        {"week": week, "value": value, "low": low, "high": high, "side": _side(value, low, high)}
        for week, value, low, high in zip(series.weeks, series.values, series.low, series.high, strict=True)
    ]
    data = held(rows)
    labelled = list(series.weeks)[:: -max(1, -(-len(series.weeks) // MOST_LABELS))][::-1]
    day = "replace(slice(datum.value, 5), '-', '/')"
    x = alt.X("week:O", title=None, axis=alt.Axis(values=labelled, labelExpr=day, labelAngle=0, grid=False))
    axis = alt.Axis(format=".1%", tickCount=4, minExtent=40) if share else number_axis(scale)
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
    return spec_of(alt.layer(*layers).properties(width=WIDTH - 60, height=HEIGHT))


def _side(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or low is None or high is None or low <= value <= high:
        return "inside"
    return "below" if value < low else "above"

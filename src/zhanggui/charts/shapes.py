"""The pictures of an answer, chosen by its shape: lines over time, bars by place, a heat map of two dimensions, dots of two numbers.

Places are told apart by line pattern and legend as well as by colour; a heat map shades one colour, so that a page's dark mode reaches it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from zhanggui.charts.ink import (
    BAD,
    FAINT,
    GOOD,
    GRID,
    HEIGHT,
    INK,
    MOST_LABELS,
    PLACES,
    PLAIN,
    PLAIN_SCALE,
    WIDTH,
    Scale,
    altair,
    held,
    number_axis,
    room,
    spec_of,
    with_rows,
)

MOST_SERIES = len(PLACES)
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [1, 3], [4, 2, 1, 2])
ROW, CELL = 24, 26
FEWEST_TIMES_TO_BEND = 40
"""From which ratio of the largest to the smallest on the axis is logarithmic."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line. ``faint``: what it is held against. ``written`` are its values as a reader sees them."""

    name: str
    values: Sequence[float | None]
    written: Sequence[str] = ()
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """One place of a picture of two numbers; ``named`` ones carry their name."""

    name: str
    x: float
    y: float
    written: str
    named: bool = False


def lines(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    share: bool = False,
    scale: Scale = PLAIN_SCALE,
    marks: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The spec of up to six series over days, weeks or months (ISO texts); a gap stays a gap. ``marks`` says what happened at some of
    the labels: a dashed line up."""
    shown = series[:MOST_SERIES]
    rows = [
        {"at": label, "series": one.name, "value": value, "told": _told(label, one.name, _nth(one.written, i))}
        for one in shown
        for i, (label, value) in enumerate(zip(labels, one.values, strict=True))
    ]
    happened = [{"at": label, "told": _told(label, said)} for label, said in (marks or {}).items() if label in labels]
    frame = _frame_of_lines(
        tuple(labels), tuple((one.name, one.faint) for one in shown), share, scale, marked=bool(happened)
    )
    return with_rows(frame, happened, rows) if happened else with_rows(frame, rows)


@lru_cache(maxsize=64)
def _frame_of_lines(
    labels: tuple[str, ...], series: tuple[tuple[str, bool], ...], share: bool, scale: Scale, *, marked: bool
) -> dict[str, Any]:
    """The spec of lines without their rows: the same for many products, and slow to put together."""
    alt = altair()
    plain = iter(range(MOST_SERIES))
    alone = sum(not faint for _, faint in series) == 1
    looks = [(FAINT, [3, 3]) if faint else _look(next(plain), alone=alone) for _, faint in series]
    names = [name for name, _ in series]
    legend = alt.Legend(title=None, orient="top", columns=2, labelLimit=170, symbolType="stroke") if names[1:] else None
    colour = alt.Color(
        "series:N", sort=names, legend=legend, scale=alt.Scale(domain=names, range=[c for c, _ in looks])
    )
    dash = alt.StrokeDash(
        "series:N", sort=names, legend=legend, scale=alt.Scale(domain=names, range=[d for _, d in looks])
    )
    y = alt.Y("value:Q", title=None, axis=_axis(share, scale), scale=alt.Scale(zero=False, nice=True))
    rule = alt.Chart(held([])).mark_rule(color=FAINT, strokeDash=[4, 3], strokeWidth=1.5)
    layers = [rule.encode(x=_time(labels), tooltip=_tooltip())] if marked else []
    chart = alt.Chart(held([])).encode(x=_time(labels), y=y, color=colour, tooltip=_tooltip())
    layers.append(chart.mark_line(strokeWidth=1.8).encode(strokeDash=dash))
    layers.append(chart.mark_point(filled=True, size=18, opacity=1))
    return spec_of(alt.layer(*layers).properties(width=WIDTH - 60, height=HEIGHT + 20))


def _look(index: int, *, alone: bool) -> tuple[str, list[int]]:
    return (INK, [1, 0]) if alone else (PLACES[index], DASHES[index])


def _nth(written: Sequence[str], index: int) -> str:
    return written[index] if index < len(written) else ""


def _time(labels: Sequence[str]) -> Any:
    """An axis of ISO labels of which a few are written: days and weeks as ``9/14``, months whole."""
    alt = altair()
    written = list(labels)[:: -max(1, -(-len(labels) // MOST_LABELS))][::-1]
    label = "replace(length(datum.value) > 7 ? slice(datum.value, 5) : datum.value, '-', '/')"
    return alt.X(
        "at:O", title=None, sort=list(labels), axis=alt.Axis(values=written, labelExpr=label, labelAngle=0, grid=False)
    )


def _axis(share: bool, scale: Scale) -> Any:
    alt = altair()
    return alt.Axis(format=".1%", tickCount=4, minExtent=40) if share else number_axis(scale)


def _told(*texts: str) -> str:
    return " · ".join(text for text in texts if text)


def _tooltip() -> Any:
    """What the pointer is told in a browser."""
    alt = altair()
    return alt.Tooltip("told:N")


def bars(
    places: Sequence[tuple[str, float, float | None, str]], *, share: bool = False, scale: Scale = PLAIN_SCALE
) -> dict[str, Any]:
    """The spec of a bar for each (name, value, value before, value written); the value before is a tick. Bars start at zero."""
    alt = altair()
    names = _apart([name for name, *_ in places])
    rows = [
        {
            "name": name,
            "value": value,
            "before": before,
            "written": written,
            "told": _told(name, written),
            "far": max(value, before or 0.0, 0.0),
        }
        for name, (_, value, before, written) in zip(names, places, strict=True)
    ]
    left, right = min(room(names), WIDTH // 2 - 40), room([written for *_, written in places])
    y = alt.Y(
        "name:N",
        sort=names,
        title=None,
        axis=alt.Axis(labelLimit=left, minExtent=left, maxExtent=left, ticks=False, domain=False),
    )
    chart = alt.Chart(held(rows)).encode(y=y, tooltip=_tooltip())
    x = alt.X("value:Q", title=None, axis=_axis(share, scale))
    layers = [chart.mark_bar(height={"band": 0.62}, color=PLAIN).encode(x=x)]
    if any(row["before"] is not None for row in rows):
        tick = chart.mark_tick(thickness=3, color=INK, opacity=1).transform_filter("datum.before != null")
        layers.append(tick.encode(x="before:Q"))
    layers.append(chart.mark_text(align="left", dx=6, fontSize=12, color=INK).encode(x="far:Q", text="written:N"))
    padding = {"left": 4, "right": right, "top": 4, "bottom": 4}
    inner = max(WIDTH - left - right, 100)
    return spec_of(alt.layer(*layers).properties(width=inner, height=ROW * len(rows), padding=padding))


def _apart(names: Sequence[str]) -> list[str]:
    """Names that are all different: two places that are cut to the same name stay two."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def heat(
    columns: Sequence[str], rows: Sequence[str], cells: Sequence[tuple[str, str, float, str]], *, time: bool = False
) -> dict[str, Any]:
    """The spec of a heat map; ``cells`` are (column, row, value, written). The darker, the more; what is not there is left open."""
    alt = altair()
    values = [
        {"at": at, "name": name, "value": value, "told": _told(name, at, written)} for at, name, value, written in cells
    ]
    left = min(room(rows), WIDTH // 2 - 40)
    x = (
        _time(columns)
        if time
        else alt.X("at:N", sort=list(columns), title=None, axis=alt.Axis(labelAngle=-40, labelLimit=110))
    )
    y = alt.Y(
        "name:N",
        sort=list(rows),
        title=None,
        axis=alt.Axis(labelLimit=left, minExtent=left, maxExtent=left, ticks=False, domain=False),
    )
    least = min((value for *_, value, _ in cells), default=0.0)
    shade = alt.FillOpacity("value:Q", legend=None, scale=alt.Scale(range=[0.08, 1.0], zero=least >= 0))
    chart = alt.Chart(held(values)).mark_rect(color=GOOD, stroke=GRID, strokeWidth=0.5)
    encoded = chart.encode(x=x, y=y, fillOpacity=shade, tooltip=_tooltip())
    return spec_of(encoded.properties(width=max(WIDTH - left, 120), height=CELL * max(len(rows), 1)))


def dots(
    found: Sequence[Dot],
    *,
    levels: Sequence[tuple[float, str]] = (),
    titles: tuple[str, str] = ("", ""),
    scales: tuple[Scale, Scale] = (PLAIN_SCALE, PLAIN_SCALE),
) -> dict[str, Any]:
    """The spec of places by two numbers whose product counts: ``levels`` are curves of equal product with their names. What lies below
    zero is a diamond in the colour of loss."""
    alt = altair()
    rows = [
        {
            "name": dot.name,
            "x": dot.x,
            "y": dot.y,
            "told": _told(dot.name, dot.written),
            "label": dot.name if dot.named else "",
            "lost": dot.y < 0,
        }
        for dot in found
    ]
    xs = [dot.x for dot in found if dot.x > 0]
    bent = bool(xs) and max(xs) / min(xs) >= FEWEST_TIMES_TO_BEND
    x_scale = alt.Scale(type="log", nice=False, padding=12) if bent else alt.Scale(zero=False, padding=12)
    x_axis, y_axis = number_axis(scales[0]), number_axis(scales[1])
    x = alt.X("x:Q", title=titles[0], scale=x_scale, axis=x_axis)
    y = alt.Y("y:Q", title=titles[1], axis=y_axis)
    chart = alt.Chart(held(rows))
    shape = alt.Shape("lost:N", legend=None, scale=alt.Scale(domain=[False, True], range=["circle", "diamond"]))
    colour = alt.Color("lost:N", legend=None, scale=alt.Scale(domain=[False, True], range=[PLAIN, BAD]))
    points = chart.mark_point(filled=True, size=60, opacity=0.9).encode(
        x=x, y=y, shape=shape, color=colour, tooltip=_tooltip()
    )
    words = chart.mark_text(align="left", dx=7, dy=-5, fontSize=11, color=INK, limit=150).encode(
        x=x, y=y, text="label:N"
    )
    layers = [*_curves(levels, found, x, y), points, words]
    if any(dot.y < 0 for dot in found):
        zero = alt.Chart(held([{"y": 0}])).mark_rule(color=FAINT).encode(y="y:Q")
        layers.insert(0, zero)
    return spec_of(alt.layer(*layers).properties(width=WIDTH - 60, height=260))


def _curves(levels: Sequence[tuple[float, str]], found: Sequence[Dot], x: Any, y: Any) -> list[Any]:
    """Lines along which the product of both numbers stays, drawn where dots are."""
    alt = altair()
    xs, ys = [dot.x for dot in found if dot.x > 0], [dot.y for dot in found]
    if not xs or max(ys) <= 0:
        return []
    first, last, top = min(xs), max(xs), max(ys)
    steps = [first * (last / first) ** (i / 40) for i in range(41)]
    rows = [
        {"x": at, "y": level / at, "curve": name} for level, name in levels for at in steps if level / at <= top * 1.05
    ]
    if not rows:
        return []
    ends = [
        {**max((row for row in rows if row["curve"] == name), key=lambda row: row["y"])}
        for name in {row["curve"] for row in rows}
    ]
    line = alt.Chart(held(rows)).mark_line(color=GRID, strokeDash=[4, 3]).encode(x=x, y=y, detail="curve:N")
    named = alt.Chart(held(ends)).mark_text(align="left", dx=4, dy=-4, fontSize=11, color=FAINT)
    return [line, named.encode(x=x, y=y, text="curve:N")]

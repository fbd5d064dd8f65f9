"""What every chart has in common: its size, its colours as variables of the page, its axes, and how it is drawn to SVG."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
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
PLACES = ("#00695c", "#6a3d9a", "#8a6d00", "#ad1457", "#455a64", "#3b5b1d")
"""Places that are told apart: neither good nor bad."""
_VARIABLES |= {colour: f"--place-{number}" for number, colour in enumerate(PLACES, 1)}


def room(texts: Sequence[str]) -> int:
    """Pixels that the widest of ``texts`` needs in any system font: wide characters as high as broad, others two thirds."""
    return 14 + max((sum(14 if ord(c) > 0x2E7F else 8 for c in text) for text in texts), default=0)


@cache
def altair() -> Any:
    """The library of charts, without its check of every part against the schema, which takes half of its time: tests check whole specs."""
    import altair as found
    from altair.utils import schemapi

    schemapi.disable_debug_mode()
    return found


def number_axis(scale: Scale) -> Any:
    """An axis of numbers, divided by the scale and with its suffix."""
    alt = altair()
    factor, suffix = scale
    written = f"format(datum.value / {factor:g}, ',~r') + '{suffix}'"
    return alt.Axis(labelExpr=written, tickCount=4, minExtent=40)


def spec_of(chart: Any) -> dict[str, Any]:
    """The Vega-Lite spec of an Altair chart in the look of all charts."""
    axis = {
        "labelColor": FAINT,
        "labelFont": FONT,
        "labelFontSize": 12,
        "gridColor": GRID,
        "domainColor": GRID,
        "tickColor": GRID,
        "titleColor": FAINT,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    legend = {"labelColor": INK, "labelFontSize": 12, "symbolStrokeWidth": 2}
    view: dict[str, None] = {"stroke": None}
    configured = chart.configure(font=FONT, background="transparent", axis=axis, legend=legend, view=view)
    spec: dict[str, Any] = configured.to_dict(validate=False)
    return _filled(spec)


class Held:
    """Rows on their way into a spec, which Altair does not walk through and copy for every layer."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.rows = rows


def held(rows: Sequence[Mapping[str, Any]]) -> Any:
    """``rows`` as the data of a chart or of several layers of one."""
    return altair().Data(values=Held(rows))


def _filled(spec: dict[str, Any]) -> dict[str, Any]:
    """The spec with its rows in it, each set of them once."""
    parts = [part for part in (spec, *spec.get("layer", ())) if "data" in part]
    sets = {id(rows): rows for part in parts if isinstance(rows := part["data"]["values"], Held)}
    names = {each: f"rows {number}" for number, each in enumerate(sets, 1)}
    for part in parts:
        part["data"] = {"name": names[id(part["data"]["values"])]}
    return {**spec, "datasets": {names[each]: [*rows.rows] for each, rows in sets.items()}}


def with_rows(frame: Mapping[str, Any], *rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A spec with other rows in place of its own, in the order in which its layers name them."""
    return {**frame, "datasets": dict(zip(frame["datasets"], map(list, rows), strict=True))}


def svg(spec: Mapping[str, Any], label: str) -> str:
    """The spec drawn as an SVG that scales with its box and is named ``label`` for those who do not see it."""
    return _drawn(json.dumps(spec, sort_keys=True)).replace(
        "<svg ", f'<svg role="img" aria-label="{_escaped(label)}" ', 1
    )


@lru_cache(maxsize=64)
def _drawn(spec: str) -> str:
    import vl_convert

    drawn = _in_variables(vl_convert.vegalite_to_svg(spec))
    # The size stays in the viewBox; the page's width decides how large the chart is drawn.
    return re.sub(r'<svg ([^>]*?)width="[\d.]+" height="[\d.]+"', r"<svg \1", drawn, count=1)


def with_variables(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The spec for a browser to draw: its colours are the page's variables, so that they follow the reader's choice of light or dark."""
    found: dict[str, Any] = json.loads(_in_variables(json.dumps(spec)))
    return found


def _in_variables(drawn: str) -> str:
    for colour, variable in _VARIABLES.items():
        drawn = re.sub(f'"{colour}"', f'"var({variable}, {colour})"', drawn, flags=re.IGNORECASE)
    return drawn


_BUNDLE = threading.Lock()


def script_version() -> str:
    """Changes with the script that draws charts in the browser."""
    from importlib.metadata import version

    return version("vl-convert-python")


def script() -> bytes:
    """The script that makes a chart's spec interactive in a browser, compressed by gzip. Made once, in a few seconds."""
    with _BUNDLE:
        return _script()


@lru_cache(maxsize=1)
def _script() -> bytes:
    import gzip

    import vl_convert

    return gzip.compress(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;").encode(), 9)


def _escaped(label: str) -> str:
    return label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")

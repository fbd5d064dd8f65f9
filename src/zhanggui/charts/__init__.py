"""Charts as Vega-Lite specs, drawn to SVG without a browser. Colours are CSS variables, so that a page's dark mode reaches them."""

from __future__ import annotations

from zhanggui.charts.brief import Step, Weekly, waterfall, weekly
from zhanggui.charts.ink import BAD, GOOD, PLAIN_SCALE, Scale, script, script_version, svg, with_variables
from zhanggui.charts.shapes import Dot, Series, bars, dots, heat, lines

__all__ = [
    "BAD",
    "GOOD",
    "PLAIN_SCALE",
    "Dot",
    "Scale",
    "Series",
    "Step",
    "Weekly",
    "bars",
    "dots",
    "heat",
    "lines",
    "script",
    "script_version",
    "svg",
    "waterfall",
    "weekly",
    "with_variables",
]

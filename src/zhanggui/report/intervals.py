"""An interval as a small drawing: a bar with its value on a line where zero is marked, on a scale that several may share."""

from __future__ import annotations

from html import escape
from typing import Any

WIDTH, HEIGHT = 220, 22
MARGIN = 0.08


def interval(value: float, low: float, high: float, label: str, *, reach: tuple[float, float] | None = None) -> Any:
    """The drawing, named ``label`` for those who do not see it. ``reach`` is what the line spans (default: this interval and zero)."""
    from markupsafe import Markup

    left, right = reach or (min(low, 0.0), max(high, 0.0))
    margin = MARGIN * (right - left) or 1.0
    scale = WIDTH / (right - left + 2 * margin)

    def x(number: float) -> float:
        return round((number - left + margin) * scale, 1)

    y = HEIGHT / 2
    sure = low > 0 or high < 0
    tone = "good" if low > 0 else "bad" if high < 0 else "plain"
    fill = f'fill="var(--{tone})"' if sure else 'fill="var(--paper)" stroke="var(--plain)" stroke-width="2"'
    return Markup(
        f'<svg role="img" aria-label="{escape(label)}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path d="M0 {y}h{WIDTH}" stroke="var(--grid)"/>'
        f'<rect x="{x(low)}" y="{y - 5}" width="{max(round(x(high) - x(low), 1), 2)}" height="10" rx="3" fill="var(--band)"/>'
        f'<path d="M{x(0.0)} {y - 9}v18" stroke="var(--faint)" stroke-dasharray="2 2"/>'
        f'<circle cx="{x(value)}" cy="{y}" r="5" {fill}/></svg>'
    )


def common(intervals: list[tuple[float, float]]) -> tuple[float, float] | None:
    """The reach that holds all intervals and zero; None where there is none."""
    if not intervals:
        return None
    return min(0.0, *(low for low, _ in intervals)), max(0.0, *(high for _, high in intervals))

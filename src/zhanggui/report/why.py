"""Why a number moved, written for a page: the equation, a waterfall, the factors, and the places with their intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import Any

from zhanggui import charts
from zhanggui.i18n import text
from zhanggui.i18n.writing import axis_scale, days, measured, percent
from zhanggui.metrics import METRICS
from zhanggui.numbers.kinds import Driver, Place
from zhanggui.report import lines, naming
from zhanggui.report.page import safe

WIDTH, HEIGHT = 200, 18
MOST_SHOWN = 40


class Why:
    """One change in one language. ``names`` are the products' short names."""

    def __init__(self, driver: Driver, locale: str, currency: str, names: Mapping[str, str]) -> None:
        self.driver, self.locale, self.currency, self.names = driver, locale, currency, names
        known = METRICS.get(driver.metric)
        self.good = known.good if known else 1

    def t(self, key: str, **params: object) -> str:
        return text(f"web_why.{key}", self.locale, **params)

    def parts(self) -> dict[str, Any]:
        """Written cells for the page; ``chart`` is None where a side is unknown."""
        driver = self.driver
        return {
            "period": driver.period,
            "metric_name": naming.inside(driver.metric, self.locale),
            "now": days(driver.period, self.locale, year=True),
            "then": days(driver.against, self.locale, year=True),
            "value": self.number(driver.value),
            "previous": self.number(driver.previous),
            "change": self.amount(driver.change),
            "relative": self.relative(),
            "tone": self.tone(driver.change),
            "months": lines.months(driver, self.locale),
            "chart": self.chart(),
            "factors": [
                {
                    "name": naming.heading(naming.metric(part.name, self.locale)),
                    "change": self.amount(part.change),
                    "interval": lines.interval(part.low, part.high, driver.unit, self.locale, self.currency),
                    "tone": self.tone(part.change),
                    "noise": lines.is_noise(part.low, part.high),
                }
                for part in driver.parts
            ],
            "places": self.places(),
            "caveats": [naming.caveat(flag, self.locale, self.currency) for flag in driver.flags],
        }

    def number(self, value: float) -> str:
        return measured(value, self.driver.unit, self.locale, self.currency)

    def amount(self, value: float) -> str:
        return lines.amount(value, self.driver.unit, self.locale, self.currency)

    def tone(self, change: float) -> str:
        return "" if not change or not self.good or math.isnan(change) else "good" if change * self.good > 0 else "bad"

    def relative(self) -> str:
        driver = self.driver
        if not driver.previous or not math.isfinite(driver.change) or driver.previous < 0:
            return ""
        share = driver.change / driver.previous
        return ("+" if share > 0 else "") + percent(share, self.locale).replace("-", "−")

    # ---- the waterfall

    def chart(self) -> dict[str, Any] | None:
        driver = self.driver
        numbers = (driver.value, driver.previous, *(part.change for part in driver.parts))
        if not all(math.isfinite(number) for number in numbers):
            return None
        scale = axis_scale(max(abs(driver.value), abs(driver.previous)), self.locale)
        share = driver.unit == "share"
        spec = charts.waterfall(self.steps(), good=self.good, scale=(0.01, "%") if share else scale)
        label = self.t("waterfall", metric=naming.inside(driver.metric, self.locale))
        return {"caption": label, "svg": safe(charts.svg(spec, label))}

    def steps(self) -> list[charts.Step]:
        driver = self.driver

        def total(key: str, value: float) -> charts.Step:
            return charts.Step(text(key, self.locale), value, True, self.number(value))

        changes = [
            charts.Step(
                naming.inside(part.name, self.locale),
                part.change,
                written=self.amount(part.change),
                unsure=lines.is_noise(part.low, part.high),
            )
            for part in driver.parts
            if abs(part.change) >= lines.smallest(driver) or len(driver.parts) == 1
        ]
        return [total("report.page.before", driver.previous), *changes, total("report.page.now", driver.value)]

    # ---- the places

    def places(self) -> list[dict[str, Any]]:
        found = self.driver.where
        reach = max(
            (abs(x) for at in found for x in (at.change, at.low, at.high) if x is not None and math.isfinite(x)),
            default=0.0,
        )
        return [self.place(at, reach) for at in found[:MOST_SHOWN]]

    def place(self, at: Place, reach: float) -> dict[str, Any]:
        noise = lines.is_noise(at.low, at.high)
        change, interval = self.amount(at.change), self.interval(at)
        label = self.t("place_label", change=change, interval=interval) if interval else change
        sides = at.kind != "rest" or at.value or at.previous
        return {
            "by": dict(at.by),
            "rest": at.kind == "rest",
            "name": naming.place(at, self.locale, self.names),
            "value": self.number(at.value) if sides else "",
            "previous": self.number(at.previous) if sides else "",
            "change": change,
            "tone": "noise" if noise else self.tone(at.change),
            "interval": interval,
            "picture": safe(whisker(at, reach, "noise" if noise else self.tone(at.change), label)),
            "rate": self.amount(at.rate) if self.mixed else "",
            "mix": self.amount(at.mix) if self.mixed else "",
            "note": lines.place_note(at, self.driver.unit, self.locale, self.currency),
        }

    @property
    def mixed(self) -> bool:
        """Whether places have a rate of their own beside their weight."""
        return any(part.name in ("rate", "mix") for part in self.driver.parts)

    def interval(self, at: Place) -> str:
        return lines.interval(at.low, at.high, self.driver.unit, self.locale, self.currency)


def whisker(at: Place, reach: float, tone: str, label: str) -> str:
    """A change as a bar from the middle, its interval as a line with ends; hollow where it may be chance."""
    if not reach or not math.isfinite(at.change):
        return ""
    middle, half = WIDTH / 2, WIDTH / 2 - 4

    def x(value: float) -> float:
        return round(middle + half * max(-1.0, min(1.0, value / reach)), 1)

    left, right = sorted((x(0.0), x(at.change)))
    colour = f"var(--{tone})" if tone in ("good", "bad") else "var(--plain)"
    paint = f'fill="none" stroke="{colour}"' if tone == "noise" else f'fill="{colour}"'
    bar = f'<rect x="{left}" y="4" width="{max(right - left, 1):.1f}" height="10" {paint}/>'
    ends = ""
    if at.low is not None and at.high is not None:
        low, high = x(at.low), x(at.high)
        ends = f'<path d="M{low} 9H{high}M{low} 5v8M{high} 5v8" stroke="var(--ink)" fill="none"/>'
    return (
        f'<svg role="img" aria-label="{escape(label)}" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="xMidYMid">'
        f'<path d="M{middle} 0v{HEIGHT}" stroke="var(--faint)"/>{bar}{ends}</svg>'
    )

"""The brief as one self-contained page for phone and paper: no script, nothing fetched, every text of the shop escaped."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from zhanggui import charts
from zhanggui.brief import Brief, MetricLine
from zhanggui.i18n import text
from zhanggui.i18n.writing import axis_scale, count, currency_symbol, day, days, measured, percent, printable, say
from zhanggui.metrics import METRICS
from zhanggui.numbers.kinds import Driver, Place
from zhanggui.report import lines, naming
from zhanggui.report.today import Today, not_behind_actions
from zhanggui.units import Words

_FOLDER = Path(__file__).parent
SIGNS = {"low": "▼", "high": "▲", "normal": "●", "chance": "◇", "doubtful": "△"}
BAND_WIDTH, BAND_HEIGHT = 240, 22
FEWEST_POINTS = 3


def as_html(brief: Brief, locale: str) -> str:
    """The whole page. Sections stand in the order of the text; each chart has its numbers in a table."""
    page: str = _template().render(**_Page(brief, locale).parts())
    return page


def page_parts(brief: Brief, locale: str) -> dict[str, Any]:
    """The page's sections as written cells and charts, without the page around them. ``r`` gives the report's own words."""
    parts = _Page(brief, locale).parts()
    return {**{name: parts[name] for name in parts if name not in ("locale", "style", "t", "words")}, "r": parts["t"]}


@lru_cache(maxsize=1)
def _template() -> Any:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    return environment.get_template("page.html")


def safe(markup: str) -> Any:
    """Markup of our own making, whose texts are escaped already."""
    from markupsafe import Markup

    return Markup(markup)


class _Page:
    def __init__(self, brief: Brief, locale: str) -> None:
        self.brief, self.locale = brief, locale

    def t(self, key: str, **params: object) -> str:
        return text(f"report.{key}", self.locale, **params)

    def said(self, words: Words) -> str:
        return say(words, self.locale, self.brief.currency, self.brief.names)

    def parts(self) -> dict[str, Any]:
        brief, locale = self.brief, self.locale
        gap = "" if locale.startswith("zh") else " "
        explained = lines.unusual(brief) and bool(brief.drivers)
        ranged = any(line.low is not None for line in brief.metrics)
        level = percent(next((line.level for line in brief.metrics), 0.9), locale)
        return {
            "locale": locale,
            "style": safe((_FOLDER / "page.css").read_text(encoding="utf-8")),
            "t": self.t,
            "words": lambda key, **params: text(key, locale, **params),
            "title": self.t(
                "title",
                shop=printable(brief.shop),
                day=day(brief.as_of, locale, weekday=True, year=True),
                currency=currency_symbol(brief.currency, locale).strip(),
            ),
            "verdict": gap.join(self.said(words) for words in brief.verdict),
            "due": self.due(),
            "numbers": self.numbers(),
            "pace": lines.pace(brief, locale),
            "caveats": lines.caveats((*brief.yesterday, *brief.metrics), locale, brief.currency),
            "quiet_why": self.t("nothing_unusual") if ranged and not explained else "",
            "why": self.t("heading.why", against=days(brief.drivers[0].against, locale)) if explained else "",
            "drivers": self.drivers() if explained else [],
            "findings": self.findings(),
            "today": self.today(),
            "watching": Today(brief, locale).watched(),
            "series": self.series(),
            "quiet": [self.said(words) for words in brief.quiet],
            "gaps": [
                self.t("gap", table=gap.name, words=gap.words) + gap.tail for gap in lines.todays_gaps(brief, locale)
            ],
            "left_out": [self.said(words) for words in brief.left_out],
            "coverage": self.coverage(),
            "footer": self.t("page.footer", level=level),
        }

    def due(self) -> list[dict[str, str]]:
        found = []
        for item in sorted(self.brief.due, key=lambda due: due.by):
            said = self.said(item.words)
            loss = lines.loss(item, self.locale, self.brief.currency)
            said = f"{lines.unstopped(said)} · {loss}" if loss else said
            when = naming.deadline(item.by, self.brief.as_of, self.locale)
            found.append({"by": item.by, "when": when, "said": said})
        return found

    # ---- numbers against normal

    def numbers(self) -> list[dict[str, Any]]:
        brief = self.brief
        last = "last_days" if brief.period.days > 1 else "yesterday"
        blocks = (
            ("yesterday", brief.yesterday, {"days": day(brief.as_of, self.locale)}),
            (last, brief.metrics, {"n": brief.period.days, "days": days(brief.period, self.locale)}),
        )
        return [
            {
                "id": name.replace("_", "-"),
                "heading": self.t(f"heading.{name}", **params),
                "caption": self.t(
                    "column.normal", level=percent(next((line.level for line in metrics), 0.9), self.locale)
                ),
                "rows": [self.number(row) for row in lines.rows(metrics, self.locale, brief.currency)],
            }
            for name, metrics, params in blocks
            if metrics
        ]

    def number(self, row: lines.Row) -> dict[str, Any]:
        line = row.line
        mark = self.t(f"mark.{row.mark}") if row.mark else ""
        label = self.t("page.band_label", value=row.value, range=row.normal, judgement=mark)
        return {
            "label": row.label,
            "value": row.value,
            "normal": row.against,
            "band": safe(band(line, label)) if row.mark else "",
            "mark": mark,
            "sign": SIGNS.get(row.mark, ""),
            "tone": _tone(row.mark, line.name),
            "why_not": lines.why_not(line, self.locale),
            "previous": measured(line.previous, line.unit, self.locale, self.brief.currency),
        }

    # ---- why

    def drivers(self) -> list[dict[str, Any]]:
        """One drawing a change: the dimensions that split the same one stand below it."""
        found: list[dict[str, Any]] = []
        for driver in self.brief.drivers:
            one = self.driver(driver)
            if found and found[-1]["equation"] == one["equation"]:
                found[-1]["groups"] += one["groups"]
            else:
                found.append(one)
        return found

    def driver(self, driver: Driver) -> dict[str, Any]:
        metric = naming.metric(driver.metric, self.locale)
        caption = self.t("page.waterfall_caption", metric=metric)
        return {
            "equation": lines.equation(driver, self.locale, self.brief.currency),
            "caption": caption,
            "chart": safe(charts.svg(self.waterfall(driver), caption)),
            "groups": [self.group(driver, by, group) for by, group in lines.places(driver, most=6)],
        }

    def waterfall(self, driver: Driver) -> dict[str, Any]:
        scale = axis_scale(max(abs(driver.value), abs(driver.previous)), self.locale)
        return charts.waterfall(self.steps(driver), good=_good(driver.metric), scale=scale)

    def steps(self, driver: Driver) -> list[charts.Step]:
        def total(key: str, value: float) -> charts.Step:
            written = measured(value, driver.unit, self.locale, self.brief.currency)
            return charts.Step(self.t(key), value, True, written)

        changes = [
            charts.Step(
                naming.inside(part.name, self.locale),
                part.change,
                written=self.amount(part.change, driver),
                unsure=lines.is_noise(part.low, part.high),
            )
            for part in driver.parts
        ]
        return [total("page.before", driver.previous), *changes, total("page.now", driver.value)]

    def amount(self, value: float, driver: Driver) -> str:
        return lines.amount(value, driver.unit, self.locale, self.brief.currency)

    def group(self, driver: Driver, by: tuple[str, ...], group: list[Place]) -> dict[str, Any]:
        names = text("units.comma", self.locale).join(naming.dimension(name, self.locale) for name in by)
        return {
            "caption": self.t("by", dimension=names),
            "head": names,
            "places": [
                {
                    "name": naming.place(at, self.locale, self.brief.names),
                    "change": self.amount(at.change, driver),
                    "tone": "good" if at.change * _good(driver.metric) > 0 else "bad",
                    "interval": lines.interval(at.low, at.high, driver.unit, self.locale, self.brief.currency),
                    "note": lines.place_note(at, driver.unit, self.locale, self.brief.currency),
                }
                for at in group
            ],
        }

    # ---- findings, series, coverage

    def findings(self) -> list[dict[str, Any]]:
        return [
            {
                "said": self.said(item.finding.words),
                "tail": lines.finding_tail(item, self.locale, self.brief.currency).removeprefix(" · "),
                "because": self.said(item.finding.because) if item.finding.because is not None else "",
                "caveat": self.said(item.finding.caveat) if item.finding.caveat is not None else "",
                "evidence": [lines.command(shown.query) for shown in item.finding.evidence if shown.query],
            }
            for item in not_behind_actions(lines.shown(self.brief.findings), self.brief)
        ]

    def today(self) -> dict[str, Any]:
        listed = Today(self.brief, self.locale)
        actions, notes = listed.doing(), [said for said in (listed.test_first(), listed.left_out()) if said]
        heading, about = text("today.heading", self.locale), listed.about()
        return {"heading": heading, "about": about, "actions": actions, "notes": notes} if actions or notes else {}

    def series(self) -> list[dict[str, Any]]:
        """The headline metrics over time. A line through fewer than three points shows nothing, so it is not drawn."""
        common = self.brief.series.get("weeks", ())
        found = []
        for name, one in self.brief.series.get("metrics", {}).items():
            weeks = [str(week) for week in one.get("weeks", common)]
            if len(weeks) < FEWEST_POINTS:
                continue
            nothing = [None] * len(weeks)
            weekly = charts.Weekly(weeks, one["values"], one.get("low") or nothing, one.get("high") or nothing)
            found.append(self.drawn(name, weekly))
        return found

    def drawn(self, name: str, weekly: charts.Weekly) -> dict[str, Any]:
        known = METRICS.get(name)
        unit = known.unit if known else "money"
        level = percent(next((line.level for line in self.brief.metrics), 0.9), self.locale)
        caption = self.t("page.series_caption", metric=naming.metric(name, self.locale), level=level)
        scale = axis_scale(max((value or 0.0 for value in (*weekly.values, *weekly.high)), default=0.0), self.locale)
        drawn = charts.weekly(weekly, share=unit == "share", good=_good(name), scale=scale)
        chart = charts.svg(drawn, caption)
        return {"caption": caption, "chart": safe(chart), "rows": self.series_rows(weekly, unit)}

    def series_rows(self, weekly: charts.Weekly, unit: str) -> list[list[str]]:
        numbers = zip(weekly.values, weekly.low, weekly.high, strict=True)
        return [
            [week, *(measured(number, unit, self.locale, self.brief.currency) for number in row)]
            for week, row in zip(weekly.weeks, numbers, strict=True)
        ]

    def coverage(self) -> list[list[str]]:
        return [
            [
                naming.table(table.table, self.locale),
                count(table.rows, self.locale),
                table.start.isoformat() if table.start else "",
                table.end.isoformat() if table.end else "",
            ]
            for table in self.brief.coverage
        ]


def _good(metric: str) -> int:
    known = METRICS.get(metric)
    return known.good if known else 1


def _tone(mark: str, metric: str) -> str:
    direction = {"low": -1, "high": 1}.get(mark, 0) * _good(metric)
    return "good" if direction > 0 else "bad" if direction < 0 else ""


def band(line: MetricLine, label: str) -> str:
    """The normal range as a bar, the expected value as a tick in it, the number as a dot inside or a diamond
    outside: filled where that is unusual, hollow where it may be chance."""
    from html import escape

    assert line.value is not None
    assert line.low is not None
    assert line.high is not None
    left, right = min(line.low, line.value), max(line.high, line.value)
    margin = 0.12 * (right - left) or 1.0
    scale = BAND_WIDTH / (right - left + 2 * margin)

    def x(value: float) -> float:
        return round((value - left + margin) * scale, 1)

    middle = BAND_HEIGHT / 2
    tone = f"var(--{_tone('high' if line.value > line.high else 'low', line.name) or 'ink'})"
    at, inside = x(line.value), line.low <= line.value <= line.high
    paint = f'fill="{tone}"' if line.unusual else 'fill="none" stroke="var(--ink)" stroke-width="2"'
    diamond = f'<path d="M{at} {middle - 8}L{at + 8} {middle}L{at} {middle + 8}L{at - 8} {middle}Z" {paint}/>'
    marker = f'<circle cx="{at}" cy="{middle}" r="5.5" fill="var(--ink)"/>' if inside else diamond
    expected = (
        f'<path d="M{x(line.expected)} {middle - 7}v14" stroke="var(--faint)" stroke-width="2"/>'
        if line.expected is not None and line.low <= line.expected <= line.high
        else ""
    )
    return (
        f'<svg role="img" aria-label="{escape(label)}" viewBox="0 0 {BAND_WIDTH} {BAND_HEIGHT}" preserveAspectRatio="xMinYMid">'
        f'<path d="M0 {middle}h{BAND_WIDTH}" stroke="var(--grid)"/>'
        f'<rect x="{x(line.low)}" y="{middle - 7}" width="{round(x(line.high) - x(line.low), 1)}" height="14" rx="3" fill="var(--band)"/>'
        f"{expected}{marker}</svg>"
    )

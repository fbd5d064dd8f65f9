"""An answer of the metric catalogue written for a page: a table, and the picture that fits its shape."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

import polars as pl

from zhanggui import charts
from zhanggui.charts.shapes import MOST_SERIES
from zhanggui.i18n import text
from zhanggui.i18n.columns import shorten
from zhanggui.i18n.writing import axis_scale, count, currency_symbol, measured, write
from zhanggui.metrics import METRICS
from zhanggui.numbers.kinds import TIME, Answer
from zhanggui.report import lines, naming
from zhanggui.report.page import safe
from zhanggui.units import Period

Shape = Literal["", "line", "bar", "heat"]
MOST_ROWS, MOST_BARS, MOST_HEAT, MOST_PICTURES = 200, 20, 20, 4
NAME_WIDTH = 22


class Answered:
    """One answer in one language. ``names`` are the products' short names."""

    def __init__(self, answer: Answer, locale: str, currency: str, names: Mapping[str, str]) -> None:
        self.answer, self.locale, self.currency, self.names = answer, locale, currency, names
        self.by = list(dict.fromkeys(answer.question.by))
        self.grains = [name for name in self.by if name in TIME]
        self.places = [name for name in self.by if name not in TIME]
        self.held = answer.question.against is not None
        self.rows = self._ordered()
        self.cut = cut_short(answer)
        """The weeks or months of which the answer has only some days, and how many of how many."""
        self.drawn = self._drawn()

    def _drawn(self) -> pl.DataFrame:
        """What a picture shows: part of a week beside whole ones would look like a fall."""
        if not self.cut or len(self.grains) != 1:
            return self.rows
        whole = self.rows.filter(~pl.col(self.grains[0]).is_in(list(self.cut)))
        return whole if whole[self.grains[0]].n_unique() > 1 else self.rows

    def _ordered(self) -> pl.DataFrame:
        """Over time as time goes; places by the first metric, the largest first."""
        rows, first = self.answer.rows, self.answer.question.metrics[0]
        if not self.by or not rows.height:
            return rows
        if self.grains:
            return rows.sort([*self.grains, *self.places])
        return rows.sort(first, descending=True, nulls_last=True)

    def parts(self, shape: Shape = "") -> dict[str, Any]:
        """The table's written cells, its caveats and the pictures. ``shape`` is the reader's own wish, where it is possible."""
        return {
            "heads": [naming.heading(text(f"metrics.dimension.{name}", self.locale)) for name in self.by],
            "columns": self.columns(),
            "rows": [self.row(row) for row in self.rows.head(MOST_ROWS).iter_rows(named=True)],
            "count": write(self.rows.height, self.locale),
            "cut": self.rows.height > MOST_ROWS,
            "most": count(MOST_ROWS, self.locale),
            "caveats": self.caveats(),
            "pictures": self.pictures(shape),
            "shapes": self.shapes(),
        }

    # ---- the table

    def columns(self) -> list[dict[str, str]]:
        found = []
        for name in self.answer.question.metrics:
            found.append({"name": name, "head": naming.metric(name, self.locale)})
            if self.held:
                found.append({"name": "", "head": naming.heading(text("report.column.previous", self.locale))})
                found.append({"name": "", "head": naming.heading(text("report.page.change", self.locale))})
        return found

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        cells: list[dict[str, str]] = []
        for name in self.answer.question.metrics:
            unit, value = METRICS[name].unit, row[name]
            cells.append({"said": measured(value, unit, self.locale, self.currency), "tone": ""})
            if self.held:
                before = row[f"{name}_previous"]
                cells.append({"said": measured(before, unit, self.locale, self.currency), "tone": "quiet"})
                cells.append(self.change(name, value, before))
        return {
            "by": {name: _plain(row[name]) for name in self.places},
            "labels": [self.label(name, row[name]) for name in self.by],
            "cells": cells,
        }

    def change(self, name: str, value: float | None, before: float | None) -> dict[str, str]:
        """What it moved by. Whether that is more than noise is not said here, so it has no colour."""
        known = value is not None and before is not None
        moved = float(value) - float(before) if value is not None and before is not None else None
        said = (
            lines.amount(moved, METRICS[name].unit, self.locale, self.currency) if moved is not None and known else ""
        )
        return {"said": said, "tone": "quiet"}

    def label(self, name: str, value: Any) -> str:
        if name in TIME:
            return self.moment(str(value))
        return naming.where({name: _plain(value)}, self.locale, self.names)

    def moment(self, label: str) -> str:
        if label not in self.cut:
            return label
        some, of = self.cut[label]
        return text("web_metrics.cut_short", self.locale, label=label, n=some, of=of)

    def caveats(self) -> list[str]:
        about: dict[str, list[str]] = {}
        for flag in self.answer.flags:
            said = naming.caveat(flag, self.locale, self.currency)
            about.setdefault(said, []).append(naming.metric(flag.metric, self.locale))
        comma = text("units.comma", self.locale)
        return [
            text("report.caveat", self.locale, metrics=comma.join(dict.fromkeys(names)), words=said)
            for said, names in about.items()
        ]

    # ---- the pictures

    def shapes(self) -> list[Shape]:
        """The pictures that are possible, the one that fits best first."""
        many = bool(self.places) and self.rows[self.places[0]].n_unique() > MOST_SERIES
        possible: dict[tuple[int, int], list[Shape]] = {
            (1, 0): ["line"],
            (1, 1): ["heat", "line"] if many else ["line", "heat"],
            (0, 1): ["bar"],
            (0, 2): ["heat"],
        }
        return possible.get((len(self.grains), len(self.places)), []) if self.rows.height > 1 else []

    def pictures(self, wished: Shape) -> list[dict[str, Any]]:
        possible = self.shapes()
        if not possible:
            return []
        shape = wished if wished in possible else possible[0]
        drawn = [self.picture(name, shape) for name in self.answer.question.metrics[:MOST_PICTURES]]
        return [picture for picture in drawn if picture]

    def picture(self, name: str, shape: Shape) -> dict[str, Any]:
        values = [abs(value) for value in self.drawn[name].drop_nulls() if math.isfinite(value)]
        if not values:
            return {}
        unit = METRICS[name].unit
        share, scale = unit == "share", axis_scale(max(values), self.locale)
        draw = {"line": self.line, "bar": self.bar, "heat": self.heat}[shape or "line"]
        spec = draw(name, share=share, scale=scale)
        caption = chart_caption(name, self.by_name(), self.locale, self.currency)
        return {"caption": caption, "svg": safe(charts.svg(spec, caption)), "spec": charts.with_variables(spec)}

    def by_name(self) -> str:
        return text("units.comma", self.locale).join(
            text(f"metrics.dimension.{name}", self.locale) for name in [*self.grains, *self.places]
        )

    def written(self, name: str, value: float | None) -> str:
        return measured(value, METRICS[name].unit, self.locale, self.currency)

    def short(self, name: str, value: Any) -> str:
        return shorten(self.label(name, value), NAME_WIDTH)

    def line(self, name: str, *, share: bool, scale: charts.Scale) -> dict[str, Any]:
        grain = self.grains[0]
        labels = sorted({str(value) for value in self.drawn[grain]})
        if self.places:
            place = self.places[0]
            series = [
                self.series(name, labels, grain, place, value) for value in self.largest(name, place, MOST_SERIES)
            ]
            return charts.lines(labels, series, share=share, scale=scale)
        found = [self.one(text("report.page.now", self.locale), name, name)]
        if self.held:
            before = self.one(text("report.page.before", self.locale), name, f"{name}_previous")
            found.append(charts.Series(before.name, before.values, before.written, faint=True))
        return charts.lines([str(value) for value in self.drawn[grain]], found, share=share, scale=scale)

    def one(self, said: str, name: str, column: str) -> charts.Series:
        values = self.drawn[column].to_list()
        return charts.Series(said, values, [self.written(name, value) for value in values])

    def series(self, name: str, labels: Sequence[str], grain: str, place: str, value: Any) -> charts.Series:
        own = self.drawn.filter(pl.col(place) == value)
        known = dict(zip((str(at) for at in own[grain]), own[name], strict=True))
        values = [known.get(label) for label in labels]
        return charts.Series(self.short(place, value), values, [self.written(name, each) for each in values])

    def largest(self, name: str, place: str, most: int) -> list[Any]:
        """The places with the most, the largest first."""
        sums = self.drawn.group_by(place).agg(pl.col(name).abs().sum().alias("size"))
        return sums.sort(["size", place], descending=[True, False])[place].head(most).to_list()

    def bar(self, name: str, *, share: bool, scale: charts.Scale) -> dict[str, Any]:
        place = self.places[0]
        top = self.drawn.filter(pl.col(name).is_not_null()).sort(name, descending=True).head(MOST_BARS)
        before = top[f"{name}_previous"].to_list() if self.held else [None] * top.height
        found = [
            (self.short(place, value), float(size), then, self.written(name, size))
            for value, size, then in zip(top[place], top[name], before, strict=True)
        ]
        return charts.bars(found, share=share, scale=scale)

    def heat(self, name: str, *, share: bool, scale: charts.Scale) -> dict[str, Any]:
        down = self.places[0]
        across = self.grains[0] if self.grains else self.places[1]
        rows = self.largest(name, down, MOST_HEAT)
        times = sorted({str(value) for value in self.drawn[across]}) if self.grains else None
        columns = times or self.largest(name, across, MOST_HEAT)
        names = {value: self.short(down, value) for value in rows}
        heads = {value: value if times else self.short(across, value) for value in columns}
        cells = [
            (heads[at], names[value], float(size), self.written(name, size))
            for at, value, size in self.drawn.select(across, down, name).iter_rows()
            if size is not None and at in heads and value in names
        ]
        return charts.heat(list(heads.values()), list(names.values()), cells, time=bool(times))


def chart_caption(name: str, by: str, locale: str, currency: str) -> str:
    """What a picture of a metric is of; amounts of money with their sign, which the axis leaves out."""
    metric = naming.metric(name, locale)
    if METRICS[name].unit == "money":
        metric = text("web_metrics.in_money", locale, metric=metric, currency=currency_symbol(currency, locale).strip())
    return text("web_metrics.caption", locale, metric=metric, by=by)


def cut_short(answer: Answer) -> dict[str, tuple[int, int]]:
    """The labels of weeks and months that the answer's days do not cover: how many days of how many it has of each."""
    grains = [name for name in answer.question.by if name in ("week", "month")]
    if answer.start is None or answer.end is None or len(grains) != 1:
        return {}
    period = Period(answer.start, answer.end)
    found = {}
    for day in (period.start, period.end):
        first = day - timedelta(days=day.weekday()) if grains[0] == "week" else day.replace(day=1)
        after = first + timedelta(days=7) if grains[0] == "week" else (first + timedelta(days=31)).replace(day=1)
        some = (min(after, period.end + timedelta(days=1)) - max(first, period.start)).days
        if some < (after - first).days:
            label = first.isoformat() if grains[0] == "week" else f"{first:%Y-%m}"
            found[label] = (some, (after - first).days)
    return found


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def unit_counts(columns: Sequence[str]) -> set[str]:
    """The columns of whole numbers among those of an answer."""
    known = {name: METRICS.get(name) or METRICS.get(name.removesuffix("_previous")) for name in columns}
    return {name for name, metric in known.items() if metric is not None and metric.unit == "count"}

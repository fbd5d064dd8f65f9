"""Experiments as written cells: the list, a plan with what the shop can show, and what a test shows so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from zhanggui.experiments.kinds import Experiment, Outlook, Plan
from zhanggui.experiments.reading import ExperimentReading
from zhanggui.i18n.writing import count, days, printable
from zhanggui.methods.ab_reading import Reading
from zhanggui.report import experiments as written
from zhanggui.report.experiments import Writer
from zhanggui.report.intervals import common, interval
from zhanggui.units import Quantity

ONE_LINE = 1_000_000
"""Columns: a page breaks its lines itself."""


def list_cells(experiments: Sequence[Experiment], today: date, locale: str) -> list[dict[str, str]]:
    """All experiments, those under way first."""
    writer = Writer(locale, "", ONE_LINE)
    order = ("running", "planned", "over", "stopped")
    found = sorted(experiments, key=lambda each: (order.index(each.state(today)), each.plan.start), reverse=False)
    return [
        {
            "id": each.id,
            "name": printable(each.plan.name),
            "state": each.state(today),
            "said": writer.word(f"state.{each.state(today)}"),
            "days": days(each.plan.period, locale, year=True),
            "change": writer.word(f"change.{each.plan.change}"),
            "unit": writer.word(f"unit.{each.plan.unit}"),
            "metric": writer.word(f"metric.{each.plan.metric}"),
        }
        for each in found
    ]


def plan_cells(plan: Plan, outlook: Outlook, locale: str, currency: str) -> dict[str, Any]:
    """A plan and how long this shop needs for which effect."""
    writer = Writer(locale, currency, ONE_LINE)
    unit, known = writer.word(f"unit.{plan.unit}"), outlook.baseline
    cells: dict[str, Any] = {"plan": _plan(plan, writer), "known": "", "needs": [], "notes": []}
    if known is None or not outlook.needs:
        reason = writer.word(f"unknown.{outlook.reason or 'no_variance'}")
        return {**cells, "notes": [writer.word("nothing_known", reason=reason)]}
    notes = []
    if outlook.shown is not None:
        notes.append(writer.word("shown", days=outlook.days, effect=Quantity(outlook.shown, "share")))
    if outlook.wanted is not None and outlook.long_enough is False:
        notes.append(writer.word("not_long_enough", effect=Quantity(outlook.wanted.effect, "share")))
    notes.append(writer.word("looking", times=round(outlook.looking, 1)))
    return {
        **cells,
        "known": writer.word(written.source_key(known), **written.known_params(known, plan, unit, writer)),
        "head": [writer.word(f"column.{name}") for name in ("effect", "units_needed", "days_needed")],
        "needs": [written.need_row(need, known, writer) for need in outlook.needs],
        "notes": notes,
        "too_short": outlook.long_enough is False,
    }


def _plan(plan: Plan, writer: Writer) -> str:
    return writer.word(
        "plan",
        change=writer.word(f"change.{plan.change}"),
        unit=writer.word(f"unit.{plan.unit}"),
        metric=writer.word(f"metric.{plan.metric}"),
        variants=written.shares(plan, writer.locale),
        period=days(plan.period, writer.locale, year=True),
        planned=plan.planned,
        smallest=Quantity(plan.smallest, "share"),
    )


def reading_cells(reading: ExperimentReading, locale: str, currency: str) -> dict[str, Any]:
    """What an experiment shows: the advice first, the split, each variant with its drawing, what was left out, how it ended."""
    writer, plan = Writer(locale, currency, ONE_LINE), reading.experiment.plan
    names = [
        "variant",
        "units",
        "hits",
        "rate" if plan.metric == "conversion" else "mean",
        "relative",
        "daily",
        "p",
        "best",
    ]
    rows = [written.variant_row(shown, plan, writer) for shown in reading.variants]
    if plan.metric == "value":
        names.remove("hits")
        rows = [[*row[:2], *row[3:]] for row in rows]
    spans = [_span(shown.daily) for shown in reading.variants]
    reach = common([span[1:] for span in spans if span])
    stop = reading.experiment.stopped
    return {
        "id": plan.id,
        "name": printable(plan.name),
        "state": reading.experiment.state(reading.as_of),
        "said": writer.word(f"state.{reading.experiment.state(reading.as_of)}"),
        "plan": _plan(plan, writer),
        "note": printable(plan.note),
        "action": plan.action,
        "units": count(reading.units, locale),
        "planned": count(plan.planned, locale),
        "share": min(reading.units / plan.planned, 1.0) if plan.planned else 0.0,
        "advice": written.advice(reading, writer),
        "head": [writer.word(f"column.{name}", control=plan.control.name) for name in names],
        "rows": [
            {"cells": [printable(cell) for cell in row], "drawn": interval(*span, row[-3], reach=reach) if span else ""}
            for row, span in zip(rows, spans, strict=True)
        ],
        "daily": writer.word("daily", level=Quantity(reading.level, "share")),
        "split": " ".join(written.split_lines(reading, writer)),
        "notes": [
            *written.end_lines(reading, writer),
            *written.left_out_lines(reading, writer),
            *written.loss_lines(reading, writer),
        ],
        "stopped": writer.word("stopped_by", by=stop.by, day=stop.day.isoformat(), why=str(stop.content.get("why", "")))
        if stop
        else "",
    }


def _span(daily: Any) -> tuple[float, float, float] | None:
    if not isinstance(daily, Reading):
        return None
    found = daily.difference
    return found.value, found.low, found.high

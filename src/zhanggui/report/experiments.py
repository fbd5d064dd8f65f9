"""Experiments as text for a terminal: the plan with what the shop can show, the reading, the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from zhanggui.experiments.kinds import Baseline, Experiment, Need, Outlook, Plan
from zhanggui.experiments.reading import ExperimentReading, Shown
from zhanggui.i18n import text
from zhanggui.i18n.columns import table, wrap
from zhanggui.i18n.writing import UNKNOWN, count, days, joined, money, percent, quantity, say, write
from zhanggui.methods.ab_reading import Reading
from zhanggui.methods.sample_ratio import SampleRatio
from zhanggui.units import Estimate, Quantity, Refusal, Words

PER = 1000
"""Losses are told for so many units."""


class Writer:
    """How experiments are written: the language, the money, the columns of the terminal."""

    def __init__(self, locale: str, currency: str, columns: int) -> None:
        self.locale, self.currency, self.columns = locale, currency, columns

    def word(self, key: str, **params: Any) -> str:
        return say(Words(f"experiments.{key}", params), self.locale, self.currency)

    def wrapped(self, key: str, **params: Any) -> list[str]:
        return wrap(self.word(key, **params), self.columns)

    def mean(self, value: float | None, metric: str) -> str:
        if value is None:
            return UNKNOWN
        if metric == "conversion":
            return quantity(Quantity(value, "share", exact=True), self.locale, "")
        return money(value, self.currency, self.locale, exact=True)

    def difference(self, found: Estimate, metric: str) -> str:
        """Percentage points for a rate, money for a value, each with its interval."""
        if metric == "value":
            q = Quantity(found.value, "money", found.low, found.high, signed=True)
            return quantity(q, self.locale, self.currency)
        points = Quantity(100 * found.value, "ratio", 100 * found.low, 100 * found.high, signed=True)
        return self.word("points", value=quantity(points, self.locale, ""))

    def p(self, value: float) -> str:
        return self.word("p_small") if value < 0.001 else write(round(value, 3), self.locale)


# ---- a plan, and what the shop can show


def plan_text(plan: Plan, outlook: Outlook, locale: str, currency: str, width: int = 120) -> str:
    """A plan and how long this shop needs for which effect."""
    writer = Writer(locale, currency, width)
    unit = writer.word(f"unit.{plan.unit}")
    lines = [
        writer.word("title", name=plan.name, id=plan.id),
        *writer.wrapped(
            "plan",
            change=writer.word(f"change.{plan.change}"),
            unit=unit,
            metric=writer.word(f"metric.{plan.metric}"),
            variants=shares(plan, locale),
            period=days(plan.period, locale, year=True),
            planned=plan.planned,
            smallest=Quantity(plan.smallest, "share"),
        ),
        "",
        *_outlook(outlook, plan, unit, writer),
    ]
    return "\n".join(lines) + "\n"


def shares(plan: Plan, locale: str) -> str:
    """The variants with their shares."""
    return joined([f"{variant.name} {percent(variant.share, locale)}" for variant in plan.variants], locale)


def _outlook(outlook: Outlook, plan: Plan, unit: str, writer: Writer) -> list[str]:
    known = outlook.baseline
    if known is None or not outlook.needs:
        return writer.wrapped("nothing_known", reason=writer.word(f"unknown.{outlook.reason or 'no_variance'}"))
    lines = writer.wrapped(source_key(known), **known_params(known, plan, unit, writer))
    head = [writer.word(f"column.{name}") for name in ("effect", "units_needed", "days_needed")]
    rows = [need_row(need, known, writer) for need in outlook.needs]
    lines += ["", *table([head, *rows], "<>>"), ""]
    if outlook.shown is not None:
        lines += writer.wrapped("shown", days=outlook.days, effect=Quantity(outlook.shown, "share"))
    if outlook.wanted is not None and outlook.long_enough is False:
        lines += writer.wrapped("not_long_enough", effect=Quantity(outlook.wanted.effect, "share"))
    return lines + writer.wrapped("looking", times=round(outlook.looking, 1))


def source_key(known: Baseline) -> str:
    """Which sentence tells where that is known from."""
    if known.period is None:
        return "entered"
    return "counted_at_once" if known.at_once is not None else "counted"


def known_params(known: Baseline, plan: Plan, unit: str, writer: Writer) -> dict[str, Any]:
    """What fills the sentence of what the shop shows before."""
    units = known.at_once if known.at_once is not None else known.a_day
    written = UNKNOWN if units is None else write(Quantity(units, "count"), writer.locale)
    return {"units": written, "unit": unit, "mean": writer.mean(known.mean, plan.metric)} | (
        {"period": days(known.period, writer.locale, year=True)} if known.period else {}
    )


def need_row(need: Need, known: Baseline, writer: Writer) -> list[str]:
    """One line of what effects need: the effect, its units, the days until they are there."""
    if need.days is not None:
        days = count(need.days, writer.locale)
    elif known.at_once is not None:
        days = writer.word("there" if need.units <= known.at_once else "not_there")
    else:
        days = UNKNOWN if known.a_day is None else writer.word("never")
    return [writer.word("effect", effect=Quantity(need.effect, "share")), count(need.units, writer.locale), days]


# ---- what it shows


def reading_text(reading: ExperimentReading, locale: str, currency: str, width: int = 120) -> str:
    """What an experiment shows: the split, each variant, what was left out, and whether to stop."""
    writer, plan = Writer(locale, currency, width), reading.experiment.plan
    lines = [
        writer.word("title", name=plan.name, id=plan.id),
        *writer.wrapped(
            "standing",
            state=writer.word(f"state.{reading.experiment.state(reading.as_of)}"),
            period=days(plan.period, locale, year=True),
            units=reading.units,
            planned=plan.planned,
            unit=writer.word(f"unit.{plan.unit}"),
        ),
        "",
        *_variants(reading, writer),
        *split_lines(reading, writer),
        *end_lines(reading, writer),
        *left_out_lines(reading, writer),
        *loss_lines(reading, writer),
        *wrap(advice(reading, writer), width),
    ]
    if stop := reading.experiment.stopped:
        lines += writer.wrapped(
            "stopped_by", by=stop.by, day=stop.day.isoformat(), why=str(stop.content.get("why", ""))
        )
    return "\n".join(lines) + "\n"


def _variants(reading: ExperimentReading, writer: Writer) -> list[str]:
    plan = reading.experiment.plan
    mean = "rate" if plan.metric == "conversion" else "mean"
    names = ("variant", "units", "hits", mean, "relative", "daily", "p", "best")
    head = [writer.word(f"column.{name}", control=plan.control.name) for name in names]
    rows = [variant_row(shown, plan, writer) for shown in reading.variants]
    if plan.metric == "value":
        head.pop(2)
        for row in rows:
            row.pop(2)
    return [
        *table([head, *rows], "<>>>>>>>"[: len(head)]),
        *writer.wrapped("daily", level=Quantity(reading.level, "share")),
        "",
    ]


def variant_row(shown: Shown, plan: Plan, writer: Writer) -> list[str]:
    """One variant: units, rate or mean, its difference to the first, and its chance of being best."""
    locale = writer.locale
    daily = shown.daily
    row = [
        shown.variant.name,
        count(shown.units, locale),
        count(shown.hits, locale),
        writer.mean(shown.mean, plan.metric),
    ]
    if isinstance(daily, Reading):
        change = daily.treatment / daily.control - 1 if daily.control else None
        relative = UNKNOWN if change is None else quantity(Quantity(change, "share", signed=True), locale, "")
        row += [relative, writer.difference(daily.difference, plan.metric), writer.p(daily.p)]
    elif isinstance(daily, Refusal):
        row += ["", writer.word(f"refused.{daily.code}", needed=daily.needed, have=daily.have), ""]
    else:
        row += ["", "", ""]
    return [*row, "" if shown.best is None else percent(shown.best, locale, 0)]


def split_lines(reading: ExperimentReading, writer: Writer) -> list[str]:
    """Whether the split is as planned."""
    if not isinstance(reading.split, SampleRatio):
        return []
    return writer.wrapped(f"split.{reading.split.verdict}", p=writer.p(reading.split.p))


def end_lines(reading: ExperimentReading, writer: Writer) -> list[str]:
    """The reading at the planned end, or why there is none yet."""
    plan = reading.experiment.plan
    if reading.experiment.late:
        return writer.wrapped("late", day=reading.experiment.day.isoformat())
    if not reading.over:
        return writer.wrapped("end_later", day=plan.end.isoformat())
    lines = []
    for shown in reading.variants[1:]:
        found = shown.at_end
        if isinstance(found, Reading):
            lines += writer.wrapped(
                f"end.{found.method}",
                level=Quantity(reading.end_level, "share"),
                variant=shown.variant.name,
                control=plan.control.name,
                difference=writer.difference(found.difference, plan.metric),
                p=writer.p(found.p),
            )
        elif isinstance(found, Refusal):
            why = writer.word(f"refused.{found.code}", needed=found.needed, have=found.have)
            lines += writer.wrapped("end_refused", variant=shown.variant.name, why=why)
    return lines


def left_out_lines(reading: ExperimentReading, writer: Writer) -> list[str]:
    """Units that were left out, and why."""
    counts = {
        "outside": reading.left_out.outside,
        "crossed": reading.left_out.crossed,
        "nameless": reading.left_out.nameless,
        "foreign": reading.foreign,
    }
    lines = [line for name, n in counts.items() if n for line in writer.wrapped(f"left_out.{name}", n=n)]
    strangers = reading.left_out.strangers
    return lines + (writer.wrapped("strangers", n=strangers, units=reading.units) if strangers else [])


def loss_lines(reading: ExperimentReading, writer: Writer) -> list[str]:
    """What choosing each variant now is expected to lose."""
    if reading.leader is None:
        return []
    losses = [
        writer.word("loss_of", variant=shown.variant.name, loss=_loss(shown.loss, reading, writer))
        for shown in reading.variants
        if shown.loss is not None
    ]
    return writer.wrapped("losses", per=PER, losses=joined(losses, writer.locale))


def _loss(loss: float, reading: ExperimentReading, writer: Writer) -> str:
    if reading.experiment.plan.metric == "value":
        return money(PER * loss, writer.currency, writer.locale)
    return writer.word("conversions", n=Quantity(PER * loss, "ratio"))


def advice(reading: ExperimentReading, writer: Writer) -> str:
    """What to do about stopping."""
    plan = reading.experiment.plan
    return writer.word(
        f"advice.{reading.advice}",
        variants=joined(reading.about, writer.locale),
        control=plan.control.name,
        id=plan.id,
        smallest=Quantity(plan.smallest, "share"),
    )


# ---- all of them


def list_text(experiments: Sequence[Experiment], today: date, locale: str) -> str:
    """All experiments, one a line."""
    if not experiments:
        return text("experiments.none", locale) + "\n"
    writer = Writer(locale, "", 120)
    head = [writer.word(f"column.{name}") for name in ("id", "name", "state", "days", "unit", "metric")]
    rows = [
        [
            each.id,
            each.plan.name,
            writer.word(f"state.{each.state(today)}"),
            f"{each.plan.start.isoformat()} – {each.plan.end.isoformat()}",
            writer.word(f"unit.{each.plan.unit}"),
            writer.word(f"metric.{each.plan.metric}"),
        ]
        for each in experiments
    ]
    return "\n".join(table([head, *rows], indent=0)) + "\n"

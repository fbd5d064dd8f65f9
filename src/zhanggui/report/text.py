"""The brief as text for a terminal: the order of the sections is fixed, empty ones vanish, no line is wider than asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from zhanggui.brief import Brief, MetricLine, Said
from zhanggui.i18n import text
from zhanggui.i18n.columns import shorten, table, width, wrap
from zhanggui.i18n.writing import count, currency_symbol, day, days, percent, say
from zhanggui.numbers.kinds import Driver, Place
from zhanggui.report import lines, naming
from zhanggui.report.today import Doing, Today, not_behind_actions, pressing

WIDTH = 120
MOST_FINDINGS = 7
MOST_FINDINGS_SHORT = 3
MOST_GAPS = 1
ALWAYS = frozenset(
    ("visitors", "conversion_rate", "orders", "gross_sales", "net_sales_expected", "contribution_profit")
)
"""Numbers that stand there every time. Of the others only those outside of their range: what is as ever need not be read; the page, the
desk and ``zhanggui query`` have them all."""
KNOWN_BY_NAME = frozenset(("visitor_days",))
"""Caveats that explain what a number means, not that something is wrong with it today: the catalogue has them."""


def as_text(brief: Brief, locale: str, width: int = WIDTH) -> str:
    """The whole brief. On a short morning only deadlines, what was found, and the month stand there."""
    writer = _Writer(brief, locale, min(width, WIDTH))
    sections = writer.short() if brief.cadence == "short" else writer.long()
    return "\n".join(line for section in sections for line in section) + "\n"


class _Writer:
    def __init__(self, brief: Brief, locale: str, columns: int) -> None:
        self.brief, self.locale, self.columns = brief, locale, columns
        self.list = Today(brief, locale)

    def long(self) -> Iterable[Sequence[str]]:
        return (
            self.title(),
            self.verdict(),
            self.due(),
            self.numbers(),
            self.why(),
            self.findings(MOST_FINDINGS, because=True),
            self.actions(),
            self.approved(),
            self.watching(),
            self.not_said(),
            self.left_out(),
        )

    def short(self) -> Iterable[Sequence[str]]:
        pace = lines.pace(self.brief, self.locale)
        return (
            self.title(),
            self.verdict(),
            self.due(),
            self.findings(MOST_FINDINGS_SHORT, because=False),
            self.pressing(),
            self.wrapped(pace) if pace else (),
        )

    # ---- sections

    def title(self, key: str = "report.title") -> list[str]:
        return wrap(
            text(
                key,
                self.locale,
                shop=shorten(self.say_name(self.brief.shop), 40),
                day=day(self.brief.as_of, self.locale, weekday=True, year=True),
                currency=currency_symbol(self.brief.currency, self.locale).strip(),
            ),
            self.columns,
        )

    def verdict(self) -> list[str]:
        gap = "" if self.locale.startswith("zh") else " "
        said = gap.join(say(words, self.locale, self.brief.currency, self.brief.names) for words in self.brief.verdict)
        return wrap(said, self.columns) if said else []

    def due(self) -> list[str]:
        if not self.brief.due:
            return []
        found = [self.heading("due")]
        for item in sorted(self.brief.due, key=lambda due: due.by):
            said = say(item.words, self.locale, self.brief.currency, self.brief.names)
            loss = lines.loss(item, self.locale, self.brief.currency)
            said = f"{lines.unstopped(said)} · {loss}" if loss else said
            found += self.wrapped(
                said, f" ⏰ {naming.deadline(item.by, self.brief.as_of, self.locale)} ", later=" " * 4
            )
        return found

    def numbers(self) -> list[str]:
        brief = self.brief
        pace = lines.pace(brief, self.locale)
        found: list[str] = []
        if brief.yesterday:
            found += self.metric_table("yesterday", brief.yesterday, days=day(brief.as_of, self.locale))
        if brief.metrics:
            found += self.metric_table(
                "last_days" if brief.period.days > 1 else "yesterday",
                brief.metrics,
                n=brief.period.days,
                days=days(brief.period, self.locale),
            )
        if pace:
            found += self.wrapped(pace)
        for said in lines.caveats(self.worth_reading((*brief.yesterday, *brief.metrics)), self.locale, brief.currency):
            found += self.wrapped(said)
        return found

    def worth_reading(self, metrics: Sequence[MetricLine]) -> list[MetricLine]:
        """Those that always stand there and those that are out of the ordinary, each with the caveats of this day."""
        estimated = any(line.name == "net_sales_expected" and line.estimate for line in metrics)
        return [
            replace(line, flags=tuple(flag for flag in line.flags if flag.caveat not in KNOWN_BY_NAME))
            for line in metrics
            if line.name in ALWAYS or line.unusual or (line.name == "net_sales" and not estimated)
        ]

    def metric_table(self, heading: str, metrics: Sequence[MetricLine], **params: object) -> list[str]:
        written = lines.rows(self.worth_reading(metrics), self.locale, self.brief.currency)
        if not written:
            return []
        ranged = [row for row in written if row.normal]
        level = percent(ranged[0].line.level, self.locale) if ranged else ""
        head = [
            text(f"report.heading.{heading}", self.locale, **params),
            text("report.column.value", self.locale),
            text("report.column.normal", self.locale, level=level) if ranged else "",
            "",
            text("report.column.previous", self.locale),
        ]
        cells = [
            [
                f" {row.label}",
                row.value,
                row.against,
                text(f"report.mark.{row.mark}", self.locale) if row.mark else "",
                self.previous(row),
            ]
            for row in written
        ]
        found = table([head, *cells], "<>><>", indent=0)
        if max(map(width, found)) > self.columns:
            found = table([line[:4] for line in (head, *cells)], "<>><", indent=0)
        refusals = dict.fromkeys(filter(None, (lines.why_not(row.line, self.locale) for row in written)))
        return [*found, *(line for said in refusals for line in self.wrapped(said))]

    def previous(self, row: lines.Row) -> str:
        line = row.line
        if line.previous is None:
            return ""
        from zhanggui.i18n.writing import measured

        return measured(line.previous, line.unit, self.locale, self.brief.currency)

    def why(self) -> list[str]:
        brief = self.brief
        if lines.unusual(brief) and brief.drivers:
            found = [self.heading("why", against=days(brief.drivers[0].against, self.locale))]
            for equation, same in groupby(brief.drivers, key=lambda d: lines.equation(d, self.locale, brief.currency)):
                found += wrap(equation, self.columns, " ", "   ")
                for driver in same:
                    found += place_lines(
                        driver, lines.telling(driver), self.locale, brief.currency, brief.names, self.columns
                    )
            return found
        if any(line.low is not None for line in brief.metrics):
            return self.wrapped(text("report.nothing_unusual", self.locale), f"{self.heading('why_quiet')} ")
        return []

    def findings(self, most: int, *, because: bool) -> list[str]:
        shown = not_behind_actions(lines.shown(self.brief.findings), self.brief)
        if not shown:
            return []
        found = [self.heading("findings")]
        for number, said in enumerate(shown[:most], 1):
            found += self.finding(number, said, because)
        beyond = len(shown) - most
        if beyond > 0:
            found += self.wrapped(text("report.more_findings", self.locale, n=beyond), "   ")
        return found

    def finding(self, number: int, said: Said, because: bool) -> list[str]:
        currency, names = self.brief.currency, self.brief.names
        sentence = say(said.finding.words, self.locale, currency, names)
        found = self.wrapped(
            f"{lines.unstopped(sentence)}{lines.finding_tail(said, self.locale, currency)}",
            f" {number} ",
            later="   ",
        )
        if said.finding.caveat is not None:
            found += self.wrapped(say(said.finding.caveat, self.locale, currency, names), "   △ ", later="     ")
        if because and said.finding.because is not None:
            found += self.wrapped(say(said.finding.because, self.locale, currency, names), "   → ", later="     ")
        return found

    def actions(self) -> list[str]:
        """What to do today with its reasons, what is not on the list, and what is better tested first."""
        found = [line for doing in self.list.doing() for line in self.action(doing)]
        for said in (self.list.test_first(), self.list.left_out()):
            found += self.wrapped(said, "   ") if said else []
        return [*wrap(self.list.heading(), self.columns, "", "   "), *found] if found else []

    def action(self, doing: Doing) -> list[str]:
        """One action; the id by which it is approved stands where it takes no line of its own."""
        head, code = " · ".join((doing.title, *doing.figures)), f" [{doing.id}]"
        why = self.list.sentences(doing.reason, doing.proof)
        if width(head + code) + 3 <= self.columns:
            head += code
        elif why:
            why += code
        else:
            head = " · ".join((doing.title + code, *doing.figures))
        found = self.wrapped(head, f" {doing.number} ", later="   ")
        found += self.wrapped(why, "   ") if why else []
        for said in doing.draft:
            found += self.wrapped(said, "   → ", later="     ")
        return found + (self.wrapped(doing.together, "   ") if doing.together else [])

    def pressing(self) -> list[str]:
        """On a short morning: what is new, what is certain, what is late tomorrow, and what was just read."""
        chosen = [d for d, r in zip(self.list.doing(), self.list.ranked, strict=True) if pressing(r)]
        found = [
            line
            for doing in chosen
            for line in self.wrapped(
                f"{' · '.join((doing.title, *doing.figures))} [{doing.id}]", f" {doing.number} ", later="   "
            )
        ]
        heading = wrap(self.list.heading(), self.columns, "", "   ") if found else []
        return [*heading, *found, *self.approved(), *self.watching(only_read=True)]

    def approved(self) -> list[str]:
        """What was approved and is still to be done, where today's list does not hold it."""
        return [line for said in self.list.approved() for line in self.wrapped(said)]

    def watching(self, *, only_read: bool = False) -> list[str]:
        """What is done and being read, and what was read lately."""
        watched = [past for past in self.list.watched() if past.verdict or not only_read]
        if not watched:
            return []
        found = [text("today.watching_heading", self.locale)]
        for past in watched:
            line = text("today.watching.line", self.locale, day=past.since, title=past.title, said=past.said)
            found += self.wrapped(line)
        return found

    def not_said(self, most: int = MOST_GAPS) -> list[str]:
        gaps = lines.todays_gaps(self.brief, self.locale)
        if not gaps and not self.brief.quiet:
            return []
        found = [self.heading("not_said")]
        for words in self.brief.quiet:
            found += self.wrapped(say(words, self.locale, self.brief.currency, self.brief.names))
        for gap in gaps[:most]:
            found += self.wrapped(text("report.gap", self.locale, table=gap.name, words=gap.words) + gap.tail)
        rest = [gap.name for gap in gaps[most:]]
        if rest:
            comma = text("units.comma", self.locale)
            found += self.wrapped(text("report.more_gaps", self.locale, tables=comma.join(rest)))
        return found

    def left_out(self) -> list[str]:
        if not self.brief.left_out:
            return []
        found = [self.heading("left_out")]
        for words in self.brief.left_out:
            found += self.wrapped(say(words, self.locale, self.brief.currency, self.brief.names))
        return found

    # ---- how lines are made

    def heading(self, name: str, **params: object) -> str:
        return text(f"report.heading.{name}", self.locale, **params)

    def wrapped(self, said: str, first: str = " ", later: str | None = None) -> list[str]:
        return wrap(said, self.columns, first, later)

    def say_name(self, name: str) -> str:
        from zhanggui.i18n.writing import printable

        return printable(name)


def place_lines(
    driver: Driver,
    groups: Sequence[tuple[tuple[str, ...], Sequence[Place]]],
    locale: str,
    currency: str,
    names: Mapping[str, str],
    columns: int,
) -> list[str]:
    """Where one metric moved, one table a dimension."""
    found: list[str] = []
    for by, group in groups:
        comma = text("units.comma", locale)
        head = text("report.by", locale, dimension=comma.join(naming.dimension(name, locale) for name in by))
        cells = [
            [
                naming.place(at, locale, names),
                lines.amount(at.change, driver.unit, locale, currency),
                lines.interval(at.low, at.high, driver.unit, locale, currency),
                lines.place_note(at, driver.unit, locale, currency),
            ]
            for at in group
        ]
        found += table([[head, "", "", ""], *cells], "<>><", indent=2)
    return [shorten(line, columns) for line in found]


def driver_text(
    driver: Driver, locale: str, currency: str, names: Mapping[str, str] | None = None, width: int = WIDTH
) -> str:
    """The answer of ``zhanggui explain``: both periods, the change, its factors and its places."""
    head = text(
        "report.explain",
        locale,
        metric=naming.metric(driver.metric, locale),
        period=days(driver.period, locale, year=True),
        value=lines.amount(driver.value, driver.unit, locale, currency).removeprefix("+"),
        against=days(driver.against, locale, year=True),
        previous=lines.amount(driver.previous, driver.unit, locale, currency).removeprefix("+"),
    )
    months = lines.months(driver, locale)
    found = [
        *wrap(head, width),
        *(wrap(months, width, " ", "   ") if months else ()),
        *wrap(lines.equation(driver, locale, currency), width, " ", "   "),
        *place_lines(driver, lines.places(driver, most=12), locale, currency, names or {}, width),
    ]
    for flag in driver.flags:
        found += wrap(naming.caveat(flag, locale, currency), width, " ")
    return "\n".join(found) + "\n"


def check_text(brief: Brief, locale: str, width: int = WIDTH) -> str:
    """The answer of ``zhanggui check``: the data at hand, what is missing and what it would unlock, what is flagged or left out."""
    writer = _Writer(brief, locale, width)
    head = [text(f"report.page.{name}", locale) for name in ("table", "rows", "from", "to")]
    rows = [
        [
            naming.table(at.table, locale),
            count(at.rows, locale),
            at.start.isoformat() if at.start else "",
            at.end.isoformat() if at.end else "",
        ]
        for at in brief.coverage
    ]
    found = [*writer.title("report.check_title"), *table([head, *rows], "<><<")]
    for said in lines.caveats((*brief.yesterday, *brief.metrics), locale, brief.currency):
        found += writer.wrapped(said)
    found += [*writer.not_said(len(brief.missing)), *writer.left_out()]
    return "\n".join(found) + "\n"

"""The rows of a brief as written cells, the same for the terminal and for the page."""

from __future__ import annotations

import shlex
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from zhanggui.brief import Brief, MetricLine, Said
from zhanggui.i18n import has, text
from zhanggui.i18n.writing import day, measured, money, normal_range, percent, quantity, say, write
from zhanggui.numbers.kinds import Driver, Part, Place
from zhanggui.playbooks.kinds import Due, Locked
from zhanggui.report import naming
from zhanggui.units import Quantity

MOST_PLACES = 4
Mark = Literal["", "normal", "low", "high", "chance", "doubtful"]


@dataclass(frozen=True, slots=True)
class Row:
    """One number, written: what it is, what was to be expected, the normal range, and which side of it the number lies."""

    line: MetricLine
    label: str
    value: str
    expected: str
    normal: str
    mark: Mark

    @property
    def against(self) -> str:
        """Expected value and normal range in one cell."""
        return f"{self.expected} [{self.normal}]".lstrip() if self.normal else self.expected


def row(line: MetricLine, locale: str, currency: str) -> Row:
    """One metric line written in ``locale``."""
    expected = _rounded(line.expected, line, locale, currency) if line.expected is not None else ""
    normal = normal_range(line.low, line.high, line.unit, locale, currency)
    value = measured(line.value, line.unit, locale, currency)
    if line.estimate is not None:
        alone, _, own_range = quantity(line.estimate, locale, currency).partition(" [")
        value, normal = alone, normal or own_range.rstrip("]")
    return Row(line, naming.metric(line.name, locale), value, expected, normal, _mark(line))


def rows(lines: Iterable[MetricLine], locale: str, currency: str) -> list[Row]:
    """The lines that have something to say: a value, or the reason why there is none."""
    return [row(line, locale, currency) for line in lines if line.value is not None or line.estimate or line.flags]


def _mark(line: MetricLine) -> Mark:
    if line.value is None or line.low is None or line.high is None:
        return ""
    if line.doubtful:
        return "doubtful"
    if not line.unusual:
        # Outside of its range, but among so many numbers one is expected to be: nothing is claimed.
        return "normal" if line.low <= line.value <= line.high else "chance"
    return "low" if line.value < (line.expected if line.expected is not None else line.low) else "high"


def _rounded(value: float, line: MetricLine, locale: str, currency: str) -> str:
    return quantity(Quantity(value, line.unit, exact=line.unit == "share"), locale, currency)


def why_not(line: MetricLine, locale: str) -> str:
    """Why no normal range can be said; empty where one is."""
    if line.refusal is None or line.refusal == "constant":
        return ""  # what never moved needs no range
    key = line.refusal if "." in line.refusal else f"brief.refusal.{line.refusal}"
    return text(key, locale) if has(key, locale) else line.refusal


def caveats(lines: Iterable[MetricLine], locale: str, currency: str) -> list[str]:
    """Every caveat once, with the names of the numbers it is about. Where its substitute is an estimate that stands among the
    lines, the estimate says it already."""
    lines = list(lines)
    said = {line.name for line in lines if line.estimate is not None}
    known = {flag.caveat for line in lines for flag in line.flags if flag.instead in said}
    about: dict[str, list[str]] = {}
    for line in lines:
        for flag in (flag for flag in line.flags if flag.caveat not in known):
            about.setdefault(naming.caveat(flag, locale, currency), []).append(naming.metric(line.name, locale))
    comma = text("units.comma", locale)
    return [
        text("report.caveat", locale, metrics=comma.join(dict.fromkeys(names)), words=words)
        for words, names in about.items()
    ]


def pace(brief: Brief, locale: str) -> str:
    """The running month against its target, in one line; empty where it is not said."""
    p = brief.pace
    if p is None:
        return ""
    from zhanggui.i18n.writing import month

    whole = p.days == monthrange(int(p.month[:4]), int(p.month[5:7]))[1]
    said = text(
        "report.pace_done" if whole else "report.pace",
        locale,
        month=month(p.month, locale),
        metric=naming.inside(p.metric, locale),
        days=write(p.days, locale),
        so_far=money(p.so_far, brief.currency, locale, whole=True),
        forecast=money(p.forecast, brief.currency, locale, low=p.low, high=p.high),
    )
    if p.target is None:
        return said
    target = money(p.target, brief.currency, locale)
    if whole:
        gap = money(p.target - p.so_far, brief.currency, locale)
        return said + text(
            f"report.pace_{'missed' if p.so_far < p.target else 'reached'}", locale, target=target, gap=gap
        )
    if p.chance is None:
        return said + text("report.pace_target", locale, target=target)
    return said + text("report.pace_chance", locale, target=target, chance=percent(_held(p.chance), locale))


def _held(chance: float) -> float:
    """A chance that a forecast can stand for: never none and never certain."""
    return min(max(chance, 0.01), 0.99)


# ---- why


def unusual(brief: Brief) -> bool:
    """Whether any number lies outside of its normal range."""
    return any(line.unusual for line in (*brief.metrics, *brief.yesterday))


def amount(value: float, unit: str, locale: str, currency: str) -> str:
    """A signed change."""
    return measured(value, unit, locale, currency, signed=True)


def equation(driver: Driver, locale: str, currency: str) -> str:
    """``net sales −£16,498 = orders −£5,033 · order value −£11,465``."""
    parts = " · ".join(
        f"{naming.inside(part.name, locale)} {amount(part.change, driver.unit, locale, currency)}"
        for part in driver.parts
        if abs(part.change) >= smallest(driver) and part.name != driver.metric
    )
    head = f"{naming.inside(driver.metric, locale)} {amount(driver.change, driver.unit, locale, currency)}"
    return f"{head} = {parts}" if parts else head


def months(driver: Driver, locale: str) -> str:
    """That whole months are compared and how long each is; empty for other days."""
    if not driver.period.months or driver.against != driver.period.comparable_before():
        return ""
    return text(
        "report.months", locale, now=write(driver.period.days, locale), before=write(driver.against.days, locale)
    )


def smallest(driver: Driver) -> float:
    """Below which a change is not worth a word."""
    return 0.5 if driver.unit in ("money", "count") else 1e-9


def places(driver: Driver, most: int = MOST_PLACES) -> list[tuple[tuple[str, ...], list[Place]]]:
    """The places of each dimension asked, the largest first; what is beyond ``most`` goes into the rest, so that the sum stays."""
    groups: dict[tuple[str, ...], list[Place]] = {}
    by: tuple[str, ...] = ()
    for at in driver.where:
        by = by if at.kind == "rest" and by else tuple(at.by)
        groups.setdefault(by, []).append(at)
    return [(by, _folded(found, most)) for by, found in groups.items()]


def telling(driver: Driver, most: int = MOST_PLACES) -> list[tuple[tuple[str, ...], list[Place]]]:
    """Where the change clearly lies: of the first dimension, and of the one beside it that tells most, the places beyond noise; the others
    of each together. A dimension without such a place is left out, one beside the first also where its places are less than half of the
    change."""
    told = [(by, [at for at in found if not _unclear(at)], found) for by, found in places(driver, most=10**9)]
    told = [(by, clear[:most], found) for by, clear, found in told if clear]
    first, beside = told[:1], told[1:]
    beside = [one for one in beside if abs(sum(at.change for at in one[1])) >= abs(driver.change) / 2]
    best = max(beside, key=lambda one: max(abs(at.change) for at in one[1]), default=None)
    return [(by, _beside(clear, found)) for by, clear, found in (*first, *([best] if best else []))]


def _unclear(at: Place) -> bool:
    return at.kind == "rest" or is_noise(at.low, at.high)


def _beside(clear: Sequence[Place], found: Sequence[Place]) -> list[Place]:
    """The clear places, and all others of the dimension as one."""
    others = [at for at in found if at not in clear]
    return [*clear, _sum(others)] if others else [*clear]


def _folded(found: Sequence[Place], most: int) -> list[Place]:
    named = sorted((at for at in found if at.kind != "rest"), key=lambda at: -abs(at.change))
    kept, folded = named[:most], [*named[most:], *(at for at in found if at.kind == "rest")]
    if len(folded) == 1 and folded[0].kind != "rest":
        return [*kept, *folded]
    return [*kept, _sum(folded)] if folded else kept


def _sum(folded: Sequence[Place]) -> Place:
    if len(folded) == 1:
        return folded[0]
    return Place(
        by=folded[-1].by,
        change=sum(at.change for at in folded),
        rate=sum(at.rate for at in folded),
        mix=sum(at.mix for at in folded),
        kind="rest",
        value=sum(at.value for at in folded),
        previous=sum(at.previous for at in folded),
        parts=_parts(folded),
    )


def _parts(folded: Sequence[Place]) -> tuple[Part, ...]:
    every = sorted((part for at in folded for part in at.parts), key=lambda part: part.name)
    return tuple(
        Part(name, sum(part.change for part in same)) for name, same in groupby(every, key=lambda part: part.name)
    )


def place_note(at: Place, unit: str, locale: str, currency: str) -> str:
    """What is to be known of a place beside its sum: new, gone, within noise, or which of its own factors moved."""
    if at.kind in ("entered", "left"):
        return text(f"report.place.{at.kind}", locale)
    if is_noise(at.low, at.high):
        return text("report.place.noise", locale)
    largest = max(at.parts, key=lambda part: abs(part.change), default=None)
    if largest is None or at.kind == "rest":
        return ""
    return text(
        "report.place.mostly",
        locale,
        part=naming.inside(largest.name, locale),
        change=amount(largest.change, unit, locale, currency),
    )


def is_noise(low: float | None, high: float | None) -> bool:
    """Whether a change with this interval may be chance; one without an interval is arithmetic."""
    return low is not None and high is not None and low <= 0 <= high


def interval(low: float | None, high: float | None, unit: str, locale: str, currency: str) -> str:
    """The interval of a change, in brackets; empty where there is none."""
    if low is None or high is None:
        return ""
    # The ends alone are wanted: a value between them sets the scale.
    written = quantity(Quantity((low + high) / 2, unit, low, high, signed=True), locale, currency)
    return written[written.rindex("[") :] if "[" in written else ""


# ---- findings and what is missing


def unstopped(sentence: str) -> str:
    """``sentence`` without its full stop, where something is still to be added to it."""
    return sentence.rstrip("。.")


def loss(due: Due, locale: str, currency: str) -> str:
    """What missing a deadline costs; empty where nothing is known of it, or its sentence says it."""
    told = any(isinstance(value, Quantity) and value.value == due.loss for value in due.words.params.values())
    if due.loss < 0.5 or told:
        return ""
    return text("report.loss", locale, money=money(due.loss, currency, locale))


def finding_tail(said: Said, locale: str, currency: str) -> str:
    """Behind a finding's sentence: its money where the sentence has none, what kind of statement it is, and since when it stands."""
    found = said.finding
    parts = []
    told = any(isinstance(value, Quantity) and value.unit == "money" for value in found.words.params.values())
    if abs(found.size) >= 0.5 and not told:
        size = quantity(Quantity(found.size, low=found.low, high=found.high, signed=True), locale, currency)
        parts.append(text(f"report.per.{found.per}", locale, size=size))
    if found.kind != "state":
        parts.append(text(f"report.kind.{found.kind}", locale))
    if said.state != "new":
        parts.append(text(f"report.state.{said.state}", locale, day=day(said.first_said, locale)))
    return "".join(f" · {part}" for part in parts)


def command(query: Mapping[str, Any]) -> str:
    """The call of ``zhanggui query`` that gives an evidence's number again."""
    words = [*query["metrics"]]
    words += [word for name in query.get("by", ()) for word in ("--by", name)]
    for name, value in query.get("where", {}).items():
        values = [value] if isinstance(value, str) else value
        words += [word for each in values for word in ("--where", f"{name}={each}")]
    words += [word for name in ("from", "to") if query.get(name) for word in (f"--{name}", query[name])]
    return f"zhanggui query {shlex.join(words)}"


def shown(findings: Sequence[Said]) -> list[Said]:
    """What is said today: how things stand is said once, and again only when it moved."""
    return [said for said in findings if said.finding.kind != "state" or said.state != "open"]


def todays_gaps(brief: Brief, locale: str) -> list[Gap]:
    """What is missing, the dearest first; where none has a price, a different one leads each day."""
    found = gaps(brief.missing, locale, brief.currency)
    if not found or found[0].worth:
        return found
    first = brief.as_of.toordinal() % len(found)
    return found[first:] + found[:first]


@dataclass(frozen=True, slots=True)
class Gap:
    """One table or setting that is missing: what it would let the brief say, and what that is worth here."""

    needs: str
    name: str
    words: str
    rules: tuple[str, ...]
    worth: float | None
    tail: str


def gaps(missing: Sequence[Locked], locale: str, currency: str) -> list[Gap]:
    """What is missing, one line a table, the dearest first."""
    found: dict[str, list[Locked]] = {}
    for locked in missing:
        found.setdefault(locked.needs, []).append(locked)
    listed = [_gap(needs, same, locale, currency) for needs, same in found.items()]
    return sorted(listed, key=lambda gap: -(gap.worth or 0.0))


def _gap(needs: str, same: Sequence[Locked], locale: str, currency: str) -> Gap:
    dearest = max(same, key=lambda locked: locked.worth or 0.0)
    worths = [locked.worth for locked in same if locked.worth is not None]
    tails = []
    if worths:
        tails.append(text("report.worth", locale, money=money(sum(worths), currency, locale)))
    if len(same) > 1:
        tails.append(text("report.also", locale, n=len(same)))
    return Gap(
        needs=needs,
        name=naming.table(needs, locale),
        words=say(dearest.words, locale, currency),
        rules=tuple(dict.fromkeys(locked.rule for locked in same)),
        worth=sum(worths) if worths else None,
        tail="".join(tails),
    )

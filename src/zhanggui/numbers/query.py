"""Ask the metric catalogue: each table is aggregated to the asked dimensions by itself, then the blocks are laid side by side."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import polars as pl

from zhanggui.config import Config
from zhanggui.errors import BadValue, Unanswerable
from zhanggui.metrics import MEASURES, Measure, Metric, metric, nearest
from zhanggui.numbers import coverage as coverages
from zhanggui.numbers.blocks import Asked
from zhanggui.numbers.coverage import DAY, Coverage
from zhanggui.numbers.development import Development, learn
from zhanggui.numbers.dimensions import DIMENSIONS, of, with_dimension
from zhanggui.numbers.joined import Costs
from zhanggui.numbers.kinds import Answer, Flag, Question
from zhanggui.numbers.reads import CALENDAR, Reads
from zhanggui.numbers.shape import shaped
from zhanggui.numbers.validity import Seen, Validity, flags, last_full_day
from zhanggui.units import Clock, Period

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

FACTS = ("order_facts", "sales", "refund_facts")
"""One data set: what the latest of them knows is covered by all."""
KEPT_ANSWERS = 256


@dataclass
class _Memory:
    """What was read of one warehouse at one version."""

    version: Any = None
    coverage: dict[str, Coverage] = field(default_factory=dict)
    answers: OrderedDict[Any, Answer] = field(default_factory=OrderedDict)
    read: Reads = field(default_factory=Reads)
    development: dict[date, Development | None] = field(default_factory=dict)
    validity: Validity = field(default_factory=Validity)


_MEMORY: WeakKeyDictionary[Any, _Memory] = WeakKeyDictionary()


def ask(
    warehouse: Warehouse,
    question: Question,
    *,
    config: Config,
    clock: Clock,
    costs: Costs | None = None,
    fresh: bool = False,
    declared: Sequence[Metric] | None = None,
) -> Answer:
    """Answer a question in one engine query (two more per version of the data, for coverage and flags), compiled once for its shape.

    Days from the clock's today on, and days after the data's last one, are never in. Without ``by`` one total row, without
    ``start`` and ``end`` the whole span. ``fresh`` bypasses remembered answers; ``declared`` are the question's metrics where some of
    them stand in no catalogue. Raises BadValue for unknown names and
    Unanswerable for a dimension that a metric's table does not have.
    """
    metrics = declared or [metric(name) for name in question.metrics]
    _check(question)
    memory = _remembered(warehouse)
    key = (_frozen(question), clock.today(), config.currency, repr(costs))
    if not fresh and key in memory.answers:
        memory.answers.move_to_end(key)
        return memory.answers[key]
    answer = _answer(warehouse, question, metrics, memory, config, clock, costs)
    memory.answers[key] = answer
    if len(memory.answers) > KEPT_ANSWERS:
        memory.answers.popitem(last=False)
    return answer


def coverage(warehouse: Warehouse, currency: str, tables: Collection[str] = tuple(DAY)) -> Coverage:
    """What the warehouse holds in ``tables``, counted once per version."""
    memory = _remembered(warehouse)
    known = memory.coverage.get(currency, Coverage())
    memory.coverage[currency] = coverages.look(warehouse, (*FACTS, *tables), currency, known)
    return memory.coverage[currency]


def last_complete_day(warehouse: Warehouse, clock: Clock, currency: str = "") -> date:
    """The last day the data covers whole: what a brief is of where no day is named."""
    held = coverage(warehouse, currency, ("traffic_days", "ad_days"))
    return last_full_day(_remembered(warehouse).validity.counts(warehouse, held), held, clock)


def data_span(warehouse: Warehouse, currency: str = "") -> tuple[date, date]:
    """The first and the last day with orders, refunds or traffic. Raises Unanswerable where there is none."""
    span = coverage(warehouse, currency, ("traffic_days", "ad_days")).span(
        ("order_facts", "refund_facts", "traffic_days")
    )
    if span is None:
        raise Unanswerable("metrics.no_data")
    return span


def _remembered(warehouse: Warehouse) -> _Memory:
    memory = _MEMORY.get(warehouse)
    if memory is None or memory.version != warehouse.version:
        memory = _MEMORY[warehouse] = _Memory(version=warehouse.version)
    return memory


def _frozen(question: Question) -> Any:
    where = tuple(sorted((name, tuple(values)) for name, values in question.where.items()))
    return (question.metrics, question.by, where, question.start, question.end, question.against, question.limit)


def _check(question: Question) -> None:
    if not question.metrics:
        raise BadValue("metrics.no_metric")
    known = dict.fromkeys(DIMENSIONS)
    for name in (*question.by, *question.where):
        if name not in known:
            raise BadValue(
                "metrics.unknown_dimension", name=name, nearest=", ".join(nearest(name, known)), known=", ".join(known)
            )
    if question.start and question.end and question.end < question.start:
        raise BadValue("metrics.bad_period", start=question.start.isoformat(), end=question.end.isoformat())


def _answer(
    warehouse: Warehouse,
    question: Question,
    metrics: Sequence[Metric],
    memory: _Memory,
    config: Config,
    clock: Clock,
    costs: Costs | None,
) -> Answer:
    held = coverage(warehouse, config.currency, _tables(metrics))
    by = tuple(dict.fromkeys(question.by))
    measures = _measures(metrics, (*by, *question.where), held)
    span = _span(measures, held)
    period = _period(question, span, clock)
    if period is None:
        nothing = Period(clock.today(), clock.today())
        seen = Seen(question, nothing, held, memory.validity.counts(warehouse, held), pl.DataFrame(), {}, clock.today())
        return _empty(question, metrics, by, flags(metrics, seen))
    last = span[1] if span else period.end
    against = _against(question, period)
    development = None
    if any("to_come" in measure.joins for _, measure, _ in measures):
        if last not in memory.development:
            memory.development[last] = learn(warehouse, last)
        development = memory.development[last]
    asked = Asked(by, question.where, period, last, config.currency, costs, held.foreign > 0, development)
    frame, gaps = memory.read.rows(warehouse, measures, held, asked, against)
    answered, measured = shaped(
        frame, question, metrics, measures, by, period, against, held, span[0] if span else None
    )
    seen = Seen(question, period, held, memory.validity.counts(warehouse, held), measured, gaps, clock.today())
    return Answer(question, answered, period.start, period.end, tuple(flags(metrics, seen)))


def asked_of(
    warehouse: Warehouse,
    question: Question,
    metrics: Sequence[Metric],
    *,
    config: Config,
    clock: Clock,
    costs: Costs | None = None,
) -> tuple[Asked | None, list[tuple[str, Measure, int]], Coverage]:
    """What a question asks of the tables, which measures it needs, and what the warehouse holds; None where it holds nothing for it.

    Raises as :func:`ask` does.
    """
    _check(question)
    held = coverage(warehouse, config.currency, _tables(metrics))
    by = tuple(dict.fromkeys(question.by))
    measures = _measures(metrics, (*by, *question.where), held)
    span = _span(measures, held)
    period = _period(question, span, clock)
    if period is None or span is None:
        return None, measures, held
    return Asked(by, question.where, period, span[1], config.currency, costs, held.foreign > 0), measures, held


def _tables(metrics: Sequence[Metric]) -> set[str]:
    return {MEASURES[name].table for one in metrics for name in one.measures}


def _span(measures: Sequence[tuple[str, Measure, int]], held: Coverage) -> tuple[date, date] | None:
    tables = sorted({measure.table for _, measure, _ in measures if measure.table != CALENDAR})
    return held.span((*tables, *(FACTS if any(table in FACTS for table in tables) else ())))


def _measures(metrics: Iterable[Metric], asked: Sequence[str], held: Coverage) -> list[tuple[str, Measure, int]]:
    """The columns a question needs: (column name, measure, window), each once."""
    needed: dict[str, tuple[str, Measure, int]] = {}
    for one in metrics:
        for name in one.measures:
            measure = MEASURES[name]
            if name in one.optional and not held.rows(measure.table):
                continue
            column = column_of(one, name)
            needed.setdefault(column, (column, _answering(one, measure, asked), one.window_days or 0))
    if "costed_sales" in needed:
        needed["sheet_costed_sales"] = ("sheet_costed_sales", MEASURES["sheet_costed_sales"], 0)
    return list(needed.values())


def column_of(one: Metric, measure: str) -> str:
    """The column a metric's measure is computed in: windows have columns of their own."""
    return f"{measure}__{one.window_days}" if one.window_days else measure


def _answering(one: Metric, measure: Measure, asked: Sequence[str]) -> Measure:
    """The measure, or the one to take instead, that has all asked dimensions."""
    if measure.table == CALENDAR:
        return measure
    lacking = [name for name in asked if name not in of(measure.table)]
    if not lacking:
        return measure
    if measure.otherwise:
        return _answering(one, MEASURES[measure.otherwise], asked)
    raise Unanswerable(
        "metrics.no_dimension",
        metric=one.name,
        dimension=lacking[0],
        table=measure.table,
        tables=", ".join(with_dimension(lacking[0])) or "–",
    )


def _period(question: Question, span: tuple[date, date] | None, clock: Clock) -> Period | None:
    yesterday = clock.today() - timedelta(days=1)
    if span is None:
        if question.start is None or question.end is None:
            return None
        return Period(question.start, question.end)
    start = question.start or span[0]
    end = min(question.end or span[1], span[1], yesterday)
    if end < start:  # nothing of the asked days is in the data: answered as asked, with nothing in it
        end = max(start, question.end or start)
        return Period(start, end) if question.start or question.end else None
    return Period(start, end)


def _against(question: Question, period: Period) -> Period | None:
    if question.against is None or isinstance(question.against, Period):
        return question.against
    return period.aligned_before() if question.against == "previous" else period.shift(-364)


def _empty(question: Question, metrics: Sequence[Metric], by: Sequence[str], found: Sequence[Flag]) -> Answer:
    """The answer of a warehouse that holds nothing for the question."""
    schema: dict[str, Any] = dict.fromkeys(by, pl.String)
    for one in metrics:
        schema[one.name] = pl.Float64
        if question.against is not None:
            schema[f"{one.name}_previous"] = pl.Float64
    rows = pl.DataFrame(schema=schema) if by else pl.DataFrame([dict.fromkeys(schema)], schema=schema)
    return Answer(question, rows, question.start, question.end, tuple(found))


__all__ = ["ask", "asked_of", "coverage", "data_span", "last_complete_day"]

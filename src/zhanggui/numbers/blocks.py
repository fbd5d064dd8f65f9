"""One block: all measures that read the same rows of one table, aggregated to the asked dimensions in one expression."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.errors import BadValue
from zhanggui.metrics.kinds import Measure
from zhanggui.numbers.development import Development
from zhanggui.numbers.dimensions import PRODUCT, STATED_ALWAYS, needs_products
from zhanggui.numbers.joined import Costs, with_columns
from zhanggui.numbers.kinds import TIME
from zhanggui.numbers.levels import Choice
from zhanggui.numbers.moments import a_day, a_text
from zhanggui.units import Period

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

NOW, THEN = "now", "then"
MOST_VALUES = 8
"""Values of one filter that stand as parameters; more of them are written into the expression."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows a block reads; measures with equal ``Rows`` share a scan."""

    table: str
    day: str
    where: Callable[[Any], Any] | None
    joins: tuple[str, ...]
    choice: Choice | None
    snapshot: bool
    matured_days: int
    window_days: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks of every block. ``last`` is the data's last day, ``tag`` tells the period from the one it is held against."""

    by: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]
    period: Period
    last: date
    currency: str
    costs: Costs | None
    foreign: bool
    development: Development | None = None
    tag: str = NOW

    @property
    def grains(self) -> tuple[str, ...]:
        return tuple(name for name in self.by if name in TIME)


def bucket(day: Any, grain: str) -> Any:
    """The first day of the day's, week's (Monday) or month's bucket."""
    if grain == "day":
        return day.cast("date")
    return day.truncate("W" if grain == "week" else "M").cast("date")


def first_of(day: date, grain: str) -> date:
    """The same for a day of our own."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


def aggregated(warehouse: Warehouse, rows: Rows, measures: Mapping[str, Measure], asked: Asked) -> Any:
    """The block's expression: ``tag``, the asked dimensions (time as DATE), one float64 column per measure."""
    t = rows_of(warehouse, rows, asked)
    keys = {name: _key(t, name, rows) for name in asked.by}
    values = {name: measure.value(t).cast("float64") for name, measure in measures.items()}
    grouped = t.group_by(**keys).aggregate(**values) if keys else t.aggregate(**values)
    return grouped.mutate(tag=ibis.literal(asked.tag))


def rows_of(warehouse: Warehouse, rows: Rows, asked: Asked) -> Any:
    """The rows that a block aggregates, with the columns it joins to them."""
    t = warehouse.table(rows.table)
    if rows.where is not None:
        t = t.filter(rows.where(t))
    if rows.choice is not None:
        t = t.filter(rows.choice.filter(t))
    t = _in_period(t, rows, asked)
    product = needs_products((*asked.by, *asked.where))
    t = with_columns(warehouse, t, rows, product, asked)
    for name, kept in asked.where.items():
        t = t.filter(_matches(t, name, kept, rows.day))
    return _last_days(t, rows, asked) if rows.snapshot else t


def _in_period(t: Any, rows: Rows, asked: Asked) -> Any:
    if rows.window_days and asked.grains:
        return _in_windows(t, rows, asked)
    first, after = _ends(rows, asked)
    return t.filter((t[rows.day] >= first) & (t[rows.day] < after))


def _ends(rows: Rows, asked: Asked) -> tuple[Any, Any]:
    """The parameters of the first day that ``rows`` are read from and of the day after the last."""
    kind = (asked.tag, rows.matured_days, rows.window_days)
    return a_day("first", *kind), a_day("after", *kind)


def _days(rows: Rows, asked: Asked) -> tuple[date, date]:
    """What the two stand for."""
    first, last = asked.period.start, asked.period.end
    if rows.window_days:
        first = last - timedelta(days=rows.window_days - 1)
    elif rows.matured_days:
        last = min(last, asked.last - timedelta(days=rows.matured_days))
    return first, last + timedelta(days=1)


def given(asked: Asked, read: Iterable[Rows]) -> dict[Any, date | str]:
    """What the parameters in the blocks of ``read`` stand for. Raises BadValue for a label that is no day, week or month."""
    found: dict[Any, date | str] = {}
    for rows in read:
        if not (rows.window_days and asked.grains):
            found.update(zip(_ends(rows, asked), _days(rows, asked), strict=True))
    for name, values in asked.where.items():
        if len(values) <= MOST_VALUES:
            kept = [first_of(_day_of(name, value), name) for value in values] if name in TIME else values
            found.update(zip(_places(name, values), kept, strict=True))
    return found


def shape(asked: Asked, read: Mapping[Rows, Mapping[str, Measure]]) -> Hashable:
    """All that the expression of ``read`` depends on besides the parameters: equal shapes have equal expressions."""
    where = tuple(
        (name, len(values) if len(values) <= MOST_VALUES else tuple(values), "" in values)
        for name, values in asked.where.items()
    )
    blocks = tuple((rows, tuple(measures.items())) for rows, measures in read.items())
    windows = asked.period if asked.grains and any(rows.window_days for rows in read) else None
    coming = (asked.last, asked.development) if any("to_come" in rows.joins for rows in read) else None
    return asked.tag, asked.by, where, blocks, windows, coming, asked.currency, asked.foreign


def _in_windows(t: Any, rows: Rows, asked: Asked) -> Any:
    """Rows of the ``window_days`` up to each bucket's end."""
    day = t[rows.day]
    length = timedelta(days=rows.window_days)
    ends: dict[tuple[date, ...], date] = {}
    for moment in asked.period.each():
        ends[tuple(first_of(moment, grain) for grain in asked.grains)] = moment
    windows = ibis.memtable(
        {
            **{f"_{grain}": [label[i] for label in ends] for i, grain in enumerate(asked.grains)},
            "_end": list(ends.values()),
            "_open": [end - length for end in ends.values()],
        },
        schema={**{f"_{grain}": "date" for grain in asked.grains}, "_end": "date", "_open": "date"},
    )
    return t.join(windows, [day > windows["_open"], day <= windows["_end"]])


def _key(t: Any, name: str, rows: Rows) -> Any:
    if name in TIME:
        return t[f"_{name}"] if rows.window_days else bucket(t[rows.day], name)
    return t[name] if name in STATED_ALWAYS.get(rows.table, ()) else t[name].fill_null("")


def _places(name: str, values: Sequence[str]) -> list[Any]:
    """The parameters that stand for a filter's values."""
    return [(a_day if name in TIME else a_text)("where", name, index) for index in range(len(values))]


def _matches(t: Any, name: str, values: Sequence[str], day: str) -> Any:
    few = len(values) <= MOST_VALUES
    if name in TIME:
        labels = [ibis.literal(first_of(_day_of(name, value), name)) for value in values] if not few else None
        return bucket(t[day], name).isin(labels or _places(name, values))
    column = t[name].fill_null("") if "" in values or name in PRODUCT else t[name]
    kept = _places(name, values) if few else list(values)
    return column == kept[0] if len(values) == 1 else column.isin(kept)


def _day_of(grain: str, label: str) -> date:
    try:
        return date.fromisoformat(f"{label}-01" if grain == "month" and len(label) == 7 else label)
    except ValueError:
        raise BadValue("metrics.bad_label", name=grain, value=label) from None


def _last_days(t: Any, rows: Rows, asked: Asked) -> Any:
    """Only the last day that each channel (and place) reports within each bucket."""
    places = [t[name] for name in ("channel", "location") if name in t.columns]
    buckets = [bucket(t[rows.day], grain) for grain in asked.grains]
    marked = t.mutate(_last_day=t[rows.day].max().over(ibis.window(group_by=[*places, *buckets])))
    return marked.filter(marked[rows.day] == marked["_last_day"])


def combined(blocks: Sequence[tuple[Any, Sequence[str]]], by: Sequence[str]) -> Any:
    """All blocks in one expression: their rows under each other with NULL for what a block lacks, then one row per key."""
    names = sorted({name for _, measures in blocks for name in measures})
    shaped = [
        block.select(
            "tag",
            *by,
            **{name: block[name] if name in measures else ibis.null("float64") for name in names},
        )
        for block, measures in blocks
    ]
    if len(shaped) == 1:
        return shaped[0]
    union = ibis.union(*shaped, distinct=False)
    return union.group_by("tag", *by).aggregate(**{name: union[name].max() for name in names})

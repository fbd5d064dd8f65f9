"""What the pages about numbers show: a metric over time and places, why it moved, the rows behind it, its definition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from zhanggui.errors import BadValue
from zhanggui.i18n import has, text
from zhanggui.units import Period

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop
    from zhanggui.numbers.kinds import Driver

WEEKS = 26
"""How far back a page looks that was not told from when on."""
PAGE_ROWS, MOST_TAKEN = 50, 100_000
"""Rows behind a number on a page, and in a file."""
MOST_OVER_TIME = 20
"""Places that a page follows over time."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a reader asks: metrics, dimensions, grain, filters, days, and what to hold them against (``previous``, ``year`` or nothing)."""

    metrics: tuple[str, ...]
    by: tuple[str, ...] = ()
    grain: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    start: date | None = None
    end: date | None = None
    against: str = ""
    shape: str = ""

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells it from others, to keep its answer by."""
        where = tuple((name, values) for name, values in self.where.items())
        return (self.metrics, self.by, self.grain, where, self.start, self.end, self.against, self.shape)


# ---- what can be chosen


@cache
def metric_list(locale: str) -> list[dict[str, Any]]:
    """Every metric by topic, as a list to choose from: name, its words, what it is."""
    from zhanggui import metrics

    return [
        {
            "topic": text(f"web_metrics.topic.{topic.__name__.rpartition('.')[2]}", locale),
            "metrics": [
                {
                    "name": m.name,
                    "said": text(f"metrics.name.{m.name}", locale),
                    "about": text(f"metrics.about.{m.name}", locale),
                }
                for m in topic.METRICS
            ],
        }
        for topic in metrics.TOPICS
        if topic.METRICS
    ]


def dimension_names(names: Sequence[str], locale: str) -> list[dict[str, str]]:
    """Dimensions with their words."""
    return [{"name": name, "said": text(f"metrics.dimension.{name}", locale)} for name in names]


def dimensions(shop: Shop, metrics: Sequence[str]) -> tuple[str, ...]:
    """The dimensions by which all of ``metrics`` can be asked here, and of which the files tell more than one value."""
    from zhanggui.metrics import metric
    from zhanggui.numbers.told import told

    each = [told(shop.warehouse, metric(name)) for name in metrics]
    return tuple(name for name in each[0] if all(name in other for other in each)) if each else ()


def span(shop: Shop) -> tuple[date, date]:
    """The first day of the data and the last complete one. Raises Unanswerable where there is no data."""
    from zhanggui.numbers.query import data_span, last_complete_day

    first, _ = data_span(shop.warehouse, shop.config.currency)
    return first, last_complete_day(shop.warehouse, shop.clock, shop.config.currency)


def spans(shop: Shop, locale: str) -> dict[str, Any]:
    """The days the data covers, and periods to choose with one click. Raises Unanswerable where there is no data."""
    first, last = span(shop)
    return {"first": first, "last": last, "quick": quick(first, last, locale)}


def quick(first: date, last: date, locale: str) -> list[dict[str, str]]:
    """Periods of the data's days to choose with one click."""
    month = (
        last.replace(day=1)
        if (last + timedelta(days=1)).day == 1
        else (last.replace(day=1) - timedelta(days=1)).replace(day=1)
    )
    month_end = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    found = [(f"last_{days}", Period.ending(last, days)) for days in (7, 28, 91, 364)]
    found += [("last_month", Period(month, month_end)), ("everything", Period(min(first, last), last))]
    return [
        {"said": text(f"web_metrics.period.{name}", locale), "from": span.start.isoformat(), "to": span.end.isoformat()}
        for name, span in found
        if span.start >= first or name == "last_7"
    ]


def said_names(metrics: Sequence[str], locale: str, *, inside: bool = False) -> str:
    """The names of metrics in one line, ``inside`` of a sentence or by themselves. Raises BadValue for one that there is not."""
    from zhanggui.metrics import metric
    from zhanggui.report import naming

    said = naming.inside if inside else naming.metric
    return text("units.comma", locale).join(said(metric(name).name, locale) for name in metrics)


# ---- answers


def table(shop: Shop, ask: Ask, locale: str) -> dict[str, Any]:
    """The answer to ``ask`` as written cells and pictures."""
    from zhanggui.report.answers import Answered

    shown, largest = _shown(shop, ask)
    answer = _answer(shop, shown)
    names = shop.product_names() if "product_id" in ask.by else {}
    shape: Any = ask.shape
    return {**Answered(answer, locale, shop.config.currency, names).parts(shape), "largest": largest}


def _shown(shop: Shop, ask: Ask) -> tuple[Ask, int]:
    """What a page can show: over time only the largest places; how many, or 0 where there are no more than that."""
    if not ask.grain or len(ask.by) != 1 or ask.by[0] in ask.where:
        return ask, 0
    name, metric = ask.by[0], ask.metrics[0]
    whole = _answer(shop, replace(ask, grain="", against="")).rows
    if whole.height <= MOST_OVER_TIME:
        return ask, 0
    top = whole.sort([metric, name], descending=[True, False], nulls_last=True)[name].head(MOST_OVER_TIME)
    return replace(ask, where={**ask.where, name: tuple(str(value or "") for value in top)}), MOST_OVER_TIME


def table_file(shop: Shop, ask: Ask, form: str) -> bytes:
    """The same as a ``csv``, ``xlsx`` or ``parquet`` file. Raises BadValue for more rows than are taken away at once."""
    from zhanggui.report.answers import unit_counts
    from zhanggui.report.files import file_of

    rows = _answer(shop, ask).rows
    if rows.height > MOST_TAKEN:
        raise BadValue("web_metrics.too_many_to_take", n=rows.height, most=MOST_TAKEN)
    return file_of(rows, form, unit_counts(rows.columns))


def _answer(shop: Shop, ask: Ask) -> Any:
    by = (*((ask.grain,) if ask.grain else ()), *ask.by)
    return shop.query(ask.metrics, by, where=ask.where, start=ask.start, end=ask.end, against=ask.against or None)


def media(form: str) -> str:
    """The media type of a file to take away. Raises BadValue for a form there is not."""
    from zhanggui.report.files import MEDIA

    if form not in MEDIA:
        raise BadValue("store.unknown_format", format=form, known=", ".join(MEDIA))
    return MEDIA[form]


def why(shop: Shop, ask: Ask, locale: str) -> dict[str, Any]:
    """Why the metric of ``ask`` moved, as written cells and pictures."""
    from zhanggui.report.why import Why

    driver = _driver(shop, ask)
    names = shop.product_names(driver.period) if _speaks_of_products(driver, ask) else {}
    return Why(driver, locale, shop.config.currency, names).parts()


def _driver(shop: Shop, ask: Ask) -> Driver:
    from zhanggui.numbers.explain import explain

    return explain(
        shop.warehouse,
        ask.metrics[0],
        ask.by,
        start=ask.start,
        end=ask.end,
        against=_against(shop, ask),
        where=ask.where or None,
        config=shop.config,
        clock=shop.clock,
        costs=shop.costs,
    )


def _against(shop: Shop, ask: Ask) -> Period | None:
    """The days a year before, weekday by weekday; None lets the comparison be the days before."""
    if ask.against != "year":
        return None
    from zhanggui.numbers.explain import DEFAULT_DAYS
    from zhanggui.numbers.query import last_complete_day

    end = ask.end or last_complete_day(shop.warehouse, shop.clock, shop.config.currency)
    if ask.start and ask.start > end:
        raise BadValue("metrics.bad_period", start=ask.start.isoformat(), end=end.isoformat())
    return (Period(ask.start, end) if ask.start else Period.ending(end, DEFAULT_DAYS)).shift(-364)


def _speaks_of_products(driver: Driver, ask: Ask) -> bool:
    return "product_id" in ask.where or any("product_id" in at.by for at in driver.where)


def place_names(shop: Shop, where: Mapping[str, Sequence[str]], locale: str) -> list[dict[str, str]]:
    """The filters of a question in words, each value with the dimension it is of."""
    from zhanggui.report import naming

    names = shop.product_names() if "product_id" in where else {}
    return [
        {
            "name": name,
            "value": value,
            "dimension": text(f"metrics.dimension.{name}", locale) if has(f"metrics.dimension.{name}") else name,
            "said": naming.where({name: value}, locale, names),
        }
        for name, values in where.items()
        for value in values
    ]


# ---- the rows behind a number


def rows(shop: Shop, ask: Ask, locale: str, *, table: str = "", page: int = 1) -> list[dict[str, Any]]:
    """One page of the rows behind the metric of ``ask``, a written table for each table that it reads, or of ``table`` alone."""
    from zhanggui.report.behind import written

    names, skip = shop.product_names(), (page - 1) * PAGE_ROWS
    found = _behind(shop, ask, PAGE_ROWS, skip=skip, table=table)
    return [
        {**written(one, locale, shop.config.currency, names), "page": page, "pages": -(-one.count // PAGE_ROWS)}
        for one in found
        if one.count > skip
    ]


def rows_file(shop: Shop, ask: Ask, table: str) -> bytes:
    """The rows of one table behind the metric of ``ask`` as CSV. Raises BadValue for a table that is not among them, and for more rows
    than are taken away at once."""
    from zhanggui.report.files import file_of

    found = {one.table: one for one in _behind(shop, ask, MOST_TAKEN)}
    if table not in found:
        raise BadValue("web_why.no_such_rows", table=table, metric=ask.metrics[0])
    if found[table].count > MOST_TAKEN:
        raise BadValue("web_metrics.too_many_to_take", n=found[table].count, most=MOST_TAKEN)
    return file_of(found[table].rows, "csv")


def _behind(shop: Shop, ask: Ask, most: int, *, skip: int = 0, table: str = "") -> Sequence[Any]:
    from zhanggui.numbers.behind import behind
    from zhanggui.numbers.kinds import Question

    question = Question(ask.metrics[:1], where=ask.where, start=ask.start, end=ask.end)
    return behind(
        shop.warehouse,
        question,
        most=most,
        skip=skip,
        table=table,
        config=shop.config,
        clock=shop.clock,
        costs=shop.costs,
    )


# ---- one metric


def definition(shop: Shop, name: str, locale: str) -> dict[str, Any]:
    """What a metric is: formula, unit, what it reads, what to know of it, by what it can be asked here.

    Raises BadValue for an unknown name.
    """
    from zhanggui.metrics import lineage, metric
    from zhanggui.numbers.told import answering
    from zhanggui.report import naming

    m = metric(name)
    here = dimensions(shop, (name,))
    empty = {table for table, count in shop.warehouse.rows().items() if not count}
    return {
        "name": m.name,
        "said": naming.metric(name, locale),
        "about": text(f"metrics.about.{name}", locale),
        "formula": m.formula,
        "unit": text(f"metrics.unit.{m.unit}", locale),
        "good": text(f"web_metrics.good.{ {1: 'up', -1: 'down', 0: 'neither'}[m.good] }", locale),
        "caveats": [text(f"metrics.caveat.{caveat}", locale) for caveat in m.caveats],
        "instead": {"name": m.substitute, "said": naming.metric(m.substitute, locale)} if m.substitute else None,
        "needs": [{"said": naming.table(table, locale), "empty": table in empty} for table in m.needs],
        "reads": lineage(name),
        "here": dimension_names(here, locale),
        "elsewhere": dimension_names([each for each in answering(m) if each not in here], locale),
    }


# ---- charts in the browser


def chart_script() -> tuple[str, Callable[[], bytes]]:
    """The version of the script that makes charts interactive, and what gives it, compressed by gzip."""
    from zhanggui import charts

    return charts.script_version(), charts.script

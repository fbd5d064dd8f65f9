"""From the engine's columns to the answer's rows: buckets become ISO text, ratios are taken, the earlier period stands beside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from zhanggui.metrics.kinds import Measure, Metric
from zhanggui.numbers.blocks import NOW, THEN, first_of
from zhanggui.numbers.coverage import Coverage
from zhanggui.numbers.kinds import TIME, Question
from zhanggui.units import Period

_INDEX = "_index_"
MONEY_DECIMALS = 4


def shaped(
    frame: pl.DataFrame | None,
    question: Question,
    metrics: Sequence[Metric],
    measures: Sequence[tuple[str, Measure, int]],
    by: tuple[str, ...],
    period: Period,
    against: Period | None,
    held: Coverage,
    begins: date | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The answer's rows, sorted by time, then by the other dimensions; and the measures of the asked period behind them.

    Of an earlier period that ended before the data of these metrics ``begins``, nothing is known: its values are NULL and not 0.
    """
    if frame is None:
        schema: dict[str, Any] = {"tag": pl.String, **{name: pl.Date if name in TIME else pl.String for name in by}}
        frame = pl.DataFrame(schema=schema)
    measured = _measured(frame, NOW, measures, by, period, held).collect()
    now = _values(measured.lazy(), measures, metrics, by)
    if against is not None:
        then = _values(_measured(frame, THEN, measures, by, against, held), measures, metrics, by)
        now = _beside(now, then, by, metrics, period, against)
        now = _filled(now, metrics, measures, held)
        if begins is not None and against.end < begins:
            now = now.with_columns(pl.lit(None, pl.Float64).alias(f"{one.name}_previous") for one in metrics)
    time = [name for name in by if name in TIME]
    now = now.sort([*time, *(name for name in by if name not in TIME)]) if by else now
    now = now.with_columns(_label(name) for name in time)
    return (now if question.limit is None else now.head(question.limit)).collect(), measured


def _measured(
    frame: pl.DataFrame,
    tag: str,
    measures: Sequence[tuple[str, Measure, int]],
    by: tuple[str, ...],
    period: Period,
    held: Coverage,
) -> pl.LazyFrame:
    """The measures of one period, NULL where they are unknown."""
    present = frame.columns
    values = [
        (_bucket_days(by, period) if measure.table == "calendar" else _absent(name, present, measure, held)).alias(name)
        for name, measure, _ in measures
    ]
    return _spine(frame, tag, by, period).select(*by, *values)


def _values(
    frame: pl.LazyFrame,
    measures: Sequence[tuple[str, Measure, int]],
    metrics: Sequence[Metric],
    by: tuple[str, ...],
) -> pl.LazyFrame:
    present = [name for name, _, _ in measures]
    return frame.select(*by, *(_kept(one, _finite(value_of(one, present))).alias(one.name) for one in metrics))


def _kept(one: Metric, value: pl.Expr) -> pl.Expr:
    """A sum of money at the decimals it is stored with: adding binary fractions leaves a dust of 1e-10 behind them."""
    return value.round(MONEY_DECIMALS) if one.unit == "money" and one.additive else value


def _spine(frame: pl.DataFrame, tag: str, by: tuple[str, ...], period: Period) -> pl.LazyFrame:
    """A period's rows: every bucket of it where only time is asked, and the one total row where nothing is."""
    rows = frame.lazy().filter(pl.col("tag") == tag)
    if not by:
        held = tag in frame.get_column("tag")
        return rows if held else pl.LazyFrame([dict.fromkeys(frame.columns)], schema=frame.schema)
    if any(name not in TIME for name in by):
        return rows
    buckets = dict.fromkeys(tuple(first_of(day, grain) for grain in by) for day in period.each())
    every = pl.LazyFrame(list(buckets), schema=dict.fromkeys(by, pl.Date), orient="row")
    return every.join(rows, on=list(by), how="left")


def _absent(name: str, present: Sequence[str], measure: Measure, held: Coverage) -> pl.Expr:
    """Nothing sold is 0, nothing reported is unknown."""
    column = (pl.col(name) if name in present else pl.lit(None)).cast(pl.Float64)
    known = held.rows(measure.table) or (measure.table == "refund_facts" and held.rows("order_facts"))
    return column if measure.absent is None or not known else column.fill_null(measure.absent)


def _bucket_days(by: tuple[str, ...], period: Period) -> pl.Expr:
    grains = [name for name in by if name in TIME]
    if not grains:
        return pl.lit(float(period.days))
    counts: dict[tuple[date, ...], int] = {}
    for day in period.each():
        label = tuple(first_of(day, grain) for grain in grains)
        counts[label] = counts.get(label, 0) + 1
    keys = pl.struct(grains)
    return keys.map_elements(
        lambda row: float(counts.get(tuple(row[grain] for grain in grains), 0)), return_dtype=pl.Float64
    )


def value_of(one: Metric, present: Sequence[str]) -> pl.Expr:
    """The metric over its measures' columns; an optional measure whose table is empty counts as 0."""
    suffix = f"__{one.window_days}" if one.window_days else ""
    names = [f"{name}{suffix}" for name in one.measures]
    values = [pl.col(name) if name in present else pl.lit(0.0) for name in names]
    if one.combine is not None:
        return one.combine(*values)  # type: ignore[no-any-return]
    return values[0] / values[1] if one.kind == "ratio" else values[0]


def _finite(value: pl.Expr) -> pl.Expr:
    """Unknown, not infinite, where a denominator is zero."""
    return pl.when(value.is_finite()).then(value)


def _beside(
    now: pl.LazyFrame,
    then: pl.LazyFrame,
    by: tuple[str, ...],
    metrics: Sequence[Metric],
    period: Period,
    against: Period,
) -> pl.LazyFrame:
    """The earlier period's values under ``<metric>_previous``; buckets meet by their place in their period."""
    then = then.rename({one.name: f"{one.name}_previous" for one in metrics})
    time = [name for name in by if name in TIME]
    then = then.with_columns(_moved(name, period, against) for name in time)
    then = then.filter(pl.all_horizontal(pl.col(name).is_not_null() for name in time)) if time else then
    if not by:
        return pl.concat([now, then], how="horizontal")
    joined = now.join(then, on=list(by), how="full", coalesce=True)
    return joined.select(*by, *(pl.col(f"{one.name}{end}") for one in metrics for end in ("", "_previous")))


def _moved(grain: str, period: Period, against: Period) -> pl.Expr:
    """An earlier bucket's place in the asked period, None where the asked period has none."""
    here = list(dict.fromkeys(first_of(day, grain) for day in period.each()))
    there = list(dict.fromkeys(first_of(day, grain) for day in against.each()))
    pairs = dict(zip(there, here, strict=False))
    return pl.col(grain).replace_strict(list(pairs), list(pairs.values()), default=None, return_dtype=pl.Date)


def _filled(
    rows: pl.LazyFrame, metrics: Sequence[Metric], measures: Sequence[tuple[str, Measure, int]], held: Coverage
) -> pl.LazyFrame:
    """A place that sold in one period only sold nothing in the other: 0 for counts and sums, unknown for ratios."""
    tables = {measure.table for _, measure, _ in measures if measure.absent == 0.0 and held.rows(measure.table)}
    by_column = {name: measure for name, measure, _ in measures}
    zero = [
        one.name
        for one in metrics
        if one.additive
        and all(
            name in by_column and by_column[name].absent == 0.0 and by_column[name].table in (*tables, "refund_facts")
            for name in one.measures
        )
    ]
    return rows.with_columns(pl.col(f"{name}{end}").fill_null(0.0) for name in zero for end in ("", "_previous"))


def _label(name: str) -> pl.Expr:
    return pl.col(name).dt.to_string("%Y-%m" if name == "month" else "%Y-%m-%d")

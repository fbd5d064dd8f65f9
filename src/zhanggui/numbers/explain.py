"""Why a metric moved: exact parts that sum to the change, and the places it came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from zhanggui.config import Config
from zhanggui.errors import BadValue, Unanswerable
from zhanggui.methods.decomposition import (
    Floats,
    MixRate,
    Split,
    kitagawa,
    products_to_shop,
    shapley,
    split,
    to_the_cent,
)
from zhanggui.metrics import MEASURES, METRICS, Measure, Metric
from zhanggui.metrics import metric as metric_named
from zhanggui.numbers import derived_change, sales_change
from zhanggui.numbers.joined import Costs
from zhanggui.numbers.kinds import Driver, Part, Place, Question
from zhanggui.numbers.query import ask, coverage, last_complete_day
from zhanggui.numbers.sales_change import Cell, Windows
from zhanggui.units import Clock, Period, Refusal

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

SALES = ("net_sales", "gross_sales")
TRAFFIC_DIMENSIONS = {"channel", "source", "product_id", "device"}
DEFAULT_DAYS = 7
VISITED = ("visitors", "sessions")
POSSIBLY_NONE = ("refunds", "costs")
"""Tables that a shop may have nothing of."""


def explain(
    warehouse: Warehouse,
    metric: str,
    by: Sequence[str] = (),
    *,
    start: date | None = None,
    end: date | None = None,
    against: Period | None = None,
    where: Mapping[str, Sequence[str]] | None = None,
    config: Config,
    clock: Clock,
    costs: Costs | None = None,
) -> Driver:
    """Split the change of ``metric`` from ``against`` to the period ``start`` … ``end`` (default: the last 7 complete days against the
    seven before; whole calendar months against as many before) over its factors and over the places of ``by`` together.

    Raises BadValue for an unknown metric and for one that has no places, Unanswerable where a table it needs is empty.
    """
    declared = metric_named(metric)
    held = warehouse.rows()
    lacking = [table for table in declared.needs if table not in POSSIBLY_NONE and not held.get(table)]
    if lacking:
        raise Unanswerable("metrics.no_table", metric=metric, table=lacking[0])
    last = end or last_complete_day(warehouse, clock, config.currency)
    if start and start > last:
        raise BadValue("metrics.bad_period", start=start.isoformat(), end=last.isoformat())
    period = Period(start, last) if start else Period.ending(last, DEFAULT_DAYS)
    before = against or period.comparable_before()
    if metric in SALES:
        return explain_sales(
            warehouse, metric, [by], period=period, against=before, where=where, config=config, clock=clock
        )[0]
    if declared.kind == "ratio":
        return _ratio(warehouse, declared, by, period, before, where, config, clock)
    if declared.additive and declared.combine is None:
        return _additive(warehouse, declared, by, period, before, where, config, clock)
    if declared.kind == "derived":
        return _derived(warehouse, declared, by, period, before, where, config, clock, costs)
    return _distinct(warehouse, declared, by, period, before, where, config, clock, costs)


# ---- sales: factors and places from the facts themselves


def explain_sales(
    warehouse: Warehouse,
    metric: str,
    splits: Sequence[Sequence[str]],
    *,
    period: Period,
    against: Period,
    where: Mapping[str, Sequence[str]] | None = None,
    config: Config,
    clock: Clock,
) -> list[Driver]:
    """The same change of net or gross sales over several sets of places; the factors are read once."""
    whole = sales_change.read(warehouse, (), period, against, where)
    now, then = whole.now.get((), Cell()), whole.before.get((), Cell())
    if not where:
        now, then = _visited(warehouse, now, then, period, against, config, clock)
    parts = sales_change.with_noise(
        sales_change.factors(now, then, metric), _visited_blocks(whole.earlier.get((), ()), now), metric
    )
    value, previous = now.value(metric), then.value(metric)
    change = round(value - previous, 2)
    cents = _to_cents(parts)
    drivers = []
    for by in splits or ((),):
        places = _sales_places(warehouse, metric, by, period, against, where, config, clock) if by else []
        drivers.append(Driver(metric, period, against, value, previous, change, cents, places, "money"))
    return drivers


def _visited_blocks(earlier: Sequence[Cell], now: Cell) -> Sequence[Cell]:
    """Earlier blocks tell the noise of the factors only where they have the same ones: with traffic now, they have none."""
    return () if now.visitors > 0 else earlier


def _sales_places(
    warehouse: Warehouse,
    metric: str,
    by: Sequence[str],
    period: Period,
    against: Period,
    where: Mapping[str, Sequence[str]] | None,
    config: Config,
    clock: Clock,
) -> list[Place]:
    windows = sales_change.read(warehouse, by, period, against, where)
    if set(by) <= TRAFFIC_DIMENSIONS and not where:
        windows = _visited_places(warehouse, windows, by, period, against, config, clock)
    return sales_change.places(windows, by, metric)


def _visited(
    warehouse: Warehouse, now: Cell, then: Cell, period: Period, before: Period, config: Config, clock: Clock
) -> tuple[Cell, Cell]:
    """The shop's own visitors and buyers beside its sales, where there is traffic over both whole periods, of every channel that sells:
    visitors of one channel say nothing of the orders of another."""
    if not warehouse.rows().get("traffic_days") or not _every_channel_is_visited(warehouse, period, before, config):
        return now, then
    cells = []
    for cell, days in ((now, period), (then, before)):
        seen = _platform_counts(warehouse, ("day",), days, config, clock)
        whole = len(seen) == days.days and not any(np.isnan(visitors) for visitors, _ in seen.values())
        sums = [sum(row[i] for row in seen.values()) for i in (0, 1)]
        cells.append(replace(cell, visitors=sums[0], pay_buyers=sums[1]) if whole else cell)
    if any(np.isnan(cell.visitors) for cell in cells):
        return now, then
    return cells[0], cells[1]


def _every_channel_is_visited(warehouse: Warehouse, period: Period, before: Period, config: Config) -> bool:
    held = coverage(warehouse, config.currency, ("traffic_days",))
    selling = {
        level.channel
        for level in held.of("order_facts")
        if level.first and level.last and level.last >= before.start and level.first <= period.end
    }
    return selling <= {level.channel for level in held.of("traffic_days")}


def _visited_places(
    warehouse: Warehouse,
    windows: Windows,
    by: Sequence[str],
    period: Period,
    before: Period,
    config: Config,
    clock: Clock,
) -> Windows:
    if not warehouse.rows().get("traffic_days"):
        return windows
    sides = []
    for cells, days in ((windows.now, period), (windows.before, before)):
        seen = _platform_counts(warehouse, by, days, config, clock)
        sides.append(
            {
                key: replace(cell, visitors=seen[key][0], pay_buyers=seen[key][1])
                if key in seen and seen[key][0] > 0
                else cell
                for key, cell in cells.items()
            }
        )
    return Windows(sides[0], sides[1], windows.earlier)


def _platform_counts(
    warehouse: Warehouse, by: Sequence[str], days: Period, config: Config, clock: Clock
) -> dict[tuple[str, ...], tuple[float, float]]:
    """Visitors and paying buyers by place, both as the platform counts them; NaN where it does not say."""
    question = Question(("visitors", "conversion_rate"), tuple(by), start=days.start, end=days.end)
    rows = ask(warehouse, question, config=config, clock=clock).rows
    counts = {}
    for row in rows.iter_rows(named=True):
        visitors = float("nan") if row["visitors"] is None else float(row["visitors"])
        rate = row["conversion_rate"] if visitors else 0.0
        buyers = float("nan") if rate is None else visitors * float(rate)
        counts[tuple(str(row[name] or "") for name in by)] = (visitors, buyers)
    return counts


# ---- any additive metric: by place only


def _values(
    warehouse: Warehouse,
    names: Sequence[str],
    by: Sequence[str],
    period: Period,
    where: Mapping[str, Sequence[str]] | None,
    config: Config,
    clock: Clock,
    costs: Costs | None = None,
) -> dict[tuple[str, ...], tuple[float, ...]]:
    question = Question(
        tuple(names),
        tuple(by),
        where={name: tuple(values) for name, values in (where or {}).items()},
        start=period.start,
        end=period.end,
    )
    declared = [METRICS.get(name) or _as_metric(MEASURES[name]) for name in names]
    rows = ask(warehouse, question, config=config, clock=clock, costs=costs, declared=declared).rows
    return {
        tuple(str(row[name] if row[name] is not None else "") for name in by): tuple(
            float(row[name]) if row[name] is not None else 0.0 for name in names
        )
        for row in rows.iter_rows(named=True)
    }


def _as_metric(measure: Measure) -> Metric:
    """A measure that only ratios of the catalogue use, as a number to be asked for by itself."""
    return Metric(measure.name, "simple", measure.unit, (measure.name,), additive=measure.additive)


def _additive(
    warehouse: Warehouse,
    metric: Metric,
    by: Sequence[str],
    period: Period,
    before: Period,
    where: Mapping[str, Sequence[str]] | None,
    config: Config,
    clock: Clock,
) -> Driver:
    name = metric.name
    now = _values(warehouse, (name,), by, period, where, config, clock)
    then = _values(warehouse, (name,), by, before, where, config, clock)
    value, previous = (sum(row[0] for row in side.values()) for side in (now, then))
    places = []
    for key in sorted(set(now) | set(then), key=lambda k: -abs(now.get(k, (0.0,))[0] - then.get(k, (0.0,))[0])):
        new, old = now.get(key, (0.0,))[0], then.get(key, (0.0,))[0]
        kind = "both" if new and old else "entered" if new else "left"
        places.append(Place(dict(zip(by, key, strict=True)), new - old, 0.0, new - old, None, None, kind, new, old))
    change = value - previous
    return Driver(
        name, period, before, value, previous, change, (Part(name, change),), _kept(places) if by else (), metric.unit
    )


def _kept(places: Sequence[Place], keep: int = 20) -> list[Place]:
    """The largest places; the rest as one."""
    if len(places) <= keep:
        return list(places)
    rest = places[keep:]
    folded = Place(
        {},
        sum(p.change for p in rest),
        sum(p.rate for p in rest),
        sum(p.mix for p in rest),
        kind="rest",
        value=sum(p.value for p in rest),
        previous=sum(p.previous for p in rest),
    )
    return [*places[:keep], folded]


# ---- what is derived from several measures, and people counted once


def _derived(
    warehouse: Warehouse,
    metric: Metric,
    by: Sequence[str],
    period: Period,
    before: Period,
    where: Mapping[str, Sequence[str]] | None,
    config: Config,
    clock: Clock,
    costs: Costs | None,
) -> Driver:
    """Profit over its factors, and over places by their own change; a mean (order value, margin) over places by rate and mix."""
    lasting = [
        name for name in metric.measures if name not in metric.optional or warehouse.rows().get(MEASURES[name].table)
    ]
    known = replace(metric, measures=tuple(lasting), optional=(), combine=_with_none(metric, lasting))

    def measured(dimensions: Sequence[str], days: Period) -> dict[tuple[str, ...], tuple[float, ...]]:
        return _values(warehouse, lasting, dimensions, days, where, config, clock, costs)

    def worths(rows: Floats) -> Floats:
        return derived_change.worth(known, rows)

    nothing = tuple(0.0 for _ in lasting)
    shop_now, shop_then = (measured((), days).get((), nothing) for days in (period, before))
    value, previous = (float(x) for x in worths(np.array([shop_now, shop_then])))
    change = value - previous
    parts = derived_change.parts_of(known, shop_now, shop_then)
    if not by:
        return Driver(metric.name, period, before, value, previous, change, parts, (), metric.unit)
    if not metric.per and metric.unit != "money":
        raise BadValue("metrics.not_explained", name=metric.name, known=", ".join(_placed()))
    now, then = (measured(by, days) for days in (period, before))
    if not metric.per:
        places = derived_change.places_of(
            by, derived_change.over(now, worths), derived_change.over(then, worths), change
        )
        return Driver(metric.name, period, before, value, previous, change, parts, _kept(places), metric.unit)
    weigh = _weights(metric, lasting)

    def weighted(rows: Mapping[tuple[str, ...], tuple[float, ...]]) -> dict[tuple[str, ...], tuple[float, ...]]:
        """Each place's value × weight, and its weight: what rate and mix are reckoned from."""
        if not rows:
            return {}
        table = np.array(list(rows.values()))
        weights, rates = weigh(table), np.nan_to_num(worths(table))
        return {key: (float(r * w), float(w)) for key, r, w in zip(rows, rates, weights, strict=True)}

    totals = [weighted({(): side})[()] for side in (shop_now, shop_then)]
    return _mix_and_rate(metric, by, weighted(now), weighted(then), totals[0], totals[1], period, before)


def _weights(metric: Metric, measures: Sequence[str]) -> Callable[[Floats], Floats]:
    """What a place's mean weighs: the measures of ``per``, those after the first taken off."""
    first, *rest = (list(measures).index(name) for name in metric.per)
    return lambda rows: rows[:, first] - sum((rows[:, i] for i in rest), np.zeros(rows.shape[0]))


def _with_none(metric: Metric, lasting: Sequence[str]) -> Callable[..., Any] | None:
    """``combine`` over the measures that are there; a measure whose table is empty counts nothing."""
    if metric.combine is None or len(lasting) == len(metric.measures):
        return metric.combine
    combine = metric.combine

    def over(*values: Any) -> Any:
        given = dict(zip(lasting, values, strict=True))
        return combine(*(given.get(name, pl.lit(0.0)) for name in metric.measures))

    return over


def _placed() -> list[str]:
    """The metrics that can be laid out over places."""
    return sorted(m.name for m in METRICS.values() if m.kind != "derived" or m.per or m.unit == "money")


def _distinct(
    warehouse: Warehouse,
    metric: Metric,
    by: Sequence[str],
    period: Period,
    before: Period,
    where: Mapping[str, Sequence[str]] | None,
    config: Config,
    clock: Clock,
    costs: Costs | None,
) -> Driver:
    """People counted once, and states of a day: the whole is no sum of its places, and how far they overlap is a part of its own."""

    def asked(dimensions: Sequence[str], days: Period) -> dict[tuple[str, ...], float]:
        rows = _values(warehouse, (metric.name,), dimensions, days, where, config, clock, costs)
        return {key: row[0] for key, row in rows.items()}

    value, previous = (asked((), days).get((), 0.0) for days in (period, before))
    change = value - previous
    if not by:
        return Driver(
            metric.name, period, before, value, previous, change, (Part(metric.name, change),), (), metric.unit
        )
    places, parts = derived_change.overlapping(by, asked(by, period), asked(by, before), value, previous)
    return Driver(metric.name, period, before, value, previous, change, parts, _kept(places), metric.unit)


# ---- ratios: numerator and denominator, and mix against rate over places


def _ratio(
    warehouse: Warehouse,
    metric: Metric,
    by: Sequence[str],
    period: Period,
    before: Period,
    where: Mapping[str, Sequence[str]] | None,
    config: Config,
    clock: Clock,
) -> Driver:
    top, bottom = metric.measures[:2]
    shop_now = _values(warehouse, (top, bottom), (), period, where, config, clock).get((), (0.0, 0.0))
    shop_then = _values(warehouse, (top, bottom), (), before, where, config, clock).get((), (0.0, 0.0))
    value, previous = (_divide(*pair) for pair in (shop_now, shop_then))
    change = value - previous
    if not by:
        effects = shapley(
            [list(shop_then)], [list(shop_now)], lambda rows: rows[:, 0] / np.where(rows[:, 1] == 0, np.nan, rows[:, 1])
        )
        parts = (
            [Part(top, float(effects.effects[0])), Part(bottom, float(effects.effects[1]))]
            if isinstance(effects, Split)
            else [Part(metric.name, change)]
        )
        return Driver(metric.name, period, before, value, previous, change, parts, (), metric.unit)
    now = _values(warehouse, (top, bottom), by, period, where, config, clock)
    then = _values(warehouse, (top, bottom), by, before, where, config, clock)
    return _mix_and_rate(metric, by, now, then, shop_now, shop_then, period, before)


def _mix_and_rate(
    metric: Metric,
    by: Sequence[str],
    now: Mapping[tuple[str, ...], tuple[float, ...]],
    then: Mapping[tuple[str, ...], tuple[float, ...]],
    shop_now: tuple[float, ...],
    shop_then: tuple[float, ...],
    period: Period,
    before: Period,
) -> Driver:
    keys = sorted(set(now) | set(then))
    tops0, bottoms0 = (np.array([then.get(k, (0.0, 0.0))[i] for k in keys]) for i in (0, 1))
    tops1, bottoms1 = (np.array([now.get(k, (0.0, 0.0))[i] for k in keys]) for i in (0, 1))
    # What nobody was seen to look at has no rate: what was bought of it stays out of the places, and so out of what a buyer bought there.
    tops0, tops1 = np.where(bottoms0 > 0, tops0, 0.0), np.where(bottoms1 > 0, tops1, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates0, rates1 = tops0 / bottoms0, tops1 / bottoms1
    value, previous = _divide(*shop_now), _divide(*shop_then)
    change = value - previous
    answer = kitagawa(bottoms0, rates0, bottoms1, rates1)
    if isinstance(answer, Refusal) or np.isnan(change):
        return Driver(
            metric.name, period, before, value, previous, change, (Part(metric.name, change),), (), metric.unit
        )
    joined0 = products_to_shop(bottoms0.sum(), shop_then[1], tops0.sum(), shop_then[0])
    joined1 = products_to_shop(bottoms1.sum(), shop_now[1], tops1.sum(), shop_now[0])
    scale, extra = _overlap(joined0, joined1, answer, visited=metric.measures[-1] in VISITED)
    places = [
        Place(
            dict(zip(by, key, strict=True)),
            float((rate + mix) * scale),
            float(rate * scale),
            float(mix * scale),
            value=_divide(new_top, new_bottom),
            previous=_divide(old_top, old_bottom),
            kind="both" if new_bottom and old_bottom else "entered" if new_bottom else "left",
        )
        for key, rate, mix, new_top, new_bottom, old_top, old_bottom in zip(
            keys, answer.rate, answer.mix, tops1, bottoms1, tops0, bottoms0, strict=True
        )
    ]
    places.sort(key=lambda p: -abs(p.change))
    parts = [Part("rate", float(answer.rate.sum() * scale)), Part("mix", float(answer.mix.sum() * scale)), *extra]
    return Driver(metric.name, period, before, value, previous, change, parts, _kept(places), metric.unit)


def _overlap(before: object, now: object, inner: MixRate, *, visited: bool) -> tuple[float, list[Part]]:
    """Where places overlap (a visitor sees several products), how many are seen per visitor and bought per buyer are factors of their
    own: the shop's rate = the places' rate × seen ÷ bought. Gives the scale of the places' parts and the extra parts: two of visitors,
    one of anything else that several places count."""
    from zhanggui.methods.decomposition import ShopRate

    if not isinstance(before, ShopRate) or not isinstance(now, ShopRate):
        return 1.0, []
    alike = all(
        abs(side.seen_per_visitor - 1) < 1e-9 and abs(side.bought_per_buyer - 1) < 1e-9 for side in (before, now)
    )
    if alike:
        return 1.0, []
    answer = split(
        [[before.products, before.seen_per_visitor, 1 / before.bought_per_buyer]],
        [[now.products, now.seen_per_visitor, 1 / now.bought_per_buyer]],
    )
    if isinstance(answer, Refusal):
        return 1.0, []
    own, seen, bought = (float(e) for e in answer.effects)
    own += float(answer.entered.sum() + answer.left.sum())
    extra = (
        [Part("products_seen_per_visitor", seen), Part("products_bought_per_buyer", bought)]
        if visited
        else [Part("counted_in_several_places", seen + bought)]
    )
    if abs(inner.gap) < 1e-15:
        return 0.0, [*extra, Part("rate", own)] if abs(own) > 1e-15 else extra
    return own / inner.gap, extra


def _divide(top: float, bottom: float) -> float:
    return float(top) / float(bottom) if bottom else float("nan")


def _to_cents(parts: Sequence[Part]) -> list[Part]:
    cents = to_the_cent([part.change for part in parts])
    return [Part(part.name, float(change), part.low, part.high) for part, change in zip(parts, cents, strict=True)]

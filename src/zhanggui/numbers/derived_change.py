"""Why a derived number moved (profit, order value, margin), and why a count of distinct people did: exact parts that sum to the change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl

from zhanggui.methods.decomposition import Floats, Split, shapley, split
from zhanggui.metrics import Metric
from zhanggui.numbers.kinds import Part, Place
from zhanggui.numbers.shape import value_of

Values = Mapping[tuple[str, ...], tuple[float, ...]]
ONE_FACTOR = {
    "goods_sold_cost": "cost_of_goods",
    "goods_returned_cost": "cost_of_goods",
    "costed_sales": "gross_sales",
}
"""Measures that move together: goods that come back have their cost back, and the sales whose cost is known are a share of all sales."""


def parts_of(metric: Metric, now: Sequence[float], before: Sequence[float]) -> list[Part]:
    """The exact share of each factor of a derived metric, by Shapley's value; ``now`` and ``before`` are its measures in order.

    A metric that is unknown on one side has one part: itself.
    """
    factors = list(dict.fromkeys(ONE_FACTOR.get(name, name) for name in metric.measures))
    of = np.array([factors.index(ONE_FACTOR.get(name, name)) for name in metric.measures])
    sides = np.array([before, now], dtype=np.float64)

    def combine(chosen: Floats) -> Floats:
        """The metric where each factor stands as before (0) or as now (1)."""
        rows = np.take_along_axis(sides, chosen[:, of].astype(np.int64), axis=0)
        return worth(metric, rows)

    answer = shapley(np.zeros((1, len(factors))), np.ones((1, len(factors))), combine)
    ends = worth(metric, sides)
    if not isinstance(answer, Split) or not np.isfinite(answer.effects).all():
        return [Part(metric.name, float(ends[1] - ends[0]))]
    return [Part(name, float(effect)) for name, effect in zip(factors, answer.effects, strict=True) if effect]


def worth(metric: Metric, rows: Floats) -> Floats:
    """The metric's value of each row of its measures; NaN where it is unknown."""
    columns = {name: rows[:, i] for i, name in enumerate(metric.measures)}
    found = pl.DataFrame(columns).select(value_of(metric, metric.measures).cast(pl.Float64).alias("value"))["value"]
    values = found.to_numpy().astype(np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def places_of(
    by: Sequence[str], now: Mapping[tuple[str, ...], float], before: Mapping[tuple[str, ...], float], change: float
) -> list[Place]:
    """Each place's own change, the largest first; what the places do not add up to stands as a last place of its own."""
    places = [_place(by, key, now.get(key), before.get(key)) for key in sorted(set(now) | set(before))]
    places.sort(key=lambda at: -abs(at.change))
    beside = change - sum(at.change for at in places)
    if abs(beside) >= 0.005:
        places.append(Place({}, beside, beside, 0.0, kind="rest"))
    return places


def overlapping(
    by: Sequence[str],
    now: Mapping[tuple[str, ...], float],
    before: Mapping[tuple[str, ...], float],
    value: float,
    previous: float,
) -> tuple[list[Place], list[Part]]:
    """The change of a count of people whom several places count: the places' own counts ÷ how many places count each of them."""
    places = [_place(by, key, now.get(key), before.get(key)) for key in sorted(set(now) | set(before))]
    counted, earlier = sum(at.value for at in places), sum(at.previous for at in places)
    own, overlap = value - previous, 0.0
    if counted > 0 and earlier > 0 and (counted != value or earlier != previous):
        answer = split([[earlier, previous / earlier]], [[counted, value / counted]])
        if isinstance(answer, Split):
            own, overlap = float(answer.effects[0]), float(answer.effects[1])
    scale = own / (counted - earlier) if counted != earlier else 0.0
    scaled = [
        Place(at.by, at.change * scale, at.rate * scale, 0.0, kind=at.kind, value=at.value, previous=at.previous)
        for at in places
    ]
    scaled.sort(key=lambda at: -abs(at.change))
    parts = [Part("places", own), *([Part("counted_in_several_places", overlap)] if abs(overlap) > 1e-9 else [])]
    return scaled, parts


def _place(by: Sequence[str], key: tuple[str, ...], now: float | None, before: float | None) -> Place:
    new, old = _known(now), _known(before)
    kind = "both" if now is not None and before is not None else "entered" if now is not None else "left"
    return Place(dict(zip(by, key, strict=True)), new - old, new - old, 0.0, kind=kind, value=new, previous=old)


def _known(value: float | None) -> float:
    return 0.0 if value is None or not np.isfinite(value) else float(value)


def over(values: Values, worth_of: Callable[[Floats], Floats]) -> dict[tuple[str, ...], float]:
    """One number of each place, out of its measures."""
    if not values:
        return {}
    found = worth_of(np.array(list(values.values()), dtype=np.float64))
    return dict(zip(values, found.tolist(), strict=True))

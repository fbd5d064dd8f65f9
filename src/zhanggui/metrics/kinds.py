"""How a metric is declared. Importing this imports no engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Unit = Literal["money", "count", "share", "ratio", "seconds", "hours", "days", "stars"]
MetricKind = Literal["simple", "ratio", "derived", "cumulative"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One aggregate over one table: ``value`` takes the (already filtered, not yet grouped) table expression and gives
    the aggregate expression; ``where`` narrows the rows first. ``day`` is the date column that periods and grains use.

    ``additive``: sums over any split. ``additive_over`` names the ``*`` dimensions it may be summed over when it is not.
    """

    name: str
    table: str
    value: Callable[[Any], Any]
    day: str = "day"
    where: Callable[[Any], Any] | None = None
    additive: bool = True
    unit: Unit = "count"
    dimensions: tuple[str, ...] | None = None  # None = every dimension the table has
    levels: bool = False  # the table has ``*`` rows: one level per question (docs/data-model.md, "Conventions")
    columns: tuple[str, ...] = ()  # what it reads: lineage, and which levels state it at all
    additive_over: tuple[str, ...] = ()
    otherwise: str | None = None  # the measure to take where this one's table lacks a dimension that was asked
    joins: tuple[
        str, ...
    ] = ()  # ``product_cost``, ``goods_share``, ``sale_cost``, ``fx``: columns the query adds first
    snapshot: bool = False  # a state, not a flow: only the last day of each period and place counts
    matured_days: int = 0  # only rows that were this old on the data's last day
    absent: float | None = 0.0  # its value where a covered period has no row: 0, or None = unknown


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of the catalogue.

    ``simple`` shows a measure; ``ratio`` is ``numerator`` ÷ ``denominator``; ``derived`` is ``combine`` over ``measures``;
    ``cumulative`` looks back ``window_days`` from each day. Names of measures refer to ``MEASURES``.
    """

    name: str
    kind: MetricKind
    unit: Unit
    measures: tuple[str, ...]
    good: Literal[-1, 0, 1] = 1  # the direction that is good for the shop
    combine: Callable[..., Any] | None = None  # over the measures' values, float columns
    formula: str = ""  # in the names of measures and metrics, shown by ``zhanggui metrics``
    caveats: tuple[str, ...] = ()  # keys under ``metrics.caveat``
    substitute: str | None = None
    needs: tuple[str, ...] = ()  # canonical tables without which it cannot be had
    additive: bool = False
    window_days: int | None = None
    per: tuple[str, ...] = ()  # of a derived mean: the measure it is taken over, less the measures after it
    optional: tuple[str, ...] = ()  # measures that count as 0 while their table is empty

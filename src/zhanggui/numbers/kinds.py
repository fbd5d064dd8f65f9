"""What questions to the numbers look like and what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import polars as pl

from zhanggui.units import Period

Grain = Literal["day", "week", "month"]
TIME = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Question:
    """``by`` names dimensions, time grains among them; ``where`` keeps rows whose column is one of the values."""

    metrics: tuple[str, ...]
    by: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    start: date | None = None
    end: date | None = None
    against: Literal["previous", "year"] | Period | None = None  # adds ``<metric>_previous``, aligned by weekday
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """Why a number may not be what it seems: the caveat, on which metric, and the substitute to look at instead."""

    metric: str
    caveat: str  # key under ``metrics.caveat``
    rows: int = 0
    money: float | None = None
    instead: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows: one column per dimension (text; days, weeks and months as ISO text) and one per metric (float64, NULL = unknown)."""

    question: Question
    rows: pl.DataFrame
    start: date | None
    end: date | None
    flags: Sequence[Flag] = ()

    def to_polars(self) -> pl.DataFrame:
        return self.rows

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape of ``zhanggui query --format json``."""
        return {
            "metrics": list(self.question.metrics),
            "by": list(self.question.by),
            "from": self.start.isoformat() if self.start else None,
            "to": self.end.isoformat() if self.end else None,
            "rows": self.rows.to_dicts(),
            "flags": [
                {
                    "metric": f.metric,
                    "caveat": f.caveat,
                    "rows": f.rows,
                    "money": f.money,
                    "instead": f.instead,
                    **f.params,
                }
                for f in self.flags
            ],
        }


@dataclass(frozen=True, slots=True)
class Part:
    """One factor's exact share of a change, with an interval on it where noise can be told."""

    name: str
    change: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """One place's exact share of a change. ``rate`` + ``mix`` = ``change``; ``kind``: both | entered | left | rest."""

    by: Mapping[str, str]
    change: float
    rate: float
    mix: float
    low: float | None = None
    high: float | None = None
    kind: str = "both"
    value: float = 0.0
    previous: float = 0.0
    parts: Sequence[Part] = ()  # the place's own factors (orders, units, price …), summing to ``change``


@dataclass(frozen=True, slots=True)
class Driver:
    """Why a metric moved: ``parts`` sum to ``change`` to the cent, and so do the ``where`` of each dimension asked."""

    metric: str
    period: Period
    against: Period
    value: float
    previous: float
    change: float
    parts: Sequence[Part]
    where: Sequence[Place]
    unit: str = "money"
    flags: Sequence[Flag] = ()

"""What an experiment is made of: its plan, what the shop can show, and what was done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from zhanggui.units import Period

Unit = Literal["visitor", "session", "customer", "order", "product", "day"]
"""What is dealt out to the variants."""
Metric = Literal["conversion", "value"]
"""``conversion``: the share of units with an outcome; ``value``: the mean value of a unit, those without any included."""
State = Literal["planned", "running", "over", "stopped"]

UNITS: tuple[Unit, ...] = ("visitor", "session", "customer", "order", "product", "day")
PERSONS: frozenset[Unit] = frozenset({"visitor", "session", "customer", "order"})
"""Units behind which a person stands: they may see other pictures, never other prices."""
METRICS: tuple[Metric, ...] = ("conversion", "value")
CHANGES = (
    "picture",
    "title",
    "page",
    "layout",
    "text",
    "message",
    "creative",
    "recommendation",
    "service",
    "packaging",
    "delivery",
    "price",
)
"""What an experiment may change: a closed set. ``price`` only by product or by day."""
PRICED = frozenset({"price"})


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant and its share of the units; all shares sum to 1."""

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a unit of this shop shows without any change: ``mean`` and ``variance`` of the metric over one unit.

    Units come ``a_day``, or are there ``at_once`` (the customers one can write to); None where unknown. ``period`` is what it was
    counted over, None where a person entered it.
    """

    mean: float
    variance: float
    a_day: float | None = None
    at_once: float | None = None
    period: Period | None = None

    def units(self, days: int) -> float | None:
        """Units to be had in so many days, None where unknown."""
        if self.at_once is not None:
            return self.at_once
        return None if self.a_day is None else self.a_day * days


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be tried, on what, and when it is over: settled before the first unit. The first variant is what the others are held
    against; ``planned`` units of all variants; ``smallest`` is the relative effect that would be worth having; ``action`` is the id of
    the action that it tries, if it tries one."""

    id: str
    name: str
    change: str
    unit: Unit
    metric: Metric
    variants: tuple[Variant, ...]
    start: date
    end: date
    planned: int
    smallest: float
    baseline: Baseline | None = None
    note: str = ""
    action: str = ""

    @property
    def period(self) -> Period:
        return Period(self.start, self.end)

    @property
    def control(self) -> Variant:
        return self.variants[0]

    @property
    def shares(self) -> tuple[float, ...]:
        return tuple(variant.share for variant in self.variants)

    @property
    def comparisons(self) -> int:
        return len(self.variants) - 1


@dataclass(frozen=True, slots=True)
class Need:
    """``units`` of all variants show a relative ``effect`` four times in five; ``days`` until this shop has them, None where unknown."""

    effect: float
    units: int
    days: int | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What this shop can show, said before a test starts. ``needs`` by growing effect, ``wanted`` for the effect that is wanted;
    ``shown`` is the smallest relative effect that the planned days show. ``reason`` names why nothing can be said."""

    baseline: Baseline | None
    needs: Sequence[Need] = ()
    wanted: Need | None = None
    shown: float | None = None
    days: int = 0
    looking: float = 1.0
    reason: str | None = None

    @property
    def long_enough(self) -> bool | None:
        """Whether the planned days show the effect that is wanted; None where nothing can be said."""
        if self.wanted is None or self.baseline is None:
            return None
        there = self.baseline.units(self.days)
        return None if there is None else there >= self.wanted.units


@dataclass(frozen=True, slots=True)
class Happened:
    """Something done about an experiment: ``assigned`` or ``stopped``."""

    verb: Literal["assigned", "stopped"]
    by: str
    at: datetime
    day: date
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment as it stands: its plan, who planned it and when, and what happened since."""

    plan: Plan
    by: str
    at: datetime
    day: date
    history: Sequence[Happened] = ()

    @property
    def id(self) -> str:
        return self.plan.id

    @property
    def stopped(self) -> Happened | None:
        return next((each for each in self.history if each.verb == "stopped"), None)

    @property
    def late(self) -> bool:
        """Planned after it had begun: its end may have been chosen by what was seen."""
        return self.day > self.plan.start

    def state(self, today: date) -> State:
        if self.stopped:
            return "stopped"
        if today > self.plan.end:
            return "over"
        return "running" if today >= self.plan.start else "planned"

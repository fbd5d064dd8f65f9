"""Experiments: the plan, the list, the reading, the assignments."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from zhanggui.api.told.common import Told


class Variant(Told):
    """A variant and its share of the units."""

    name: str
    share: float


class Plan(Told):
    """An experiment as it was planned."""

    id: str
    name: str
    change: str
    unit: str
    metric: str
    variants: list[Variant]
    from_: date = Field(alias="from")
    to: date
    planned: int
    smallest: float
    note: str
    action: str | None


class ExperimentTold(Plan):
    """An experiment as it stands."""

    state: str
    by: str
    on: date
    late: bool
    history: list[dict[str, Any]]


class ExperimentsTold(Told):
    """A page of the experiments, oldest first."""

    experiments: list[ExperimentTold]
    next: str | None = None


class Planned(Told):
    """A plan with what this shop can show; ``made`` says whether it was written down."""

    plan: Plan
    outlook: dict[str, Any]
    made: bool


class VariantRead(Told):
    """What one variant shows."""

    name: str
    share: float
    units: int
    hits: int
    mean: float | None
    daily: dict[str, Any] | None
    at_end: dict[str, Any] | None
    best: float | None
    expected_loss: float | None


class ExperimentRead(Told):
    """What an experiment shows: the split first, then each variant, and the advice."""

    experiment: ExperimentTold
    as_of: date
    units: int
    split: dict[str, Any]
    advice: str
    about: list[str]
    leader: str | None
    variants: list[VariantRead]
    left_out: dict[str, int]
    strangers: Any = None


class Assigned(Told):
    """Which unit gets which variant."""

    unit: str
    variant: str


class Assignments(Told):
    """What was dealt out."""

    experiment: str
    counts: dict[str, int]
    repeated: int
    blank: int
    masked: int
    assignments: list[Assigned]

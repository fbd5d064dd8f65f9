"""What several answers share: errors, pages, ranges."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Told(BaseModel):
    """An answer, or a part of one. What is added to it later passes; what is there has the type that is promised."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)


class Fault(Told):
    """What went wrong: a stable code, the sentence in the asked language, and what fills it."""

    code: str
    message: str
    params: dict[str, Any] = Field(default_factory=dict)


class Problem(Told):
    """The one shape of an error."""

    error: Fault


class Span(Told):
    """Whole days, both included."""

    from_: date = Field(alias="from")
    to: date


class Interval(Told):
    """A value with its interval."""

    value: float | None
    low: float | None
    high: float | None


class Flag(Told):
    """Why a number may not be what it seems: the caveat, on which metric, and what to look at instead."""

    metric: str
    caveat: str
    rows: int = 0
    money: float | None = None
    instead: str | None = None


class Draft(Told):
    """What an action has ready to be carried out: sentences, or rows."""

    kind: str
    lines: list[str | None]
    rows: Any = None


class Measuring(Told):
    """How an action's effect will be read."""

    metric: str
    design: str
    days: int
    smallest_visible: float | None
    early: Any = None

"""The metric catalogue and its answers."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from zhanggui.api.told.common import Flag, Told


class Declared(Told):
    """A metric of the catalogue."""

    name: str
    text: str
    unit: str
    formula: str
    good: int
    caveats: list[str]
    instead: str | None
    needs: list[str]


class Metrics(Told):
    """A page of the catalogue."""

    metrics: list[Declared]
    next: str | None = None


class Rows(Told):
    """Rows of the metrics asked for: texts of the dimensions, numbers of the metrics, null where a number is unknown. ``next`` is the
    cursor of the page after this one."""

    metrics: list[str]
    by: list[str]
    from_: date | None = Field(alias="from")
    to: date | None
    rows: list[dict[str, str | float | None]]
    flags: list[Flag]
    next: str | None = None

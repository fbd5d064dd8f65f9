"""The brief and what data stands behind it."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from zhanggui.api.told.common import Draft, Flag, Interval, Measuring, Span, Told


class Days(Span):
    """The brief's days."""

    days: int


class Covered(Told):
    """What data of a table is there."""

    table: str
    rows: int
    from_: date | None = Field(alias="from")
    to: date | None


class Gap(Told):
    """Data that is missing, what it locks, where it is to be had and what it is worth."""

    table: str
    locks: list[str]
    get_it_from: str
    worth: Any = None


class Line(Told):
    """A number against what was to be expected."""

    name: str
    value: float | None
    previous: float | None
    expected: float | None
    low: float | None
    high: float | None
    unit: str
    unusual: bool
    doubtful: bool
    valid: bool
    flags: list[Flag]
    instead: str | None
    level: float
    p: float | None
    refusal: str | None
    estimate: Any = None


class Pace(Told):
    """The running month against its target."""

    month: str
    metric: str
    so_far: float
    days: int
    forecast: float
    low: float
    high: float
    target: float | None
    chance: float | None


class Part(Told):
    """One factor's exact share of a change."""

    name: str
    change: float | None
    low: float | None
    high: float | None


class Place(Told):
    """One place's exact share of a change."""

    by: dict[str, str]
    rate: float | None
    mix: float | None
    change: float | None
    low: float | None
    high: float | None
    kind: str
    value: float | None
    previous: float | None
    parts: list[Part]


class Driver(Told):
    """Why a metric moved: ``parts`` sum to ``change``, and so do the ``where`` of each dimension. What cannot be known is null."""

    metric: str
    unit: str
    period: Span
    against: Span
    value: float | None
    previous: float | None
    change: float | None
    parts: list[Part]
    where: list[Place]
    flags: list[Flag]


class Shown(Told):
    """A sentence that can be asked for again as a query."""

    text: str
    query: dict[str, Any]


class Finding(Told):
    """What a rule found."""

    id: str
    playbook: str
    rule: str
    kind: str
    title: str
    because: str | None
    caveat: str | None
    metric: str
    where: dict[str, str]
    size: float
    low: float | None
    high: float | None
    per: str
    p: float | None
    state: str
    first_said: date
    evidence: list[Shown]


class Expected(Told):
    """What an action is expected to bring."""

    profit: float | None
    low: float | None
    high: float | None
    per: str
    chance: float | None
    counted: bool
    chosen_by: float | None
    break_even: str | None


class Proposed(Told):
    """An action as the brief ranks it."""

    id: str
    playbook: str
    rule: str
    kind: str
    title: str | None
    target: dict[str, str]
    expected: Expected
    promised: Any = None
    record: dict[str, Any]
    effort_hours: float
    cost: float | None
    reversible: bool
    do_by: str | None
    snoozed_until: date | None
    because: list[str]
    reason: str | None
    proved: Any = None
    draft: Draft | None
    measure: Measuring | None
    today: bool
    left_out: str
    floor: float
    state: str
    together: list[str]
    touches: list[str]
    test_worth: float | None
    caveat: str | None


class Limits(Told):
    """What today holds."""

    actions: int
    minutes: float
    money: float | None


class Due(Told):
    """Something with a deadline, and the money lost by missing it."""

    title: str
    by: str
    where: dict[str, str]
    loss: float


class Alert(Told):
    """Something that does not wait for the next brief."""

    level: str
    title: str
    where: dict[str, str]


class Watched(Told):
    """An action that was done, and what came of it so far."""

    action: str
    playbook: str
    rule: str
    kind: str
    title: str
    target: dict[str, str]
    status: str
    done_on: date | None
    stop_on: date | None
    effect: Interval | None
    metric: str | None
    verdict: str | None
    label: str | None
    placebo_rank: Any = None
    expected: Any = None
    said: Any = None


class Approved(Told):
    """An action that was approved and is still to be done, and is not on today's list."""

    action: str
    rule: str
    since: date


class Checked(Told):
    """What data is there, its gaps, and what each gap locks."""

    version: int
    shop: str
    as_of: date
    coverage: list[Covered]
    missing: list[Gap]
    quiet: list[str]
    left_out: list[str]


class BriefTold(Checked):
    """The day's brief."""

    currency: str
    cadence: str
    period: Days
    against: Span
    verdict: list[str]
    metrics: list[Line]
    yesterday: list[Line]
    pace: Pace | None
    drivers: list[Driver]
    findings: list[Finding]
    actions: list[Proposed]
    limits: Limits | None
    due: list[Due]
    alerts: list[Alert]
    watching: list[Watched]
    approved: list[Approved]
    series: dict[str, Any]

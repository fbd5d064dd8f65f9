"""The ledger of actions and what came of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from zhanggui.api.told.common import Draft, Interval, Measuring, Told


class Hoped(Told):
    """What an action is expected to bring, a week."""

    profit: float | None
    low: float | None
    high: float | None
    per: str
    counted: bool


class Remark(Told):
    """A note on an action."""

    text: str
    by: str
    at: datetime


class Step(Told):
    """One thing that was done about an action."""

    verb: str
    by: str
    at: datetime
    day: date


class Read(Told):
    """What came of an action."""

    verdict: str
    design: str | None
    metric: str
    effect: Interval
    read_on: date
    label: str
    reason: str | None


class ActionTold(Told):
    """An action with all that is known of it. ``step`` counts what was done about it: sent back as ``seen``, nobody decides on what is
    old."""

    id: str
    playbook: str
    rule: str
    kind: str
    title: str
    target: dict[str, str]
    state: str
    since: date
    by: str
    at: datetime
    step: int
    owner: str | None
    due: date | None
    snoozed_until: date | None
    expected: Hoped
    effort_hours: float
    cost: float | None
    reversible: bool
    approver: str
    do_by: str | None
    because: list[str]
    reason: str | None
    draft: Draft | None
    measure: Measuring | None
    before: Any = None
    done_on: date | None
    stop_on: date | None
    read_on: date | None
    outcome: Read | None
    notes: list[Remark]
    history: list[Step]


class ActionsTold(Told):
    """A page of the ledger, in the order the actions were opened."""

    actions: list[ActionTold]
    next: str | None = None


class Decided(Told):
    """The action after a verb, and what one should know about it."""

    action: ActionTold
    notes: list[str]


class Differs(Told):
    """One value that carrying the action out changes."""

    product_id: str
    sku: str = ""
    what: str
    before: Any = None
    after: Any = None


class WouldChange(Told):
    """What carrying an action out changes, value by value. ``shop`` is the live shop that was asked, empty where the data was; ``shown``
    marks this difference."""

    action: str
    shop: str = ""
    changes: list[Differs]
    shown: str = ""


class Came(Told):
    """What came of one action, beside what was expected."""

    action: str
    rule: str
    target: dict[str, str]
    design: str | None
    effect: dict[str, Any]
    expected: dict[str, Any]
    placebo_rank: Any = None
    verdict: str
    label: str
    metric: str
    reason: str | None
    together: list[str]
    playbook: str
    kind: str
    done_on: date | None
    stop_on: date | None
    read_on: date | None


class Scored(Told):
    """A rule's record: expected against measured."""

    rule: str
    n: int
    expected: float | None
    measured: float | None
    bias: float | None
    coverage_80: float | None
    share_worked: float | None
    factor: float
    spread: float | None
    n_measured: int
    pooled: Interval | None


class Waits(Told):
    """A done action that is not read yet."""

    action: str
    rule: str
    done_on: date | None
    stop_on: date | None
    read_on: date
    data_to: date | None


class OutcomesTold(Told):
    """A page of what came of what was done, with the scorecard of every rule."""

    as_of: date
    outcomes: list[Came]
    scorecard: list[Scored]
    fresh: list[str]
    waiting: list[Waits]
    next: str | None = None

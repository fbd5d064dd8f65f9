"""What a brief is made of: the dataclasses behind the JSON of the interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from zhanggui.actions.kinds import Action, Past, Record
from zhanggui.numbers.kinds import Driver, Flag
from zhanggui.playbooks.kinds import Due, Finding, Locked
from zhanggui.units import Period, Quantity, Words


@dataclass(frozen=True, slots=True)
class Coverage:
    """What data is there."""

    table: str
    rows: int
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class MetricLine:
    """One number of the brief against what was to be expected. ``low``…``high`` is the normal range at ``level``;
    None where the history is too short to say (``refusal`` names the text)."""

    name: str
    unit: str
    value: float | None
    previous: float | None
    expected: float | None
    low: float | None
    high: float | None
    unusual: bool
    p: float | None = None
    level: float = 0.9
    flags: Sequence[Flag] = ()
    instead: str | None = None
    refusal: str | None = None
    doubtful: bool = False  # unusual only with the orders that may not be real
    estimate: Quantity | None = None  # where the value itself is an estimate (net_sales_expected)


@dataclass(frozen=True, slots=True)
class Pace:
    """The running month against its target."""

    month: str
    metric: str
    so_far: float
    days: int
    forecast: float
    low: float
    high: float
    target: float | None
    chance: float | None  # probability of reaching the target


@dataclass(frozen=True, slots=True)
class Said:
    """A finding with its state since earlier briefs."""

    finding: Finding
    state: Literal["new", "changed", "open"]
    first_said: date


@dataclass(frozen=True, slots=True)
class Ranked:
    """An action as the brief shows it. ``profit``, ``low``, ``high`` (80 %) are per week and after the rule's own record; None where costs
    are unknown. ``expected`` is the same after the choice among the day's candidates (``methods.winners_curse``): by it the list is chosen.
    ``today``: within today's number, minutes and money; ``left_out`` says why not: ``number``, ``minutes``, ``money``, ``conflict:<id>``,
    ``frozen``, ``below_floor``, ``unsure``, ``risky``, ``too_late``, ``snoozed``, ``dismissed``, ``under_way``, ``suspects`` (it pays only
    by orders that may not be real)."""

    action: Action
    profit: float | None
    low: float | None
    high: float | None
    record: Record
    today: bool
    left_out: str = ""
    state: Literal["new", "open"] = "new"
    together: Sequence[str] = ()  # ids of other actions of today or under way whose effect cannot be told apart
    floor: float = 0.0  # what it had to bring a week
    spare: bool = False  # below the floor, but worth doing where the day has room left
    expected: float | None = None
    reversible: bool = True
    snoozed_until: date | None = None
    caveat: Words | None = None  # what it would bring without the orders that nobody really made
    test_worth: float | None = None  # where it is ``unsure``: what knowing first is worth at most, over the horizon

    @property
    def id(self) -> str:
        """The action's: what the ledger's verbs take."""
        return self.action.id

    @property
    def as_shown(self) -> Action:
        """The action with what is said here of its gain, so that later pages say the same."""
        gain = self.action.gain
        if gain is None or self.profit is None or self.low is None or self.high is None:
            return self.action
        return replace(self.action, gain=replace(gain, shown=(self.profit, self.low, self.high)))


@dataclass(frozen=True, slots=True)
class Limits:
    """What today holds: so many actions, minutes, and cash (None: each kind's own limit)."""

    number: int
    minutes: float
    money: float | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """One morning's brief. Sections follow docs/rules.md, "Order of the page": verdict, due, numbers, why, findings, actions, watching,
    not said. Empty sections vanish when written."""

    shop: str
    as_of: date
    currency: str
    period: Period
    against: Period
    cadence: Literal["weekly", "short", "weekly_figures", "daily"]
    verdict: Sequence[Words]
    due: Sequence[Due]
    metrics: Sequence[MetricLine]
    yesterday: Sequence[MetricLine]
    pace: Pace | None
    drivers: Sequence[Driver]
    findings: Sequence[Said]
    quiet: Sequence[Words]  # what is not said, and why
    left_out: Sequence[Words]  # what the data holds that no metric counts, with its money
    missing: Sequence[Locked]
    coverage: Sequence[Coverage]
    actions: Sequence[Ranked] = ()  # by profit; those of today first
    limits: Limits | None = None
    stopped: Mapping[str, int] = field(default_factory=dict)  # actions that the guards stopped, by reason
    watching: Sequence[Past] = ()  # done and being read, or read since the last brief
    approved: Sequence[Past] = ()  # approved, not done, and not on today's list
    names: Mapping[str, str] = field(default_factory=dict)  # product_id → short name
    series: Mapping[str, Any] = field(
        default_factory=dict
    )  # for the charts: weeks of the headline metrics with their bands

"""An action, what is expected of it, how it will be read, and what became of earlier ones: the nouns that rules, brief, ledger and
outcomes share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any, Literal

from zhanggui.units import Words

Design = Literal["experiment", "synthetic_control", "regression", "before_after", "counted"]
"""How an effect is read. ``regression``: against fewer than eight untouched series; ``counted``: known by arithmetic, nothing is
estimated."""
CAUTION: Mapping[Design, float] = {"synthetic_control": 1.1, "regression": 1.2}
"""So many half intervals an effect must be to be called one: an interval that is right nineteen times in twenty errs above 0 one time
in forty, which is all that may be called worked for nothing; and the courses of a few products are known less well than their interval
says."""
State = Literal["proposed", "approved", "dismissed", "done", "measured"]
"""Snoozing is no state: it is a day until which a proposed or approved action is not shown."""
Judgement = Literal["worked", "no difference shown", "harmed", "counted", "unmeasurable"]
"""The verdict of an outcome."""


@dataclass(frozen=True, slots=True)
class ActionKind:
    """One kind of action of the closed set. ``largest_cost`` is the most cash it may bind, in weeks of the shop's contribution;
    ``days`` how long its effect is read, ``settle_days`` how long refunds need afterwards until it is read; ``targets`` the dimensions
    it may aim at; ``changes`` the ``what`` of the line it leaves in the table ``changes`` when done; ``priced`` says that it changes what
    a buyer pays, ``public`` that buyers read its draft."""

    name: str
    reversible: bool
    approver: Literal["owner", "operator"]
    largest_cost: float
    design: Design
    metric: str
    days: int
    targets: tuple[str, ...]
    changes: str
    minutes: int
    settle_days: int = 0
    draft: Literal["table", "text", "checklist"] = "table"
    priced: bool = False
    public: bool = False


@dataclass(frozen=True, slots=True)
class Gain:
    """Expected contribution per week, before the rule's own record is applied. ``low``…``high`` holds it with probability .8,
    ``chance`` is P(profit > 0), ``worst`` the 10 % quantile. ``counted``: arithmetic, no record applies. ``shown``: what the brief said of
    it, after that record, with its ends."""

    profit: float
    low: float
    high: float
    chance: float
    counted: bool = False
    shown: tuple[float, float, float] | None = None

    @property
    def worst(self) -> float:
        return self.low

    @property
    def said(self) -> tuple[float, float, float]:
        """What a person was told of it: profit, low, high."""
        return self.shown or (self.profit, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Measure:
    """How an action will be read. ``smallest_visible`` is the smallest effect on ``metric`` (money a week) that this design shows here
    four times in five, said before the change; None where it cannot be reckoned. ``early`` is an earlier metric read beside it."""

    metric: str
    design: Design
    days: int
    smallest_visible: float | None = None
    early: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What exactly is to be done, ready to use: rows of a ``table``, lines of a ``checklist`` or a ``text``. ``rows`` hold plain values
    (str, float, None) that ``apply`` and ``export`` use; ``words`` are the sentences for the reader."""

    kind: Literal["table", "text", "checklist"]
    words: Sequence[Words] = ()
    rows: Sequence[Mapping[str, Any]] = ()


def target_text(where: Mapping[str, str]) -> str:
    """``product_id=B200,source=search``: a target as one text, the same for the same target."""
    return ",".join(f"{name}={value}" for name, value in sorted(where.items()))


def action_id(playbook: str, rule: str, kind: str, where: Mapping[str, str]) -> str:
    """Eight letters and digits, the same for the same rule, kind and target on every day.

    >>> action_id("products", "price_step", "step_price", {"product_id": "B200"})
    'c5189f93'
    """
    return sha256("|".join((playbook, rule, kind, target_text(where))).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. ``gain`` is None where costs are unknown: then ``break_even`` says from which margin on it pays. ``touches`` are
    the products whose numbers it moves: another action on one of them is read together with it. ``because`` are ids of findings."""

    playbook: str
    rule: str
    kind: str
    words: Words
    where: Mapping[str, str] = field(default_factory=dict)
    gain: Gain | None = None
    break_even: Words | None = None
    minutes: int = 10
    cost: float = 0.0  # cash bound or spent at once, in the workspace's currency
    do_by: str | None = None  # ISO instant or day, local
    because: Sequence[str] = ()
    reason: Words | None = None
    draft: Draft | None = None
    measure: Measure | None = None
    touches: Sequence[str] = ()
    proved: bool = (
        False  # whether the finding behind it passed a claim's test; if not it is worded "not proved, cheap: do it"
    )
    shift: str | None = None  # the second product of a pair whose effect is read on both together (``reroute_traffic``)

    @property
    def id(self) -> str:
        """The same rule on the same target has the same id tomorrow."""
        return action_id(self.playbook, self.rule, self.kind, self.where)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a done action. ``effect``, ``low``, ``high`` (95 %) are contribution (or ``metric``) per week; None where it
    cannot be read. ``placebo_rank`` is (rank, of how many). ``label`` says what kind of evidence it is; ``reason`` why no more can be
    said. ``together`` are other actions that cannot be told apart from it."""

    action: str
    verdict: Judgement
    design: Design | None
    metric: str
    effect: float | None
    low: float | None
    high: float | None
    read_on: date
    label: Literal["experiment", "observation", "arithmetic", "none"]
    placebo_rank: tuple[int, int] | None = None
    reason: Words | None = None
    together: Sequence[str] = ()
    error: float | None = None  # standard error of the effect, for pooling over a rule
    early: Mapping[str, Any] = field(default_factory=dict)  # earlier metric: name, effect, low, high (relative)
    left_out: Sequence[str] = ()  # what its effect does not hold: ``refunds_to_come``, ``return_costs``


@dataclass(frozen=True, slots=True)
class Past:
    """An action as the ledger knows it: what the brief must not repeat and the rules must know."""

    id: str  # with its round: ``c5189f93`` first, ``c5189f93-2`` when proposed again after it ended
    playbook: str
    rule: str
    kind: str
    where: Mapping[str, str]
    state: State
    since: date  # the day of the present state
    touches: Sequence[str] = ()
    done_on: date | None = None
    stop_on: date | None = None  # the last day of its reading
    snoozed_until: date | None = None
    expected: Gain | None = None
    words: Words | None = None
    outcome: Outcome | None = None
    measure: Measure | None = None
    read_on: date | None = None  # the day from which it is read: refunds of its days have come in
    shift: str | None = None
    draft: Draft | None = None
    changed: Sequence[str] = ()  # the products it was carried out on; empty = the whole shop


@dataclass(frozen=True, slots=True)
class Record:
    """What a rule's measured actions kept of their promise: ``factor`` multiplies what it promises next (0…1.2), ``spread`` is its
    standard deviation, ``measured`` how many actions it stands on."""

    factor: float = 0.5
    spread: float = 0.3
    measured: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """What a rule promised against what was measured: a line of the scorecard. ``n`` outcomes were read, ``measured_count`` of them show
    an effect in money that is the rule's alone; of these are ``expected`` and ``measured`` (sums a week), ``bias`` (measured − expected, a
    week and action) and ``coverage_80`` (share inside the promised 80 % interval), None without any. ``share_worked`` is of all that
    were read, those counted included. ``pooled`` (mean, low, high at 95 %) is the mean effect of the rule, from two on."""

    rule: str
    n: int
    measured_count: int
    expected: float | None
    measured: float | None
    bias: float | None
    coverage_80: float | None
    share_worked: float
    factor: float
    spread: float
    pooled: tuple[float, float, float] | None = None

    @property
    def record(self) -> Record:
        """What the brief multiplies the rule's next promise by."""
        return Record(self.factor, self.spread, self.measured_count)


@dataclass(frozen=True, slots=True)
class Freeze:
    """Days on which nothing is changed (before a big event), for one target or for all (``*``)."""

    start: date
    end: date
    target: str = "*"
    text: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What people decided and what came of it, as of a day: given to the rules and the brief."""

    past: Sequence[Past] = ()
    records: Mapping[str, Record] = field(default_factory=dict)  # by rule; a rule without one has ``Record()``
    freezes: Sequence[Freeze] = ()
    minutes: int | None = None  # the operator's minutes today; None = by the shop's size
    budget: float | None = None  # cash that may be bound today; None = each kind's own limit

    def record(self, rule: str) -> Record:
        return self.records.get(rule, Record())

    def open_on(self, product: str) -> list[Past]:
        """Actions on a product that are done and still being read."""
        return [p for p in self.past if p.state == "done" and product in p.touches]


NOTHING_YET = Standing()

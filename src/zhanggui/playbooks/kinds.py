"""What a rule is and what it says. A rule reads frames and settings and judges; it never sees a connection, a clock or a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import polars as pl

from zhanggui.actions.kinds import NOTHING_YET, Action, Standing
from zhanggui.config import Config
from zhanggui.units import Period, Words

FindingKind = Literal["claim", "state", "arithmetic", "question"]
"""``claim``: passed error control · ``state``: how things stand, said once and again when it moved · ``arithmetic``: certain ·
``question``: worth asking, nothing is claimed."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One statement behind a finding and the call of ``zhanggui query`` that gives its number again."""

    words: Words
    query: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found. ``size`` is money in the workspace's currency per ``per`` (negative = loses); ``p`` is the p-value of a
    claim, which the brief controls over the day's whole family, ``weight`` how much of the family's error budget its test was given
    (1 on average within its rule); ``cause`` groups findings that are one cause."""

    playbook: str
    rule: str
    kind: FindingKind
    words: Words
    metric: str
    where: Mapping[str, str] = field(default_factory=dict)
    size: float = 0.0
    low: float | None = None
    high: float | None = None
    per: str = "week"
    p: float | None = None
    weight: float = 1.0
    worth: float | None = (
        None  # what the money floor compares, where the size is not sales (a price cut is all contribution)
    )
    evidence: Sequence[Evidence] = ()
    because: Words | None = None  # the likely reason, worded as what it is
    cause: str = ""
    alert: Literal["", "info", "today", "urgent"] = ""
    caveat: Words | None = None  # what it would be without the orders that nobody really made

    @property
    def id(self) -> str:
        """The same rule on the same target has the same id tomorrow."""
        target = ",".join(f"{name}={value}" for name, value in sorted(self.where.items()))
        return f"{self.playbook}.{self.rule}" + (f"[{target}]" if target else "")


@dataclass(frozen=True, slots=True)
class Due:
    """Something with a deadline. ``loss`` is the money lost by missing it."""

    rule: str
    words: Words
    by: str  # ISO instant or day, local
    where: Mapping[str, str] = field(default_factory=dict)
    loss: float = 0.0


@dataclass(frozen=True, slots=True)
class Locked:
    """What a rule could say with more data: which table or setting, and what that is worth here (money a week, if it can be said)."""

    rule: str
    needs: str  # a table name, ``costs``, ``target`` or ``shipping_times``
    words: Words
    worth: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that one rule says today."""

    findings: Sequence[Finding] = ()
    actions: Sequence[Action] = ()
    due: Sequence[Due] = ()
    locked: Sequence[Locked] = ()
    family: int = 0  # how many candidates were tested for claims, said or not
    share: float | None = None  # of the day's error budget, kept for these tests; None = what is left, shared by number


@dataclass(frozen=True, slots=True)
class Situation:
    """What rules judge by: the day, the periods, the settings, the frames they asked for, and the cost sheet."""

    as_of: date
    period: Period
    against: Period
    config: Config
    frames: Mapping[str, pl.DataFrame]
    costs: Any  # zhanggui.costs.CostSheet
    tables: Mapping[str, int]  # canonical table → rows
    weekly: bool  # whether claims of W against B are tested this morning
    orders_per_day: float
    weekly_money: float  # contribution (or net sales, where costs are unknown) per week: floors are shares of it
    floor: float  # money floor per week
    names: Mapping[str, str]  # product_id → short name
    standing: Standing = NOTHING_YET  # what people decided before, and what came of it
    contribution: float | None = (
        None  # per week, after what every order costs and after promotion; None where costs are unknown
    )
    workings: dict[str, Any] = field(default_factory=dict, compare=False)
    """What one rule reckoned and another needs too, kept for this morning: a reckoning has one name and one value."""

    @property
    def least(self) -> float:
        """What an action must bring a week whatever it takes: a share of a week's contribution, of which goods, refunds, fees, parcels and
        promotion are paid; where that is unknown, of ``weekly_money``."""
        weekly = self.weekly_money if self.contribution is None else self.contribution
        return float(self.config["money_floor_share"] * max(weekly, 0.0))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the trade. ``needs`` are canonical tables without which it is locked, ``frames`` what it reads
    (names of ``zhanggui.numbers.frames``), ``judge`` is pure. ``proposes`` are the kinds of action it may make (a rule without only
    tells), ``reads`` the settings it stands on, its own before those it shares."""

    name: str
    playbook: str
    judge: Callable[[Situation], Verdict]
    frames: tuple[str, ...]
    needs: tuple[str, ...] = ()
    proposes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()

"""What the ledger knows: an action with everything that was said and done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from zhanggui.actions.kinds import Action, Outcome, Past, State
from zhanggui.units import Words

Verb = Literal[
    "proposed",
    "added",
    "approved",
    "dismissed",
    "snoozed",
    "done",
    "undone",
    "stopped",
    "assigned",
    "noted",
    "measured",
    "found",
    "applying",
    "broke_off",
    "put_back",
]


ENDS = ":stop"
"""How the id of a line ends that takes an earlier change away."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was said or done. ``number`` orders all of the ledger, ``step`` those of one action; ``at`` is UTC and never goes
    back, ``day`` is the shop's day it was said on. What else belongs to the verb stands in ``content``, as plain values."""

    number: int
    action: str
    step: int
    verb: Verb
    by: str
    at: datetime
    day: date
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on an action."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """A line that a done action leaves in the table ``changes``: what was changed on a product, from what to what, when, by whom."""

    id: str
    day: date
    product_id: str
    what: str
    before: str
    after: str
    by: str
    channel: str = ""

    @property
    def ends(self) -> bool:
        """Whether it takes an earlier change away again."""
        return self.id.endswith(ENDS)


@dataclass(frozen=True, slots=True)
class Written:
    """A value in a live shop that an action changes: ``item`` is the shop's own name of what holds it, ``before`` what stood there, None
    for nothing."""

    product: str
    sku: str
    item: str
    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Carried:
    """What the program itself writes of an action, to the live shop of that name. It is noted before the first value is written."""

    shop: str
    values: Sequence[Written]


@dataclass(frozen=True, slots=True)
class Entry:
    """One round of an action, folded from its events. ``since`` is the day of the present state, ``by`` and ``at`` say who brought it
    there and when. ``before`` is how the target stood at approval, ``stop_on`` the last day of its reading and ``read_on`` the day from
    which it is read, when late refunds have come in. ``offered_on`` is the day it was last proposed; ``carried`` what the program wrote to
    a live shop, until it is put back."""

    id: str
    base: str
    round: int
    action: Action
    state: State
    since: date
    by: str
    at: datetime
    step: int
    offered_on: date
    by_hand: bool = False
    owner: str = ""
    due_on: date | None = None
    notes: Sequence[Note] = ()
    snoozed_until: date | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    done_on: date | None = None
    done_by: str = ""
    stop_on: date | None = None
    read_on: date | None = None
    settle_days: int = 0
    stopped: bool = False
    changes: Sequence[Change] = ()
    outcome: Outcome | None = None
    carried: Carried | None = None
    history: Sequence[Event] = ()

    @property
    def past(self) -> Past:
        """The same as rules and brief see it."""
        return Past(
            id=self.id,
            playbook=self.action.playbook,
            rule=self.action.rule,
            kind=self.action.kind,
            where=self.action.where,
            state=self.state,
            since=self.since,
            touches=self.action.touches,
            done_on=self.done_on,
            stop_on=self.stop_on,
            snoozed_until=self.snoozed_until,
            expected=self.action.gain,
            words=self.action.words,
            outcome=self.outcome,
            measure=self.action.measure,
            read_on=self.read_on,
            shift=self.action.shift,
            draft=self.action.draft,
            changed=tuple(line.product_id for line in self.changes if line.product_id and not line.ends),
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """What a verb did: the action as it stands now, and what the person should know beside it."""

    entry: Entry
    notes: Sequence[Words] = ()


@dataclass(frozen=True, slots=True)
class Handover:
    """What whoever left told whoever comes, and who is on duty."""

    text: str
    on_duty: str
    by: str
    at: datetime

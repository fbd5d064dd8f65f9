"""Changes that went wrong: a product of which fewer are bought since one thing was logged as changed, while the others went on.

Reads: visits and buyers by day, logged changes, what people did. Where a fall is read window against window, a change inside a window is
diluted until the window is over; the day of a logged change is known, so the days since are held against those before it.
Says: nothing by itself; nothing is claimed of so few days.
Does: puts the page back as it was, which costs ten minutes.
Source: docs/rules.md, "Analysis".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft
from zhanggui.playbooks.budgets import MOVES
from zhanggui.playbooks.causes import BESIDE, NO_CHANGE, RECOVERABLE, recoverable_of, what_words
from zhanggui.playbooks.gains import even_cases, gain, of_amount, of_share
from zhanggui.playbooks.kinds import Rule, Situation, Verdict
from zhanggui.playbooks.readable import measure
from zhanggui.playbooks.terms import name_of
from zhanggui.playbooks.visits import Change, Floats, Visits, changes_of, visits
from zhanggui.playbooks.worth import Worth, order_worth, pays_above
from zhanggui.units import Quantity, Words

FEWEST_AFTER, FEWEST_BEFORE = 7, 14
"""Days with visitors since the change, and before it."""
MOST_DAYS = 28
FEWEST_BUYERS = 8.0
SURE = 0.95
"""How likely fewer must buy since then; of several changed products one always looks worse."""
NO_PAGE = NO_CHANGE | {"price", "promotion", "advertising", "stock", "status", "launch", "range", "contact", "packing"}
"""What is no property of a page (a price has its own reckoning), so that putting it back is another matter."""


@dataclass(frozen=True, slots=True)
class Since:
    """Buyers a day since a change, and those to be expected by the days before it and by how the other products went since; ``error`` is
    the standard deviation of their difference."""

    change: Change
    now: float
    expected: float
    error: float

    @property
    def fell(self) -> float:
        """P(fewer buy since then)."""
        from scipy.special import ndtr

        return float(ndtr((self.expected - self.now) / self.error))


def put_back(situation: Situation) -> Verdict:
    """Of every product the one page change since which clearly fewer buy, put back."""
    if not situation.weekly:
        return Verdict()
    actions = []
    for v in visits(situation).values():
        worth = order_worth(situation, v.product)
        change = None if v.flag or worth is None else the_page_change(situation, v)
        since = None if change is None else held_against(situation, v, change)
        if worth is not None and since is not None and since.fell >= SURE:
            actions.append(_action(situation, v, since, worth))
    return Verdict(actions=actions)


def the_page_change(situation: Situation, v: Visits) -> Change | None:
    """The one page change of the last four weeks, a week old at least; None where there are several, or something was done since."""
    first = situation.as_of - timedelta(days=MOST_DAYS)
    logged = [c for c in changes_of(situation, v.product) if c.what not in BESIDE and c.day > first]
    pages = [c for c in logged if c.what not in NO_PAGE]
    if len(logged) != 1 or not pages or (situation.as_of - pages[0].day).days + 1 < FEWEST_AFTER:
        return None
    done = any(
        past.done_on is not None
        and past.done_on >= pages[0].day
        and past.kind not in MOVES
        and (v.product in past.touches or v.product in past.where.values())
        for past in situation.standing.past
    )
    return None if done else pages[0]


def held_against(situation: Situation, v: Visits, change: Change) -> Since | None:
    """The days since a change against up to four weeks before it, by what the products left alone did over the same days. None where the
    days or buyers are too few."""
    length = len(v.daily[0])
    at = length - 1 - (situation.as_of - change.day).days
    spans = slice(max(at - MOST_DAYS, 0), max(at, 0)), slice(max(at, 0), length)
    before, after = (_told(v, span) for span in spans)
    if min(before.size - FEWEST_BEFORE, after.size - FEWEST_AFTER) < 0 or before.sum() < FEWEST_BUYERS:
        return None
    others = [
        u
        for u in visits(situation).values()
        if u.product != v.product and not any(c.day > change.day - timedelta(days=1) for c in _pages(situation, u))
    ]
    then, since = (np.concatenate([_told(u, span) for u in others] or [np.zeros(0)]) for span in spans)
    moved = since.mean() / then.mean() if then.size and since.size and min(then.sum(), since.sum()) > 0 else 1.0
    usual = float(before.mean())
    expected = usual * float(moved)
    uneven = max(float(before.var(ddof=1)) / usual, 1.0)
    known = uneven / (usual * before.size)
    if then.size and since.size and min(then.sum(), since.sum()) > 0:
        known += 1 / float(then.sum()) + 1 / float(since.sum())
    error = float(np.sqrt(uneven * expected / after.size + expected**2 * known))
    return Since(change, float(after.mean()), expected, max(error, 1e-9))


def _pages(situation: Situation, v: Visits) -> list[Change]:
    return [c for c in changes_of(situation, v.product) if c.what not in NO_CHANGE]


def _told(v: Visits, span: slice) -> Floats:
    """Buyers of the days on which there were visitors."""
    visitors, buyers = v.daily[0][span], v.daily[1][span]
    return np.asarray(buyers[visitors > 0], dtype=np.float64)


def _action(situation: Situation, v: Visits, since: Since, worth: Worth) -> Action:
    """φ · buyers a week that are missing since the change · contribution of an order."""
    kind, change = kind_named("restore_change"), since.change
    named = {"product": name_of(situation, v.product), "what": what_words(change.what), "day": change.day}
    back = RECOVERABLE["delivery"] if change.what == "delivery" else recoverable_of(change)
    even = even_cases(3)
    missing = of_amount(since.expected - since.now, since.error, even[:, 0]) * 7
    profits = of_share(back, even[:, 1]) * missing * of_amount(worth.value, worth.spread, even[:, 2])
    sales = back * (since.expected - since.now) * 7 * worth.price
    row = {
        "product_id": v.product,
        "change_id": change.id,
        "what": change.what,
        "before": change.after,
        "after": change.before,
        "changed_on": change.day.isoformat(),
    }
    return Action(
        "analysis",
        "put_back",
        kind.name,
        Words("rules_analysis.do.change", named),
        {"product_id": v.product},
        gain=gain(profits) if worth.known else None,
        break_even=None if worth.known else pays_above(situation.floor / sales if sales > 0 else 1.0),
        minutes=kind.minutes,
        reason=Words(
            "rules_analysis.because.since",
            {
                "what": what_words(change.what),
                "day": change.day,
                "now": Quantity(since.now, "ratio"),
                "expected": Quantity(since.expected, "ratio"),
            },
        ),
        draft=Draft("table", rows=[row]),
        measure=measure(situation, v, v.now.rate, worth.value, kind.days) if worth.value > 0 else None,
        touches=(v.product,),
    )


RULES = (
    Rule(
        "put_back",
        "analysis",
        put_back,
        frames=("product_diary", "happenings", "product_refunds"),
        needs=("traffic_days", "changes"),
        proposes=("restore_change",),
        reads=("money_floor_share",),
    ),
)

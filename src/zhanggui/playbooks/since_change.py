"""What one logged change of a page did: the days since it against those before it, by how the products left alone went.

Who comes and how many of them buy are held apart. The rate of a page hardly wanders by itself, so a few days tell much of it; how many come
wanders a lot, and a few days tell little. Each is drawn to "nothing happened" by its own error before both are put together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from zhanggui.playbooks.budgets import MOVES
from zhanggui.playbooks.causes import BESIDE, NO_CHANGE
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.visits import DAILY, Change, Floats, Visits, changes_of, visits

FEWEST_AFTER, FEWEST_BEFORE = 7, 14
"""Days with visitors since the change, and before it."""
MOST_DAYS = 56
FEWEST_BUYERS = 8.0
FEWEST_OTHERS = 4
USUAL_EFFECT = 0.25
"""How far changes of a page that do something move its rate or its visitors: one standard deviation on the log scale."""
NO_PAGE = NO_CHANGE | {"price", "promotion", "advertising", "stock", "status", "launch", "range", "contact", "packing"}
"""What is no property of a page (a price has its own reckoning), so that putting it back is another matter."""
BEFORE_THE_CLICK = frozenset({"title", "image", "category", "listing"})
"""What is seen in search and recommendations, and so changes who comes; anything else is read on the page."""


@dataclass(frozen=True, slots=True)
class Since:
    """Buyers a day since a change, and those to be ``expected`` without it; ``error`` is the standard deviation of their difference.
    ``fell`` and ``rose``: one less the chance that who comes or how many of them buy looks as poor, or as good, of itself; the surer of
    both counts, and is held to the price of two looks."""

    change: Change
    now: float
    expected: float
    error: float
    fell: float
    rose: float


@dataclass(frozen=True, slots=True)
class Moved:
    """By how much something moved beyond the others, on the log scale, with its variance."""

    by: float
    variance: float

    def believed(self) -> tuple[float, float]:
        """The same drawn to nothing, as far as chance alone moves it: mean and variance."""
        kept = USUAL_EFFECT**2 / (USUAL_EFFECT**2 + self.variance)
        return kept * self.by, kept * self.variance

    @property
    def deviations(self) -> float:
        """The move in its own standard errors."""
        return float(self.by / np.sqrt(self.variance))


def the_page_change(situation: Situation, v: Visits) -> Change | None:
    """The latest page change of the last eight weeks, a week old at least; None where anything was logged or done on the product since."""
    first = situation.as_of - timedelta(days=MOST_DAYS)
    logged = [c for c in changes_of(situation, v.product) if c.what not in BESIDE and c.day > first]
    if not logged or logged[-1].what in NO_PAGE or (situation.as_of - logged[-1].day).days + 1 < FEWEST_AFTER:
        return None
    change = logged[-1]
    if any(c.day >= change.day - timedelta(days=FEWEST_BEFORE) for c in logged[:-1]):
        return None
    done = any(
        past.done_on is not None
        and past.done_on >= change.day
        and past.kind not in MOVES
        and (v.product in past.touches or v.product in past.where.values())
        for past in situation.standing.past
    )
    return None if done else change


def held_against(situation: Situation, v: Visits, change: Change) -> Since | None:
    """The days since a change against up to eight weeks before it, by what the products left alone did over the same days. None where the
    days or buyers are too few."""
    at = DAILY - 1 - (situation.as_of - change.day).days
    first = max([_place(situation, c) for c in changes_of(situation, v.product) if c.day < change.day], default=0)
    spans = slice(max(at - MOST_DAYS, first, 0), max(at, 0)), slice(max(at, 0), DAILY)
    own = [_days(v, span) for span in spans]
    if len(own[0]) < FEWEST_BEFORE or len(own[1]) < FEWEST_AFTER or min(d.sum(axis=0)[1] for d in own) <= 0:
        return None
    if own[0].sum(axis=0)[1] < FEWEST_BUYERS:
        return None
    others = [
        days
        for u in visits(situation).values()
        if u.product != v.product and not _touched(situation, u, change)
        for days in [[_days(u, span) for span in spans]]
        if min(len(d) for d in days) >= FEWEST_AFTER and min(d.sum(axis=0)[1] for d in days) > 0
    ]
    moved = [_rate_moved(own, others)]
    if change.what in BEFORE_THE_CLICK and not _bought_others(situation, v, change):
        moved.append(_visitors_moved(own, others))
    return _since(change, float(own[1][:, 1].mean()), moved)


def _since(change: Change, now: float, moved: Sequence[Moved]) -> Since:
    """What the moves of who comes and how many buy make together."""
    from scipy.special import ndtr

    believed = np.array([each.believed() for each in moved]).sum(axis=0)
    expected = now * float(np.exp(-believed[0]))
    error = max(float(np.sqrt(believed[1])) * expected, 1e-9)
    poor, good = (min(float(ndtr(sign * each.deviations)) for each in moved) * len(moved) for sign in (1, -1))
    return Since(change, now, expected, error, 1 - min(poor, 1.0), 1 - min(good, 1.0))


def _place(situation: Situation, change: Change) -> int:
    return DAILY - 1 - (situation.as_of - change.day).days if change.what not in BESIDE else 0


def _touched(situation: Situation, v: Visits, change: Change) -> bool:
    """Whether a page or price of it was changed since, so that it is no product left alone."""
    return any(c.day >= change.day and c.what not in NO_CHANGE for c in changes_of(situation, v.product))


def _bought_others(situation: Situation, v: Visits, change: Change) -> bool:
    """Whether its advertising was moved at the time, so that other visitors came for another reason."""
    near = change.day - timedelta(days=FEWEST_BEFORE)
    if any(c.what == "advertising" and c.day >= near for c in changes_of(situation, v.product)):
        return True
    return any(
        past.done_on is not None and past.done_on >= near and past.kind in MOVES and v.product in past.touches
        for past in situation.standing.past
    )


def _days(v: Visits, span: slice) -> Floats:
    """Visitors and buyers of the days on which there were visitors (days, 2)."""
    found = np.column_stack([values[span] for values in v.long])
    return np.asarray(found[found[:, 0] > 0], dtype=np.float64)


def _rate_moved(own: Sequence[Floats], others: Sequence[Sequence[Floats]]) -> Moved:
    """How the share of visitors who buy moved, beyond what the others let expect. Its error is chance, as uneven as the product's days are,
    and how differently the others moved from each other beyond chance."""
    moves, chances = zip(*(_log_rates(days) for days in (own, *others)), strict=True)
    return _beyond(moves, chances)


def _log_rates(days: Sequence[Floats]) -> tuple[float, float]:
    (n, k), (later_n, later_k) = (d.sum(axis=0) for d in days)
    usual = days[0][:, 0] * k / n
    uneven = float(((days[0][:, 1] - usual) ** 2).sum() / usual.sum() * len(usual) / max(len(usual) - 1, 1))
    return float(np.log(later_k / later_n / (k / n))), max(uneven, 1.0) * (1 / k + 1 / later_k)


def _visitors_moved(own: Sequence[Floats], others: Sequence[Sequence[Floats]]) -> Moved:
    """How visitors a day moved, beyond the others; they wander, so the error is mostly how differently the others moved."""
    moves, chances = zip(*(_log_visitors(days) for days in (own, *others)), strict=True)
    return _beyond(moves, chances)


def _log_visitors(days: Sequence[Floats]) -> tuple[float, float]:
    before, after = (d[:, 0] for d in days)
    # Counts are never surer than a count of that size can be, also where every day had the same.
    chance = sum(max(float(x.var(ddof=1)), float(x.mean())) / x.mean() ** 2 / x.size for x in (before, after))
    return float(np.log(after.mean() / before.mean())), chance


def _beyond(moves: Sequence[float], chances: Sequence[float]) -> Moved:
    """The first of several moves against the others' mean, each weighed by how well it is known. Where the others are too few to show how
    differently products move, as much is taken as an effect would be."""
    first, chance = moves[0], chances[0]
    rest, unsure = np.array(moves[1:]), np.array(chances[1:])
    if rest.size < FEWEST_OTHERS:
        usual = float(rest.mean()) if rest.size else 0.0
        return Moved(first - usual, chance + (float(unsure.mean()) / rest.size if rest.size else 0.0))
    between = 0.0
    for _ in range(4):  # as uneven as they are beyond chance, and the mean by it: a few turns settle both
        weights = 1 / (unsure + between)
        usual = float((weights * rest).sum() / weights.sum())
        excess = weights * ((rest - usual) ** 2 - unsure)
        between = max(float(excess.sum() / weights.sum()), 0.0)
    return Moved(first - usual, chance + between + 1 / float((1 / (unsure + between)).sum()))

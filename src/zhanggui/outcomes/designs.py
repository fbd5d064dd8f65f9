"""The best reading there is of an action's effect: against many untouched products, against a few, against its own past alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from zhanggui.actions.kinds import Design
from zhanggui.methods.against_controls import ControlReading, against_controls
from zhanggui.methods.against_donors import EARLIER, FEWEST_DONORS, FIT, DonorReading, against_donors
from zhanggui.methods.before_after import before_after
from zhanggui.methods.placebo import more_chance
from zhanggui.outcomes.books import Books, Floats, Mask, Money, weeks
from zhanggui.units import Refusal

WEEK = 7
MOST_DONORS = 40
FEWEST_SIBLINGS = 8
"""Where a category has so many other products, what one of them takes from each is small; where it has fewer, they are left aside."""
MOST_EMPTY = 0.2
"""Share of its days without stock that a product may have had to stand beside."""
SWING = 2.0
"""By how many times what would have been may differ from the twelve weeks before: beyond that it is the season of other products."""
SOLD = 0.5
"""Share of the weeks before in which a product must have sold to stand beside."""


@dataclass(frozen=True, slots=True)
class Found:
    """An effect a week with its interval (95 %) and standard error. ``rank``: its place among placebos; ``steady``: whether nothing of the
    kind was seen before the change; ``lasting``: what share of it is left without the week that speaks most for it (1 where there
    is one week only); ``beside``: how many products it was read against; ``swung``: whether what it was read against went so far up or
    down that their season, not the change, may be what is seen."""

    design: Design
    effect: float
    low: float
    high: float
    error: float
    rank: tuple[int, int] | None = None
    steady: bool = True
    lasting: float = 1.0
    beside: int = 0
    swung: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be read: rows of the ``target`` and of the products that may stand ``beside`` it (largest first), the column of the day of
    ``change``, whole weeks ``before`` it and ``after``, days ``left_out`` of all, and which money is read. ``festive`` days are left out
    where nothing stands beside."""

    books: Books
    target: npt.NDArray[np.int64]
    beside: npt.NDArray[np.int64]
    change: int
    before: int
    after: int
    left_out: Mask
    measure: Money
    festive: Mask | None = None

    def weekly(self, rows: npt.NDArray[np.int64], days: Floats) -> tuple[Floats, int]:
        """Whole weeks (rows, weeks) of ``days``, and how many lie before."""
        return weeks(days[rows], self.change, self.before, self.after, self.left_out)

    def own(self, days: Floats) -> tuple[Floats, int]:
        """The target's weeks, its products together."""
        sums, before = self.weekly(self.target, days)
        return sums.sum(axis=0), before


def best(case: Case) -> Found | Refusal:
    """The first design that does not refuse; the reason of the last where all do."""
    refused: Refusal | None = None
    for design in DESIGNS:
        found = design(case)
        if isinstance(found, Found):
            return found
        refused = found if refused is None or found.code not in ("few_donors", "no_controls") else refused
    return refused or Refusal("too_short")


def _donors(case: Case) -> Found | Refusal:
    if case.beside.size < FEWEST_DONORS:
        return Refusal("few_donors", needed=FEWEST_DONORS, have=int(case.beside.size))
    days = case.books.money(case.measure)
    own, before = case.own(days)
    others, _ = case.weekly(case.beside[:MOST_DONORS], days)
    sizes = None
    if before and not own[max(before - FIT, 0) : before].mean() > 0:
        # What loses money has no level that others could be brought to: sales say how large it is.
        mine, theirs = case.own(case.books.gross)[0], case.weekly(case.beside[:MOST_DONORS], case.books.gross)[0]
        sizes = np.append(mine[:before].mean(), theirs[:, :before].mean(axis=1))
        if not bool((sizes > 0).all()):
            return Refusal("constant", needed=2, have=1)
    found = against_donors(own, others, before, sizes=sizes)
    if isinstance(found, Refusal):
        return found
    return _found("synthetic_control", found, own, before, int((found.weights > 0.001).sum()))


def _controls(case: Case) -> Found | Refusal:
    days = case.books.money(case.measure)
    own, before = case.own(days)
    chosen = case.beside[: FEWEST_DONORS - 1]
    others, _ = case.weekly(chosen, days)
    found = against_controls(own, others, before)
    if isinstance(found, Refusal):
        return found
    return _found("regression", found, own, before, int(chosen.size))


def _found(design: Design, reading: DonorReading | ControlReading, own: Floats, before: int, beside: int) -> Found:
    """A reading with what is left of it without its best week; ``own`` (weeks,) is the target, ``before`` of them before the change."""
    after, expected = own[before:], reading.expected[before - own.size :]
    level = float(own[max(before - FIT, 0) : before].mean())
    judged = reading.found
    # Placebos sold no more than before; what the change brought has chance of its own.
    grown = float(after.mean() / expected.mean()) if expected.mean() > 0 else 1.0
    wider = more_chance(grown, min(FIT, before), after.size)
    gaps = after - expected
    gaps = gaps + (judged.effect - gaps.mean())
    best = gaps.argmax() if judged.effect > 0 else gaps.argmin()
    lasting = float(np.delete(gaps, best).mean()) / judged.effect if after.size > 1 and judged.effect else 1.0
    return Found(
        design,
        judged.effect,
        judged.effect - wider * (judged.effect - judged.low),
        judged.effect + wider * (judged.high - judged.effect),
        judged.error * wider,
        judged.rank,
        reading.steady,
        lasting,
        beside,
        level > 0 and not 1 / SWING <= float(expected.mean()) / level <= SWING,
    )


def _own_past(case: Case) -> Found | Refusal:
    days = case.books.money(case.measure)[case.target].sum(axis=0)
    first = case.books.period.start
    start, end = case.change - WEEK * case.before, case.change + 1 + WEEK * case.after
    shut = case.left_out if case.festive is None else case.left_out | case.festive
    kept = np.where(shut, np.nan, days)
    kept[case.change] = np.nan
    window = np.delete(kept[start:end], case.change - start)
    weekdays = [(first + timedelta(days=i)).weekday() for i in range(start, end) if i != case.change]
    return past_alone(window, case.change - start, weekdays)


def past_alone(days: Floats, before: int, weekdays: list[int]) -> Found | Refusal:
    """A daily series after its first ``before`` days against them, a week."""
    found = before_after(days, before, weekdays)
    if isinstance(found, Refusal):
        return found
    return Found("before_after", found.effect * WEEK, found.low * WEEK, found.high * WEEK, found.error * WEEK)


DESIGNS: tuple[Callable[[Case], Found | Refusal], ...] = (_donors, _controls, _own_past)
"""From the strongest to the weakest."""


def reach_back(after: int) -> int:
    """Weeks before a change that the designs look at, at most."""
    return FIT + EARLIER * after


def beside(
    books: Books, target: set[str], shut: set[str], categories: dict[str, str], window: slice
) -> npt.NDArray[np.int64]:
    """Products that may stand beside the target, the largest first: none of them touched or short of stock, all sold in at least half
    of the weeks of ``window``. Where the target's category has few other products, these are left aside: they may lose what it wins."""
    own = {categories.get(name, "") for name in target} - {""}
    length = max((window.stop - window.start) // WEEK, 1)
    sold = (
        books.orders[:, window.start : window.start + length * WEEK]
        .reshape(len(books.products), length, WEEK)
        .sum(axis=2)
        > 0
    )
    fit = (sold.mean(axis=1) >= SOLD) & (books.empty[:, window].mean(axis=1) <= MOST_EMPTY)
    free = [i for i, name in enumerate(books.products) if fit[i] and name not in target and name not in shut]
    kin = [i for i in free if categories.get(books.products[i], "") in own]
    if 0 < len(kin) < FEWEST_SIBLINGS:
        free = [i for i in free if i not in set(kin)]
    money = books.gross[:, window].sum(axis=1)
    return np.array(sorted(free, key=lambda i: (-money[i], books.products[i])), dtype=np.int64)


def whole_weeks(first: date, last: date) -> int:
    """Whole weeks from ``first`` to ``last``, both included."""
    return max((last - first).days + 1, 0) // WEEK

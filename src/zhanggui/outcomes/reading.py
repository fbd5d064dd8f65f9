"""Each action that is over, read once with the best design there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Judgement, Outcome, Past
from zhanggui.config import Config
from zhanggui.costs import CostSheet
from zhanggui.numbers.frames import FRAMES, View
from zhanggui.numbers.product_money import ProductMoney, product_money
from zhanggui.numbers.query import data_span
from zhanggui.outcomes.around import Around, busy, disturbed_by, festive, left_out, settled_since, targets, together
from zhanggui.outcomes.books import CONTRIBUTION, NET_SALES, Books, Money, open_books
from zhanggui.outcomes.counting import Counted, count, is_counted
from zhanggui.outcomes.designs import Case, Found, beside, best, reach_back, whole_weeks
from zhanggui.outcomes.judging import disturbed, judge, refused
from zhanggui.outcomes.other_places import early, of_metric, of_place
from zhanggui.units import Clock, Estimate, Period, Refusal, Words

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

WEEK = 7
SPELL = 28
"""Days before a change in which something done on another product still keeps it from standing beside."""


def due(past: Sequence[Past], as_of: date) -> list[Past]:
    """Done actions whose reading is over, refunds of its days having come in, on the evening of ``as_of``."""
    return [
        each
        for each in past
        if each.state == "done"
        and each.done_on is not None
        and each.stop_on is not None
        and (each.read_on or each.stop_on + timedelta(days=kind_named(each.kind).settle_days)) <= as_of
    ]


def read(
    warehouse: Warehouse,
    past: Sequence[Past],
    *,
    as_of: date,
    config: Config,
    costs: CostSheet,
    clock: Clock | None = None,
    experiments: Mapping[str, Estimate] | None = None,
) -> list[Outcome]:
    """An outcome for each action that is :func:`due` and whose days the data covers, in the order of ``past``.

    ``past`` holds every action of the ledger: those that are not due are what else was done. ``experiments`` gives, by action, the effect
    on contribution a week (95 %) that an experiment of its own showed. The same tables and actions give the same outcomes.
    """
    if not due(past, as_of):
        return []
    last = _sold_until(warehouse, as_of)
    ready = due(past, last) if last is not None else []
    if last is None or not ready:
        return []
    desk = _Desk(warehouse, past, ready, last, config, costs, clock or Clock(config.timezone))
    return [desk.outcome(each, (experiments or {}).get(each.id)) for each in ready]


def _sold_until(warehouse: Warehouse, as_of: date) -> date | None:
    """The last day with an order: visits may be told further, and days whose orders are not imported yet would read as harm."""
    days = FRAMES["shop_days"](warehouse, View(as_of)).filter(pl.col("orders") > 0)
    return days.get_column("day").max() if days.height else None  # type: ignore[return-value]


@dataclass
class _Desk:
    """What all readings of a day share."""

    warehouse: Warehouse
    past: Sequence[Past]
    ready: Sequence[Past]
    as_of: date
    config: Config
    costs: CostSheet
    clock: Clock

    def __post_init__(self) -> None:
        self._books: dict[int, Books] = {}

    @cached_property
    def money(self) -> ProductMoney:
        first = min(
            _day(each.done_on) - timedelta(days=WEEK * reach_back(whole_weeks(_day(each.done_on), _day(each.stop_on))))
            for each in self.ready
        )
        period = Period(max(first, data_span(self.warehouse, self.config.currency)[0]), self.as_of)
        return product_money(self.warehouse, period, config=self.config, clock=self.clock, costs=self.costs)

    @cached_property
    def around(self) -> Around:
        view = View(self.as_of)
        return Around(FRAMES["happenings"](self.warehouse, view), FRAMES["annotated_days"](self.warehouse, view))

    @cached_property
    def categories(self) -> dict[str, str]:
        names = FRAMES["product_names"](self.warehouse, View(self.as_of))
        return {name: category or "" for name, category in names.select("product_id", "category").iter_rows()}

    def books(self, past: Past) -> Books:
        """The books with refunds as old as those of the action's last day can be, and what they come to in the end."""
        oldest = (self.money.period.end - _day(past.stop_on)).days
        if oldest not in self._books:
            self._books[oldest] = open_books(self.money, oldest, self.costs, self.categories)
        return self._books[oldest]

    def outcome(self, past: Past, tried: Estimate | None) -> Outcome:
        nothing = Outcome(past.id, "unmeasurable", None, CONTRIBUTION, None, None, None, self.as_of, "none")
        if tried is not None:
            return self._tried(nothing, past, tried)
        if is_counted(past):
            return self._counted(nothing, past)
        metric = kind_named(past.kind).metric
        measured = self._of_products if metric == CONTRIBUTION and targets(past) else self._elsewhere
        found = measured(nothing, past)
        return replace(found, early=early(self.warehouse, past, self.config, self.clock, self.costs))

    def _tried(self, nothing: Outcome, past: Past, tried: Estimate) -> Outcome:
        error = (tried.high - tried.low) / (2 * 1.959963984540054)
        found = Found("experiment", tried.value, tried.low, tried.high, error)
        return _written(nothing, found, judge(found), together=(), label="experiment")

    def _counted(self, nothing: Outcome, past: Past) -> Outcome:
        found = count(past, self.warehouse, self.books(past), self.costs)
        if not isinstance(found, Counted):
            return replace(nothing, reason=found)
        money = found.effect
        return replace(
            nothing,
            verdict="counted",
            design="counted",
            effect=money,
            low=money,
            high=money,
            label="arithmetic",
            reason=found.how,
            error=0.0,
            together=together(past, self.past),
        )

    def _of_products(self, nothing: Outcome, past: Past) -> Outcome:
        books = self.books(past)
        own = books.rows(targets(past))
        if not own.size:
            return replace(nothing, reason=Words("outcomes.reason.no_sales"))
        measure: Money = CONTRIBUTION if bool(books.known[own].all()) else NET_SALES
        nothing = replace(nothing, metric=measure)
        case = self._case(past, books, measure)
        if isinstance(case, Words):
            return replace(nothing, reason=case)
        found = best(case)
        if isinstance(found, Refusal):
            return replace(nothing, reason=refused(found.code, found.needed, found.have))
        others = together(past, self.past)
        other = disturbed(others, disturbed_by(past, self.around))
        if other is None and measure == NET_SALES and kind_named(past.kind).priced:
            other = Words("outcomes.reason.price_without_costs")
        verdict = judge(found) if other is None else ("unmeasurable", other)
        left = books.left_out if measure == CONTRIBUTION else tuple(set(books.left_out) & {"refunds_to_come"})
        written = _written(nothing, found, verdict, together=others, label="observation")
        return replace(written, left_out=left)

    def _case(self, past: Past, books: Books, measure: Money) -> Case | Words:
        """The weeks to be read, or why there are too few of them."""
        done, stop = _day(past.done_on), _day(past.stop_on)
        after = whole_weeks(done + timedelta(days=1), stop)
        if not after:
            return Words("outcomes.reason.short_after", {"days": (stop - done).days})
        own = books.rows(targets(past))
        sold = np.flatnonzero(books.orders[own].sum(axis=0))
        if not sold.size or sold[0] >= books.day(done):
            return Words("outcomes.reason.no_sales")
        mask = left_out(targets(past), books, self.around)
        first = max(int(sold[0]), 0)
        before = min((books.day(done) - first) // WEEK, reach_back(after))
        state = (done - settled_since(past, self.past, self.around)).days - 1
        if 2 * after <= state // WEEK < before:
            before = state // WEEK
        lost = sum(mask[books.day(done) + 1 + WEEK * k :][:WEEK].sum() > WEEK // 2 for k in range(after))
        if 2 * lost > after:
            return Words("outcomes.reason.left_out", {"weeks": int(lost), "of": after})
        window = slice(max(books.day(done) - WEEK * min(before, reach_back(0)), 0), books.day(stop) + 1)
        touched = busy(Period(done - timedelta(days=SPELL), stop), self.past, self.around)
        if measure == CONTRIBUTION:
            touched |= {name for name, known in zip(books.products, books.known, strict=True) if not known}
        others = beside(books, set(targets(past)), touched, self.categories, window)
        shut = festive(books.period, self.config.timezone)
        return Case(books, own, others, books.day(done), before, after, mask, measure, shut)

    def _elsewhere(self, nothing: Outcome, past: Past) -> Outcome:
        """Effects on the whole shop, a source, a region, or on another metric than money: read against their own past alone."""
        metric = kind_named(past.kind).metric
        reader = of_place if metric == CONTRIBUTION else of_metric
        name, found = reader(self.warehouse, past, self.config, self.clock, self.costs)
        nothing = replace(nothing, metric=name)
        if isinstance(found, Refusal):
            return replace(nothing, reason=refused(found.code, found.needed, found.have))
        others = together(past, self.past)
        other = disturbed(others, disturbed_by(past, self.around))
        verdict = judge(found) if other is None else ("unmeasurable", other)
        return _written(nothing, found, verdict, together=others, label="observation")


def _written(
    nothing: Outcome,
    found: Found,
    verdict: tuple[Judgement, Words | None],
    *,
    together: tuple[str, ...],
    label: Literal["experiment", "observation"],
) -> Outcome:
    judgement, reason = verdict
    return replace(
        nothing,
        verdict=judgement,
        design=found.design,
        effect=found.effect,
        low=found.low,
        high=found.high,
        label=label,
        placebo_rank=found.rank,
        reason=reason,
        together=together,
        error=found.error,
    )


def _day(day: date | None) -> date:
    if day is None:
        raise ValueError("an action that is not over")
    return day

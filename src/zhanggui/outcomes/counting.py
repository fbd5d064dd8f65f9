"""Effects known by arithmetic: what the books say was no longer lost, or was sold that could not have been."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Past
from zhanggui.costs import CostSheet
from zhanggui.numbers.frames import FRAMES, View
from zhanggui.outcomes.around import targets
from zhanggui.outcomes.books import Books
from zhanggui.units import Quantity, Words

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

WEEK = 7


@dataclass(frozen=True, slots=True)
class Counted:
    """Money a week and how it was reckoned."""

    effect: float
    how: Words


def is_counted(past: Past) -> bool:
    """Whether an action's effect is known by arithmetic: so it was to be read, or so its kind is."""
    design = past.measure.design if past.measure else kind_named(past.kind).design
    return design == "counted"


def count(past: Past, warehouse: Warehouse, books: Books, costs: CostSheet) -> Counted | Words:
    """The effect of a counted action, or the reason why the books do not show it."""
    way = WAYS.get(past.kind)
    if way is not None and targets(past):
        return way(past, warehouse, books, costs)
    if past.expected is not None and past.expected.counted:
        return Counted(past.expected.profit, Words("outcomes.how.as_promised"))
    return Words("outcomes.reason.no_books")


def _no_longer_lost(past: Past, warehouse: Warehouse, books: Books, costs: CostSheet) -> Counted | Words:
    """Loss of orders paid below their cash cost: what it was a week before, less what it still is."""
    done, stop = _dates(past)
    before, after = (_lost(past, day, (stop - done).days, warehouse, costs) for day in (done - timedelta(days=1), stop))
    if before is None or after is None:
        return Words("outcomes.reason.no_costs")
    (lost, orders), (still, left) = before, after
    money = {"lost": Quantity(lost, "money"), "still": Quantity(still, "money")}
    params = {**money, "orders": Quantity(orders, "count"), "left": Quantity(left, "count")}
    return Counted(lost - still, Words("outcomes.how.no_longer_lost", params))


def _lost(past: Past, day: date, days: int, warehouse: Warehouse, costs: CostSheet) -> tuple[float, float] | None:
    """Loss and orders at a loss, a week, over the ``days`` up to ``day``; None where no cost is known."""
    view = View(day, window_days=days, per_order=costs.least_per_order, sales_share=costs.least_sales_share)
    rows = FRAMES["below_cash"](warehouse, view).filter(pl.col("product_id").is_in(targets(past)))
    if rows.height and not float(rows["costed"].sum()) > 0:
        return None
    kept = rows["loss_gross"].fill_null(0.0) * (1 - costs.least_sales_share)
    loss = rows["loss_cost"].fill_null(0.0) + rows["loss_freight"].fill_null(0.0) - kept
    return float(loss.sum()) * WEEK / days, float(rows["loss_orders"].sum()) * WEEK / days


def _could_be_sold(past: Past, warehouse: Warehouse, books: Books, costs: CostSheet) -> Counted | Words:
    """Units sold beyond what was on hand and under way when more was ordered, at what a unit left over."""
    done, stop = _dates(past)
    rows = FRAMES["stock"](warehouse, View(done)).filter(pl.col("product_id").is_in(targets(past)))
    if not rows.height:
        return Words("outcomes.reason.no_stock")
    own = books.rows(targets(past))
    if not own.size or not bool(books.known[own].all()):
        return Words("outcomes.reason.no_costs")
    window = slice(books.day(done) + 1, books.day(stop) + 1)
    units = float(books.units[own, window].sum())
    had = float(rows["on_hand"].fill_null(0.0).sum())
    more = max(units - had, 0.0)
    worth = float(books.contribution[own, window].sum()) / units if units > 0 else 0.0
    weeks = (stop - done).days / WEEK
    told = {name: Quantity(value, "count") for name, value in (("units", units), ("had", had), ("more", more))}
    return Counted(more * worth / weeks, Words("outcomes.how.could_be_sold", told))


def _dates(past: Past) -> tuple[date, date]:
    if past.done_on is None or past.stop_on is None:
        raise ValueError(f"{past.id} is not over")
    return past.done_on, past.stop_on


WAYS: Mapping[str, Callable[[Past, Warehouse, Books, CostSheet], Counted | Words]] = {
    "take_out_of_offer": _no_longer_lost,
    "minimum_quantity": _no_longer_lost,
    "stop_selling": _no_longer_lost,
    "step_price": _no_longer_lost,
    "order_stock": _could_be_sold,
}

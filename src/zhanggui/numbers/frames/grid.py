"""What every frame stands on: the days counted back from a brief, and the lines and refunds that the catalogue counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

import ibis
import polars as pl

from zhanggui.metrics.refunds import refunded
from zhanggui.numbers.moments import AS_OF, a_text, days_before, put
from zhanggui.units import Period

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

TOP_PRODUCTS = 300
"""Products followed one by one; the rest are one row named ``*``."""
MONEY = "float64"
PER_ORDER, SALES_SHARE = a_text("per_order"), a_text("sales_share")
"""What an order costs beside its goods, and the share of its sales that fees take, of the view: texts to be cast."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How days fall into blocks counted back from the day of a brief, whichever day that is."""

    days: int = 7
    blocks: int = 112
    window_days: int = 28

    def before(self, days: int) -> Any:
        """The day ``days`` before the day of the brief, as an expression."""
        return days_before(AS_OF, days)

    def within(self, day: Any) -> Any:
        """Whether a date expression lies in the blocks."""
        return (day >= self.before(self.days * self.blocks - 1)) & (day <= AS_OF)

    def lately(self, day: Any, days: int) -> Any:
        """Whether a date expression lies in the last ``days`` days."""
        return (day > self.before(days)) & (day <= AS_OF)

    def block(self, day: Any) -> Any:
        """The block a date expression lies in."""
        return (AS_OF.delta(day, unit="day") // self.days).cast("int32")

    def age(self, day: Any) -> Any:
        """Days from a date expression to the day of the brief."""
        return AS_OF.delta(day, unit="day").cast("int32")


@dataclass(frozen=True, slots=True)
class View:
    """The day a brief is of: blocks of ``days`` days back from ``as_of``, ``blocks`` of them at most; and what the cost sheet says at
    least of an order's own costs and of fees."""

    as_of: date
    days: int = 7
    blocks: int = 112
    window_days: int = 28
    per_order: float = 0.0
    sales_share: float = 0.0

    @property
    def grid(self) -> Grid:
        return Grid(self.days, self.blocks, self.window_days)

    @property
    def period(self) -> Period:
        return Period.ending(self.as_of, self.days)

    @property
    def start(self) -> date:
        """The first day of the oldest block."""
        return self.as_of - timedelta(days=self.days * self.blocks - 1)


Frame = Callable[["Warehouse", View], pl.DataFrame]


def with_costs(view: View) -> dict[Any, str]:
    """What a frame that reckons costs stands on beside its day."""
    return {PER_ORDER: repr(view.per_order), SALES_SHARE: repr(view.sales_share)}


def frame(
    *order: str, also: Callable[[View], Mapping[Any, str]] | None = None
) -> Callable[[Callable[[Warehouse, Grid], Any]], Frame]:
    """Make a frame of a function that builds its expression: the rows as of a view's day, sorted by ``order``. The expression holds
    for every day and whatever else of the view it stands on (``also``), so it is built and compiled once."""

    def declared(build: Callable[[Warehouse, Grid], Any]) -> Frame:
        @wraps(build)
        def rows(warehouse: Warehouse, view: View) -> pl.DataFrame:
            grid = view.grid
            moments: dict[Any, Any] = {AS_OF: view.as_of, **(also(view) if also else {})}
            found = put(warehouse, (build, grid), lambda: build(warehouse, grid), moments)
            return found.sort(*order) if order else found

        return rows

    return declared


def total(column: Any, where: Any = None) -> Any:
    """The sum of a money column as float64, 0 of no rows: summed as decimals first, so that no cent is lost."""
    return column.sum(where=where).cast(MONEY).fill_null(0.0)


def stacked(keys: Sequence[str], *parts: Any) -> Any:
    """Aggregates over several tables side by side: rows of all parts under the same keys, a measure that a part lacks adds nothing."""
    columns: dict[str, Any] = {}
    for part in parts:
        columns |= {name: kind for name, kind in part.schema().items() if name not in keys}
    rows = [
        part.select(
            *keys,
            **{name: part[name].cast("float64") if name in part.columns else ibis.null("float64") for name in columns},
        )
        for part in parts
    ]
    union = rows[0] if len(rows) == 1 else ibis.union(*rows, distinct=False)
    return union.group_by(*keys).agg(**{name: union[name].sum() for name in columns})


def goods(warehouse: Warehouse) -> Any:
    """Lines of goods and gifts of counted sales, as the catalogue counts them; postage, manual and fee lines are apart."""
    sales = warehouse.table("sales")
    return sales.filter(sales.kind != "non_goods")


def refunds(warehouse: Warehouse) -> Any:
    """Refunds of goods that were paid, as the catalogue counts them: one that is asked for or was turned down is none."""
    facts = warehouse.table("refund_facts")
    return facts.filter(refunded(facts))


def top_products(warehouse: Warehouse, grid: Grid) -> Any:
    """The products with the most money in the recent year. Reads the sales by themselves: what two parts of an expression share is
    copied by the engine, all columns of it."""
    sales = warehouse.table("sales")
    recent = sales.filter(grid.lately(sales.day, 364) & (sales.product_id != "") & (sales.kind != "non_goods"))
    ranked = recent.group_by("product_id").agg(money=recent.amount.sum())
    return ranked.order_by([ibis.desc("money"), ibis.asc("product_id")]).limit(TOP_PRODUCTS).select("product_id")

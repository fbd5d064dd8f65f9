"""How refunds come in with the age of a sale, learnt from the shop's own matured sales."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import ibis
import polars as pl

from zhanggui.numbers.moments import AS_OF, days_before, put

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

MATURE_DAYS = 90
"""Age at which a sale's refunds are taken as complete."""
ENOUGH_REFUNDS = 30


@dataclass(frozen=True, slots=True)
class Development:
    """``rate`` is the share of gross sales refunded in the end, ``seen[a]`` the share of those refunds seen by age ``a`` days."""

    rate: float
    seen: tuple[float, ...]

    def to_come(self, last: date) -> dict[date, float]:
        """Share of a day's gross sales whose refund is still to come after ``last``, for each day not yet matured."""
        return {last - timedelta(days=age): self.rate * (1 - share) for age, share in enumerate(self.seen)}


def learn(warehouse: Warehouse, last: date) -> Development | None:
    """The development of refunds as of ``last``; None with fewer than 30 refunds of matured sales.

    Refunds without a day of their own say nothing about age and count as seen at once.
    """
    return from_ages(put(warehouse, ("development",), lambda: _by_age(warehouse), {AS_OF: last}))


def _by_age(warehouse: Warehouse) -> Any:
    until = days_before(AS_OF, MATURE_DAYS)
    s, r = warehouse.table("sales"), warehouse.table("refund_facts")
    s = s.filter((s.kind != "non_goods") & (s.day <= until))
    r = r.filter((r.status.isnull() | (r.status == "finished")) & ~r.non_goods.fill_null(False))
    r = r.filter((r.sale_day <= until) & (r.age_days <= MATURE_DAYS))
    age = r.dated.ifelse(ibis.greatest(r.age_days.cast("int64"), ibis.literal(0, "int64")), ibis.literal(0, "int64"))
    sold = s.aggregate(amount=s.amount.sum().cast("float64"), rows=s.count())
    back = r.group_by(age=age).aggregate(amount=r.amount.sum().cast("float64"), rows=r.count())
    return ibis.union(
        sold.select(age=ibis.literal(-1, "int64"), amount=sold.amount, rows=sold["rows"]),
        back.select("age", "amount", "rows"),
        distinct=False,
    )


def from_ages(frame: pl.DataFrame) -> Development | None:
    """The development out of refunds of mature sales by age in days (age · amount · rows); the row of age −1 holds the sales."""
    amounts = {int(age): float(amount or 0) for age, amount in frame.select("age", "amount").iter_rows()}
    gross = amounts.pop(-1, 0.0)
    refunded = sum(amounts.values())
    if frame.filter(pl.col("age") >= 0).get_column("rows").sum() < ENOUGH_REFUNDS or gross <= 0 or refunded <= 0:
        return None
    seen, so_far = [], 0.0
    for age in range(MATURE_DAYS):
        so_far += amounts.get(age, 0.0)
        seen.append(so_far / refunded)
    return Development(refunded / gross, tuple(seen))

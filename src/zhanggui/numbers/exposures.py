"""What an experiment's exposures say, and what the shop shows before one: sums of each variant, never its units."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.units import Period

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

HABIT_DAYS = 365
"""Who bought within so many days before is a customer whom a message reaches."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Units of one variant: ``hits`` converted, ``paying`` have a value other than 0; ``total`` and ``squares`` of their values."""

    units: int = 0
    hits: int = 0
    paying: int = 0
    total: float = 0.0
    squares: float = 0.0


@dataclass(frozen=True, slots=True)
class Exposures:
    """The sums of each variant, and what was left out: units first seen ``outside`` the planned days, units that were shown
    more than one variant (``crossed``), units of which no variant is told (``nameless``). ``stated`` says whether any row tells an
    outcome or a value; ``strangers`` are units read by their orders of whom no order at all is known."""

    variants: Mapping[str, Sums] = field(default_factory=dict)
    outside: int = 0
    crossed: int = 0
    nameless: int = 0
    first: date | None = None
    last: date | None = None
    stated: bool = False
    strangers: int = 0

    @property
    def units(self) -> int:
        return sum(each.units for each in self.variants.values())


def exposures(
    warehouse: Warehouse, experiment: str, period: Period, *, denied: Collection[str] = (), by_orders: bool = False
) -> Exposures:
    """The exposures of an experiment whose first day lies in ``period`` (or is not told).

    A unit converted where its outcome is neither blank nor one of ``denied`` (lower case), or no outcome but a value above 0 is told. With
    ``by_orders`` a unit is a buyer's key, and outcome and value are his paid orders from his exposure to the end of ``period``.
    """
    rows = warehouse.table("exposures")
    mine = rows.filter(rows.experiment_id == experiment)
    said = mine.outcome.strip().lower()
    told = said.notnull() & (said != "")
    hit = ibis.cases((told, said.notin(list(denied) or [""])), else_=mine.value.fill_null(0) > 0)
    units = (
        mine.mutate(hit=hit.cast("int8"), told=(told | mine.value.notnull()).cast("int8"))
        .group_by("unit_id")
        .agg(
            variant=mine.variant.min(),
            variants=mine.variant.nunique(),
            day=mine.at_day.min(),
            hit=ibis._.hit.max(),
            told=ibis._.told.max(),
            value=mine.value.sum().fill_null(0.0),
        )
    )
    units = _with_orders(warehouse, units, period) if by_orders else units.mutate(known=ibis.literal(1, "int8"))
    inside = units.day.isnull() | ((units.day >= period.start) & (units.day <= period.end))
    summed = units.group_by(
        variant=ibis.ifelse(units.variants == 1, units.variant, ibis.null("string")),
        crossed=units.variants > 1,
        inside=inside,
    ).agg(
        units=units.count(),
        hits=units.hit.sum(),
        told=units.told.sum(),
        strangers=(units.known == 0).sum(),
        paying=(units.value != 0).sum(),
        total=units.value.sum(),
        squares=(units.value * units.value).sum(),
        first=units.day.min(),
        last=units.day.max(),
    )
    return _gathered(warehouse.run(summed).to_dicts())


def _with_orders(warehouse: Warehouse, units: Any, period: Period) -> Any:
    orders = warehouse.table("order_facts")
    paid = orders.filter(orders.counted & orders.customer_key.notnull() & (orders.day <= period.end))
    paid = paid.select("customer_key", bought=paid.day, goods=paid.goods.cast("float64"))
    since = ibis.coalesce(units.day, ibis.literal(period.start))
    joined = units.mutate(since=since).left_join(paid, [units.unit_id == paid.customer_key, paid.bought >= since])
    read = joined.group_by("unit_id", "variant", "variants", "day", "told").agg(
        hit=joined.bought.notnull().cast("int8").max(),
        value=joined.goods.sum().fill_null(0.0),
    )
    buyers = orders.filter(orders.customer_key.notnull()).select(buyer=orders.customer_key).distinct()
    return read.left_join(buyers, read.unit_id == buyers.buyer).mutate(known=ibis._.buyer.notnull().cast("int8"))


def _gathered(rows: list[dict[str, Any]]) -> Exposures:
    def of(*, inside: bool = True, crossed: bool = False, named: bool = True) -> list[dict[str, Any]]:
        return [
            row
            for row in rows
            if bool(row["inside"]) == inside
            and bool(row["crossed"]) == crossed
            and (row["variant"] is not None) == named
        ]

    read = of()
    sums = {
        str(row["variant"]): Sums(
            int(row["units"]), int(row["hits"]), int(row["paying"]), float(row["total"]), float(row["squares"])
        )
        for row in sorted(read, key=lambda row: str(row["variant"]))
    }
    return Exposures(
        sums,
        outside=sum(int(row["units"]) for row in rows if not row["inside"]),
        crossed=sum(int(row["units"]) for row in of(crossed=True, named=False)),
        nameless=sum(int(row["units"]) for row in of(named=False)),
        first=min((row["first"] for row in read if row["first"] is not None), default=None),
        last=max((row["last"] for row in read if row["last"] is not None), default=None),
        stated=any(row["told"] for row in rows),
        strangers=sum(int(row["strangers"]) for row in read),
    )


def order_sums(warehouse: Warehouse, period: Period) -> Sums:
    """The paid orders of a period: how many, and the sums of their goods and of the squares."""
    orders = warehouse.table("order_facts")
    paid = orders.filter(orders.counted & (orders.day >= period.start) & (orders.day <= period.end))
    goods = paid.goods.cast("float64").fill_null(0.0)
    return _of_row(
        warehouse.run(
            paid.aggregate(
                units=paid.count(),
                hits=paid.count(),
                paying=(goods != 0).sum(),
                total=goods.sum(),
                squares=(goods * goods).sum(),
            )
        )
    )


def customer_sums(warehouse: Warehouse, period: Period) -> Sums:
    """The buyers of the 365 days before a period: how many they are, how many bought in it, and the sums of what they paid then."""
    orders = warehouse.table("order_facts")
    known = orders.filter(orders.counted & orders.customer_key.notnull())
    before = known.filter((known.day < period.start) & (known.day >= period.start - timedelta(days=HABIT_DAYS)))
    within = known.filter((known.day >= period.start) & (known.day <= period.end))
    bought = within.group_by("customer_key").agg(goods=within.goods.cast("float64").sum(), orders=within.count())
    each = before.select("customer_key").distinct().left_join(bought, "customer_key")
    goods = each.goods.fill_null(0.0)
    return _of_row(
        warehouse.run(
            each.aggregate(
                units=each.count(),
                hits=each.orders.notnull().sum(),
                paying=(goods != 0).sum(),
                total=goods.sum(),
                squares=(goods * goods).sum(),
            )
        )
    )


def _of_row(frame: Any) -> Sums:
    row = frame.row(0, named=True)
    units, hits, paying = (int(row[name] or 0) for name in ("units", "hits", "paying"))
    return Sums(units, hits, paying, float(row["total"] or 0), float(row["squares"] or 0))

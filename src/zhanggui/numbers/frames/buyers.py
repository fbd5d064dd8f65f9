"""What buyers are worth in the ninety days after their first order, by where they came from and what they bought first."""
"""On which weekdays buyers come back, and how many could be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import MONEY, Grid, frame, goods, refunds
from zhanggui.numbers.moments import AS_OF
from zhanggui.numbers.frames.grid import Grid, frame, stacked, total

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

DAYS = 90
COHORTS = 2
ACTIVE_DAYS = 182
FEWEST_BUYERS = 100
PARTS = ("country", "region", "source", "device", "product_id")


@frame("by", "part", "cohort")
def buyer_parts(warehouse: Warehouse, grid: Grid) -> Any:
    """by (country, region, source, device, product_id: of the first order; ``*`` = all buyers, ``active`` = who bought within 182 days,
    cohort 0) · part · cohort (0: first order 90 to 179 days before the brief, 1: the 90 before) · buyers · net (their goods of 90 days
    less refunds) · net2 (Σ net²) · orders · orders2 · both (Σ net × orders), of parts with at least 100 buyers."""
    lines = goods(warehouse)
    lines = lines.filter((lines.day <= AS_OF) & lines.customer_key.notnull())
    sold = lines.group_by("customer_key", "channel", "order_id").agg(
        day=lines.day.min(),
        amount=lines.amount.sum(),
        country=lines.country.max(),
        region=lines.region.max(),
        source=lines.source.max(),
        device=lines.device.max(),
        product_id=lines.product_id.argmax(lines.amount),
    )
    first = sold.group_by("customer_key").agg(
        first=sold.day.min(), last=sold.day.max(), **{name: sold[name].argmin(sold.day) for name in PARTS}
    )
    age = grid.age(first["first"])
    grown = first.filter((age >= DAYS) & (age < DAYS * (1 + COHORTS)))
    grown = grown.mutate(cohort=(grid.age(grown["first"]) // DAYS - 1).cast("int32"))
    back = refunds(warehouse)
    back = back.filter((back.day <= AS_OF) & back.customer_key.notnull() & back.sale_day.notnull())
    moved = ibis.union(
        sold.select("customer_key", "day", amount=sold.amount.cast(MONEY), orders=ibis.literal(1)),
        back.select("customer_key", day=back.sale_day, amount=-back.amount.cast(MONEY), orders=ibis.literal(0)),
        distinct=False,
    )
    both = moved.inner_join(grown, "customer_key")
    both = both.filter(both.day < both["first"] + ibis.interval(days=DAYS))
    each = both.group_by("customer_key", "cohort", *PARTS).agg(net=both.amount.sum(), orders=both.orders.sum())
    parts = [_sums(each, name, each[name].cast("string").fill_null("")) for name in PARTS]
    parts = [part.filter((part.part != "") & (part.buyers >= FEWEST_BUYERS)) for part in parts]
    lately = first.filter(grid.lately(first["last"], ACTIVE_DAYS))
    zero = ibis.literal(0.0)
    active = lately.agg(buyers=lately.count()).select(
        by=ibis.literal("active"),
        part=ibis.literal(""),
        cohort=ibis.literal(0, type="int32"),
        buyers="buyers",
        **dict.fromkeys(("net", "net2", "orders", "orders2", "both"), zero),
    )
    return ibis.union(*parts, _sums(each, "*", ibis.literal("")), active, distinct=False)


def _sums(each: Any, by: str, part: Any) -> Any:
    count = each.orders.cast(MONEY)
    sums = each.group_by("cohort", part=part).agg(
        buyers=each.count(),
        net=each.net.sum(),
        net2=(each.net * each.net).sum(),
        orders=count.sum(),
        orders2=(count * count).sum(),
        both=(each.net * count).sum(),
    )
    return sums.select(
        by=ibis.literal(by),
        part=sums.part,
        cohort=sums.cohort,
        buyers=sums.buyers,
        **{name: sums[name].cast(MONEY) for name in ("net", "net2", "orders", "orders2", "both")},
    )


FRAMES = (buyer_parts,)
DAYS = 56
REACH_DAYS = 365


@frame("weekday")
def buyer_days(warehouse: Warehouse, grid: Grid) -> Any:
    """weekday (0 = Monday) · orders · returning (orders of buyers who bought before) · gross, over the last 56 days; the row −1 holds
    ``buyers``, how many different ones bought in the last year."""
    orders = warehouse.table("order_facts")
    counted = orders.filter(orders.counted & grid.lately(orders.day, REACH_DAYS))
    recent = counted.filter(grid.lately(counted.day, DAYS))
    weekday = recent.day.day_of_week.index().cast("int32")
    known = counted.filter(counted.customer_key.notnull())
    every = known.agg(buyers=known.customer_key.nunique()).select(
        weekday=ibis.literal(-1, type="int32"), buyers="buyers"
    )
    return stacked(
        ("weekday",),
        recent.group_by(weekday=weekday).agg(
            orders=recent.count(),
            returning=(recent.new_or_returning.fill_null("") == "returning").sum(),
            gross=total(recent.goods),
        ),
        every,
    )


FRAMES = (buyer_days,)

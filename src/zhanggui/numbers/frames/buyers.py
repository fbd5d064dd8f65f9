"""What buyers are worth in the ninety days after their first order, by where they came from and what they bought first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import MONEY, Grid, frame, goods, refunds
from zhanggui.numbers.moments import AS_OF

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
    first = _first_days(warehouse)
    age = grid.age(first["first"])
    grown = first.filter((age >= DAYS) & (age < DAYS * (1 + COHORTS)))
    grown = grown.select("customer_key", "first", cohort=(grid.age(grown["first"]) // DAYS - 1).cast("int32"))
    sold = _orders_of(warehouse, grown)
    back = refunds(warehouse)
    back = back.filter((back.day <= AS_OF) & back.customer_key.notnull() & back.sale_day.notnull())
    moved = ibis.union(
        sold.select("customer_key", "day", amount=sold.amount.cast(MONEY), orders=ibis.literal(1)),
        back.select("customer_key", day=back.sale_day, amount=-back.amount.cast(MONEY), orders=ibis.literal(0)),
        distinct=False,
    )
    begun = _first_orders(sold)
    both = moved.inner_join(grown, "customer_key").inner_join(begun, "customer_key")
    both = both.filter(both.day < both["first"] + ibis.interval(days=DAYS))
    each = both.group_by("customer_key", "cohort", *PARTS).agg(net=both.amount.sum(), orders=both.orders.sum())
    parts = [_sums(each, name, each[name].cast("string").fill_null("")) for name in PARTS]
    parts = [part.filter((part.part != "") & (part.buyers >= FEWEST_BUYERS)) for part in parts]
    first = _first_days(warehouse)
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


def _known(warehouse: Warehouse) -> Any:
    """Lines of buyers with a key, up to the day of the brief."""
    lines = goods(warehouse)
    return lines.filter((lines.day <= AS_OF) & lines.customer_key.notnull())


def _first_days(warehouse: Warehouse) -> Any:
    """customer_key · first · last day of buying."""
    lines = _known(warehouse)
    return lines.group_by("customer_key").agg(first=lines.day.min(), last=lines.day.max())


def _orders_of(warehouse: Warehouse, buyers: Any) -> Any:
    """The orders of some buyers, with the parts that they count to: only these buyers' lines are added up, which is most of the work."""
    lines = _known(warehouse).semi_join(buyers, "customer_key")
    return lines.group_by("customer_key", "channel", "order_id").agg(
        day=lines.day.min(),
        amount=lines.amount.sum(),
        country=lines.country.max(),
        region=lines.region.max(),
        source=lines.source.max(),
        device=lines.device.max(),
        product_id=lines.product_id.argmax(ibis.struct({"amount": lines.amount, "product_id": lines.product_id})),
    )


def _first_orders(sold: Any) -> Any:
    """customer_key and the parts of each buyer's first order: of two on one day that with the lower number, so that it is always one."""
    turn = ibis.struct({"day": sold.day, "order_id": sold.order_id})
    return sold.group_by("customer_key").agg(**{name: sold[name].argmin(turn) for name in PARTS})


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

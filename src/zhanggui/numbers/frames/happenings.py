"""Dated things that may move a product: what was changed on it, and which promotions began and ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import MONEY, Grid, frame
from zhanggui.numbers.moments import AS_OF, days_before

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

DAYS = 196
AHEAD = 30


@frame("day", "kind", "name")
def happenings(warehouse: Warehouse, grid: Grid) -> Any:
    """name (its id) · kind (``change`` or ``promotion``) · day (made, or begun) · until (a promotion's last day; NULL = open) · products
    (ids joined by ``;``; NULL = the whole shop) · what, before, after (of a change; ``what`` of a promotion is its name) · price,
    discount, threshold, gift_cost, stackable, protection_days, fee, answer_day (of a promotion), of the last 28 weeks and the month
    ahead."""
    changes = warehouse.table("changes")
    changes = changes.filter(grid.lately(changes.at_day, DAYS))
    offers = warehouse.table("promotions")
    offers = offers.filter(
        offers.starts_day.notnull()
        & (offers.starts_day <= days_before(AS_OF, -AHEAD))
        & (offers.ends_day.isnull() | (offers.ends_day > grid.before(DAYS)))
    )
    none = ibis.null(MONEY)
    return ibis.union(
        changes.select(
            name=changes.change_id,
            kind=ibis.literal("change"),
            day=changes.at_day,
            until=ibis.null("date"),
            products=changes.product_id,
            what=changes.what,
            before=changes.before,
            after=changes.after,
            price=none,
            discount=none,
            threshold=none,
            gift_cost=none,
            stackable=ibis.null("boolean"),
            protection_days=ibis.null("int64"),
            fee=none,
            answer_day=ibis.null("date"),
        ),
        offers.select(
            name=offers.promotion_id,
            kind=ibis.literal("promotion"),
            day=offers.starts_day,
            until=offers.ends_day,
            products=offers.product_ids,
            what=offers.name,
            before=ibis.null("string"),
            after=ibis.null("string"),
            price=offers.price.cast(MONEY),
            discount=offers.discount.cast(MONEY),
            threshold=offers.threshold.cast(MONEY),
            gift_cost=offers.gift_cost.cast(MONEY),
            stackable=offers.stackable,
            protection_days=offers.price_protection_days.cast("int64"),
            fee=offers.fee.cast(MONEY),
            answer_day=offers.answer_by_day,
        ),
        distinct=False,
    )


FRAMES = (happenings,)

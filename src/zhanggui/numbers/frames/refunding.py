"""How refunds come in, and what was refunded at equal age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import Grid, frame, goods, refunds, stacked, total
from zhanggui.numbers.moments import AS_OF

if TYPE_CHECKING:
    from zhanggui.store import Warehouse


@frame("cohort", "age")
def refund_ages(warehouse: Warehouse, grid: Grid) -> Any:
    """cohort (block of the sale) · age (days from sale to refund, capped at 180) · amount · refunds · early (amount refunded before
    shipment); rows with age −1 hold the cohort's sales: amount = gross, refunds = orders."""
    lines = goods(warehouse)
    lines = lines.filter(grid.within(lines.day))
    back = refunds(warehouse)
    seen = back.filter(grid.within(back.sale_day) & (back.day <= AS_OF) & back.dated)
    sold = lines.group_by(cohort=grid.block(lines.day)).agg(
        amount=total(lines.amount), refunds=lines.order_id.nunique().cast("float64")
    )
    came = seen.group_by(
        cohort=grid.block(seen.sale_day), age=ibis.least(seen.age_days, ibis.literal(180)).cast("int32")
    ).agg(
        amount=total(seen.amount),
        refunds=seen.order_id.nunique().cast("float64"),
        early=total(seen.amount, seen.phase == "before_shipment"),
    )
    return ibis.union(
        sold.select(
            "cohort", age=ibis.literal(-1, type="int32"), amount="amount", refunds="refunds", early=ibis.literal(0.0)
        ),
        came.select("cohort", "age", "amount", "refunds", "early"),
        distinct=False,
    )


@frame("product_id", "window")
def product_refunds(warehouse: Warehouse, grid: Grid) -> Any:
    """product_id · window (0 = last 28 days, 1 = the 28 before) · orders · refunded orders and amounts, both windows seen to equal age:
    sales aged ≥ 7 days, refunds within the age that the younger window has had. A gift is no purchase."""
    age = 7
    length = grid.window_days
    oldest, youngest = grid.before(age + 2 * length), grid.before(age)
    lines = goods(warehouse)
    bought = (lines.kind == "goods") & (lines.product_id != "")
    lines = lines.filter((lines.day > oldest) & (lines.day <= youngest) & bought)
    back = refunds(warehouse)
    back = back.filter(
        (back.sale_day > oldest)
        & (back.sale_day <= youngest)
        & (back.age_days <= age)
        & (back.day <= AS_OF)
        & back.dated
    )
    return stacked(
        ("product_id", "window"),
        lines.group_by("product_id", window=((grid.age(lines.day) - age) // length).cast("int32")).agg(
            orders=lines.order_id.nunique(), gross=total(lines.amount)
        ),
        back.group_by("product_id", window=((grid.age(back.sale_day) - age) // length).cast("int32")).agg(
            refunded=back.order_id.nunique(), refunds=total(back.amount)
        ),
    )


FRAMES = (
    refund_ages,
    product_refunds,
)

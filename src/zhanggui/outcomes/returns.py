"""What refunds take from a day's sales in the end: those still to come, and what goods that come back cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from zhanggui.costs import CostSheet
from zhanggui.numbers.development import ENOUGH_REFUNDS, MATURE_DAYS
from zhanggui.numbers.product_money import ProductMoney

LEAST_SEEN = 0.4
"""Where fewer of the refunds are in, what is seen says too little of the rest."""
WHOLE = "*"
"""The whole shop among the categories."""
PRIOR_REFUNDS = 30.0
"""A category is drawn to the shop as if that had shown so many of its refunds."""


@dataclass(frozen=True, slots=True)
class Returns:
    """``back``: product_id · day (of the sale) · amount · kept · parcels as they will be in the end (see :class:`ProductMoney`), with worn
    (what of kept had been sent out) and spared (sales of which no parcel went out). ``open``: whether refunds later than those counted
    are left out, since too few came to learn how late they come. ``priced``: whether the cost sheet says what a parcel that comes back
    costs."""

    back: pl.DataFrame
    open: bool
    priced: bool


def in_the_end(money: ProductMoney, oldest: int, categories: Mapping[str, str], costs: CostSheet) -> Returns:
    """Refunds up to ``oldest`` days after the sale, grown by the share of refunds that is usually in by then: refunds before shipment and
    after it apart, each category by its own mature sales as far as they tell, drawn to the shop's.

    The same age counts on every day, so that none looks better for being younger.
    """
    names = pl.DataFrame(
        {"product_id": list(categories), "category": list(categories.values())},
        schema={"product_id": pl.String, "category": pl.String},
    )
    named = money.back.join(names, on="product_id", how="left").with_columns(pl.col("category").fill_null(""))
    mature = named.filter(
        (pl.col("day") <= money.period.end - timedelta(days=MATURE_DAYS)) & (pl.col("age") <= MATURE_DAYS)
    )
    early, late = (_seen(mature.filter(pl.col("early") == phase), oldest) for phase in (True, False))
    share = pl.when(pl.col("early")).then(_of_category(early)).otherwise(_of_category(late))
    counted = named.filter(pl.col("age") <= oldest)
    grown = counted.with_columns(pl.col(name) / share for name in ("amount", "kept", "parcels"))
    rows = grown.group_by("product_id", "day").agg(
        pl.col("amount", "kept", "parcels").sum(),
        worn=pl.col("kept").filter(~pl.col("early")).sum(),
        spared=pl.col("amount").filter(pl.col("early")).sum(),
    )
    some = bool(named.filter(~pl.col("early")).height)
    return Returns(rows, some and late is None, not some or bool(costs.entries.get("refund")))


def _of_category(seen: Mapping[str, float] | None) -> pl.Expr:
    if seen is None:
        return pl.lit(1.0)
    return pl.col("category").replace_strict(dict(seen), default=seen[WHOLE], return_dtype=pl.Float64)


def _seen(mature: pl.DataFrame, oldest: int) -> Mapping[str, float] | None:
    """The share of refunds that is in after ``oldest`` days, by category and of the shop; None where they are too few to tell."""
    if oldest >= MATURE_DAYS:
        return {WHOLE: 1.0}
    by_category = mature.group_by("category").agg(
        pl.col("amount", "refunds").sum(), seen=pl.col("amount").filter(pl.col("age") <= oldest).sum()
    )
    amount, seen, refunds = (float(by_category[name].sum()) for name in ("amount", "seen", "refunds"))
    if refunds < ENOUGH_REFUNDS or not amount > 0 or seen < LEAST_SEEN * amount:
        return None
    usual = seen / amount
    own = by_category.filter(pl.col("amount") > 0)
    drawn = (pl.col("seen") / pl.col("amount") * pl.col("refunds") + usual * PRIOR_REFUNDS) / (
        pl.col("refunds") + PRIOR_REFUNDS
    )
    return {WHOLE: usual} | dict(own.select("category", drawn.alias("share")).sort("category").iter_rows())

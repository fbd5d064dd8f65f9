"""A product's sizes, paid prices and sources in the two windows that its visits are held in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from zhanggui.methods.decomposition import MixRate, kitagawa
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.terms import column_sum
from zhanggui.playbooks.visits import window_days

FEWEST_UNITS = 5
FORTNIGHT = 14


@dataclass(frozen=True, slots=True)
class SizeWindow:
    """A size's units before and now, and the share of its reported days on which it was out of stock."""

    sku: str
    units_before: float
    units: float
    out_before: float
    out: float
    reported: bool


def size_windows(situation: Situation, product: str) -> list[SizeWindow]:
    """Every size of a product in both windows, those that sold most first."""
    fortnights = window_days(situation) // FORTNIGHT
    own = situation.frames["product_sizes"].filter(
        (pl.col("product_id") == product) & (pl.col("fortnight") < 2 * fortnights) & (pl.col("sku") != "")
    )
    found = []
    for (sku,), rows in own.group_by("sku", maintain_order=True):
        halves = [rows.filter((pl.col("fortnight") // fortnights) == window) for window in (0, 1)]
        now, before = halves
        told = [column_sum(half, "reported") for half in halves]
        out = [column_sum(half, "out") / days if days else 0.0 for half, days in zip(halves, told, strict=True)]
        found.append(
            SizeWindow(str(sku), column_sum(before, "units"), column_sum(now, "units"), out[1], out[0], told[0] > 0)
        )
    return sorted(found, key=lambda s: (-s.units_before, s.sku))


@dataclass(frozen=True, slots=True)
class PriceChange:
    """How far paid and listed prices moved at the sizes' own prices (shares), and the mean paid price of a unit now and before."""

    paid: float
    listed: float
    now: float
    before: float


def price_change(situation: Situation, product: str) -> PriceChange | None:
    """The paid price now against before, size by size, weighted by what each sold before; None below five units in a window."""
    fortnights = window_days(situation) // FORTNIGHT
    own = situation.frames["product_sizes"].filter(
        (pl.col("product_id") == product) & (pl.col("fortnight") < 2 * fortnights) & (pl.col("units") > 0)
    )
    window = (pl.col("fortnight") // fortnights).alias("window")
    sums = own.group_by("sku", window).agg(pl.col("units", "gross", "listed").fill_null(0).sum())
    both = sums.filter(pl.col("window") == 0).join(sums.filter(pl.col("window") == 1), on="sku", suffix="_before")
    units, before = column_sum(both, "units"), column_sum(both, "units_before")
    if min(units, before) < FEWEST_UNITS:
        return None
    weight = both["units_before"].to_numpy() / before
    paid = both["gross"].to_numpy() / both["units"].to_numpy()
    paid_before = both["gross_before"].to_numpy() / both["units_before"].to_numpy()
    listed = both["listed"].to_numpy() / both["units"].to_numpy()
    listed_before = both["listed_before"].to_numpy() / both["units_before"].to_numpy()
    if float(weight @ paid_before) <= 0:
        return None
    moved = float(weight @ paid / (weight @ paid_before)) - 1
    told = float(weight @ listed_before) > 0 and float(weight @ listed) > 0
    list_moved = float(weight @ listed / (weight @ listed_before)) - 1 if told else moved
    return PriceChange(moved, list_moved, float(weight @ paid), float(weight @ paid_before))


def source_split(situation: Situation, product: str) -> MixRate | None:
    """How much of a product's change of conversion is the mix of its sources; None where sources are not told in both windows."""
    fortnights = window_days(situation) // FORTNIGHT
    own = situation.frames["product_sources"].filter(
        (pl.col("product_id") == product) & (pl.col("fortnight") < 2 * fortnights)
    )
    window = (pl.col("fortnight") // fortnights).alias("window")
    sums = own.group_by("source", window).agg(pl.col("visitors", "pay_buyers").fill_null(0).sum())
    wide = sums.pivot("window", index="source", values=["visitors", "pay_buyers"]).sort("source")
    names = [f"{column}_{which}" for column in ("visitors", "pay_buyers") for which in (1, 0)]
    if wide.is_empty() or any(name not in wide.columns for name in names):
        return None
    v0, v1, b0, b1 = (wide[name].fill_null(0).cast(pl.Float64).to_numpy() for name in names)
    if min(v0.sum(), v1.sum()) <= 0 or wide.height < 2:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        answer = kitagawa(v0, b0 / v0, v1, b1 / v1)
    return answer if isinstance(answer, MixRate) else None

"""The money of all products as arrays of days: what the designs read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from zhanggui.costs import CostSheet
from zhanggui.numbers.product_money import ProductMoney
from zhanggui.outcomes.returns import in_the_end
from zhanggui.units import Period

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Money = Literal["contribution_profit", "net_sales_by_order_day"]
CONTRIBUTION: Final[Money] = "contribution_profit"
NET_SALES: Final[Money] = "net_sales_by_order_day"
KNOWN = 0.95
"""Of a product's sales the cost must be known, as the catalogue asks of profit."""


@dataclass(frozen=True, slots=True)
class Books:
    """Every product's days over ``period``: arrays (products, days). ``contribution`` and ``net`` count refunds of one age only, so that
    no day looks better for being younger, grown to what they come to in the end; ``contribution`` is also less what returned goods
    cost. ``gross``, ``orders`` and ``units`` as sold; ``known`` (products,) whether costs are; ``empty``: nothing on hand. ``left_out``:
    what of the refunds is not in it (``refunds_to_come``, ``return_costs``)."""

    period: Period
    products: tuple[str, ...]
    gross: Floats
    orders: Floats
    units: Floats
    net: Floats
    contribution: Floats
    known: Mask
    empty: Mask
    left_out: tuple[str, ...] = ()

    def rows(self, products: Iterable[str]) -> npt.NDArray[np.int64]:
        """Where these products stand; those never sold in the period are left out."""
        place = {name: i for i, name in enumerate(self.products)}
        return np.array([place[name] for name in dict.fromkeys(products) if name in place], dtype=np.int64)

    def day(self, day: date) -> int:
        """The column of a day; may lie outside."""
        return (day - self.period.start).days

    def money(self, measure: Money) -> Floats:
        return self.contribution if measure == CONTRIBUTION else self.net


def open_books(
    money: ProductMoney,
    oldest_refund: int,
    costs: CostSheet | None = None,
    categories: Mapping[str, str] | None = None,
) -> Books:
    """Arrays of ``money`` with refunds up to ``oldest_refund`` days after the sale, those still to come and what returns cost by the cost
    sheet (:func:`in_the_end`); ``categories`` by product."""
    products = tuple(money.sold.get_column("product_id").unique().sort().to_list())
    place = pl.DataFrame(
        {"product_id": products, "row": range(len(products))}, schema={"product_id": pl.String, "row": pl.Int64}
    )
    shape = (len(products), money.period.days)
    sheet = costs or CostSheet()
    returns = in_the_end(money, oldest_refund, categories or {}, sheet)
    sold = _placed(money.sold, place, money.period)
    back = _placed(returns.back, place, money.period)
    ads = _placed(money.ads, place, money.period)
    gross, orders, units, beside = (_sum(sold, name, shape) for name in ("gross", "orders", "units", "beside"))
    net = gross - _sum(back, "amount", shape)
    spent = sum((_sum(sold, name, shape) for name in ("cost", "fees")), beside)
    # Of what was taken back before it was sent no parcel went out.
    spared = _sum(back, "spared", shape) * _share(beside, gross)
    kept = _sum(back, "kept", shape) - _sum(back, "worn", shape) * sheet.unsellable
    sent_back = _sum(back, "parcels", shape) * sheet.per_return
    contribution = net - spent + spared + kept - sent_back - _sum(ads, "ad_cost", shape)
    costed = _sum(sold, "costed", shape).sum(axis=1)
    known = costed >= KNOWN * gross.sum(axis=1)
    empty = _placed(money.empty.with_columns(there=1.0), place, money.period)
    left_out = {"refunds_to_come": returns.open, "return_costs": not returns.priced}
    return Books(
        money.period,
        products,
        gross,
        orders,
        units,
        net,
        contribution,
        known,
        _sum(empty, "there", shape) > 0,
        tuple(name for name, so in left_out.items() if so),
    )


def _share(part: Floats, whole: Floats) -> Floats:
    """Of each product's sales over all days, (products, 1)."""
    sums = whole.sum(axis=1, keepdims=True)
    return np.asarray(part.sum(axis=1, keepdims=True) / np.where(sums > 0, sums, 1.0))


def _placed(rows: pl.DataFrame, place: pl.DataFrame, period: Period) -> pl.DataFrame:
    column = (pl.col("day") - pl.lit(period.start)).dt.total_days().alias("column")
    return rows.join(place, on="product_id").with_columns(column)


def _sum(rows: pl.DataFrame, name: str, shape: tuple[int, int]) -> Floats:
    found = np.zeros(shape)
    if rows.height:
        at = rows.get_column("row").to_numpy(), rows.get_column("column").to_numpy()
        np.add.at(found, at, rows.get_column(name).cast(pl.Float64).to_numpy())
    return found


def weeks(days: Floats, change: int, before: int, after: int, left_out: Mask) -> tuple[Floats, int]:
    """Sums of whole weeks (series, weeks) around the day with column ``change``, which itself is left out: ``before`` weeks that end
    the day before it, ``after`` that begin the day after. Days ``left_out`` (days,) are left out of all series and the week brought to
    seven days; a week that keeps fewer than four is dropped. Also how many of the weeks kept lie before the change."""
    starts = [change - 7 * k for k in range(before, 0, -1)] + [change + 1 + 7 * k for k in range(after)]
    sums, early = [], 0
    for number, start in enumerate(starts):
        kept = ~left_out[start : start + 7]
        if kept.sum() < 4:
            continue
        sums.append(days[:, start : start + 7][:, kept].mean(axis=1) * 7)
        early += number < before
    return (np.column_stack(sums) if sums else np.zeros((days.shape[0], 0))), early

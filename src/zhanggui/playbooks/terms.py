"""The common terms of all rules in one place (docs/rules.md, "Common terms"): contribution of an order, what a refund loses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from zhanggui.config import Config
from zhanggui.costs import CostSheet
from zhanggui.methods.shrinkage import Beta, beta_by_likelihood
from zhanggui.playbooks.kinds import Situation
from zhanggui.units import Quantity

Floats = npt.NDArray[np.float64]
CLEARLY = 1.96


@dataclass(frozen=True, slots=True)
class UnitCosts:
    """What one order of one unit costs in cash. ``fee_share`` is of the paid price; the refund fields are money per refunded order,
    but ``unsellable`` (share of the goods)."""

    goods: float
    freight: float = 0.0
    fee_share: float = 0.0
    gift: float = 0.0
    return_freight: float = 0.0
    handling: float = 0.0
    unsellable: float = 0.0


def contribution(price: float, costs: UnitCosts) -> float:
    """What an order brings after the costs that it alone causes.

    >>> contribution(100, UnitCosts(goods=45, freight=8, fee_share=0.05))
    42.0
    """
    return price * (1 - costs.fee_share) - costs.goods - costs.freight - costs.gift


def refund_loss(costs: UnitCosts) -> float:
    """What a refund after shipment loses beside the sale: freight out and back, handling, the goods that cannot be sold again.

    >>> refund_loss(UnitCosts(goods=45, freight=8, return_freight=6, handling=2, unsellable=0.1))
    20.5
    """
    return costs.freight + costs.return_freight + costs.handling + costs.unsellable * costs.goods


def contribution_after_refunds(price: float, costs: UnitCosts, before: float, after: float) -> float:
    """Expected contribution when a share ``before`` of orders is refunded before and ``after`` after shipment.

    >>> costs = UnitCosts(goods=45, freight=8, fee_share=0.05, return_freight=6, handling=2, unsellable=0.1)
    >>> round(contribution_after_refunds(100, costs, 0.06, 0.14), 2)
    30.73
    """
    return (1 - before - after) * contribution(price, costs) - after * refund_loss(costs)


def margin_per_sale(costs: CostSheet) -> float | None:
    """Contribution per unit of paid goods before per-order costs, from the sheet's default goods share; None where it is unknown."""
    goods = costs.goods_share()
    return None if goods is None else 1 - goods.middle - costs.sales_share


def money(value: float, low: float | None = None, high: float | None = None, *, signed: bool = False) -> Quantity:
    """An amount in the workspace's currency, to be written."""
    return Quantity(value, "money", low, high, signed=signed)


def exact(value: float) -> Quantity:
    """An amount written to the cent."""
    return Quantity(value, "money", exact=True)


def count(value: float, low: float | None = None, high: float | None = None) -> Quantity:
    """A number of things, to be written whole."""
    return Quantity(value, "count", low, high)


def share(value: float, low: float | None = None, high: float | None = None, *, signed: bool = False) -> Quantity:
    """A share of one, to be written in percent."""
    return Quantity(value, "share", low, high, signed=signed)


def name_of(situation: Situation, product: str) -> str:
    """The product's short name, cut to what a line holds."""
    name = situation.names.get(product, product).strip() or product
    return name if len(name) <= 40 else name[:39] + "…"


def own_name(situation: Situation) -> str:
    """The shop's name as words and plans would hold it; '' where nobody gave it one."""
    name = situation.config.name.casefold().strip()
    return "" if name == Config().name.casefold() else name


def column_sum(frame: pl.DataFrame, name: str) -> float:
    """The sum of a column as a float, 0 of no rows; NULL counts nothing."""
    return float(cast(float, frame[name].fill_null(0).sum() or 0))


def sold_days(situation: Situation, days: int = 84) -> pl.DataFrame:
    """The days of the last ``days`` on which a followed product sold: product_id · age · orders · units."""
    diary = situation.frames["product_diary"]
    return diary.filter((pl.col("orders") > 0) & (pl.col("age") < days)).select("product_id", "age", "orders", "units")


def empty_days(situation: Situation, days: int = 56) -> pl.DataFrame:
    """The days of the last ``days`` on which stock was told and none of a product was left: product_id · age."""
    diary = situation.frames["product_diary"]
    return diary.filter((pl.col("empty") > 0) & (pl.col("age") < days)).select("product_id", "age")


def first_day(frame: pl.DataFrame, name: str = "day") -> date | None:
    """The earliest day of a column."""
    return cast("date | None", frame[name].min()) if frame.height else None


def asked(metric: str, situation: Situation, /, by: tuple[str, ...] = (), **where: str) -> Mapping[str, Any]:
    """The call of ``query`` that gives a number of the brief's own period again."""
    return {
        "metrics": [metric],
        "by": list(by),
        "where": dict(where),
        "from": situation.period.start.isoformat(),
        "to": situation.period.end.isoformat(),
    }


def rate_prior(hits: Floats, trials: Floats, most: float) -> Beta:
    """The spread of the rate over products, worth at most ``most`` trials; the pooled rate where they are too few to tell."""
    fitted = beta_by_likelihood(hits, trials)
    if isinstance(fitted, Beta):
        return fitted.held(most)
    pooled = (float(hits.sum()) + 0.5) / (float(trials.sum()) + 1.0)
    size = min(most, 20.0)
    return Beta(pooled * size, (1 - pooled) * size)


def reach(now: Beta, before: Beta) -> float:
    """How far the difference of two rates may be off either way, at 95 %."""
    return CLEARLY * float(np.sqrt(sum(b.mean * (1 - b.mean) / (b.size + 1) for b in (now, before))))

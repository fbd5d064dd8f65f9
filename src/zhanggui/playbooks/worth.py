"""What an order of a product brings: paid price, contribution after refunds, and how well it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from zhanggui.costs import Range
from zhanggui.playbooks.gains import UNIT
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.terms import UnitCosts, column_sum, contribution_after_refunds, margin_per_sale, share
from zhanggui.units import Words

MATURE_DAYS = 90
FEWEST_REFUNDS = 30
PRIOR_ORDERS = 20.0
RECENT_DAYS = 56


@dataclass(frozen=True, slots=True)
class Worth:
    """``price``: paid goods an order. ``value``: contribution of an order after refunds, with standard deviation ``spread``; where the
    cost of goods is unknown (``known`` is False) it is the paid goods that refunds leave. ``refunds``: share refunded in the end, of which
    ``early`` before shipment; ``units`` of an order, ``weekly`` orders a week; ``costs`` of an order, None where unknown."""

    price: float
    value: float
    spread: float
    refunds: float
    known: bool
    early: float = 0.0
    units: float = 1.0
    weekly: float = 0.0
    costs: UnitCosts | None = None

    @property
    def margin(self) -> float:
        """Contribution as a share of the paid price, refunds not taken off."""
        return self.value / self.price / max(1 - self.refunds, 1e-9) if self.price > 0 else 0.0


def order_worth(situation: Situation, product: str) -> Worth | None:
    """What an order of ``product`` brings; None of a product without a paid order in the last eight weeks."""
    kept = situation.workings.setdefault("order_worth", {})
    if product not in kept:
        kept[product] = _worth(situation, product)
    found: Worth | None = kept[product]
    return found


def _worth(situation: Situation, product: str) -> Worth | None:
    orders, units, gross = _sold(situation).get(product, (0.0, 0.0, 0.0))
    if orders <= 0 or gross <= 0:
        return None
    price, refunds = gross / orders, refund_share(situation, product)
    early = refunds * early_share(situation)
    told: dict[str, Any] = {"early": early, "units": max(units / orders, 1.0), "weekly": orders * 7 / RECENT_DAYS}
    goods, spread = _goods(situation, product, price, units / orders)
    if goods is None:
        return Worth(price, price * (1 - refunds), 0.0, refunds, known=False, **told)
    sheet, part = situation.costs, part_of_order(situation, product)
    costs = UnitCosts(
        goods,
        freight=sheet.per_order * part,
        fee_share=sheet.sales_share,
        return_freight=_middle(sheet.get("refund", "freight")),
        handling=_middle(sheet.get("refund", "handling")),
        unsellable=_middle(sheet.get("refund", "unsellable")),
    )
    unsure = [spread]
    unsure += [part * _spread(item) for item in sheet.entries.get("per_order", {}).values()]
    unsure += [price * _spread(item) for item in sheet.entries.get("share", {}).values()]
    wide = sum(each**2 for each in unsure) ** 0.5
    value = contribution_after_refunds(price, costs, early, refunds - early)
    return Worth(price, value, wide, refunds, known=True, costs=costs, **told)


def part_of_order(situation: Situation, product: str) -> float:
    """The share, by money, that a product has in the orders it is in: so much of what an order costs is its own."""
    if "part_of_order" not in situation.workings:
        frame = situation.frames.get("below_cash")
        rows = [] if frame is None else frame.select("product_id", "gross", "others_gross").iter_rows()
        situation.workings["part_of_order"] = {
            str(name): gross / (gross + (rest or 0.0)) for name, gross, rest in rows if gross and gross > 0
        }
    found: dict[str, float] = situation.workings["part_of_order"]
    return found.get(product, 1.0)


def _sold(situation: Situation) -> dict[str, tuple[float, float, float]]:
    """product → orders, units, gross of the last eight weeks."""
    if "recently_sold" not in situation.workings:
        rows = situation.frames["product_diary"].filter(pl.col("age") < RECENT_DAYS)
        sums = rows.group_by("product_id").agg(
            *(pl.col(name).fill_null(0).sum().cast(pl.Float64) for name in ("orders", "units", "gross"))
        )
        situation.workings["recently_sold"] = {str(row[0]): tuple(row[1:]) for row in sums.iter_rows()}
    found: dict[str, tuple[float, float, float]] = situation.workings["recently_sold"]
    return found


def _goods(situation: Situation, product: str, price: float, units: float) -> tuple[float | None, float]:
    """What the goods of an order cost, and its standard deviation: the product's own cost, else the sheet's share of the price."""
    names = catalogue(situation).get(product, {})
    own = names.get("cost")
    if own:
        return float(own) * max(units, 1.0), 0.0
    part = situation.costs.goods_share(str(names.get("category") or "*"))
    return (None, 0.0) if part is None else (part.middle * price, _spread(part) * price)


def catalogue(situation: Situation) -> dict[str, dict[str, Any]]:
    """What the catalogue says of each product: category, cost, price, listed_day, lead_days."""
    if "catalogue" not in situation.workings:
        rows = situation.frames["product_names"].iter_rows(named=True)
        situation.workings["catalogue"] = {str(row["product_id"]): row for row in rows}
    found: dict[str, dict[str, Any]] = situation.workings["catalogue"]
    return found


def _middle(item: Range | None) -> float:
    return item.middle if item is not None else 0.0


def _spread(item: Range) -> float:
    """A range holds 80 % of the belief."""
    return (item.high - item.low) / 2 / UNIT


def refund_share(situation: Situation, product: str) -> float:
    """The share of a product's sales that is refunded in the end: the shop's, times how the product's own orders compare at equal age."""
    shop = _shop_refunds(situation)
    if shop <= 0:
        return 0.0
    counts = refunded_orders(situation)
    orders, refunded = counts.get("", (0.0, 0.0))
    if orders <= 0 or refunded <= 0:
        return shop
    usual = refunded / orders
    own_orders, own = counts.get(product, (0.0, 0.0))
    ratio = (own + PRIOR_ORDERS * usual) / (own_orders + PRIOR_ORDERS) / usual
    return min(shop * ratio, 0.95)


def refunded_orders(situation: Situation) -> dict[str, tuple[float, float]]:
    """Product → orders and refunded orders of both windows at equal age; the shop's under the empty text."""
    if "refunded_orders" not in situation.workings:
        rows = situation.frames["product_refunds"]
        sums = rows.group_by("product_id").agg(pl.col("orders", "refunded").fill_null(0).sum().cast(pl.Float64))
        found = {str(product): (orders, refunded) for product, orders, refunded in sums.iter_rows()}
        found[""] = (column_sum(rows, "orders"), column_sum(rows, "refunded"))
        situation.workings["refunded_orders"] = found
    kept: dict[str, tuple[float, float]] = situation.workings["refunded_orders"]
    return kept


def _shop_refunds(situation: Situation) -> float:
    """Refunds of sales that are 90 days old ÷ those sales; of all sales where fewer than 30 such refunds are known."""
    if "shop_refunds" not in situation.workings:
        rows = situation.frames["refund_ages"]
        old = rows.filter(pl.col("cohort") * situation.period.days >= MATURE_DAYS)
        seen = old.filter(pl.col("age") >= 0)
        chosen = old if column_sum(seen, "refunds") >= FEWEST_REFUNDS else rows
        sales = column_sum(chosen.filter(pl.col("age") < 0), "amount")
        back = column_sum(chosen.filter(pl.col("age") >= 0), "amount")
        situation.workings["shop_refunds"] = min(back / sales, 0.95) if sales > 0 else 0.0
    return float(situation.workings["shop_refunds"])


def early_share(situation: Situation) -> float:
    """Of the shop's refunds, by money, the share made before shipment; 0 where refunds do not say."""
    if "early_share" not in situation.workings:
        seen = situation.frames["refund_ages"].filter(pl.col("age") >= 0)
        money = column_sum(seen, "amount")
        situation.workings["early_share"] = min(column_sum(seen, "early") / money, 1.0) if money > 0 else 0.0
    return float(situation.workings["early_share"])


def mean_order(situation: Situation) -> float:
    """What an order of the whole shop brings: contribution, or its sales where costs are unknown."""
    blocks = situation.frames["shop_blocks"].filter(pl.col("block") < 8)
    orders = column_sum(blocks, "orders")
    value = column_sum(blocks, "gross") / orders if orders else 0.0
    margin = margin_per_sale(situation.costs)
    return value if margin is None else max(value * margin - situation.costs.per_order, 0.0)


def pays_above(margin: float) -> Words:
    """From which margin on an action pays, where costs are unknown."""
    return Words("rules_analysis.pays_above", {"margin": share(min(margin, 1.0))})


def rest_of_order(situation: Situation, product: str, worth: Worth) -> float:
    """What the rest of an order with this product brings: whoever is led to a page buys more than what it shows."""
    part = part_of_order(situation, product)
    margin = margin_per_sale(situation.costs)
    return 0.0 if margin is None else worth.price * (1 / part - 1) * margin * (1 - worth.refunds)

"""What ends a loss: why it comes about, what is done about it, and what that saves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft, Gain, Measure
from zhanggui.playbooks.answers_to_price import answer_to_price
from zhanggui.playbooks.contribution import Cases
from zhanggui.playbooks.gains import Floats, even_cases, gain, of_amount
from zhanggui.playbooks.kinds import Finding, Situation
from zhanggui.playbooks.reachable import promotions
from zhanggui.playbooks.terms import column_sum, contribution_after_refunds, count, exact, money, name_of, share
from zhanggui.playbooks.worth import order_worth
from zhanggui.units import Words

WEEKS = 4
DEEPER = 0.05
"""A discount this much deeper than that of the other orders is what makes them lose."""
STEPS = (0.03, 0.05, 0.08, 0.10, 0.15)
"""Price steps that are weighed against ceasing to sell."""


@dataclass(frozen=True, slots=True)
class Repair:
    """What ends a loss: a kind of action, why the loss comes about, and the rows of its draft."""

    kind: str
    because: Words
    rows: tuple[Mapping[str, Any], ...] = ()


def cause_of(product: str, row: Mapping[str, Any], situation: Situation) -> Repair:
    """The first that fits: offers, one size's price, freight on small orders, fees, the price itself against what the goods cost now."""
    gross, cost = float(row["loss_gross"]), float(row["loss_cost"])
    freight, fees = float(row["loss_freight"] or 0), situation.costs.least_sales_share
    listed = float(row["loss_listed"] or 0)
    off = 1 - gross / listed if listed > 0 else 0.0
    if listed * (1 - fees) > cost + freight and off > _usual_off(row) + DEEPER:
        offers = [o.id for o in promotions(situation) if o.holds(product, situation.as_of)]
        because = Words("rules_products.below_cash.because.offer", {"off": share(off), "usual": share(_usual_off(row))})
        return Repair("take_out_of_offer", because, tuple({"product_id": product, "promotion_id": o} for o in offers))
    units = float(row["loss_units"] or 0) or 1.0
    covering = (cost + freight) / units / max(1 - fees, 0.01)
    price = {"product_id": product, "price_now": round(gross / units, 2), "price": rounded_up(covering)}
    if row["loss_skus"] == 1 and (row["skus"] or 0) > 1 and row["loss_sku"]:
        because = Words("rules_products.below_cash.because.size", {"size": str(row["loss_sku"])})
        return Repair("step_price", because, ({**price, "sku": str(row["loss_sku"])},))
    if gross * (1 - fees) > cost and freight > 0:
        least = ceil(freight / float(row["loss_orders"]) / ((gross * (1 - fees) - cost) / units) - 1e-9)
        because = Words("rules_products.below_cash.because.freight", {"units": count(least)})
        return Repair("minimum_quantity", because, ({"product_id": product, "least_units": float(least)},))
    reason = "fees" if gross >= cost + freight else "price"
    because = Words(f"rules_products.below_cash.because.{reason}", {"price": exact(rounded_up(covering))})
    return Repair("step_price", because, (price,))


def _usual_off(row: Mapping[str, Any]) -> float:
    """The discount of the orders that do not lose."""
    listed = float(row["costed_listed"] or 0) - float(row["loss_listed"] or 0)
    gross = float(row["costed_gross"] or 0) - float(row["loss_gross"] or 0)
    return 1 - gross / listed if listed > 0 else 0.0


def ended(product: str, row: Mapping[str, Any], situation: Situation) -> bool:
    """Whether the losing orders are those from before something was done about the price: what was paid for a unit since then covers its
    cost, so there is nothing left to end."""
    done = [
        past.done_on
        for past in situation.standing.past
        if past.done_on is not None
        and kind_named(past.kind).priced
        and (product in past.touches or past.where.get("product_id") == product)
    ]
    units = float(row["loss_units"] or 0)
    if not done or units <= 0:
        return False
    since = (situation.as_of - max(done)).days
    days = situation.frames["product_diary"].filter((pl.col("product_id") == product) & (pl.col("age") < since))
    sold, paid = column_sum(days, "units"), column_sum(days, "gross")
    cost = float(row["loss_cost"]) + float(row["loss_freight"] or 0)
    return sold > 0 and paid / sold * (1 - situation.costs.least_sales_share) >= cost / units


@dataclass(frozen=True, slots=True)
class Again:
    """What the losing orders of a product bring a week at its usual ``price``, in equally likely cases."""

    price: float
    profits: Floats


def earns_again(product: str, row: Mapping[str, Any], situation: Situation) -> Again | None:
    """Taken out of the offers, a product is sold at its usual price again: to (usual ÷ paid)^e of those who bought, each of whom then
    leaves its contribution after refunds. None where costs are unknown, or the usual price would not pay either."""
    worth, units = order_worth(situation, product), float(row["loss_units"] or 0)
    listed, gross = float(row["loss_listed"] or 0), float(row["loss_gross"] or 0)
    if worth is None or worth.costs is None or units <= 0 or gross <= 0:
        return None
    usual = listed * (1 - _usual_off(row))
    value = contribution_after_refunds(
        usual / units * worth.units, worth.costs, worth.early, max(worth.refunds - worth.early, 0.0)
    )
    if usual <= gross or value <= 0:
        return None
    belief, even = answer_to_price(situation, product), even_cases(2)
    answer = of_amount(belief.mean, belief.sd, even[:, 0])
    stay = np.minimum((usual / gross) ** answer, 1.0)
    return Again(usual / units, units / worth.units / WEEKS * stay * of_amount(value, worth.spread, even[:, 1]))


def rounded_up(price: float) -> float:
    """A price that covers: up to the next tenth, or cent of small ones."""
    return ceil(price * 10 - 1e-9) / 10 if price >= 10 else ceil(price * 100 - 1e-9) / 100


def step_or_stop(
    product: str, spread: Cases, kept: float, weekly: float, finding: Finding, situation: Situation
) -> Action:
    """The better of one price step and ceasing to sell: Q·[(1+d)^e·(cmr + d·p) − cmr] against −Q·cmr·(1 − h)."""
    belief = answer_to_price(situation, product)
    answer = belief.mean + belief.sd * spread.normal
    stopped = -weekly * spread.value * (1 - kept)
    best, step = stopped, 0.0
    for d in STEPS:
        stepped = weekly * ((1 + d) ** answer * (spread.value + d * spread.price * spread.kept) - spread.value)
        if stepped.mean() > best.mean():
            best, step = stepped, d
    because = Words("rules_products.below_cash.because.refunds", {"loss": money(-finding.size)})
    rows: tuple[Mapping[str, Any], ...] = ()
    if step:
        rows = ({"product_id": product, "price_now": round(spread.unit_price, 2), "change": step},)
    repair = Repair("step_price" if step else "stop_selling", because, rows)
    return ending(product, repair, finding, gain(best), situation, step=step)


def advertising(product: str, finding: Finding, situation: Situation) -> list[Action]:
    """Advertising of what loses with every order buys losses: its cost is saved, at least."""
    plans = situation.frames.get("ad_plans")
    if plans is None or plans.is_empty():
        return []
    own = plans.filter((pl.col("product_id") == product) & (pl.col("age") < 28))
    spent = float(own["cost"].fill_null(0).sum()) / WEEKS
    if spent <= 0:
        return []
    because = Words("rules_products.below_cash.because.ads", {"spent": money(spent)})
    rows = tuple({"product_id": product, "campaign": str(name)} for name in own["campaign"].unique().sort())
    repair = Repair("stop_advertising", because, rows)
    return [ending(product, repair, finding, Gain(spent, spent, spent, 1.0, True), situation)]


def ending(
    product: str, repair: Repair, finding: Finding, brings: Gain, situation: Situation, *, step: float = 0.0
) -> Action:
    """The action that ends a loss on one product: its repair as a draft, and what it ``brings`` a week."""
    kind = kind_named(repair.kind)
    said: dict[str, Any] = {"product": name_of(situation, product)}
    row = repair.rows[0] if repair.rows else {}
    if repair.kind == "minimum_quantity":
        said["units"] = count(float(row["least_units"]))
    if repair.kind == "step_price":
        said["price"] = exact(rounded_up(float(row["price_now"]) * (1 + step)) if step else float(row["price"]))
    expected = "synthetic_control" if kind.design == "counted" else kind.design
    design = "counted" if brings.counted else expected
    where = {"product_id": product, **({"sku": row["sku"]} if "sku" in row else {})}
    return Action(
        "products",
        "sells_below_cash",
        repair.kind,
        Words(f"rules_products.below_cash.do.{repair.kind}", said),
        where,
        gain=brings,
        minutes=kind.minutes,
        because=(finding.id,),
        reason=repair.because,
        draft=Draft("table", rows=repair.rows),
        measure=Measure(kind.metric, design, kind.days),
        touches=(product,),
        proved=finding.kind == "arithmetic",
    )

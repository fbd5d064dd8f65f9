"""Sold below cash: orders that bring less than they cost, prices that offers will let fall below it, products that lose after refunds.

Reads: orders with their cash cost, promotions that run or are announced, paid prices, refunds, costs.
Says: what is sold at a loss, by how much, and why; what will be from which day on; from which cost on, where costs are unknown.
Does: takes it out of the offer, sets a minimum quantity, steps the price, stops its advertising or its sale.
Source: docs/rules.md, "Products" (破價／虧本賣).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from zhanggui.actions.kinds import Action, Gain
from zhanggui.playbooks.contribution import cases, declared_leader
from zhanggui.playbooks.gains import gain
from zhanggui.playbooks.kinds import Due, Evidence, Finding, Locked, Rule, Situation, Verdict
from zhanggui.playbooks.loss_repairs import (
    WEEKS,
    Repair,
    advertising,
    cause_of,
    earns_again,
    ended,
    ending,
    step_or_stop,
)
from zhanggui.playbooks.reachable import Reach, reaches
from zhanggui.playbooks.terms import asked, count, exact, money, name_of, share
from zhanggui.playbooks.worth import catalogue, order_worth
from zhanggui.units import Words

FEWEST_ORDERS = 10
SURE = 0.9
NAME = "sells_below_cash"


def sells_below_cash(situation: Situation) -> Verdict:
    """What loses cash by the sum: paid orders at once, announced prices before they start; and what loses in the long run."""
    rows = situation.frames["below_cash"].filter(pl.col("orders") > 0)
    if rows.is_empty():
        return Verdict(locked=_break_even(situation))
    losing = {str(row["product_id"]): row for row in rows.iter_rows(named=True) if (row["loss_orders"] or 0) > 0}
    findings, actions, due = [], [], []
    for product, row in losing.items():
        finding = _paid(product, row, situation)
        findings.append(finding)
        if not ended(product, row, situation):
            actions.append(_repair(product, row, finding, situation))
    for product, weekly in rows.select("product_id", pl.col("orders") / WEEKS).iter_rows():
        for reach in [] if product in losing else reaches(situation, product, _listed(situation, product)):
            if said := _reached(str(product), float(weekly), reach, situation):
                findings.append(said[0])
                actions.append(said[1])
                due += said[2]
                break
    for row in rows.filter(pl.col("orders") >= FEWEST_ORDERS).iter_rows(named=True):
        product = str(row["product_id"])
        if product not in losing and (lost := _loses(product, row, situation)):
            findings.append(lost[0])
            actions += lost[1]
    return Verdict(findings=findings, actions=actions, due=due, locked=_break_even(situation))


# ---- orders that were paid


def _paid(product: str, row: Mapping[str, Any], situation: Situation) -> Finding:
    """Orders paid below their cash cost. Arithmetic: at the low end of the cost sheet they lose already."""
    units = float(row["loss_units"] or 0) or 1.0
    fees = float(row["loss_gross"]) * situation.costs.least_sales_share
    cost = float(row["loss_cost"]) + float(row["loss_freight"] or 0) + fees
    loss = (cost - float(row["loss_gross"])) / WEEKS
    goods = bool(row["goods_orders"])
    words = Words(
        "rules.sells_below_cash.goods" if goods else "rules_products.below_cash.cash",
        {
            "product": name_of(situation, product),
            "paid": exact(float(row["loss_gross"]) / units),
            "cost": exact((float(row["loss_cost"]) if goods else cost) / units),
            "orders": count(float(row["loss_orders"])),
            "loss": money(loss),
        },
    )
    return Finding(
        "products",
        NAME,
        "arithmetic",
        words,
        "gross_profit",
        {"product_id": product},
        -loss,
        -loss,
        -loss,
        evidence=(
            Evidence(words, asked("gross_profit", situation, ("product_id",), product_id=product)),
            Evidence(words, asked("cost_of_goods", situation, ("product_id",), product_id=product)),
        ),
        because=cause_of(product, row, situation).because,
        cause=f"product:{product}",
        alert="urgent",
    )


def _repair(product: str, row: Mapping[str, Any], finding: Finding, situation: Situation) -> Action:
    repair = cause_of(product, row, situation)
    loss = -finding.size
    again = (
        earns_again(product, row, situation) if repair.kind == "take_out_of_offer" and loss < situation.floor else None
    )
    if again is None:
        return ending(product, repair, finding, Gain(loss, loss, loss, 1.0, True), situation)
    # The loss alone is not worth a line; that the product earns again is, though it is expected and not counted.
    said = {"loss": money(loss), "price": exact(again.price)}
    because = Words("rules_products.below_cash.because.again", said)
    return ending(product, replace(repair, because=because), finding, gain(loss + again.profits), situation)


# ---- prices that can be reached


def _listed(situation: Situation, product: str) -> float:
    return float(catalogue(situation).get(product, {}).get("price") or 0.0)


def _reached(
    product: str, weekly: float, reach: Reach, situation: Situation
) -> tuple[Finding, Action, list[Due]] | None:
    """A price that offers let fall under the cash cost of a unit, at the low end of the sheet. It loses from its day on."""
    goods = catalogue(situation).get(product, {}).get("cost")
    sheet = situation.costs
    if not goods or reach.price <= 0:
        return None
    freight = sheet.least_per_order * reach.price / max(reach.basket, reach.price)
    cost = float(goods) + freight + reach.gifts + sheet.least_sales_share * reach.price
    if reach.price >= cost:
        return None
    loss = (cost - reach.price) * weekly
    words = Words(
        "rules_products.below_cash.reach",
        {
            "product": name_of(situation, product),
            "price": exact(reach.price),
            "day": reach.day,
            "offers": [offer.name for offer in reach.offers],
            "cost": exact(cost),
            "loss": money(loss),
        },
    )
    finding = Finding(
        "products",
        NAME,
        "arithmetic",
        words,
        "gross_profit",
        {"product_id": product},
        -loss,
        -loss,
        -loss,
        evidence=(Evidence(words, asked("unit_price", situation, ("product_id",), product_id=product)),),
        cause=f"product:{product}",
        alert="urgent",
    )
    rows = tuple({"product_id": product, "promotion_id": offer.id, "offer": offer.name} for offer in reach.offers)
    because = Words("rules_products.below_cash.because.reach", {"offers": [offer.name for offer in reach.offers]})
    action = ending(
        product, Repair("take_out_of_offer", because, rows), finding, Gain(loss, loss, loss, 1.0, True), situation
    )
    due = [Due(NAME, words, reach.day.isoformat(), {"product_id": product}, loss)]
    return finding, action, due if reach.day > situation.as_of else []


# ---- what loses in the long run


def _loses(product: str, row: Mapping[str, Any], situation: Situation) -> tuple[Finding, list[Action]] | None:
    """A product whose orders bring less than nothing after refunds, as sure as nine in ten; unless it is declared a leader whose
    baskets pay."""
    worth = order_worth(situation, product)
    # What pays in the middle of its cases does not lose in nine of ten.
    if worth is None or not worth.known or worth.value >= 0:
        return None
    spread = cases(situation, product, worth)
    chance = float((spread.value < 0).mean())
    others = float(row["others_gross"] or 0) / float(row["orders"])
    margin = situation.costs.goods_share()
    earned = others * (1 - margin.middle - situation.costs.sales_share) if margin else 0.0
    if chance < SURE or (declared_leader(situation, product) and worth.value + earned > 0):
        return None
    loss = -float(spread.value.mean()) * float(row["orders"]) / WEEKS
    words = Words(
        "rules_products.below_cash.long_run",
        {
            "product": name_of(situation, product),
            "each": exact(-worth.value),
            "refunds": share(worth.refunds),
            "orders": count(float(row["orders"])),
            "chance": share(chance),
            "loss": money(loss),
        },
    )
    low, high = (float(x) * float(row["orders"]) / WEEKS for x in np.quantile(spread.value, [0.05, 0.95]))
    finding = Finding(
        "products",
        NAME,
        "state",
        words,
        "contribution_before_ads",
        {"product_id": product},
        -loss,
        low,
        high,
        evidence=(Evidence(words, asked("contribution_before_ads", situation, ("product_id",), product_id=product)),),
        cause=f"product:{product}",
        alert="today",
    )
    if loss < situation.floor:
        return None
    kept = float(row["others"] or 0) / float(row["orders"]) if earned > loss * WEEKS / float(row["orders"]) else 0.0
    chosen = step_or_stop(product, spread, kept, float(row["orders"]) / WEEKS, finding, situation)
    return finding, [chosen, *advertising(product, finding, situation)]


# ---- what is said without costs


def _break_even(situation: Situation) -> list[Locked]:
    """Without costs: how low the paid price goes below list, and up to which goods cost that still pays."""
    if situation.costs.goods_share() is not None or situation.frames["below_cash"]["costed"].sum():
        return []
    prices = situation.frames["paid_prices"].filter((pl.col("window") == 0) & (pl.col("listed") > 0))
    point = money(situation.weekly_money / 100)
    plain = [Locked(NAME, "costs", Words("rules.sells_below_cash.costs", {"point": point}))]
    if prices.is_empty():
        return plain
    deepest = prices.with_columns(kept=pl.col("gross") / pl.col("listed")).sort("kept", "product_id").row(0, named=True)
    if deepest["kept"] > 0.97:
        return plain
    words = Words(
        "rules.sells_below_cash.break_even",
        {
            "product": name_of(situation, deepest["product_id"]),
            "off": share(1 - deepest["kept"]),
            "kept": share(deepest["kept"]),
            "point": point,
        },
    )
    return [Locked(NAME, "costs", words)]


RULES = (
    Rule(
        NAME,
        "products",
        sells_below_cash,
        frames=(
            "below_cash",
            "paid_prices",
            "product_names",
            "product_diary",
            "product_refunds",
            "price_days",
            "happenings",
            "annotated_days",
            "ad_plans",
        ),
        needs=("order_lines",),
        proposes=("take_out_of_offer", "minimum_quantity", "step_price", "stop_selling", "stop_advertising"),
        reads=("money_floor_share",),
    ),
)

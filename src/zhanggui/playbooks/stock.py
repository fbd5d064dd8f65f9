"""Stock: what runs out before more can arrive.

Reads: the latest stock by size, units sold by day and by size, days without stock, events, lead times, costs, plans of advertising.
Says: how likely a product, or a size of it, is to run out within its lead time.
Does: orders by the newsvendor's balance; until it arrives moves advertising away, shows the arrival date, asks more. Asks for a lead time.
Source: docs/rules.md, "Products" (斷貨).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from zhanggui.methods.counts import Demand, Reorder, demand, reorder
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.reordering import left_to_the_list
from zhanggui.playbooks.shelves import Product, Shelf, Shortage, shelves_of
from zhanggui.playbooks.stock_orders import DEFAULT_MARGIN, until_then
from zhanggui.playbooks.terms import asked, count, empty_days, margin_per_sale, name_of, share, sold_days
from zhanggui.playbooks.visits import events
from zhanggui.playbooks.worth import order_worth
from zhanggui.units import Quantity, Words

TOP_SHARE = 0.8
CHANCE = 0.3
REVIEW_DAYS = 7
DEMAND_DAYS = 56
FEWEST_DAYS = 14
UNKNOWN_LEAD = 14
REPEAT = 1.15
"""A unit not sold also loses part of the buyer's later purchases."""
HOLDING = 0.17
"""Holding and markdown of a unit left over, as a share of its cost."""


def stock_out(situation: Situation) -> Verdict:
    """Products of the top 80 % of money of which the whole, or a size, likely ends before the lead time does."""
    if situation.frames["stock"].is_empty():
        return Verdict()
    findings, actions = [], []
    for product in _top(situation):
        pace = demand(product.sold, product.days, uneven=product.uneven)
        if not isinstance(pace, Demand):
            continue
        shelves = shelves_of(situation, product.id, pace, product.uneven)
        if not shelves:
            continue
        if product.lead is None:
            findings += _asks(product, shelves, pace, situation)
            continue
        # What is left to the list must last until the list is looked at again, too.
        review = REVIEW_DAYS if left_to_the_list(situation, product.id) else 0
        short = _shortage(product, shelves, pace, review)
        if short is not None:
            finding = _finding(product, short, situation)
            findings.append(finding)
            actions += until_then(situation, product, short, finding)
    return Verdict(findings=findings, actions=actions)


def _shortage(product: Product, shelves: list[Shelf], pace: Demand, review: float) -> Shortage | None:
    """The shelves that likely end before an order of ``review`` days from now would arrive, each with what to order for it; the whole
    product where its sizes are not told apart."""
    lead = float(product.lead or 0)
    ending = [s for s in shelves if s.matters and s.demand.exceeds(s.have, lead + review) >= CHANCE]
    orders: list[tuple[Shelf, Reorder]] = []
    for shelf in ending:
        answer = reorder(
            shelf.demand,
            shelf.have,
            lead,
            REVIEW_DAYS,
            under=product.unit * REPEAT,
            over=product.cost * HOLDING,
            lot=product.lot,
        )
        if isinstance(answer, Reorder):
            orders.append((shelf, answer))
    if not orders:
        return None
    have, chance = sum(s.have for s, _ in orders), max(answer.stock_out for _, answer in orders)
    return Shortage(pace, tuple(orders), have, chance, lead, REVIEW_DAYS)


# ---- which products, and how they sell


def _top(situation: Situation) -> list[Product]:
    """The products that make 80 % of the money, with what they sold on ordinary days of the last 56 on which they could be bought."""
    sold = situation.frames["product_last_sales"].sort("gross_year", "product_id", descending=[True, False])
    total = float(sold["gross_year"].fill_null(0).sum())
    if total <= 0:
        return []
    age = (pl.lit(situation.as_of) - pl.col("first_day")).dt.total_days() + 1
    top = sold.filter((pl.col("gross_year").cum_sum() - pl.col("gross_year")) < TOP_SHARE * total).with_columns(
        span=pl.min_horizontal(age, pl.lit(DEMAND_DAYS))
    )
    names = {row["product_id"]: row for row in situation.frames["product_names"].iter_rows(named=True)}
    days, empty = (_by_product(rows) for rows in (sold_days(situation), empty_days(situation)))
    found = []
    for row in top.iter_rows(named=True):
        product = str(row["product_id"])
        units = {int(a): float(u or 0) for a, u in days.get(product, []) if a < row["span"]}
        out = {int(a) for a, _ in empty.get(product, []) if a < row["span"] and units.get(int(a), 0.0) <= 0}
        out |= _event_days(situation, product, int(row["span"]))
        kept = float(row["span"]) - len(out)
        if kept >= FEWEST_DAYS:
            ordinary = [u for a, u in units.items() if a not in out]
            told = _product(situation, row, names.get(product, {}), sum(ordinary), kept)
            found.append(replace(told, uneven=_uneven(ordinary, kept)))
    return found


def _uneven(units: list[float], days: float) -> float:
    """The variance of a day's units ÷ their mean; days without a sale are days too."""
    mean = sum(units) / days
    if mean <= 0 or days < 2:
        return 1.0
    square = sum((u - mean) ** 2 for u in units) + (days - len(units)) * mean**2
    return max(square / (days - 1) / mean, 1.0)


def _by_product(frame: pl.DataFrame) -> dict[str, list[tuple[int, float | None]]]:
    rows = frame.select("product_id", "age", "units" if "units" in frame.columns else pl.lit(None).alias("units"))
    found: dict[str, list[tuple[int, float | None]]] = {}
    for product, age, units in rows.iter_rows():
        found.setdefault(str(product), []).append((age, units))
    return found


def _event_days(situation: Situation, product: str, span: int) -> set[int]:
    """Days back from the brief on which a festival or a promotion of this product ran."""
    found: set[int] = set()
    for event in events(situation):
        if event.touches(product):
            first, last = ((situation.as_of - day).days for day in (event.days.end, event.days.start))
            found |= set(range(max(first, 0), min(last, span - 1) + 1))
    return found


def _product(situation: Situation, row: dict[str, Any], told: dict[str, Any], sold: float, days: float) -> Product:
    product = str(row["product_id"])
    sheet = situation.costs.get("lead_days", str(told.get("category") or "*"))
    lead = float(told["lead_days"]) if told.get("lead_days") else sheet.middle if sheet else None
    price = float(told.get("price") or 0) or float(row["gross_year"] or 0) / max(float(row["orders"] or 1), 1)
    worth = order_worth(situation, product)
    lot = max(round(float(told.get("min_order") or 1)), 1)
    if worth is not None and worth.known and worth.costs is not None and worth.value > 0:
        return Product(
            product,
            sold,
            days,
            lead,
            worth.price / worth.units,
            worth.value / worth.units,
            worth.costs.goods / worth.units,
            True,
            lot,
        )
    margin = margin_per_sale(situation.costs)
    part = margin if margin is not None and margin > 0 else DEFAULT_MARGIN
    cost = float(told.get("cost") or 0) or price * (1 - part)
    return Product(product, sold, days, lead, price, price * part, cost, margin is not None, lot)


# ---- what is said


def _asks(product: Product, shelves: list[Shelf], pace: Demand, situation: Situation) -> list[Finding]:
    """Where two weeks would already be too long: how long does more take?"""
    have = sum(shelf.have for shelf in shelves)
    if pace.exceeds(have, UNKNOWN_LEAD) < CHANCE:
        return []
    said = {"product": name_of(situation, product.id), "units": count(have), "pace": Quantity(pace.daily, "ratio")}
    return [_said(product.id, Words("rules.stock_out.lead", said), 0.0, "question", situation)]


def _finding(product: Product, short: Shortage, situation: Situation) -> Finding:
    """A chance is no certainty: how things stand, said once and again when it moved."""
    said: dict[str, Any] = {
        "product": name_of(situation, product.id),
        "units": count(short.have),
        "lead": count(short.lead),
        "chance": share(short.chance),
    }
    if short.sizes:
        words = Words("rules_products.stock.sizes_out", {**said, "sizes": [s.sku for s, _ in short.orders[:4]]})
    else:
        said |= {"pace": Quantity(short.pace.daily, "ratio"), "quantity": count(short.quantity)}
        words = Words("rules.stock_out.one", said)
    lost = sum(a.units_saved for _, a in short.orders) * 7 / (short.lead + short.review)
    return _said(product.id, words, -product.unit * lost, "state", situation)


def _said(product: str, words: Words, size: float, kind: str, situation: Situation) -> Finding:
    return Finding(
        "products",
        "stock_out",
        "question" if kind == "question" else "state",
        words,
        "on_hand",
        {"product_id": product},
        size,
        evidence=(Evidence(words, asked("on_hand", situation, ("product_id",), product_id=product)),),
        cause=f"product:{product}",
        alert="today",
    )


RULES = (
    Rule(
        "stock_out",
        "products",
        stock_out,
        frames=(
            "stock",
            "shelf_rises",
            "product_sizes",
            "product_last_sales",
            "product_names",
            "product_diary",
            "product_refunds",
            "price_days",
            "happenings",
            "ad_plans",
        ),
        needs=("stock_days",),
        proposes=("order_stock", "shift_advertising", "stop_advertising", "show_arrival_date", "step_price"),
        reads=("money_floor_share",),
    ),
)

"""Stock: what runs out before more can arrive.

Reads: the latest stock, units sold by day, lead times, margins.
Says: how likely a product is to run out within its lead time, and how many to order.
Does: proposes a quantity by the newsvendor's balance; asks for the lead time where it is unknown.
Source: docs/rules.md, "Products".
"""

from __future__ import annotations

import polars as pl

from zhanggui.methods.counts import Demand, Reorder, demand, reorder
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.terms import asked, count, margin_per_sale, name_of, share
from zhanggui.units import Quantity, Words

TOP_SHARE = 0.8
CHANCE = 0.3
REVIEW_DAYS = 7
DEMAND_DAYS = 56
FEWEST_DAYS = 14
REPEAT = 1.15
"""A unit not sold also loses part of the buyer's later purchases."""
HOLDING = 0.17
"""Holding and markdown of a unit left over, as a share of its cost, where the sheet has no salvage."""
DEFAULT_MARGIN = 0.3


def stock_out(situation: Situation) -> Verdict:
    """Products of the top 80 % of money whose stock likely ends before the lead time does."""
    stock = situation.frames["stock"]
    if stock.is_empty():
        return Verdict()
    on_hand = stock.group_by("product_id").agg(
        have=(pl.col("on_hand").fill_null(0) + pl.col("inbound").fill_null(0)).sum()
    )
    findings = []
    for row in _top(situation).join(on_hand, on="product_id").iter_rows(named=True):
        pace = demand(row["units"], row["days"])
        if isinstance(pace, Demand):
            finding = _judge(row, pace, situation)
            if finding is not None:
                findings.append(finding)
    return Verdict(findings=findings)


def _top(situation: Situation) -> pl.DataFrame:
    """The products that make 80 % of the money, with their units of the last 56 days and the days on which they could be bought."""
    sold = situation.frames["product_last_sales"].sort("gross_year", "product_id", descending=[True, False])
    total = float(sold["gross_year"].fill_null(0).sum())
    if total <= 0:
        return pl.DataFrame(schema={"product_id": pl.String, "units": pl.Float64, "days": pl.Float64})
    top = sold.filter((pl.col("gross_year").cum_sum() - pl.col("gross_year")) < TOP_SHARE * total)
    recent = situation.frames["product_days"].filter(pl.col("age") < DEMAND_DAYS)
    units = recent.group_by("product_id").agg(units=pl.col("units").sum())
    names = situation.frames["product_names"].select("product_id", "category", "cost", "price", "lead_days")
    age = (pl.lit(situation.as_of) - pl.col("first_day")).dt.total_days() + 1
    top = top.with_columns(span=pl.min_horizontal(age, pl.lit(DEMAND_DAYS)))
    sold = recent.filter(pl.col("units") > 0)
    empty = situation.frames["empty_shelves"].join(sold, on=["product_id", "age"], how="anti")
    empty = empty.join(top.select("product_id", "span"), on="product_id").filter(pl.col("age") < pl.col("span"))
    closed = empty.group_by("product_id").agg(empty=pl.len())
    return (
        top.join(closed, on="product_id", how="left")
        .with_columns(days=(pl.col("span") - pl.col("empty").fill_null(0)).cast(pl.Float64))
        .filter(pl.col("days") >= FEWEST_DAYS)
        .join(units, on="product_id")
        .join(names, on="product_id", how="left")
    )


def _judge(row: dict[str, float | str | None], pace: Demand, situation: Situation) -> Finding | None:
    product, have = str(row["product_id"]), float(row["have"] or 0)
    sheet = situation.costs.get("lead_days", str(row["category"] or "*"))
    lead = float(row["lead_days"]) if row["lead_days"] else sheet.middle if sheet else None
    said = {
        "product": name_of(situation, product),
        "units": count(have),
        "pace": Quantity(pace.daily, "ratio"),
    }
    if lead is None:
        if pace.exceeds(have, 14) < CHANCE:
            return None
        return _finding(product, Words("rules.stock_out.lead", said), 0.0, "question", situation)
    price = float(row["price"] or 0) or float(row["gross_year"] or 0) / max(float(row["orders"] or 1), 1)
    margin = margin_per_sale(situation.costs)
    unit = price * (margin if margin is not None else DEFAULT_MARGIN)
    cost = float(row["cost"] or 0) or price * (1 - (margin if margin is not None else DEFAULT_MARGIN))
    answer = reorder(pace, have, lead, REVIEW_DAYS, under=unit * REPEAT, over=cost * HOLDING)
    if not isinstance(answer, Reorder) or answer.stock_out < CHANCE:
        return None
    weekly = unit * answer.units_saved * 7 / (lead + REVIEW_DAYS)
    said |= {"lead": count(lead), "chance": share(answer.stock_out), "quantity": count(answer.order)}
    return _finding(product, Words("rules.stock_out.one", said), -weekly, "arithmetic", situation)


def _finding(product: str, words: Words, size: float, kind: str, situation: Situation) -> Finding:
    return Finding(
        "products",
        "stock_out",
        "question" if kind == "question" else "arithmetic",
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
        frames=("stock", "empty_shelves", "product_days", "product_last_sales", "product_names"),
        needs=("stock_days",),
    ),
)

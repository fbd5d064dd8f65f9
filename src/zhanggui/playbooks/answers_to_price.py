"""How buyers of each product answer to its price: its own days, drawn to its kind and to what products usually show."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from zhanggui.methods.elasticity import (
    LEAST_LEVELS,
    PRIOR,
    Elasticity,
    calendar_terms,
    elasticity,
    in_category,
    price_levels,
)
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.visits import events, kind_of
from zhanggui.units import Refusal

DAYS = 112
FEWEST_UNITS = 40.0
WINDOW_DAYS = 28
SAME_PRICE = 0.01
MOST_MOVES = 0.2
"""Of neighbouring days of sale, how many may differ in price."""


def answer_to_price(situation: Situation, product: str) -> Elasticity:
    """The belief of a product's elasticity; the usual one of a product that says nothing."""
    if "answers_to_price" not in situation.workings:
        situation.workings["answers_to_price"] = _all(situation)
    found: dict[str, Elasticity] = situation.workings["answers_to_price"]
    return found.get(product, PRIOR)


def _all(situation: Situation) -> dict[str, Elasticity]:
    """Every product that sells enough, its siblings' answers taken in; a kind that the catalogue does not name has no siblings."""
    kinds: dict[str, list[tuple[str, Elasticity | Refusal]]] = {}
    for product, rows in _followed(situation):
        kind = kind_of(situation, product) or f"={product}"
        kinds.setdefault(kind, []).append((product, _own(situation, product, rows)))
    found: dict[str, Elasticity] = {}
    for members in kinds.values():
        found |= zip((name for name, _ in members), in_category([e for _, e in members]), strict=True)
    return found


def _followed(situation: Situation) -> list[tuple[str, pl.DataFrame]]:
    rows = situation.frames["price_days"].sort("product_id", "age")
    sold = rows.filter(pl.col("age") < WINDOW_DAYS).group_by("product_id").agg(pl.col("units").sum())
    enough = sold.filter(pl.col("units") >= FEWEST_UNITS)["product_id"]
    return [
        (str(product), own)
        for (product,), own in rows.filter(pl.col("product_id").is_in(enough.implode())).group_by(
            "product_id", maintain_order=True
        )
    ]


def _own(situation: Situation, product: str, rows: pl.DataFrame) -> Elasticity | Refusal:
    """What the product's days say alone: days from its first sale on, oldest first; days without stock are left out."""
    ages = rows["age"].to_numpy()
    span = int(ages.max()) + 1
    units, prices = np.zeros(span), np.full(span, np.nan)
    units[span - 1 - ages] = rows["units"].to_numpy()
    prices[span - 1 - ages] = rows["price"].fill_null(float("nan")).to_numpy()
    known = prices[~np.isnan(prices)]
    if price_levels(known) < LEAST_LEVELS or not _posted(known):
        return Refusal("few_price_levels", needed=LEAST_LEVELS, have=1)
    named, there = _events(situation, product, span), np.ones(span, dtype=bool)
    empty = np.array([age for age in _empty(situation).get(product, ()) if age < span], dtype=np.int64)
    there[span - 1 - empty] = False
    first = situation.as_of - timedelta(days=span - 1)
    terms = calendar_terms((first.toordinal() + np.arange(span))[there], list(named[there]))
    return elasticity(units[there], prices[there], terms, quiet=(named == "")[there])


def _posted(prices: npt.NDArray[np.float64]) -> bool:
    """Whether days of sale, in order, show a price that was set and held. A price that differs from one day of sale to the next is that of
    whoever bought (a tier, a coupon): units do not answer to it, and taking it for a price would make every product look dear to none."""
    moved = np.abs(np.diff(np.log(prices))) > SAME_PRICE
    return bool(moved.mean() <= MOST_MOVES) if moved.size else False


def _events(situation: Situation, product: str, span: int) -> npt.NDArray[np.object_]:
    """The event of each day, oldest first; empty text where there is none."""
    named = np.full(span, "", dtype=object)
    for event in events(situation):
        first, last = ((situation.as_of - day).days for day in (event.days.end, event.days.start))
        if last >= 0 and first < span and event.touches(product):
            named[max(span - 1 - last, 0) : span - max(first, 0)] = event.days.start.isoformat()
    return named


def _empty(situation: Situation) -> dict[str, list[int]]:
    """Product → days back from the brief that ended with nothing on hand and had no sale."""
    if "empty_days" not in situation.workings:
        rows = situation.frames["product_diary"].filter(
            (pl.col("age") < DAYS) & (pl.col("empty") > 0) & (pl.col("units").fill_null(0) <= 0)
        )
        found: dict[str, list[int]] = {}
        for product, age in rows.select("product_id", "age").iter_rows():
            found.setdefault(str(product), []).append(int(age))
        situation.workings["empty_days"] = found
    kept: dict[str, list[int]] = situation.workings["empty_days"]
    return kept

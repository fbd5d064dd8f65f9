"""How buyers of each product answer to its price: its own days, drawn to its kind and to what products usually show."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from zhanggui.methods.elasticity import PRIOR, Elasticity, calendar_terms, elasticity, in_category
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.visits import events, kind_of
from zhanggui.units import Refusal

DAYS = 112
FEWEST_UNITS = 40.0
WINDOW_DAYS = 28


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
    first = situation.as_of - timedelta(days=span - 1)
    named = [_event(situation, product, first + timedelta(days=i)) for i in range(span)]
    there = ~_empty(situation, product, span)
    days = first.toordinal() + np.arange(span)
    terms = calendar_terms(days[there], [name for name, kept in zip(named, there, strict=True) if kept])
    quiet = np.array([not name for name in named])[there]
    return elasticity(units[there], prices[there], terms, quiet=quiet)


def _event(situation: Situation, product: str, day: object) -> str:
    for event in events(situation):
        if day in event.days and event.touches(product):
            return event.days.start.isoformat()
    return ""


def _empty(situation: Situation, product: str, span: int) -> npt.NDArray[np.bool_]:
    """Days, oldest first, that ended with nothing on hand and had no sale."""
    out = np.zeros(span, dtype=bool)
    diary = situation.frames["product_diary"].filter(
        (pl.col("product_id") == product) & (pl.col("age") < span) & (pl.col("empty") > 0)
    )
    for age, sold in diary.select("age", pl.col("units").fill_null(0)).iter_rows():
        out[span - 1 - age] = sold <= 0
    return out

"""The lowest price a buyer can reach with every offer that may be used together, before anybody has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.visits import ids

AHEAD_DAYS = 30


@dataclass(frozen=True, slots=True)
class Promotion:
    """An offer as announced: a ``price``, or a ``discount`` from a ``threshold`` on. One that is not ``stackable`` is used alone."""

    id: str
    name: str
    start: date
    end: date
    products: frozenset[str] | None
    price: float | None = None
    discount: float | None = None
    threshold: float | None = None
    gift_cost: float = 0.0
    stackable: bool = False

    def holds(self, product: str, day: date) -> bool:
        return self.start <= day <= self.end and (self.products is None or product in self.products)

    def off(self, price: float) -> float:
        """What it takes off a unit: the discount, or its share of it where the unit alone does not reach the threshold and is bought
        together with more."""
        if not self.discount:
            return 0.0
        if not self.threshold or price >= self.threshold:
            return self.discount
        return self.discount * price / self.threshold


@dataclass(frozen=True, slots=True)
class Reach:
    """The lowest ``price`` of a unit on ``day``, the ``offers`` it takes, their gifts' cost, and the ``basket`` it is part of."""

    price: float
    day: date
    offers: tuple[Promotion, ...]
    gifts: float
    basket: float


def promotions(situation: Situation) -> list[Promotion]:
    """The promotions that run, or begin within 30 days."""
    if "promotions" not in situation.workings:
        rows = situation.frames["happenings"].filter(pl.col("kind") == "promotion").sort("day", "name")
        situation.workings["promotions"] = [_promotion(row) for row in rows.iter_rows(named=True)]
    kept: list[Promotion] = situation.workings["promotions"]
    return kept


def _promotion(row: Mapping[str, Any]) -> Promotion:
    return Promotion(
        row["name"],
        str(row["what"] or row["name"]),
        row["day"],
        row["until"] or date.max,
        ids(row["products"]),
        row["price"],
        row["discount"],
        row["threshold"],
        float(row["gift_cost"] or 0.0),
        bool(row["stackable"]),
    )


def lowest(price: float, offers: Sequence[Promotion], day: date) -> Reach:
    """The lowest price that ``offers`` leave of a listed ``price``: all stackable ones together, or one of the others alone."""
    together = tuple(offer for offer in offers if offer.stackable)
    ways = [_used(price, together, day)] + [_used(price, (offer,), day) for offer in offers if not offer.stackable]
    return min(ways, key=lambda way: way.price - way.gifts)


def _used(listed: float, offers: tuple[Promotion, ...], day: date) -> Reach:
    price = min([listed, *(offer.price for offer in offers if offer.price)])
    off = sum(offer.off(price) for offer in offers)
    basket = max([price, *(offer.threshold for offer in offers if offer.threshold and offer.discount)])
    used = tuple(offer for offer in offers if offer.price == price or offer.off(price) > 0 or offer.gift_cost > 0)
    return Reach(max(price - off, 0.0), day, used, sum(offer.gift_cost for offer in used), basket)


def reaches(situation: Situation, product: str, listed: float) -> Iterator[Reach]:
    """The lowest price of tomorrow, and of each later day on which an offer of this product begins."""
    tomorrow = situation.as_of + timedelta(days=1)
    own = [offer for offer in promotions(situation) if offer.products is None or product in offer.products]
    days = {tomorrow} | {o.start for o in own if tomorrow < o.start <= situation.as_of + timedelta(days=AHEAD_DAYS)}
    for day in sorted(days):
        running = [offer for offer in own if offer.holds(product, day)]
        if running:
            yield lowest(listed, running, day)

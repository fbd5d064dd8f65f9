"""How the owner orders goods by himself, learnt from how shelves were filled before: what an order of today brings is what it brings
beyond that."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.terms import sold_days

DAYS = 84
PACE_DAYS = 28
FEWEST = 3
"""Orders of the whole shop from which a habit is read."""
LEAST_DAYS = 5.0
"""A rise of the shelf by less than so many days' sales is a return, no order."""
SAME_DAY = 0.8
WEEK = 7
OVERDUE = 7
"""A shelf that has stood below the lowest level at which such are ordered for more than a week is forgotten."""
LOWEST = 0.1
LATE = 1.15
"""So far above its usual level a shelf may already be ordered: habits are no rulers."""


@dataclass(frozen=True, slots=True)
class Habit:
    """Orders of the last weeks: ``covers`` are days of sales left when a product was ordered, by product; ``weekday`` on which nearly all
    were made, None where they were not; ``last`` how many days ago a product was ordered last, and which of its sizes."""

    covers: dict[str, tuple[float, ...]]
    weekday: int | None
    last: dict[str, tuple[int, frozenset[str]]]

    def level(self, product: str) -> float | None:
        """At how many days of sales left a product is ordered: by its own orders, else by the shop's. None where too few are known."""
        known = self._known(product)
        return float(np.median(known)) if known else None

    def lowest(self, product: str) -> float:
        """Below how many days of sales left he never lets it fall: of the shop's orders one in ten was made lower, and of the product's own
        none, as far as a week's rhythm tells."""
        own = self.covers.get(product, ())
        every = [cover for each in self.covers.values() for cover in each]
        return max(float(np.quantile(every, LOWEST)), min(own) - WEEK if own else 0.0)

    def _known(self, product: str) -> tuple[float, ...]:
        own = self.covers.get(product, ())
        every = tuple(cover for each in self.covers.values() for cover in each)
        return own if len(own) >= FEWEST else every if len(every) >= FEWEST else own


def habit(situation: Situation) -> Habit:
    """How products were ordered before, over the last twelve weeks."""
    if "reordering" not in situation.workings:
        situation.workings["reordering"] = _habit(situation)
    found: Habit = situation.workings["reordering"]
    return found


def _habit(situation: Situation) -> Habit:
    rises = situation.frames.get("shelf_rises")
    if rises is None or rises.is_empty():
        return Habit({}, None, {})
    daily = _daily(situation)
    sized = rises.filter(pl.col("sku") != "*")
    sums = (sized if sized.height else rises).group_by("product_id", "age").agg(pl.col("held", "more").sum())
    covers: dict[str, list[float]] = {}
    ordered: dict[str, int] = {}
    on: Counter[int] = Counter()
    for product, age, held, more in sums.sort("product_id", "age").iter_rows():
        sold = daily.get(str(product))
        if sold is None or age + 1 >= DAYS:
            continue
        pace = float(sold[age + 1 : age + 1 + PACE_DAYS].mean())
        if pace > 0 and more >= LEAST_DAYS * pace and not _told_to(situation, str(product), int(age)):
            covers.setdefault(str(product), []).append(held / pace)
            ordered.setdefault(str(product), int(age))
            on[(situation.as_of - timedelta(days=int(age))).weekday()] += 1
    best, times = on.most_common(1)[0] if on else (0, 0)
    usual = best if times >= FEWEST and times >= SAME_DAY * on.total() else None
    sizes: dict[str, set[str]] = {}
    for product, sku, age in rises.select("product_id", "sku", "age").iter_rows():
        if ordered.get(str(product)) == age:
            sizes.setdefault(str(product), set()).add(str(sku))
    last = {product: (age, frozenset(sizes.get(product, ()))) for product, age in ordered.items()}
    return Habit({product: tuple(each) for product, each in covers.items()}, usual, last)


def _told_to(situation: Situation, product: str, age: int) -> bool:
    """Whether an order of that day was one of the ledger's."""
    return any(abs((situation.as_of - day).days - age) <= 1 for day in _ordered_by_list(situation, product))


def _ordered_by_list(situation: Situation, product: str) -> list[date]:
    """Days on which goods of a product were ordered because the list said so."""
    return [
        past.done_on
        for past in situation.standing.past
        if past.kind == "order_stock" and past.done_on is not None and past.where.get("product_id") == product
    ]


def left_to_the_list(situation: Situation, product: str) -> bool:
    """Whether the last order of a product was the list's: then the next is expected of it too."""
    listed = _ordered_by_list(situation, product)
    ago = habit(situation).last.get(product, (DAYS, frozenset()))[0]
    return bool(listed) and (situation.as_of - max(listed)).days < ago


def left_out(situation: Situation, product: str, sku: str, have: float, empty_days: float) -> bool:
    """Whether a size of which nothing is there or on its way stood empty already when its product was ordered last, and was not in that
    order."""
    ago, sizes = habit(situation).last.get(product, (0, frozenset()))
    return ago > 0 and have <= 0 and sku not in sizes and empty_days >= ago


def _daily(situation: Situation) -> dict[str, np.ndarray]:
    """Product → units by age of the last sixteen weeks."""
    if "units_by_age" not in situation.workings:
        found: dict[str, np.ndarray] = {}
        rows = sold_days(situation, DAYS + PACE_DAYS)
        for product, age, units in rows.select("product_id", "age", "units").iter_rows():
            found.setdefault(str(product), np.zeros(DAYS + PACE_DAYS))[int(age)] = float(units or 0)
        situation.workings["units_by_age"] = found
    kept: dict[str, np.ndarray] = situation.workings["units_by_age"]
    return kept


def days_until_ordered(situation: Situation, product: str, have: float, pace: float) -> float | None:
    """In how many days the owner is expected to order a product of which ``have`` units are there or on their way, sold at ``pace`` a day.
    None where nothing is known of his habit, where he has let the day go by, or where the list ordered it last."""
    known = habit(situation)
    level = known.level(product)
    if level is None or pace <= 0:
        return None
    if left_to_the_list(situation, product):
        return None
    cover = have / pace
    sold = _daily(situation).get(product, np.zeros(DAYS))
    # What it stood at on each evening back, as long as nothing came to it since.
    stood = (have + np.concatenate([[0.0], np.cumsum(sold)])[: DAYS + 1]) / pace
    lowest = known.lowest(product)
    below = int(np.argmax(stood > lowest)) if (stood > lowest).any() else stood.size
    if below > OVERDUE:
        return None
    left = max(cover - LATE * level, 0.0)
    if known.weekday is None:
        return left + WEEK / 2
    first = situation.as_of + timedelta(days=1 + int(np.ceil(left)))
    return float(np.ceil(left) + (known.weekday - first.weekday()) % WEEK)

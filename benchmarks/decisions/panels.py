"""Drawn shops as the outcomes' designs see them: products by day, one of them changed, with what truly came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from zhanggui.outcomes.books import CONTRIBUTION, Books
from zhanggui.outcomes.designs import Case
from zhanggui.units import Period

Floats = npt.NDArray[np.float64]
FIRST = date(2026, 1, 5)
WEEK = 7
AFTER = 4
WEEKDAYS = np.array([1.05, 1.0, 1.0, 1.02, 1.1, 0.95, 0.88])
MARGIN = 0.4
KINDS = ("plain", "waves", "bulk orders", "drift", "sparse")
"""Counts of orders are negative binomial and money an order gamma throughout, with weekdays, a season and shocks common to all. Beside
that: nothing · each product's own waves of weeks · now and then a bulk order with a Pareto tail · each product's level wanders for good · a
fifth of the orders."""


@dataclass(frozen=True, slots=True)
class Shop:
    """Contribution of each product by day (products, days); ``mean`` (products, days) what was to be expected of it given
    everything but chance of the day. The first product is the one looked at."""

    money: Floats
    mean: Floats
    orders: Floats

    @property
    def weeks(self) -> int:
        return int(self.money.shape[1]) // WEEK


def draw(chance: np.random.Generator, kind: str, products: int, weeks: int, *, season: bool = True) -> Shop:
    """A shop of ``products`` over ``weeks`` weeks before a change and four after it."""
    days = (weeks + AFTER) * WEEK + 1
    means = np.clip((0.8 if kind == "sparse" else 4.0) * np.exp(chance.normal(0, 0.9, products)), 0.15, None)
    course = np.ones(days)
    if season:
        wave = 0.15 * np.sin(2 * np.pi * (np.arange(days) / 365 + chance.uniform()))
        course = np.exp(np.cumsum(chance.normal(0, 0.01, days)) + wave) * chance.gamma(60, 1 / 60, days)
    expected = means[:, None] * WEEKDAYS[np.arange(days) % WEEK] * course * np.exp(_own(chance, kind, products, days))
    price = np.exp(chance.normal(3, 0.4, products))[:, None]
    orders = chance.poisson(expected * chance.gamma(8, 1 / 8, expected.shape)).astype(np.float64)
    return Shop(_money(chance, kind, orders, price), expected * price * MARGIN * _bulk_mean(kind), orders)


def _own(chance: np.random.Generator, kind: str, products: int, days: int) -> Floats:
    """Log of each product's own course."""
    steps = chance.normal(0, 1, (products, days))
    if kind == "drift":
        return np.asarray(np.cumsum(0.012 * steps, axis=1))
    found = np.zeros((products, days))
    if kind == "waves":
        kept, size = 0.93, 0.18
        for t in range(1, days):
            found[:, t] = kept * found[:, t - 1] + np.sqrt(1 - kept**2) * size * steps[:, t]
    return found


BULK, TAIL, SIZE = 0.01, 1.6, 4.0


def _bulk_mean(kind: str) -> float:
    return 1 + BULK * SIZE * TAIL / (TAIL - 1) if kind == "bulk orders" else 1.0


def _money(chance: np.random.Generator, kind: str, orders: Floats, price: Floats) -> Floats:
    paid = np.where(orders > 0, chance.gamma(np.maximum(orders, 1) * 2, 0.5), 0.0)
    if kind == "bulk orders":
        paid = paid + chance.binomial(orders.astype(int), BULK) * (chance.pareto(TAIL, orders.shape) + 1) * SIZE
    return np.asarray(paid * price * MARGIN)


def lifted(chance: np.random.Generator, shop: Shop, kind: str, weekly: float) -> tuple[Shop, float]:
    """The shop in which the change brought ``weekly`` more a week in the mean, by more orders of the usual kind; and exactly how much."""
    after = slice(-AFTER * WEEK, None)
    usual = shop.mean[0, after].sum() / AFTER
    share = weekly / usual
    extra = shop.mean[0, after] * share
    size = float(shop.money[0].sum() / max(shop.orders[0].sum(), 1.0))
    more = chance.poisson(np.maximum(extra / max(size, 1e-9), 0.0)).astype(np.float64)
    money, orders = shop.money.copy(), shop.orders.copy()
    money[0, after] += np.where(more > 0, chance.gamma(np.maximum(more, 1) * 2, 0.5), 0.0) * size
    orders[0, after] += more
    return Shop(money, shop.mean, orders), float(extra.sum() / AFTER)


def books(shop: Shop) -> Books:
    """The shop as the outcomes read it."""
    count, days = shop.money.shape
    names = tuple(f"P{k:03d}" for k in range(count))
    known, empty = np.ones(count, dtype=bool), np.zeros((count, days), dtype=bool)
    period = Period(FIRST, FIRST + timedelta(days=days - 1))
    gross = shop.money / MARGIN
    return Books(period, names, gross, shop.orders, shop.orders, gross, shop.money, known, empty)


def case(shop: Shop, beside: npt.NDArray[np.int64] | None = None) -> Case:
    """The first product, changed on the day before the last four weeks; ``beside`` are those that may stand beside it (by default all)."""
    held = books(shop)
    change = shop.money.shape[1] - AFTER * WEEK - 1
    before = change // WEEK
    others = np.arange(1, shop.money.shape[0]) if beside is None else beside
    larger = others[np.argsort(-held.gross[others].sum(axis=1), kind="stable")]
    nothing = np.zeros(shop.money.shape[1], dtype=bool)
    return Case(held, np.array([0]), larger, change, before, AFTER, nothing, CONTRIBUTION)


def fell_most(shop: Shop) -> Shop:
    """The same shop with the product first whose last four weeks before the change fell most against the four before, in its own noise."""
    change = shop.money.shape[1] - AFTER * WEEK - 1
    first = change % WEEK
    weekly = shop.money[:, first:change].reshape(shop.money.shape[0], -1, WEEK).sum(axis=2)
    level = weekly.mean(axis=1)
    noise = weekly[:, :-4].std(axis=1) / np.maximum(level, 1e-9)
    fall = (weekly[:, -4:].mean(axis=1) - weekly[:, -8:-4].mean(axis=1)) / np.maximum(level, 1e-9)
    worst = int(np.where(level >= np.median(level), fall / np.maximum(noise, 1e-9), np.inf).argmin())
    order = np.concatenate([[worst], np.delete(np.arange(shop.money.shape[0]), worst)])
    return Shop(shop.money[order], shop.mean[order], shop.orders[order])

"""Dates on which nothing was changed in two real shops, read as if something had been: how often a design says that it worked.

UCI Online Retail (the demo's shop) product by product, at dates drawn by chance and at dates on which a product was chosen because its
sales had fallen; Olist's sample, where single products sell too seldom, by category (``ZHANGGUI_DATA`` names the data sets' folder).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl

from zhanggui.app import Shop
from zhanggui.config import Config
from zhanggui.costs import CostSheet, parse
from zhanggui.numbers.product_money import ProductMoney, product_money
from zhanggui.numbers.query import data_span
from zhanggui.outcomes.books import CONTRIBUTION, Books, open_books
from zhanggui.outcomes.designs import WEEK, Case, Found, beside, best, reach_back
from zhanggui.outcomes.judging import judge
from zhanggui.units import Clock, Period

RUNS = 1000
AFTER = 4
LEAST_BEFORE = 8
MARGIN = {"goods": {"*": 0.5}}
FALL = 0.25
"""Of all dates of a product, those with the quarter of steepest falls count as chosen for a fall."""


@dataclass(frozen=True, slots=True)
class Date:
    """A product's row and the column of the day of a change that was not made; ``fall``: how its last four weeks stood to the four
    before."""

    row: int
    change: int
    fall: float


PIECES = [(shop, kind) for shop in ("uci", "olist") for kind in ("drawn", "chosen_because_sales_fell")]


def one(piece: tuple[str, str], runs: int = RUNS, seed: int = 1) -> dict[str, Any]:
    """``runs`` dates of a shop, drawn from all or from those chosen because of a fall: verdicts as shares. Empty without the data."""
    shop, kind = piece
    books = _read(shop)
    if books is None:
        return {}
    dates = _dates(books)
    chance = np.random.default_rng(seed)
    steep = sorted(dates, key=lambda each: each.fall)[: int(FALL * len(dates))]
    some = _some(dates if kind == "drawn" else steep, runs, chance)
    facts = {"products": len({each.row for each in dates}), "dates": len(dates)}
    return {shop: facts | {kind: _verdicts(books, some)}}


def summed(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All shops side by side, and the largest share called worked."""
    figures: dict[str, Any] = {}
    for each in found:
        for shop, told in each.items():
            figures[shop] = figures.get(shop, {}) | dict(told)
    shares = [told["worked"] for shop in figures.values() for told in shop.values() if isinstance(told, Mapping)]
    return figures | {"most_worked": max(shares)}


def run(runs: int = RUNS, seed: int = 1) -> dict[str, Any]:
    """All pieces, one after another."""
    return summed([one(piece, runs, seed) for piece in PIECES])


def _read(shop: str) -> Books | None:
    """The shop's books; None where its files are not at hand."""
    if shop == "uci":
        return _uci()
    data = os.environ.get("ZHANGGUI_DATA")
    folder = Path(data or ".") / "olist_sample"
    return _olist(folder) if data and folder.is_dir() else None


def _uci() -> Books:
    with TemporaryDirectory() as folder, Shop.demo(Path(folder) / "shop") as shop:
        return _books(shop, _money(shop))


def _olist(folder: Path) -> Books:
    with TemporaryDirectory() as place:
        config = Config(name="olist", currency="BRL", timezone="America/Sao_Paulo", locale="en")
        with Shop.create(Path(place) / "shop", config) as shop:
            shop.import_files([folder])
            return _books(shop, _by_category(shop, _money(shop)))


def _money(shop: Shop) -> ProductMoney:
    start, end = data_span(shop.warehouse)
    costs: CostSheet = parse(MARGIN)
    clock = Clock(shop.config.timezone)
    return product_money(shop.warehouse, Period(start, end), config=shop.config, clock=clock, costs=costs)


def _by_category(shop: Shop, money: ProductMoney) -> ProductMoney:
    """The same with categories in the place of products."""
    table = shop.warehouse.table("products")
    names = shop.warehouse.run(table.select("product_id", "category")).drop_nulls().unique("product_id")

    def renamed(rows: pl.DataFrame, *keys: str) -> pl.DataFrame:
        kept = rows.join(names, on="product_id").drop("product_id").rename({"category": "product_id"})
        return kept.group_by("product_id", *keys).agg(pl.all().sum()).sort("product_id", *keys)

    return replace(money, sold=renamed(money.sold, "day"), back=renamed(money.back, "day", "age"))


def _books(shop: Shop, money: ProductMoney) -> Books:
    return open_books(money, 28)


def _some(dates: list[Date], runs: int, chance: np.random.Generator) -> list[Date]:
    return [dates[i] for i in chance.permutation(len(dates))[:runs]]


def _dates(books: Books) -> list[Date]:
    """Every week of every product that sold in at least half of the twelve weeks before and went on selling."""
    days = books.period.days
    found = []
    for change in range(LEAST_BEFORE * WEEK, days - AFTER * WEEK - 1, WEEK):
        start = max(change - 12 * WEEK, change % WEEK)
        weekly = books.orders[:, start:change].reshape(books.orders.shape[0], -1, WEEK).sum(axis=2)
        money = books.gross[:, start:change].reshape(weekly.shape[0], -1, WEEK).sum(axis=2)
        for row in np.flatnonzero((weekly > 0).mean(axis=1) >= 0.75):
            level = money[row].mean()
            fall = (money[row, -4:].mean() - money[row, -8:-4].mean()) / level
            found.append(Date(int(row), change, float(fall)))
    return found


def _verdicts(books: Books, dates: list[Date]) -> Mapping[str, Any]:
    said: Counter[str] = Counter()
    designs: Counter[str] = Counter()
    outside = 0
    for each in dates:
        found = best(_case(books, each))
        if not isinstance(found, Found):
            said["refused"] += 1
            continue
        designs[found.design] += 1
        said[judge(found)[0]] += 1
        outside += not found.low <= 0 <= found.high
    count = max(len(dates), 1)
    return {
        "read": len(dates),
        "worked": said["worked"] / count,
        "harmed": said["harmed"] / count,
        "no difference shown": said["no difference shown"] / count,
        "unmeasurable": (said["unmeasurable"] + said["refused"]) / count,
        "interval without 0": outside / count,
        "designs": dict(designs),
    }


def _case(books: Books, each: Date) -> Case:
    product = books.products[each.row]
    sold = np.flatnonzero(books.orders[each.row])
    before = min((each.change - int(sold[0])) // WEEK, reach_back(AFTER))
    window = slice(max(each.change - WEEK * min(before, reach_back(0)), 0), each.change + 1 + AFTER * WEEK)
    others = beside(books, {product}, set(), {}, window)
    nothing = np.zeros(books.period.days, dtype=bool)
    return Case(books, np.array([each.row]), others, each.change, before, AFTER, nothing, CONTRIBUTION)

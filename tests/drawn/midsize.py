"""A shop of about 600 orders a day drawn by a seeded hand: weekday profile, bursty days, products by Zipf, the largest about an eighth."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from zhanggui.app import Shop
from zhanggui.config import Config
from zhanggui.tables.loading import Piece, Reading, Recognition, Sheet

LAST = date(2026, 9, 13)
WEEKS = 34
PRODUCTS = 60
PER_DAY = 600
WEEKDAYS = (1.05, 1.0, 1.0, 1.02, 1.1, 0.95, 0.88)
HERO = "P000"


def lines(seed: int, *, fewer: float = 0.0) -> pl.DataFrame:
    """One line an order: order_id · product_id · at · price. ``fewer``: share of the largest product's orders of the last 7 days that
    nobody placed."""
    chance = np.random.default_rng(seed)
    weight = 1 / np.arange(2, PRODUCTS + 2) ** 0.9
    weight /= weight.sum()
    price = np.round(np.exp(chance.normal(3.2, 0.5, PRODUCTS)), 2)
    days, products = [], []
    for back in range(WEEKS * 7):
        day = LAST - timedelta(days=back)
        busy = PER_DAY * WEEKDAYS[day.weekday()] * chance.gamma(80, 1 / 80)
        bought = chance.poisson(busy * weight * chance.gamma(60, 1 / 60, PRODUCTS))
        if back < 7:
            bought[0] = chance.binomial(bought[0], 1 - fewer)
        days += [day] * int(bought.sum())
        products += np.repeat(np.arange(PRODUCTS), bought).tolist()
    which = np.array(products)
    second = chance.integers(8 * 3600, 22 * 3600, which.size)
    return pl.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(which.size)],
            "product_id": [f"P{p:03d}" for p in products],
            "at": [
                datetime.combine(day, datetime.min.time()) + timedelta(seconds=int(s))
                for day, s in zip(days, second, strict=True)
            ],
            "price": price[which],
        }
    )


def shop(folder: Path, sold: pl.DataFrame) -> Shop:
    """A workspace that holds these lines."""
    made = Shop.create(folder, Config(name="midsize", currency="GBP", timezone="UTC", locale="en"))
    orders = sold.select("order_id", created_at="at", paid_at="at", status=pl.lit("paid"), goods_amount="price")
    rows = sold.select(
        "order_id", "product_id", line_id=pl.lit("1"), quantity=pl.lit(1.0), unit_price="price", line_total="price"
    )
    sheet = Sheet(Path("drawn.csv"), "csv", (), (), ())
    pieces = [Piece("orders", orders, "drawn.csv"), Piece("order_lines", rows, "drawn.csv")]
    reading = Reading(sheet, Recognition("general", "drawn", 1.0), pieces, "shop:main", sold.height)
    made.warehouse.load([reading])
    return made

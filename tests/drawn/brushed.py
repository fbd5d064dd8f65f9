"""A shop that sells cups and pots for half a year, and orders that nobody really made: who made them is known."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

LAST = date(2026, 9, 13)
DAYS = 100
PRODUCTS = {"CUP": (40.0, 14), "POT": (160.0, 5), "TRAY": (90.0, 5), "LEAF": (60.0, 9)}
CITIES = ("上海", "北京", "廣州", "成都", "杭州", "武漢", "西安", "長沙")
LETTERS = [chr(0x4E00 + n) for n in range(600)]


def brushed(seed: int, fake: int = 40, *, days: int = 10, product: str = "POT") -> dict[str, pl.DataFrame]:
    """The canonical tables. ``fake`` orders (ids ``F…``) of a product lie in its last ``days`` days: in a few minutes of the day, to one
    city, without visits, signed for in a few hours, half of them with one text."""
    chance = np.random.default_rng(seed)
    orders: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    reviews: list[dict[str, Any]] = []
    traffic: list[dict[str, Any]] = []

    def order(name: str, product: str, at: datetime, city: str, hours: float, buyer: str, text: str) -> None:
        shipped = at + timedelta(hours=20)
        orders.append(
            {
                "order_id": name,
                "customer_key": buyer,
                "created_at": at,
                "paid_at": at,
                "shipped_at": shipped,
                "delivered_at": shipped + timedelta(hours=hours),
                "status": "completed",
                "goods_amount": PRODUCTS[product][0],
                "city": city,
            }
        )
        price = PRODUCTS[product][0]
        line = {"order_id": name, "line_id": "1", "product_id": product, "quantity": 1.0}
        lines.append({**line, "unit_price": price, "line_total": price})
        if text:
            created = shipped + timedelta(hours=hours + 5)
            more = {"order_id": name, "product_id": product, "created_at": created, "stars": 5.0, "text": text}
            reviews.append({"review_id": f"V{name}", **more})

    for back in range(DAYS - 1, -1, -1):
        day = datetime.combine(LAST - timedelta(days=back), datetime.min.time())
        sold = dict.fromkeys(PRODUCTS, 0)
        for product_id, (_, pace) in PRODUCTS.items():
            for _ in range(int(chance.poisson(pace))):
                seconds = int(chance.integers(0, 50_000))
                words = "".join(chance.choice(LETTERS, 24)) if chance.random() < 0.2 else ""
                order(
                    f"A{len(orders)}",
                    product_id,
                    day + timedelta(seconds=seconds),
                    str(chance.choice(CITIES)),
                    float(chance.lognormal(3.9, 0.35)),
                    f"b{chance.integers(4000)}",
                    words,
                )
                sold[product_id] += 1
        sold[product] += sum(n % days == back for n in range(fake)) if back < days else 0
        for product_id, n in sold.items():
            seen = int(chance.poisson(PRODUCTS[product_id][1] * 30))
            traffic.append({"day": day.date(), "product_id": product_id, "visitors": seen, "pay_buyers": min(n, seen)})
    for n in range(fake):
        at = datetime.combine(LAST - timedelta(days=n % days), datetime.min.time())
        at += timedelta(hours=15, seconds=int(chance.integers(10, 500)))
        text = "非常好的茶壺，質量好，物流快，客服態度也好，值得購買" if n % 2 else ""
        order(f"F{n}", product, at, "義烏", float(chance.uniform(2, 6)), f"f{n}", text)
    return {
        "orders": pl.DataFrame(orders),
        "order_lines": pl.DataFrame(lines),
        "reviews": pl.DataFrame(reviews),
        "traffic_days": pl.DataFrame(traffic).with_columns(source=pl.lit("*"), device=pl.lit("*")),
    }

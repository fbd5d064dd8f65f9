"""A shop whose files tell everything that rules read: orders, visits by product and source, sizes and their stock, ads, changes, refunds,
reviews. Twelve products in two categories over 120 days, drawn by a seeded hand; what is planted is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from zhanggui.app import Shop
from zhanggui.config import Config
from zhanggui.costs import parse
from zhanggui.costs import write as write_costs
from zhanggui.tables.loading import Piece, Reading, Recognition, Sheet

LAST = date(2026, 9, 13)
DAYS = 120
PRODUCTS = [f"P{n:02d}" for n in range(12)]
VISITORS, RATE, PRICE = 300, 0.04, 100.0
SOURCES = (("search", 0.6, 1.1), ("recommend", 0.4, 0.85))
SIZES = (("S", 0.35), ("M", 0.65))
COSTS = {"goods": {"*": 0.45}, "per_order": {"freight": 7.0}, "share": {"fees": 0.02}, "lead_days": {"*": 10}}


@dataclass(frozen=True)
class Planted:
    """``factor`` on the rate of ``product`` from ``since`` days ago on; ``change`` is logged on that day; ``without`` a size that was out
    of stock since then; ``budget`` a day of its plan, up and down by a fifth on pairs of days, which moves no sale."""

    product: str = "P00"
    factor: float = 1.0
    since: int = 28
    change: str = ""
    without: str = ""
    budget: float = 60.0


def tables(seed: int, planted: Planted = Planted(), also: Sequence[Planted] = ()) -> dict[str, pl.DataFrame]:
    """Every canonical table of the shop; of what is planted ``also``, only the rate counts."""
    chance = np.random.default_rng(seed)
    orders: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    traffic: list[dict[str, Any]] = []
    stock: list[dict[str, Any]] = []
    refunds: list[dict[str, Any]] = []
    reviews: list[dict[str, Any]] = []
    ads: list[dict[str, Any]] = []
    for back in range(DAYS - 1, -1, -1):
        day = LAST - timedelta(days=back)
        shop = [0, 0]
        for product in PRODUCTS:
            hit = planted.product == product and back < planted.since
            gone = planted.without if hit else ""
            busy = chance.gamma(40, 1 / 40)
            others = prod(each.factor for each in also if each.product == product and back < each.since)
            seen, bought = 0, 0
            for source, part, ready in SOURCES:
                came = int(chance.poisson(VISITORS * part * busy))
                rate = RATE * ready * others * (planted.factor if hit else 1.0)
                paid = int(chance.binomial(came, rate * (1 - sum(w for s, w in SIZES if s == gone))))
                seen, bought = seen + came, bought + paid
                traffic.append(_visits(day, product, source, came, paid))
            traffic.append(_visits(day, product, "*", seen, bought))
            shop = [shop[0] + seen, shop[1] + bought]
            left = [(s, w) for s, w in SIZES if s != gone]
            picks = chance.choice(len(left), bought, p=np.array([w for _, w in left]) / sum(w for _, w in left))
            for pick in picks:
                number = str(len(orders))
                at = datetime.combine(day, datetime.min.time()) + timedelta(minutes=int(chance.integers(480, 1300)))
                orders.append(
                    {
                        "order_id": number,
                        "created_at": at,
                        "paid_at": at,
                        "ship_by": at + timedelta(hours=48),
                        "shipped_at": at + timedelta(hours=20) if back else None,
                        "status": "shipped" if back else "paid",
                        "goods_amount": PRICE,
                    }
                )
                lines.append(
                    {
                        "order_id": number,
                        "line_id": "1",
                        "product_id": product,
                        "sku": f"{product}-{left[pick][0]}",
                        "quantity": 1.0,
                        "unit_price": PRICE,
                        "line_total": PRICE,
                    }
                )
                if back > 6 and chance.random() < 0.06:
                    when = at + timedelta(days=int(chance.integers(1, 7)))
                    same = {"order_id": number, "line_id": "1", "product_id": product, "amount": PRICE}
                    refunds.append({"refund_id": f"R{number}", **same, "finished_at": when, "status": "finished"})
                if chance.random() < 0.1:
                    stars = 5.0 if chance.random() < 0.92 else 2.0
                    reviews.append({"review_id": f"V{number}", "product_id": product, "created_at": at, "stars": stars})
            for size, _ in SIZES:
                left_over = 0.0 if size == gone else 400.0
                stock.append({"day": day, "product_id": product, "sku": f"{product}-{size}", "on_hand": left_over})
            level = 60.0
            if product == planted.product and planted.budget != level:
                level = planted.budget * (1.2 if back // 2 % 2 else 0.8)
            spent = level * float(chance.normal(1, 0.05))
            ads.append(
                {
                    "day": day,
                    "platform": "ads",
                    "campaign": f"plan {product}",
                    "product_id": product,
                    "cost": spent,
                    "clicks": round(1.5 * spent),
                    "orders": 2.0,
                    "revenue": 200.0,
                    "daily_budget": level,
                }
            )
        traffic.append(_visits(day, "*", "*", *shop))
    made = {
        "orders": orders,
        "order_lines": lines,
        "traffic_days": traffic,
        "stock_days": stock,
        "refunds": refunds,
        "reviews": reviews,
        "ad_days": ads,
        "products": [
            {"product_id": p, "title": f"Cup {p}", "category": "cups" if n < 8 else "pots", "lead_days": 10.0}
            for n, p in enumerate(PRODUCTS)
        ],
        "changes": [
            {
                "change_id": "C1",
                "at": datetime.combine(LAST - timedelta(days=planted.since - 1), datetime.min.time()),
                "product_id": planted.product,
                "what": planted.change or "title",
                "before": "old",
                "after": "new",
            }
        ][: 1 if planted.change else 0],
    }
    return {name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in made.items() if rows}


def _visits(day: date, product: str, source: str, visitors: int, buyers: int) -> dict[str, Any]:
    level = {"day": day, "product_id": product, "source": source, "device": "*"}
    return {**level, "visitors": visitors, "pay_buyers": buyers, "cart_visitors": min(visitors, 3 * buyers)}


def opened(folder: Path, made: dict[str, pl.DataFrame]) -> Shop:
    """A workspace that holds these tables and the owner's cost sheet."""
    shop = Shop.create(folder, Config(name="visited", currency="GBP", timezone="UTC", locale="en"))
    write_costs(shop.folder, parse(COSTS))
    sheet = Sheet(Path("drawn.csv"), "csv", (), (), ())
    pieces = [Piece(name, rows, "drawn.csv") for name, rows in made.items()]
    shop.warehouse.load([Reading(sheet, Recognition("general", "drawn", 1.0), pieces, "shop:main", 1)])
    return shop

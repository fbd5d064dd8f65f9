"""A small shop drawn by a seeded hand: every table has rows, and every trap of the definitions is in it somewhere."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from drawn.warehouse import DrawnWarehouse

FIRST, LAST = date(2024, 1, 1), date(2025, 6, 30)
COUNTRIES = ("GB", "FR", "")
SOURCES = ("search", "ads", "")
PRODUCTS = ("A", "B", "C", "D")
BLANK = {"source": "", "campaign": "", "device": "", "country": "", "region": "", "city": "", "new_or_returning": ""}


def cents(amount: float) -> Decimal:
    return Decimal(str(round(amount, 2)))


def drawn_shop(orders: int = 200) -> DrawnWarehouse:
    """The shop with about ``orders`` orders over eighteen months."""
    warehouse, chance = DrawnWarehouse(), random.Random(7)
    _products(warehouse)
    _orders(warehouse, chance, orders)
    _traffic(warehouse, chance)
    _ads(warehouse, chance)
    _stock(warehouse, chance)
    _service(warehouse, chance)
    return warehouse


def _products(warehouse: DrawnWarehouse) -> None:
    warehouse.draw(
        "products",
        [
            {"product_id": "A", "category": "tea", "brand": "x", "item_key": "i1", "cost": cents(3), "currency": "GBP"},
            {"product_id": "B", "category": "tea", "brand": "y", "item_key": "i2", "cost": cents(4)},
            {"product_id": "C", "category": "cups", "brand": "x", "item_key": "i1"},
        ],
    )


def _orders(warehouse: DrawnWarehouse, chance: random.Random, count: int) -> None:
    facts, lines, refunds = [], [], []
    seen: dict[str, list[date]] = {}
    days = sorted(FIRST + timedelta(days=chance.randrange((LAST - FIRST).days + 1)) for _ in range(count))
    for number, day in enumerate(days):
        counted = chance.random() < 0.85
        buyer = None if chance.random() < 0.1 else f"c{chance.randrange(40)}"
        earlier = seen.setdefault(buyer, []) if buyer else []
        dims = {
            **BLANK,
            "source": chance.choice(SOURCES),
            "country": chance.choice(COUNTRIES),
            "new_or_returning": "" if buyer is None else "returning" if earlier else "new",
        }
        own = [_line(chance, f"o{number}", index) for index in range(chance.choice((1, 1, 2, 3)))]
        goods = sum(line["amount"] for line in own if line["kind"] != "non_goods")
        paid = datetime(day.year, day.month, day.day, 10) if counted else None
        shipped = paid + timedelta(hours=chance.randrange(4, 90)) if paid and chance.random() < 0.9 else None
        fact = {
            "channel": chance.choice(("shop:main", "shop:main", "tmall:main")),
            "order_id": f"o{number % (count - 10)}",  # the last ten share their numbers with the first, in another channel
            "customer_key": buyer,
            "status": "paid" if counted else "placed",
            "kind": "normal",
            "placed_day": day - timedelta(days=chance.randrange(2)),
            "day": day if counted else None,
            "counted": counted,
            "placed": True,
            "goods": goods,
            "fees": cents(float(goods) * 0.02) if chance.random() < 0.5 else None,
            "units": 1.0,
            "currency": "GBP",
            "rate": 1.0,
            "goods_own": goods,
            "paid_at": paid,
            "created_at": datetime(day.year, day.month, day.day, 9),
            "ship_by": paid + timedelta(hours=60) if paid and chance.random() < 0.5 else None,
            "shipped_at": shipped,
            "delivered_at": shipped + timedelta(hours=chance.randrange(20, 100)) if shipped else None,
            **dims,
        }
        if number >= count - 10:
            fact["channel"] = "olist:main"
        facts.append(fact)
        if not counted:
            continue
        if buyer:
            earlier.append(day)
        same = {name: fact[name] for name in ("channel", "order_id", "customer_key", "day", *BLANK)}
        lines += [{**same, **line} for line in own]
        refunds += _refunds(chance, fact, own, len(refunds))
    _visits(facts, seen)
    warehouse.draw("order_facts", facts)
    warehouse.draw("sales", lines)
    refunds.append(_refund("lost", LAST - timedelta(days=40), None, 9, order_id="", product_id="B"))
    warehouse.draw("refund_facts", refunds)


def _line(chance: random.Random, order: str, index: int) -> dict[str, Any]:
    kind = chance.choice(("goods", "goods", "goods", "goods", "gift", "non_goods")) if index else "goods"
    units = chance.randrange(1, 5)
    price = chance.choice((5, 8, 12.5, 20))
    listed = cents(units * price)
    amount = Decimal(0) if kind == "gift" else cents(float(listed) * chance.choice((1, 1, 0.9)))
    known = chance.random() < 0.7
    return {
        "line_id": str(index),
        "product_id": chance.choice(PRODUCTS) if kind != "non_goods" else "POST",
        "sku": chance.choice(("s", "m")),
        "kind": kind,
        "units": float(units),
        "listed": listed if known or kind == "gift" else None,
        "amount": amount,
        "discount": listed - amount if known or kind == "gift" else None,
        "cost": cents(float(listed) * 0.4) if chance.random() < 0.6 else None,
    }


def _refund(name: str, day: date, sale_day: date | None, amount: float, **more: Any) -> dict[str, Any]:
    return {
        **BLANK,
        "refund_id": name,
        "day": day,
        "sale_day": sale_day,
        "age_days": (day - sale_day).days if sale_day else None,
        "dated": True,
        "amount": cents(amount),
        "units": 1.0,
        "non_goods": False,
        "status": "finished",
        **more,
    }


def _refunds(
    chance: random.Random, fact: dict[str, Any], own: list[dict[str, Any]], number: int
) -> list[dict[str, Any]]:
    if chance.random() > 0.35:
        return []
    line = own[0]
    same = {name: fact[name] for name in ("channel", "order_id", "customer_key", *BLANK)}
    later = fact["day"] + timedelta(days=chance.randrange(0, 60))
    return [
        {
            **_refund(f"r{number}-{index}", min(later, LAST), fact["day"], float(line["amount"]) / 3),
            **same,
            "line_id": line["line_id"],
            "product_id": line["product_id"],
            "sku": line["sku"],
            "dated": chance.random() < 0.9,
            "non_goods": chance.random() < 0.1,
            "kind": chance.choice(("return", "refund_only", None)),
            "phase": chance.choice(("before_shipment", "after_shipment", None)),
            "status": chance.choice(("finished", "finished", None, "requested", "refused")),
        }
        for index in range(chance.choice((1, 2)))
    ]


def _visits(facts: list[dict[str, Any]], seen: dict[str, list[date]]) -> None:
    for fact in facts:
        days = seen.get(fact["customer_key"] or "", [])
        day = fact["day"]
        if not days or day is None:
            continue
        fact["first_day"] = days[0]
        fact["previous_day"] = max((other for other in days if other < day), default=None)
        fact["next_day"] = min((other for other in days if other > day), default=None)


def _traffic(warehouse: DrawnWarehouse, chance: random.Random) -> None:
    rows = []
    for offset in range(120):
        day = date(2025, 1, 1) + timedelta(days=offset)
        by_source = {source: chance.randrange(20, 90) for source in ("search", "ads")}
        for source, visitors in (*by_source.items(), ("*", sum(by_source.values()) - 7)):
            rows.append(_visitors(day, visitors, chance, source=source))
        for product in ("A", "B"):
            rows.append(_visitors(day, chance.randrange(10, 60), chance, product_id=product))
    warehouse.draw("traffic_days", rows)


def _visitors(day: date, visitors: int, chance: random.Random, **split: str) -> dict[str, Any]:
    return {
        "day": day,
        "source": "*",
        "product_id": "*",
        "device": "*",
        **split,
        "visitors": visitors,
        "sessions": visitors + 5,
        "impressions": visitors * 10,
        "clicks": visitors + 3,
        "page_views": visitors * 3,
        "bounces": visitors // 2,
        "favourites": visitors // 8,
        "cart_visitors": visitors // 6,
        "order_buyers": visitors // 9,
        "pay_buyers": visitors // 12 if chance.random() < 0.9 else None,
        "pay_amount": cents(visitors * 1.37),
    }


def _ads(warehouse: DrawnWarehouse, chance: random.Random) -> None:
    rows = []
    for offset in range(60):
        day = date(2025, 2, 1) + timedelta(days=offset)
        for platform, campaign, currency in (("meta", "one", "USD"), ("baidu", "two", "GBP"), ("baidu", "three", None)):
            clicks = chance.randrange(5, 40)
            rows.append(
                {
                    "day": day,
                    "platform": platform,
                    "campaign": campaign,
                    "ad_group": "*",
                    "keyword": "*",
                    "creative": "*",
                    "product_id": "*",
                    "impressions": clicks * 30,
                    "clicks": clicks,
                    "cost": cents(clicks * 0.31),
                    "currency": currency,
                    "orders": float(clicks // 9),
                    "revenue": cents(clicks * 1.1),
                    "carts": clicks // 4,
                }
            )
    warehouse.draw("ad_days", rows)
    warehouse.draw(
        "fx_rates",
        [{"day": date(2025, 1, 31) + timedelta(days=5 * i), "currency": "USD", "rate": 0.8} for i in range(9)],
    )
    words = [
        {
            "day": date(2025, 2, 1) + timedelta(days=offset),
            "keyword": keyword,
            "product_id": "*",
            "market_searches": 1000 + offset,
            "impressions": 200,
            "clicks": 20 + offset,
            "visitors": 15 + offset,
            "pay_buyers": offset % 3,
        }
        for offset in range(20)
        for keyword in ("teapot", "cup")
    ]
    warehouse.draw("keyword_days", words)


def _stock(warehouse: DrawnWarehouse, chance: random.Random) -> None:
    warehouse.draw(
        "stock_days",
        [
            {
                "day": date(2025, 2, 1) + timedelta(days=offset),
                "product_id": product,
                "sku": "*",
                "location": "*",
                "on_hand": float(max(0, chance.randrange(-3, 30))),
                "inbound": 4.0,
            }
            for offset in range(0, 59, 2)
            for product in ("A", "B")
        ],
    )


def _service(warehouse: DrawnWarehouse, chance: random.Random) -> None:
    days = [date(2025, 1, 20) + timedelta(days=offset) for offset in range(80)]
    warehouse.draw(
        "reviews",
        [
            {
                "review_id": f"v{i}",
                "product_id": chance.choice(PRODUCTS),
                "created_day": day,
                "stars": chance.choice((1.0, 3.0, 4.0, 5.0, None)),
                "stars_product": chance.choice((4.0, 5.0)),
                "stars_service": chance.choice((4.0, 5.0, None)),
                "stars_logistics": 5.0,
            }
            for i, day in enumerate(days)
        ],
    )
    warehouse.draw(
        "chats",
        [
            {
                "chat_id": f"h{i}",
                "product_id": chance.choice(PRODUCTS),
                "started_day": day,
                "first_reply_seconds": chance.choice((12.0, 30.0, None)),
                "rounds": 4,
                "rounds_within_target": chance.choice((2, 4, None)),
                "order_id": chance.choice(("o1", "", None)),
            }
            for i, day in enumerate(days)
        ],
    )
    warehouse.draw(
        "scores",
        [
            {"system": "PXI", "object": "*", "name": "shop", "day": day, "value": 4.0 + i / 100}
            for i, day in enumerate(days)
        ],
    )
    warehouse.draw(
        "costs",
        [{"day": date(2025, month, 1), "kind": "rent", "amount": cents(50), "currency": "GBP"} for month in (1, 2, 3)],
    )

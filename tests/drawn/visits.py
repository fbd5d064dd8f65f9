"""Visits of products as a diary tells them: a rate before, a rate now, the same every day but for what is said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from drawn.situation import DAY

BLOCKS = [{"block": b, "orders": 50.0, "gross": 5000.0, "refunds": 0.0} for b in range(8)]
TABLES = {"orders": 1, "order_lines": 1, "traffic_days": 1, "stock_days": 1}


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def spread(total: float, days: int) -> list[int]:
    """``total`` things over ``days`` days, as evenly as whole numbers go."""
    return [int(total * (i + 1) // days - total * i // days) for i in range(days)]


def diary(
    product: str,
    now: tuple[float, float],
    before: tuple[float, float],
    *,
    length: int = 28,
    changed: int | None = None,
    price: float = 100.0,
    earlier: bool = True,
    days: Mapping[int, Mapping[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    """``now`` and ``before`` are visitors and buyers of ``length`` days each; the rate changes ``changed`` days ago (default: between the
    windows). Older days are as before. ``days`` adds what else is known of a day, by age."""
    rows: list[dict[str, Any]] = []
    edge = length if changed is None else changed
    daily = [*zip(*(spread(x, length) for x in now), strict=True)]
    usual = [*zip(*(spread(x, length) for x in before), strict=True)]
    for age in range(112 if earlier else 2 * length):
        visitors, buyers = (daily if age < edge else usual)[age % length]
        sold = {"orders": buyers, "units": buyers, "gross": buyers * price}
        rows.append({"product_id": product, "age": age, "visitors": visitors, "pay_buyers": buyers, **sold})
        rows[-1] |= (days or {}).get(age, {})
    return rows


def siblings(
    count: int, now: tuple[float, float] = (4000, 120), before: tuple[float, float] = (4000, 120)
) -> list[Any]:
    """Other products that are as they were."""
    return [row for i in range(count) for row in diary(f"S{i}", now, before)]


def change(
    back: int, product: str = "P", what: str = "title", before: str = "old", after: str = "new"
) -> dict[str, Any]:
    return {
        "name": f"{product}-{back}-{what}",
        "kind": "change",
        "day": ago(back),
        "products": product,
        "what": what,
        "before": before,
        "after": after,
    }


def promotion(first: int, last: int, products: str | None = "P") -> dict[str, Any]:
    """A promotion from ``first`` days ago to ``last`` days ago."""
    return {
        "name": f"offer-{first}",
        "kind": "promotion",
        "day": ago(first),
        "until": ago(last),
        "products": products,
        "what": "offer",
    }

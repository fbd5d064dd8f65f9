"""A tea shop whose lidded bowl is sold below what it costs, with names and texts that a hostile hand wrote."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from drawn.readings import reading
from zhanggui.app import Shop
from zhanggui.config import Config
from zhanggui.units import Clock

LAST = date(2026, 9, 13)
MORNING = datetime(2026, 9, 14, 1, 0, tzinfo=UTC)
HOSTILE = "Bowl <script>document.title='stolen'</script> \"onload=\"x"
CONFIG = Config(name="Tea & <i>Leaf</i>", currency="CNY", timezone="Asia/Shanghai", locale="en")


class Watch:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.now = MORNING
        self.clock = Clock("Asia/Shanghai", lambda: self.now)

    def on(self, **time: float) -> None:
        self.now += timedelta(**time)


def sold(product: str, day: date, price: float, number: int) -> tuple[dict[str, str], dict[str, str]]:
    """One paid order of one unit."""
    at = f"{day} {9 + number % 9:02}:00:00"
    name = f"{product}-{number}"
    order = {"order_id": name, "paid_at": at, "created_at": at, "status": "paid", "goods_amount": f"{price}"}
    line = {"order_id": name, "line_id": "1", "product_id": product, "quantity": "1"}
    return order, {**line, "unit_price": f"{price}", "line_total": f"{price}"}


def tables() -> dict[str, list[dict[str, Any]]]:
    """Ninety days: four cups a day at a profit, one bowl a day at a loss."""
    pairs = [
        sold(product, LAST - timedelta(days=back), price, 100 * back + i)
        for back in range(90)
        for product, price, a_day in (("cup", 60.0, 4), ("bowl", 49.9, 1))
        for i in range(a_day)
    ]
    titles = (("cup", "Celadon cup", "20"), ("bowl", HOSTILE, "53.1"))
    goods = [{"product_id": name, "title": title, "price": "60", "cost": cost} for name, title, cost in titles]
    return {
        "orders": [order for order, _ in pairs],
        "order_lines": [line for _, line in pairs],
        "products": goods,
    }


def make(folder: Path) -> Path:
    """The tea shop's workspace, its cost sheet entered."""
    with Shop.create(folder, CONFIG) as shop:
        shop.warehouse.load([reading(tables(), channel="shop:main")])
        shop.set_cost("goods", "*", 0.4)
    return folder

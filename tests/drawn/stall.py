"""A live shop of a few orders, and a connector that reads it: two orders a page, by the time of their last change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from zhanggui.app import Shop
from zhanggui.config import Config
from zhanggui.errors import Unreached
from zhanggui.live import pages
from zhanggui.live.kinds import Cursor, Option, Page, Visit

PAGE = 2


@dataclass
class Stall:
    """The shop itself. ``fails_after`` pages the line breaks."""

    orders: dict[str, tuple[str, float]] = field(default_factory=dict)
    refunds: dict[str, tuple[str, float]] = field(default_factory=dict)
    fails_after: int | None = None
    asked: list[str] = field(default_factory=list)

    def sell(self, *orders: tuple[str, str, float]) -> None:
        """Take orders: number, time of the last change, amount."""
        self.orders |= {number: (at, amount) for number, at, amount in orders}


@dataclass
class StallConnector:
    """Reads a stall."""

    stall: Stall
    kind: str = "stall"
    channel: str = "stall:main"
    secrets: tuple[str, ...] = ("key",)
    options: tuple[Option, ...] = (Option("street", "High Street"),)

    def pages(self, visit: Visit, cursor: Cursor) -> Iterator[Page]:
        assert visit.keys["key"]
        since = str(cursor.get("since", ""))
        self.stall.asked.append(since)
        changed = sorted((at, number) for number, (at, _) in self.stall.orders.items() if at >= since)
        for begin in range(0, max(len(changed), 1), PAGE):
            if self.stall.fails_after is not None:
                self.stall.fails_after -= 1
                if self.stall.fails_after < 0:
                    raise Unreached("live.no_line", connection=visit.connection.name, url="-", reason="-")
            part = changed[begin : begin + PAGE]
            rows = [row for at, number in part for row in self._rows(number, at)]
            made = pages.pieces(visit.connection, "orders", rows, currency="EUR", count=len(part))
            reading = pages.reading(visit.connection, "orders", made, len(part))
            yield Page("orders", (reading,), {"since": part[-1][0] if part else since})

    def _rows(self, number: str, at: str) -> Iterator[tuple[str, dict[str, object]]]:
        amount = self.stall.orders[number][1]
        stated = {"order_id": number, "_time": at, "status": "paid", "created_at": at, "paid_at": at}
        yield "orders", {**stated, "goods_amount": amount, "order_total": amount}
        yield (
            "order_lines",
            {"order_id": number, "line_id": "1", "product_id": "tea", "quantity": 1.0, "line_total": amount},
        )
        if number in self.stall.refunds:
            day, back = self.stall.refunds[number]
            yield "refunds", {"refund_id": f"{number}r", "order_id": number, "amount": back, "finished_at": day}


CONFIG = Config(
    name="Stall", currency="EUR", timezone="UTC", locale="en", sync={"tea": {"kind": "stall", "url": "stall://here"}}
)


def workspace(folder: Path) -> Shop:
    """A workspace that is connected to a stall."""
    from zhanggui.config import rewrite_sync

    Shop.create(folder, CONFIG).close()
    rewrite_sync(folder, "tea", CONFIG.sync["tea"])
    return Shop.open(folder)

"""A frame is asked for many days: its expression is built and compiled once, and says each day what holds on that day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
import polars as pl
import pytest

from drawn.readings import LONDON, reading
from zhanggui.numbers import sales_change
from zhanggui.numbers.frames import FRAMES, View
from zhanggui.numbers.moments import AS_OF, days_before, put
from zhanggui.store import Warehouse
from zhanggui.store.questions import QUESTIONS
from zhanggui.units import Period

FIRST = date(2024, 3, 4)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Warehouse]:
    """An order a day for ten weeks: day n sells n + 1 of one product and one of another; every fifth day the first comes back."""
    Warehouse.create(tmp_path / "shop", LONDON)
    with Warehouse.open(tmp_path / "shop", LONDON) as warehouse:
        warehouse.load([reading(_drawn(range(70)))])
        yield warehouse


def _drawn(days: range) -> dict[str, list[dict[str, Any]]]:
    moments = {n: f"{FIRST + timedelta(days=n)} 12:00" for n in days}
    orders = [{"order_id": str(n), "created_at": at, "paid_at": at, "status": "paid"} for n, at in moments.items()]
    lines = [
        {"order_id": str(n), "line_id": product, "product_id": product, "quantity": str(units), "unit_price": "2"}
        for n in moments
        for product, units in (("A", n + 1), ("B", 1))
    ]
    back = [
        {
            "refund_id": str(n),
            "order_id": str(n),
            "line_id": "A",
            "amount": "1",
            "finished_at": at,
            "status": "finished",
        }
        for n, at in moments.items()
        if n % 5 == 0
    ]
    return {"orders": orders, "order_lines": lines, "refunds": back}


def test_frames_of_another_day_are_what_a_freshly_opened_shop_says(shop: Warehouse) -> None:
    earlier, later = (View(FIRST + timedelta(days=n)) for n in (48, 63))
    for frame in FRAMES.values():
        frame(shop, earlier)
    asked = len(QUESTIONS)
    again = {name: frame(shop, later) for name, frame in FRAMES.items()}
    assert len(QUESTIONS) == asked
    shop.close()
    QUESTIONS.forget()
    with Warehouse.open(shop.folder, LONDON) as fresh:
        assert [name for name, rows in again.items() if not rows.equals(FRAMES[name](fresh, later))] == []


def test_the_frame_moves_with_the_day(shop: Warehouse) -> None:
    weeks = {n: FRAMES["shop_blocks"](shop, View(FIRST + timedelta(days=n))).row(0, named=True) for n in (20, 27)}
    for n, week in weeks.items():
        assert week["orders"] == 7
        assert week["gross"] == 2 * sum(day + 1 + 1 for day in range(n - 6, n + 1))


def test_a_change_in_sales_is_read_for_one_week_after_another(shop: Warehouse) -> None:
    def sold(n: int) -> float:
        week = Period.ending(FIRST + timedelta(days=n), 7)
        return sales_change.read(shop, ("product_id",), week, week.before()).now[("A",)].gross

    assert sold(20) == 2 * sum(range(15, 22))
    asked = len(QUESTIONS)
    assert sold(41) == 2 * sum(range(36, 43))
    assert len(QUESTIONS) == asked


def test_what_is_imported_in_between_is_in_the_next_answer(shop: Warehouse) -> None:
    view = View(FIRST + timedelta(days=70))
    before = FRAMES["shop_days"](shop, view)
    shop.load([reading(_drawn(range(70, 71)))])
    after = FRAMES["shop_days"](shop, view)
    assert after.height == before.height + 1
    assert shop.rows()["orders"] == 71


def test_a_question_with_rows_of_its_own_takes_the_day_too(shop: Warehouse) -> None:
    names = ibis.memtable({"product_id": ["A"], "name": ["apples"]})

    def of_day() -> Any:
        sales = shop.table("sales")
        return sales.filter(sales.day == days_before(AS_OF, 1)).inner_join(names, "product_id").select("name", "units")

    for n in (10, 20):
        rows = put(shop, "apples", of_day, {AS_OF: FIRST + timedelta(days=n)})
        assert rows.equals(pl.DataFrame({"name": ["apples"], "units": [float(n)]}))

"""A brief of an earlier day stands on what was known that day: rows of later days change none of its numbers."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from drawn.warehouse import DrawnWarehouse
from zhanggui.numbers.frames import FRAMES, View
from zhanggui.tables import FACTS, TABLES, Table

DAY = date(2026, 9, 13)
ROWS = 320
PLANNED = {"happenings", "annotated_days", "targets"}
"""What is told beforehand."""
NOW = {"product_names", "launches", "coverage"}
"""What is told as it is now: a product's row has no day of its own, and what the store holds is asked of all of it."""
NAMED = {
    "status": "paid",
    "kind": "goods",
    "source": "*",
    "device": "*",
    "location": "*",
    "currency": "GBP",
    "currency_from": "GBP",
}
LATER = {"product_id": lambda n: f"L{n}", "amount": lambda n: 1000 + n}


def drawn(table: Table, number: int, day: date, random: Random) -> dict[str, Any]:
    """A row of ``day``: every column that holds a moment holds that day."""
    row: dict[str, Any] = {}
    for column in table.columns:
        match column.kind:
            case "day":
                row[column.name] = day
            case "instant":
                row[column.name] = datetime.combine(day, time(12))
            case "flag":
                row[column.name] = True
            case "text" | "list":
                row[column.name] = NAMED.get(column.name, f"{column.name}{random.randrange(5)}")
            case _:
                row[column.name] = random.randint(1, 9)
        if column.day:
            row[column.day_name] = day
    if "product_id" in row:
        row["product_id"] = f"P{random.randint(1, 9)}"
    for name in ("order_id", "refund_id", "review_id", "line_id"):
        if name in row:
            row[name] = f"{number}"
    return row


def shop(*, later: bool) -> DrawnWarehouse:
    """Every table with rows of the year before the day, and where ``later`` with as many of the weeks after it, of other products that
    sell much more: more of them than are followed one by one."""
    warehouse = DrawnWarehouse()
    for table in (*TABLES.values(), *FACTS.values()):
        random = Random(table.name)
        rows = [drawn(table, n, DAY - timedelta(days=random.randrange(400)), random) for n in range(ROWS // 3)]
        if later and table.name != "products":
            after = [drawn(table, ROWS + n, DAY + timedelta(days=1 + n % 40), random) for n in range(ROWS)]
            rows += [row | {name: of(n) for name, of in LATER.items() if name in row} for n, row in enumerate(after)]
        warehouse.draw(table.name, rows)
    return warehouse


@pytest.fixture(scope="module")
def then() -> DrawnWarehouse:
    return shop(later=False)


@pytest.fixture(scope="module")
def since() -> DrawnWarehouse:
    return shop(later=True)


@pytest.mark.parametrize("name", sorted(FRAMES.keys() - PLANNED - NOW))
def test_what_came_later_changes_no_number_of_an_earlier_day(name: str, then: Any, since: Any) -> None:
    known, found = (FRAMES[name](warehouse, View(DAY)) for warehouse in (then, since))
    assert known.equals(found), (known, found)

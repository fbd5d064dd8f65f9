"""Local days: both nights when the clock is changed, the last half hour of the year, a workspace unlike the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from drawn.readings import LONDON, reading
from zhanggui.config import Config
from zhanggui.store import Warehouse


def days(shop: Warehouse) -> list[Any]:
    return shop.run(shop.table("orders").order_by("order_id").select("created_at", "created_day")).rows()


@pytest.mark.parametrize(
    ("text", "zone", "instant", "day"),
    [
        ("2024-03-31 00:59:59", None, datetime(2024, 3, 31, 0, 59, 59), date(2024, 3, 31)),
        ("2024-03-31 02:00:00", None, datetime(2024, 3, 31, 1, 0), date(2024, 3, 31)),
        ("2024-03-31 23:30:00Z", None, datetime(2024, 3, 31, 23, 30), date(2024, 4, 1)),
        ("2024-10-26 23:30:00Z", None, datetime(2024, 10, 26, 23, 30), date(2024, 10, 27)),
        ("2024-10-27 02:30:00", None, datetime(2024, 10, 27, 2, 30), date(2024, 10, 27)),
        ("2024-10-27 23:30:00Z", None, datetime(2024, 10, 27, 23, 30), date(2024, 10, 27)),
        ("2023-12-31 23:30:00", None, datetime(2023, 12, 31, 23, 30), date(2023, 12, 31)),
        ("2023-12-31 23:30:00", "America/New_York", datetime(2024, 1, 1, 4, 30), date(2024, 1, 1)),
        ("2024-01-01 07:30:00", "Asia/Shanghai", datetime(2023, 12, 31, 23, 30), date(2023, 12, 31)),
    ],
)
def test_an_instant_falls_on_the_workspaces_day(
    shop: Warehouse, text: str, zone: str, instant: datetime, day: date
) -> None:
    shop.load([reading({"orders": [{"order_id": "1", "created_at": text}]}, timezone=zone)])
    assert days(shop) == [(instant, day)]


def test_the_repeated_hour_in_autumn_is_always_read_as_the_same_instant(shop: Warehouse) -> None:
    rows = [{"order_id": str(n), "created_at": "2024-10-27 01:30:00"} for n in range(3)]
    shop.load([reading({"orders": rows})])
    assert len({instant for instant, _ in days(shop)}) == 1
    assert {day for _, day in days(shop)} == {date(2024, 10, 27)}


def test_a_workspace_that_moves_counts_its_days_anew(tmp_path: Path) -> None:
    Warehouse.create(tmp_path / "shop", LONDON)
    row = {"order_id": "1", "created_at": "2023-12-31 23:30:00", "goods_amount": "5"}
    with Warehouse.open(tmp_path / "shop", LONDON) as shop:
        shop.load([reading({"orders": [row]})])
        before = shop.version
    moved = Config(currency="GBP", timezone="Asia/Shanghai")
    with Warehouse.open(tmp_path / "shop", moved) as shop:
        assert days(shop) == [(datetime(2023, 12, 31, 23, 30), date(2024, 1, 1))]
        assert shop.run(shop.table("sales").select("day")).item() == date(2024, 1, 1)
        assert shop.version > before


def test_the_machines_own_zone_changes_nothing(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from drawn.readings import LONDON, reading
from zhanggui.store import Warehouse
folder = Path(sys.argv[1])
Warehouse.create(folder, LONDON)
with Warehouse.open(folder, LONDON) as shop:
    shop.load([reading({"orders": [{"order_id": "1", "created_at": "2024-07-01 00:30:00"}]})])
    print(shop.run(shop.table("orders").select("created_at", "created_day")).rows())
"""
    said = set()
    for zone in ("Asia/Tokyo", "America/Los_Angeles"):
        command = [
            sys.executable,
            "-c",
            program,
            str(tmp_path / zone.replace("/", "-")),
            str(Path(__file__).parents[1]),
        ]
        done = subprocess.run(command, env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True)
        said.add(done.stdout)
    assert said == {"[(datetime.datetime(2024, 6, 30, 23, 30), datetime.date(2024, 7, 1))]\n"}

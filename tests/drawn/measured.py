"""A shop of many products over thirty weeks, some of them changed on a day: what outcomes are read from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np

from drawn.warehouse import DrawnWarehouse
from zhanggui.actions.kinds import Gain, Past

FIRST = date(2026, 1, 5)  # a Monday
DONE = FIRST + timedelta(days=24 * 7)
STOP = DONE + timedelta(days=28)
LAST = STOP + timedelta(days=20)
WEEKDAYS = (1.05, 1.0, 1.0, 1.02, 1.1, 0.95, 0.88)


def product(number: int) -> str:
    return f"P{number:02d}"


def shop(
    *,
    products: int = 16,
    lift: float = 0.0,
    seed: int = 1,
    costs: bool = True,
    first: date = FIRST,
    noise: float = 12.0,
    days: Mapping[int, Mapping[date, float]] | None = None,
) -> DrawnWarehouse:
    """``products`` products with one order each and day; P00 sells ``lift`` more from the day after ``DONE`` to ``STOP``. ``noise`` is the
    shape of the daily gamma factor (larger = calmer), ``days`` factors of single products and days. Goods cost two fifths."""
    chance = np.random.default_rng(seed)
    warehouse = DrawnWarehouse()
    sizes = np.exp(chance.normal(5, 0.4, products))
    orders, lines = [], []
    length = (LAST - first).days + 1
    course = np.exp(np.cumsum(chance.normal(0, 0.01, length)))
    for back in range(length):
        day = first + timedelta(days=back)
        for k in range(products):
            changed = 1 + lift if k == 0 and DONE < day <= STOP else 1.0
            factor = (days or {}).get(k, {}).get(day, 1.0) * changed
            mean = sizes[k] * WEEKDAYS[day.weekday()] * course[back]
            amount = round(float(mean * chance.gamma(noise, 1 / noise) * factor), 2)
            if amount <= 0:
                continue
            same = {"order_id": f"o{back}-{k}", "day": day}
            orders.append(
                {
                    **same,
                    "counted": True,
                    "placed": True,
                    "placed_day": day,
                    "goods": amount,
                    "status": "paid",
                    "units": 1.0,
                }
            )
            cost = round(amount * 0.4, 2) if costs else None
            lines.append(
                {
                    **same,
                    "line_id": "1",
                    "product_id": product(k),
                    "kind": "goods",
                    "units": 1.0,
                    "amount": amount,
                    "cost": cost,
                }
            )
    _insert(warehouse, "order_facts", orders)
    _insert(warehouse, "sales", lines)
    return warehouse


def _insert(warehouse: DrawnWarehouse, table: str, rows: list[dict[str, Any]]) -> None:
    """Many rows at once."""
    import polars as pl

    frame = pl.DataFrame(rows).with_columns(channel=pl.lit("shop:main"))
    warehouse.raw.register("many_rows", frame.to_arrow())
    names = ", ".join(f'"{name}"' for name in frame.columns)
    warehouse.raw.execute(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM many_rows')
    warehouse.raw.unregister("many_rows")
    warehouse.version += 1


def done(id: str = "a1", **more: Any) -> Past:
    """An action done on ``DONE`` on P00 and over on ``STOP``."""
    told: dict[str, Any] = {
        "playbook": "analysis",
        "rule": "falling_conversion",
        "kind": "restore_change",
        "where": {"product_id": "P00"},
        "state": "done",
        "since": DONE,
        "touches": ("P00",),
        "done_on": DONE,
        "stop_on": STOP,
        "read_on": STOP + timedelta(days=14),
        "expected": Gain(200.0, 50.0, 350.0, 0.9),
    }
    return Past(id, **{**told, **more})

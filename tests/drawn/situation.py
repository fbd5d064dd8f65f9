"""A situation for one rule: its frames drawn row by row, every other frame empty with the columns it really has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import polars as pl

from drawn.warehouse import DrawnWarehouse
from zhanggui.config import Config
from zhanggui.costs import CostSheet, parse
from zhanggui.numbers.frames import FRAMES, View
from zhanggui.playbooks.kinds import Situation

DAY = date(2026, 9, 14)


@cache
def empty_frames() -> dict[str, pl.DataFrame]:
    warehouse = DrawnWarehouse()
    return {name: frame(warehouse, View(DAY)).clear() for name, frame in FRAMES.items()}  # type: ignore[arg-type]


def drawn(name: str, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """The frame ``name`` with these rows; columns not drawn are NULL."""
    schema = empty_frames()[name].schema
    return pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema)


def situation(
    *,
    costs: Mapping[str, Any] | None = None,
    tables: Mapping[str, int] | None = None,
    names: Mapping[str, str] | None = None,
    floor: float = 25.0,
    weekly_money: float = 5000.0,
    orders_per_day: float = 30.0,
    settings: Mapping[str, float] | None = None,
    timezone: str = "UTC",
    shop: str = "Teahouse",
    **frames: Sequence[Mapping[str, Any]],
) -> Situation:
    view = View(DAY)
    sheet = parse(costs) if costs else CostSheet()
    return Situation(
        as_of=DAY,
        period=view.period,
        against=view.period.aligned_before(),
        config=Config(name=shop, currency="GBP", timezone=timezone, settings=dict(settings or {})),
        frames={**empty_frames(), **{name: drawn(name, rows) for name, rows in frames.items()}},
        costs=sheet,
        tables=dict(tables or {"orders": 1, "order_lines": 1}),
        weekly=True,
        orders_per_day=orders_per_day,
        weekly_money=weekly_money,
        floor=floor,
        names=dict(names or {}),
    )

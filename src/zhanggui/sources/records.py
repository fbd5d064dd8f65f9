"""Rows that were made from records (of a file, of a live shop) as pieces for the store: cells of text, with the number of their record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from zhanggui.sources.json_files import as_text
from zhanggui.tables.loading import Piece

MONEY = {"orders": "order_total", "order_lines": "line_total", "refunds": "amount", "order_fees": "amount"}
"""The column whose sum is compared with what arrived."""


def piece(
    table: str,
    rows: Sequence[Mapping[str, Any]],
    origin: str,
    *,
    layout: int = 20,
    zone: str | None = None,
    currency: str | None = None,
    count: int | None = None,
) -> Piece:
    """Rows for one table. ``_row`` is the number of a row's record; without it they are counted through."""
    names = [name for name in dict.fromkeys(name for row in rows for name in row) if name != "_row"]
    cells = {name: pl.Series(name, [cell(row.get(name)) for row in rows], dtype=pl.String) for name in names}
    numbers = [int(row.get("_row", nth)) for nth, row in enumerate(rows, start=1)]
    frame = pl.DataFrame(cells).with_columns(pl.Series("_row", numbers, dtype=pl.Int64))
    money = MONEY.get(table, "")
    total = float(frame[money].cast(pl.Float64, strict=False).sum() or 0) if money in frame.columns else None
    return Piece(table, frame, origin, layout, timezone=zone, currency=currency, file_money=total, rows_read=count)


def cell(value: Any) -> str | None:
    """A value as text; NULL for null and empty text.

    >>> cell(8.5), cell(True), cell(""), cell({"a": 1})
    ('8.5000', 'true', None, '{"a": 1}')
    """
    return f"{value:.4f}" if isinstance(value, float) else as_text(value)

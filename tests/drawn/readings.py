"""Readings as a source would hand them over, drawn by hand, and canonical folders read back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from zhanggui.config import Config
from zhanggui.store import Warehouse
from zhanggui.tables.loading import CsvFile, Piece, Reading, Recognition, Sheet

LONDON = Config(currency="GBP", timezone="Europe/London")


def reading(
    tables: Mapping[str, Any], *, layout: int = 40, origin: str = "drawn.csv", channel: str = "shop:main", **piece: Any
) -> Reading:
    """What a source would hand over: rows (dicts of text), frames or files by table."""
    pieces = []
    for name, rows in tables.items():
        if isinstance(rows, list):
            columns = dict.fromkeys(column for row in rows for column in row)
            rows = pl.DataFrame(
                [{column: row.get(column) for column in columns} for row in rows], infer_schema_length=None
            )
        pieces.append(Piece(name, rows, origin, layout=layout, **piece))
    read = sum(len(item.rows) for item in pieces if isinstance(item.rows, pl.DataFrame))
    sheet = Sheet(Path(origin), "csv", (), (), ())
    return Reading(sheet, Recognition("drawn", "drawn", 1.0), pieces, channel, read)


def csv_reading(name: str, path: Path, **options: Any) -> Reading:
    """A canonical CSV that the engine reads itself."""
    columns = path.open(encoding="utf-8").readline().strip().split(",")
    return reading({name: CsvFile(path, {column: column for column in columns})}, origin=path.name, **options)


def exported(warehouse: Warehouse, folder: Path) -> dict[str, bytes]:
    """The canonical export, byte by byte."""
    return {path.name: path.read_bytes() for path in warehouse.export(folder)}


def read_back(folder: Path, format: str = "csv") -> list[Reading]:
    """The readings a canonical folder gives."""
    if format == "parquet":
        return [reading({path.stem: path}, origin=path.name) for path in sorted(folder.glob("*.parquet"))]
    return [csv_reading(path.stem, path) for path in sorted(folder.glob("*.csv"))]

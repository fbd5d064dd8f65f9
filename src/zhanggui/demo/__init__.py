"""A real shop to look at: the UCI Online Retail file, all 541,909 invoice lines as published. Imports nothing of the package."""

from __future__ import annotations

from pathlib import Path

NAME = "Online Retail"
CURRENCY = "GBP"
TIMEZONE = "Europe/London"


def demo_file() -> Path:
    """The bundled Parquet file; its origin and licence stand in ``SOURCE.md`` beside it."""
    return Path(__file__).parent / "online_retail.parquet"

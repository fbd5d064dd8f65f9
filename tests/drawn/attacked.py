"""The visited shop with what an attacker writes into its texts: titles, reviews, addresses, SKUs."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from drawn.visited import Planted, opened, tables
from zhanggui.app import Shop

SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://evil.example")'


def attacked(folder: Path) -> Shop:
    """Product P00's title and a review of it hold a script, P01's page is one, and one SKU of P01 is a formula. P00's conversion has
    halved since its title was changed four weeks ago."""
    made = tables(3, Planted(factor=0.5, change="title"))
    first, second = pl.col("product_id") == "P00", pl.col("product_id") == "P01"
    made["products"] = made["products"].with_columns(
        title=pl.when(first).then(pl.lit(f"Cup {SCRIPT}")).otherwise(pl.col("title")),
        url=pl.when(second).then(pl.lit("javascript:alert(1)")).otherwise(pl.lit("https://shop.example/item")),
    )
    made["order_lines"] = made["order_lines"].with_columns(
        sku=pl.when(second & (pl.col("sku") == "P01-S")).then(pl.lit(FORMULA)).otherwise(pl.col("sku"))
    )
    said = pl.when(first).then(pl.lit(f"broken {SCRIPT}")).otherwise(pl.lit("good"))
    made["reviews"] = made["reviews"].with_columns(text=said)
    return opened(folder, made)

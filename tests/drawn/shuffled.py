"""A real shop whose days are shuffled within their weekday: nothing true is left to claim, until something is planted."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

DAY = pl.col("InvoiceDate").str.slice(0, 10)


def shuffled(lines: pl.DataFrame, seed: int, last: date) -> pl.DataFrame:
    """The invoice lines up to ``last`` with whole days changing places among the days of the same weekday."""
    chance = np.random.default_rng(seed)
    lines = lines.filter(last.isoformat() >= DAY)
    first = date.fromisoformat(lines.select(DAY.min()).item())
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    moved: dict[str, str] = {}
    for weekday in range(7):
        own = [day.isoformat() for day in days if day.weekday() == weekday]
        moved |= dict(zip(own, chance.permutation(own).tolist(), strict=True))
    place = pl.DataFrame({"from_day": list(moved), "to_day": list(moved.values())})
    return (
        lines.with_columns(from_day=DAY)
        .join(place, on="from_day", how="left", maintain_order="left")
        .with_columns(InvoiceDate=pl.col("to_day") + pl.col("InvoiceDate").str.slice(10))
        .drop("from_day", "to_day")
    )


def largest_product(lines: pl.DataFrame) -> str:
    """The stock code with the most money in lines that nobody sent back, one bulk line aside."""
    sold = lines.filter(
        (pl.col("Quantity") > 0) & (pl.col("UnitPrice") > 0) & pl.col("StockCode").str.contains(r"^\d{5}")
    )
    worth = sold.group_by("StockCode").agg(
        (pl.col("Quantity") * pl.col("UnitPrice")).clip(0, 5000).sum().alias("money")
    )
    return str(worth.sort("money", descending=True)["StockCode"][0])


def with_fewer_orders(lines: pl.DataFrame, product: str, share: float, since: date, seed: int) -> pl.DataFrame:
    """Each line of ``product`` from ``since`` on is dropped with probability ``share``: fewer people bought it."""
    chance = np.random.default_rng(seed)
    drop = pl.Series(chance.uniform(size=lines.height) < share)
    hit = (pl.col("StockCode") == product) & (since.isoformat() <= DAY) & ~pl.col("InvoiceNo").str.starts_with("C")
    return lines.filter(~(hit & drop))


def with_less_money(lines: pl.DataFrame, product: str, share: float, since: date) -> pl.DataFrame:
    """Each line of ``product`` from ``since`` on is paid ``share`` less."""
    hit = (pl.col("StockCode") == product) & (since.isoformat() <= DAY)
    return lines.with_columns(
        UnitPrice=pl.when(hit).then(pl.col("UnitPrice") * (1 - share)).otherwise(pl.col("UnitPrice"))
    )


def with_fewer_units(lines: pl.DataFrame, product: str, share: float, since: date, seed: int) -> pl.DataFrame:
    """Each line of ``product`` from ``since`` on holds ``share`` fewer units, rounded by chance so that the mean holds."""
    chance = np.random.default_rng(seed)
    hit = (pl.col("StockCode") == product) & (since.isoformat() <= DAY) & (pl.col("Quantity") > 0)
    fewer = (pl.col("Quantity") * (1 - share) + pl.Series(chance.uniform(size=lines.height))).floor().cast(pl.Int64)
    return lines.with_columns(Quantity=pl.when(hit).then(fewer).otherwise(pl.col("Quantity"))).filter(
        ~(hit & (pl.col("Quantity") == 0))
    )

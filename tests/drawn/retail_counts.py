"""The bundled real shop counted line by line in plain Python: what is sold, what comes back, and of which sale it comes back."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import polars as pl

from zhanggui.demo import demo_file

NO_GOODS = {"POST", "DOT", "M", "D", "S", "B", "C2", "AMAZONFEE", "BANK CHARGES", "CRUK", "23444", "22016"}


@dataclass(frozen=True, slots=True)
class Sold:
    """A line of goods that was sold."""

    invoice: str
    product: str
    buyer: str | None
    country: str
    at: datetime
    units: int
    money: float


@dataclass(frozen=True, slots=True)
class Back:
    """A line of goods that was credited, and the sale it reverses: the latest earlier one of the same buyer, product and country that
    was as large; None where there is none."""

    invoice: str
    product: str
    buyer: str | None
    at: datetime
    money: float
    sale: Sold | None

    @property
    def age(self) -> int:
        assert self.sale is not None
        return (self.at.date() - self.sale.at.date()).days


def is_goods(code: str) -> bool:
    return code.upper() not in NO_GOODS and not code.lower().startswith("gift_")


@cache
def sold() -> list[Sold]:
    return [
        Sold(r["InvoiceNo"], r["StockCode"], _buyer(r), r["Country"], _at(r), r["Quantity"], _money(r))
        for r in _lines()
        if r["Quantity"] > 0 and r["UnitPrice"] > 0 and r["InvoiceNo"][0] not in "CA" and is_goods(r["StockCode"])
    ]


@cache
def credited() -> list[Back]:
    earlier: dict[tuple[str, str, str], list[Sold]] = defaultdict(list)
    for line in sorted(sold(), key=lambda s: s.at):
        if line.buyer:
            earlier[line.buyer, line.product, line.country].append(line)
    found = []
    for r in _lines():
        if r["InvoiceNo"].startswith("C") and is_goods(r["StockCode"]):
            buyer, at = _buyer(r), _at(r)
            there = earlier.get((buyer or "", r["StockCode"], r["Country"]), [])
            before = there[: bisect_right([s.at for s in there], at)]
            sale = next((s for s in reversed(before) if s.units >= -r["Quantity"]), None)
            found.append(Back(r["InvoiceNo"], r["StockCode"], buyer, at, -_money(r), sale))
    return found


def in_days(start: date, end: date) -> Iterator[Sold]:
    return (line for line in sold() if start <= line.at.date() <= end)


@cache
def _lines() -> list[dict[str, object]]:
    return pl.read_parquet(demo_file()).to_dicts()


def _at(row: dict[str, object]) -> datetime:
    return datetime.fromisoformat(str(row["InvoiceDate"]))


def _buyer(row: dict[str, object]) -> str | None:
    return None if row["CustomerID"] is None else str(int(float(str(row["CustomerID"]))))


def _money(row: dict[str, object]) -> float:
    return round(int(str(row["Quantity"])) * float(str(row["UnitPrice"])), 4)

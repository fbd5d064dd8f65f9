"""The demo shop counted twice: line by line in plain Python over the file itself, and from the store's facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pyarrow.parquet as pq
import pytest

from zhanggui import sources
from zhanggui.config import Config
from zhanggui.demo import CURRENCY, TIMEZONE, demo_file
from zhanggui.store import Warehouse
from zhanggui.store.reconcile import Reconciliation
from zhanggui.tables.loading import Options

TOTAL = Decimal("9747747.934")
"""Quantity × price over all published lines, in pounds."""

CODES = {"POST", "DOT", "C2", "M", "m", "D", "S", "B", "AMAZONFEE", "BANK CHARGES", "CRUK"}
"""Stock codes of the file that are postage, manual bookings, discounts, samples, bad debts and fees."""
VOUCHERS = {"gift_0001_10", "gift_0001_20", "gift_0001_30", "gift_0001_40", "gift_0001_50", "22016"}
CARRIAGE = {"23444"}

Cell = tuple[str, str]
"""Month and country."""


@dataclass
class Count:
    """One month and country, counted by hand."""

    sales: Decimal = Decimal(0)
    refunds: Decimal = Decimal(0)
    units: int = 0
    orders: set[str] = field(default_factory=set)
    buyers: set[str] = field(default_factory=set)


@dataclass
class ByHand:
    """The file counted line by line."""

    cells: dict[Cell, Count]
    goods: Decimal
    non_goods: Decimal
    write_offs: int
    given_away: int
    gifts: int
    left_out_money: Decimal


def counted_by_hand() -> ByHand:
    lines = pq.read_table(demo_file()).to_pylist()
    selling = {line["InvoiceNo"] for line in lines if line["UnitPrice"] > 0 and line["Quantity"] > 0}
    result = ByHand(defaultdict(Count), Decimal(0), Decimal(0), 0, 0, 0, Decimal(0))
    for line in lines:
        invoice, code, quantity = line["InvoiceNo"], line["StockCode"], line["Quantity"]
        amount = Decimal(str(line["UnitPrice"])) * quantity
        cell = result.cells[line["InvoiceDate"][:7], line["Country"]]
        if amount == 0 and quantity < 0 and not invoice.startswith("C"):
            result.write_offs += 1
            result.left_out_money += amount
        elif amount == 0 and invoice not in selling:
            result.given_away += 1
            result.left_out_money += amount
        elif code in CODES or code in VOUCHERS or code in CARRIAGE:
            result.non_goods += amount
        elif invoice.startswith("C"):
            result.goods += amount
            cell.refunds -= amount
        else:
            result.goods += amount
            result.gifts += amount == 0
            cell.sales += amount
            cell.units += quantity
            cell.orders.add(invoice)
            if line["CustomerID"] is not None:
                cell.buyers.add(str(line["CustomerID"]))
    return result


@pytest.fixture(scope="module")
def by_hand() -> ByHand:
    return counted_by_hand()


@dataclass
class Shop:
    warehouse: Warehouse
    loaded: Reconciliation


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("uci") / "shop"
    config = Config(currency=CURRENCY, timezone=TIMEZONE)
    Warehouse.create(folder, config)
    with Warehouse.open(folder, config) as opened:
        readings = sources.read([Path(demo_file())], Options(currency=CURRENCY, timezone=TIMEZONE))
        yield Shop(opened, opened.load(readings))


def cents(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal("0.0001"))


def by_cell(frame: pl.DataFrame, *values: pl.Expr) -> dict[Cell, tuple[float, ...]]:
    month = pl.col("day").dt.strftime("%Y-%m").alias("month")
    table = frame.group_by(month, "country").agg(*values)
    return {(row[0], row[1]): row[2:] for row in table.rows()}


def test_sales_orders_buyers_and_units_by_month_and_country(shop: Shop, by_hand: ByHand) -> None:
    sales = shop.warehouse.run(shop.warehouse.table("sales"))
    found = by_cell(
        sales.filter(pl.col("kind") != "non_goods"),
        pl.col("amount").sum(),
        pl.col("order_id").n_unique(),
        pl.col("customer_key").drop_nulls().n_unique(),
        pl.col("units").sum(),
    )
    wanted = {cell: count for cell, count in by_hand.cells.items() if count.orders}
    assert set(found) == set(wanted)
    for cell, (amount, orders, buyers, units) in found.items():
        count = wanted[cell]
        assert (cents(amount), orders, buyers, units) == (
            count.sales,
            len(count.orders),
            len(count.buyers),
            count.units,
        ), cell


def test_refunds_of_goods_by_month_and_country(shop: Shop, by_hand: ByHand) -> None:
    refunds = shop.warehouse.run(shop.warehouse.table("refund_facts")).filter(~pl.col("non_goods"))
    found = {cell: cents(value) for cell, (value,) in by_cell(refunds, pl.col("amount").sum()).items()}
    assert found == {cell: count.refunds for cell, count in by_hand.cells.items() if count.refunds}


def test_net_sales_of_the_whole_file_to_the_penny(shop: Shop, by_hand: ByHand) -> None:
    sales = shop.warehouse.run(shop.warehouse.table("sales")).filter(pl.col("kind") != "non_goods")["amount"].sum()
    refunds = shop.warehouse.run(shop.warehouse.table("refund_facts")).filter(~pl.col("non_goods"))["amount"].sum()
    assert cents(sales) - cents(refunds) == by_hand.goods


def test_every_published_pound_is_goods_or_not_goods_or_left_out(shop: Shop, by_hand: ByHand) -> None:
    assert by_hand.goods + by_hand.non_goods + by_hand.left_out_money == TOTAL
    sales = shop.warehouse.run(shop.warehouse.table("sales"))
    refunds = shop.warehouse.run(shop.warehouse.table("refund_facts"))
    charged = cents(sales.filter(pl.col("kind") == "non_goods")["amount"].sum())
    given_back = cents(refunds.filter(pl.col("non_goods"))["amount"].sum())
    assert charged - given_back == by_hand.non_goods


def test_what_was_left_out_is_listed_with_its_lines_and_money(shop: Shop, by_hand: ByHand) -> None:
    (file,) = shop.loaded.files
    assert file.rows_read == 541_909
    assert {out.reason: (out.rows, out.money) for out in file.left_out} == {
        "write_off": (by_hand.write_offs, 0.0),
        "zero_price": (by_hand.given_away, 0.0),
    }
    assert shop.loaded.rejects == ()
    lines = shop.warehouse.rows()["order_lines"]
    assert lines + shop.warehouse.rows()["refunds"] + by_hand.write_offs + by_hand.given_away == 541_909


def pieces_of(path: Path) -> dict[str, pl.DataFrame]:
    """What the source makes of a file, without the rows' numbers."""
    (reading,) = sources.read([path], Options(currency=CURRENCY, timezone=TIMEZONE))
    return {
        piece.table: piece.rows.drop("_row", strict=False)
        for piece in reading.pieces
        if isinstance(piece.rows, pl.DataFrame)
    }


def same(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> bool:
    return one.keys() == other.keys() and all(one[name].equals(other[name]) for name in one)


def published(form: str) -> pl.DataFrame:
    """The lines as the publisher's other files write them."""
    dates = pl.col("InvoiceDate").str.to_datetime("%Y-%m-%d %H:%M:%S")
    return pl.read_parquet(demo_file()).with_columns(
        dates.dt.strftime(form) if form else dates, pl.col("CustomerID").cast(pl.Int64)
    )


@pytest.mark.prove
def test_the_classic_csv_reads_as_the_bundled_file(tmp_path: Path) -> None:
    published("%-m/%-d/%Y %-H:%M").write_csv(tmp_path / "data.csv")
    assert same(pieces_of(tmp_path / "data.csv"), pieces_of(demo_file()))


@pytest.mark.prove
def test_the_published_workbook_reads_as_the_bundled_file(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("Online Retail")
    lines = published("")
    sheet.append(lines.columns)
    for line in lines.iter_rows():
        sheet.append(line)
    workbook.save(tmp_path / "Online Retail.xlsx")
    assert same(pieces_of(tmp_path / "Online Retail.xlsx"), pieces_of(demo_file()))


def test_orders_that_count_are_those_with_goods(shop: Shop, by_hand: ByHand) -> None:
    """An invoice of postage or fees alone is kept and is no sale of goods."""
    facts = shop.warehouse.run(shop.warehouse.table("order_facts"))
    assert set(facts.filter("counted")["order_id"]) == set().union(*(count.orders for count in by_hand.cells.values()))

"""Published data sets that may not be passed on, counted by hand and from the store's facts."""

from __future__ import annotations

import csv
import gzip
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from zhanggui import sources
from zhanggui.config import Config
from zhanggui.store import Warehouse
from zhanggui.tables.loading import Options

pytestmark = pytest.mark.prove

Cell = tuple[str, str]


@pytest.fixture
def data() -> Path:
    """The folder of the data sets."""
    folder = os.environ.get("ZHANGGUI_DATA")
    if not folder:
        pytest.fail("set ZHANGGUI_DATA to the folder of the data sets")
    return Path(folder)


Shop = Callable[..., Warehouse]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened: list[Warehouse] = []

    def _shop(*paths: Path, currency: str, timezone: str, source: str | None = None) -> Warehouse:
        folder = tmp_path / f"shop{len(opened)}"
        config = Config(currency=currency, timezone=timezone)
        Warehouse.create(folder, config)
        warehouse = Warehouse.open(folder, config)
        opened.append(warehouse)
        warehouse.load(sources.read(list(paths), Options(currency=currency, timezone=timezone), source))
        return warehouse

    yield _shop
    for warehouse in opened:
        warehouse.close()


@contextmanager
def records(path: Path) -> Iterator[Iterator[dict[str, str]]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        yield csv.DictReader(file)


def cells(frame: pl.DataFrame, place: str, *values: pl.Expr) -> dict[Cell, tuple[float, ...]]:
    month = pl.col("day").dt.strftime("%Y-%m").alias("month")
    return {(row[0], row[1]): row[2:] for row in frame.group_by(month, place).agg(*values).rows()}


def exact(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal("0.01"))


def test_olist_sales_orders_buyers_and_units_by_month_and_state(data: Path, shop: Shop) -> None:
    folder = data / "olist_sample"
    with records(folder / "olist_customers_dataset.csv.gz") as rows:
        people = {row["customer_id"]: (row["customer_unique_id"], row["customer_state"]) for row in rows}
    sold: dict[str, tuple[str, str, str]] = {}
    with records(folder / "olist_orders_dataset.csv.gz") as rows:
        for row in rows:
            if row["order_status"] in ("approved", "invoiced", "processing", "shipped", "delivered"):
                moment = row["order_approved_at"] or row["order_purchase_timestamp"]
                sold[row["order_id"]] = (moment[:7], *people[row["customer_id"]])
    amounts: dict[Cell, Decimal] = defaultdict(Decimal)
    units: dict[Cell, int] = defaultdict(int)
    orders: dict[Cell, set[str]] = defaultdict(set)
    buyers: dict[Cell, set[str]] = defaultdict(set)
    with records(folder / "olist_order_items_dataset.csv.gz") as rows:
        for row in rows:
            if row["order_id"] in sold:
                month, person, state = sold[row["order_id"]]
                amounts[month, state] += Decimal(row["price"])
                units[month, state] += 1
                orders[month, state].add(row["order_id"])
                buyers[month, state].add(person)
    warehouse = shop(folder, currency="BRL", timezone="America/Sao_Paulo")
    sales = warehouse.run(warehouse.table("sales")).filter(pl.col("line_id") != "")
    found = cells(
        sales,
        "region",
        pl.col("amount").sum(),
        pl.col("units").sum(),
        pl.col("order_id").n_unique(),
        pl.col("customer_key").n_unique(),
    )
    assert set(found) == set(amounts)
    for cell, (amount, pieces, many, people_) in found.items():
        assert (exact(amount), pieces, many, people_) == (
            amounts[cell],
            units[cell],
            len(orders[cell]),
            len(buyers[cell]),
        ), cell


def test_olist_tables_in_another_order_give_the_same_facts(data: Path, shop: Shop) -> None:
    folder = data / "olist_sample"
    once = shop(folder, currency="BRL", timezone="America/Sao_Paulo")
    wanted = once.run(once.table("order_facts"))
    orders = [folder / "olist_orders_dataset.csv.gz", folder / "olist_customers_dataset.csv.gz"]
    later = shop(folder / "olist_order_payments_dataset.csv", currency="BRL", timezone="America/Sao_Paulo")
    options = Options(currency="BRL", timezone="America/Sao_Paulo")
    later.load(sources.read([folder / "olist_order_items_dataset.csv.gz"], options))
    later.load(sources.read(orders, options))
    found = later.run(later.table("order_facts"))
    shown = ["order_id", "day", "counted", "goods", "shipping", "units", "region", "new_or_returning"]
    assert found.select(shown).sort("order_id").equals(wanted.select(shown).sort("order_id"))


@pytest.mark.parametrize("source", [None, "general"])
def test_the_tmall_report_by_month_and_province(data: Path, shop: Shop, source: str | None) -> None:
    path = data / "tmall_order_report" / "tmall_order_report.csv"
    short = {"上海": "上海市", "北京": "北京市", "天津": "天津市", "重庆": "重庆市"}
    paid: dict[Cell, Decimal] = defaultdict(Decimal)
    back: dict[str, Decimal] = defaultdict(Decimal)
    orders: dict[Cell, int] = defaultdict(int)
    placed = 0
    with records(path) as rows:
        for raw in rows:
            row = {name.strip(): value.strip() for name, value in raw.items()}
            placed += 1
            if row["订单付款时间"]:
                province = short.get(row["收货地址"], row["收货地址"])
                cell = (row["订单付款时间"][:7], province)
                paid[cell] += Decimal(row["总金额"])
                back[province] += Decimal(row["退款金额"])
                orders[cell] += 1
    warehouse = shop(path, currency="CNY", timezone="Asia/Shanghai", source=source)
    facts = warehouse.run(warehouse.table("order_facts"))
    assert len(facts) == placed
    found = cells(facts.filter("counted"), "region", pl.col("goods").sum(), pl.len())
    assert {cell: (exact(amount), count) for cell, (amount, count) in found.items()} == {
        cell: (paid[cell].quantize(Decimal("0.01")), orders[cell]) for cell in paid
    }
    refunds = warehouse.run(warehouse.table("refund_facts")).group_by("region").agg(pl.col("amount").sum())
    refunded = {region: exact(amount) for region, amount in refunds.rows()}
    assert refunded == {region: amount.quantize(Decimal("0.01")) for region, amount in back.items() if amount}


@pytest.mark.parametrize(
    ("name", "orders", "buyers"), [("CDNOW_master.txt.gz", 69_659, 23_570), ("CDNOW_sample.txt", 6_919, 2_357)]
)
def test_cdnow_purchases_are_orders_with_or_without_a_header(
    data: Path, shop: Shop, name: str, orders: int, buyers: int
) -> None:
    path = data / "cdnow" / name
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        lines = [line.split() for line in file]
    dollars = sum(Decimal(line[-1]) for line in lines if line and line[0][0].isdigit())
    discs = sum(int(line[-2]) for line in lines if line and line[0][0].isdigit())
    warehouse = shop(path, currency="USD", timezone="America/New_York")
    facts = warehouse.run(warehouse.table("order_facts"))
    assert len(facts.filter("counted")) == orders
    assert facts["customer_key"].n_unique() == buyers
    assert exact(facts["goods"].sum()) == dollars
    assert facts["units"].sum() == discs

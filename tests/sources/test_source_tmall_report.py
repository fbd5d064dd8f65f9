"""A real Tmall report of 28,010 orders, counted independently. Its licence does not let it travel with this repository."""

import csv
import os
from decimal import Decimal
from pathlib import Path

import pytest

from zhanggui.config import Config
from zhanggui.store import Warehouse


@pytest.mark.prove
def test_the_tmall_report_equals_a_plain_count_by_month_and_province(read, tmp_path):
    path = Path(os.environ["ZHANGGUI_DATA"]) / "tmall_order_report" / "tmall_order_report.csv"
    with path.open(encoding="utf-8", newline="") as file:
        raw = list(csv.DictReader(file))
    paid = [row for row in raw if row["订单付款时间 "].strip()]
    Warehouse.create(tmp_path / "shop", Config())
    with Warehouse.open(tmp_path / "shop", Config()) as warehouse:
        result = warehouse.load(read(path))
        orders = warehouse.table("order_facts")
        sold = warehouse.run(orders.filter(orders.counted).select("day", "region", "goods")).rows()
        refunds = warehouse.run(warehouse.table("refund_facts").select("amount")).rows()
    assert (result.rejected, len(raw), len(sold)) == (0, 28_010, len(paid))
    assert _by([(str(day)[:7], goods) for day, _, goods in sold]) == _by(
        [(row["订单付款时间 "][:7], row["总金额"]) for row in paid]
    )
    assert _by([(region[:2], goods) for _, region, goods in sold]) == _by(
        [(row["收货地址 "][:2], row["总金额"]) for row in paid]
    )
    assert sum(_cents(amount) for (amount,) in refunds) == sum(_cents(row["退款金额"]) for row in paid)


def _cents(amount):
    return round(Decimal(str(amount)) * 100)


def _by(pairs):
    sums = {}
    for key, amount in pairs:
        sums[key] = sums.get(key, 0) + _cents(amount)
    return sums

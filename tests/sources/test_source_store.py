"""From the platforms' files to the canonical tables of a real warehouse."""

import shutil
from pathlib import Path

import pytest
from zhanggui.config import Config
from zhanggui.store import Warehouse


@pytest.fixture
def warehouse(tmp_path):
    folder = tmp_path / "shop"
    Warehouse.create(folder, Config())
    with Warehouse.open(folder, Config()) as opened:
        yield opened


def table(warehouse, name, *columns):
    return warehouse.run(warehouse.table(name).select(*columns).order_by(list(columns))).rows()


def exported(warehouse, folder):
    return {path.name: path.read_text(encoding="utf-8") for path in warehouse.export(folder)}


def test_five_taobao_files_become_one_set_of_orders(warehouse, read, samples):
    result = warehouse.load(read(*samples.glob("taobao_*")))
    assert result.rejected == 0
    assert table(warehouse, "orders", "order_id", "status", "region") == [
        ("5301234567890123401", "completed", "测试省"),
        ("5301234567890123402", "paid", "测试省"),
        ("5301234567890123403", "cancelled", "测试省"),
        ("6901234567890123401", "paid", "测试省"),
        ("6901234567890123402", "completed", "测试省"),
    ]


def test_the_paid_goods_of_an_order_are_spread_over_its_list_prices_to_the_cent(warehouse, read, samples):
    warehouse.load(read(*samples.glob("taobao_*2019*")))
    assert table(warehouse, "sales", "order_id", "product_id", "amount") == [
        ("5301234567890123401", "CUP-500", 538.0),
        ("5301234567890123401", "测试杯刷", 60.0),
        ("5301234567890123402", "CUP-500", 59.9),
    ]


def test_one_refund_said_by_three_lists_counts_once(warehouse, read, samples):
    warehouse.load(read(*samples.glob("taobao_*2026*")))
    assert len(table(warehouse, "refunds", "refund_id")) == 3
    counted = [row for row in table(warehouse, "refund_facts", "order_id", "amount") if row[1]]
    assert counted == [("6901234567890123402", 11.0)]


def test_no_personal_data_reaches_the_warehouse(warehouse, read, samples, tmp_path):
    warehouse.load(read(*samples.glob("taobao_*")))
    said = "".join(exported(warehouse, tmp_path / "out").values())
    for person in ("测试买家A", "甲某", "13000000001", "测试路", "a@example.com"):
        assert person not in said
    assert len({key for (key,) in table(warehouse, "orders", "customer_key") if key}) == 2


def test_daily_reports_fill_traffic_scores_and_spending(warehouse, read, samples):
    result = warehouse.load(read(*samples.glob("sycm_*")))
    assert result.rejected == 0
    assert table(warehouse, "traffic_days", "source", "product_id", "visitors") == [
        ("*", "*", 15210),
        ("*", "700000000001", 12345),
        ("*", "700000000002", 9),
        ("手淘搜索", "700000000001", 4500),
        ("手淘搜索", "700000000002", 0),
    ]
    assert table(warehouse, "scores", "name", "value") == [("description", 4.88)]
    assert table(warehouse, "ad_days", "platform", "cost") == [("直通车", 1500.0), ("钻石展位", 0.0)]
    assert table(warehouse, "costs", "kind", "amount") == [("commission", 320.1)]


def test_files_in_any_order_one_by_one_or_twice_give_the_same_store(read, samples, tmp_path):
    paths = sorted([*samples.glob("taobao_*"), *samples.glob("sycm_*")])
    Warehouse.create(tmp_path / "new", Config())
    stores = []
    for number, imports in enumerate(
        ([paths], [[p] for p in paths], [[p] for p in reversed(paths)], [paths, paths[::2]])
    ):
        stores.append(shutil.copytree(tmp_path / "new", tmp_path / str(number)))
        with Warehouse.open(stores[-1], Config()) as warehouse:
            for batch in imports:
                warehouse.load(read(*batch))
            exported(warehouse, stores[-1] / "out")
    tables = [{p.name: p.read_text(encoding="utf-8") for p in Path(folder / "out").iterdir()} for folder in stores]
    for other in tables[1:]:
        for name in ("orders.csv", "order_lines.csv", "products.csv", "traffic_days.csv"):
            assert other[name] == tables[0][name], name


def test_export_and_import_is_identity(warehouse, read, samples, tmp_path):
    warehouse.load(read(*samples.glob("taobao_*"), *samples.glob("sycm_*")))
    first = exported(warehouse, tmp_path / "out")
    Warehouse.create(tmp_path / "second", Config())
    with Warehouse.open(tmp_path / "second", Config()) as second:
        second.load(read(tmp_path / "out"))
        assert exported(second, tmp_path / "again") == first


def test_parquet_export_and_import_is_identity(warehouse, read, samples, tmp_path):
    warehouse.load(read(*samples.glob("taobao_*"), *samples.glob("sycm_*")))
    first = exported(warehouse, tmp_path / "out")
    warehouse.export(tmp_path / "parquet", format="parquet")
    Warehouse.create(tmp_path / "second", Config())
    with Warehouse.open(tmp_path / "second", Config()) as second:
        second.load(read(tmp_path / "parquet"))
        assert exported(second, tmp_path / "again") == first

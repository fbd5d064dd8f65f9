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


def test_a_refund_that_names_the_line_finds_its_order_whichever_list_came_first(warehouse, read, samples):
    warehouse.load(read(samples / "taobao_refunds_2026.xlsx"))
    assert table(warehouse, "refund_facts", "order_id", "amount") == [("", 11.0)]
    warehouse.load(read(samples / "taobao_orders_2026.xlsx"))
    warehouse.load(read(samples / "taobao_suborders_2026.xlsx"))
    facts = table(warehouse, "refund_facts", "order_id", "line_id", "product_id", "amount")
    assert facts == [("6901234567890123402", "6901234567890123403", "700000000002", 11.0)]


SUB = "子订单编号,主订单编号,商品标题,商品价格,购买数量,订单状态,商家编码,买家应付货款,退款状态,退款金额,订单创建时间,订单付款时间,商品ID\n"


def test_a_refund_that_names_only_order_and_product_is_not_added_to_what_its_line_says(warehouse, read, write):
    lines = [
        f"1{n},10,{title},20.00,1,交易成功,{title},20.00,{state},2026-08-01,2026-08-01,70{n}"
        for n, title, state in ((1, "水杯", "退款成功,20.00"), (2, "杯刷", "没有申请退款,无退款申请"))
    ]
    refund = "订单编号,退款编号,买家退款金额,商品id,退款状态,退款完结时间\n10,900,20.00,701,退款成功,2026-08-05\n"
    warehouse.load(read(write("sub.csv", SUB + "\n".join(lines)), write("refunds.csv", refund), source="taobao"))
    facts = table(warehouse, "refund_facts", "refund_id", "order_id", "line_id", "amount")
    assert facts == [("900", "10", "11", 20.0)]


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
    for number, imports in enumerate(([paths], [*([p] for p in reversed(paths)), paths[::2]])):
        stores.append(shutil.copytree(tmp_path / "new", tmp_path / str(number)))
        with Warehouse.open(stores[-1], Config()) as warehouse:
            for batch in imports:
                warehouse.load(read(*batch))
            exported(warehouse, stores[-1] / "out")
    tables = [{p.name: p.read_text(encoding="utf-8") for p in Path(folder / "out").iterdir()} for folder in stores]
    for other in tables[1:]:
        assert set(other) == set(tables[0])
        for name in tables[0]:
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


def test_the_reconciliation_names_the_channels_that_the_rows_say(warehouse, read, write):
    def rows(*channels):
        lines = [f"{channel},{n}" for n, channel in enumerate(channels)]
        return write("orders.csv", "\n".join(["channel,order_id", *lines]) + "\n")

    assert [file.channel for file in warehouse.load(read(rows("taobao:main"))).files] == ["taobao:main"]
    two = warehouse.load(read(rows("taobao:main", "", "taobao:main"))).files
    assert [file.channel for file in two] == ["shop:main, taobao:main"]
    many = warehouse.load(read(rows("e", "b", "d", "a", "c"))).files
    assert [file.channel for file in many] == ["a, b, c, …"]
    silent = warehouse.load(read(write("products.csv", "product_id,title\n1,x\n"))).files
    assert [file.channel for file in silent] == ["shop:main"]

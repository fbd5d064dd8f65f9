"""The rows behind a number add up to it, and only what the files tell apart is offered to split by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from drawn.visited import Planted, opened, tables
from zhanggui.app import Shop
from zhanggui.errors import BadValue, Unanswerable
from zhanggui.metrics import metric
from zhanggui.numbers.behind import Behind, behind
from zhanggui.numbers.kinds import Question
from zhanggui.numbers.product_table import product_records, product_table
from zhanggui.numbers.told import answering, told
from zhanggui.units import Period

START, END = date(2026, 8, 1), date(2026, 8, 31)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    made = opened(tmp_path_factory.mktemp("behind") / "shop", tables(5, Planted(factor=0.5, change="title")))
    yield made
    made.close()


def rows_of(shop: Shop, name: str, most: int = 100_000, **where: str) -> dict[str, Behind]:
    question = Question((name,), where={key: (value,) for key, value in where.items()}, start=START, end=END)
    found = behind(shop.warehouse, question, most=most, config=shop.config, clock=shop.clock, costs=shop.costs)
    return {one.table: one for one in found}


def asked(shop: Shop, name: str, **where: str) -> float:
    return float(shop.query([name], where=where, start=START, end=END).rows[name][0])


@pytest.mark.parametrize(
    ("name", "table", "column", "where"),
    [
        ("gross_sales", "sales", "amount", {}),
        ("gross_sales", "sales", "amount", {"product_id": "P03"}),
        ("gross_sales", "sales", "amount", {"category": "pots"}),
        ("refund_amount", "refund_facts", "amount", {}),
        ("visitors", "traffic_days", "visitors", {}),
        ("visitors", "traffic_days", "visitors", {"product_id": "P03"}),
        ("ad_cost", "ad_days", "cost", {"campaign": "plan P01"}),
        ("on_hand", "stock_days", "on_hand", {}),
    ],
)
def test_the_rows_add_up_to_the_number(shop, name, table, column, where):
    found = rows_of(shop, name, **where)[table]
    assert found.rows.height == found.count
    assert found.rows[column].sum() == pytest.approx(asked(shop, name, **where))


def test_net_sales_has_its_lines_and_its_refunds_behind_it(shop):
    found = rows_of(shop, "net_sales")
    assert found["sales"].rows["amount"].sum() - found["refund_facts"].rows["amount"].sum() == pytest.approx(
        asked(shop, "net_sales")
    )


def test_only_so_many_rows_are_read_and_all_are_counted(shop):
    few, every = rows_of(shop, "gross_sales", 10)["sales"], rows_of(shop, "gross_sales")["sales"]
    assert few.rows.height == 10
    assert few.count == every.count == every.rows.height
    assert few.rows["day"].to_list() == [END] * 10


def test_nothing_of_a_buyer_stands_in_the_rows(shop):
    for name in ("gross_sales", "orders", "review_count"):
        for found in rows_of(shop, name).values():
            assert not {"customer_key", "recipient", "phone"} & set(found.rows.columns)


def test_a_place_that_a_table_does_not_have_is_refused(shop):
    with pytest.raises(Unanswerable):
        rows_of(shop, "visitors", country="GB")
    with pytest.raises(BadValue):
        rows_of(shop, "visitors", colour="red")


def test_what_the_files_do_not_tell_apart_is_not_offered(shop):
    assert told(shop.warehouse, metric("net_sales")) == ("product_id", "category", "sku")
    assert told(shop.warehouse, metric("conversion_rate")) == ("product_id", "category", "source")
    assert told(shop.warehouse, metric("repeat_rate")) == ()
    assert "country" in answering(metric("net_sales"))


def test_a_product_whose_conversion_halved_leaves_half_as_much_a_visitor(shop):
    rows = product_table(shop.warehouse, Period(START, END), config=shop.config, clock=shop.clock, costs=shop.costs)
    values = dict(rows.select("product_id", "visitor_value").iter_rows())
    others = sorted(value for product, value in values.items() if product != "P00")
    assert rows.height == 12
    assert values["P00"] < 0.85 * others[0]


def test_contribution_is_unknown_without_costs(shop):
    rows = product_table(shop.warehouse, Period(START, END), config=shop.config, clock=shop.clock, costs=None)
    assert rows["contribution"].null_count() == rows["visitor_value"].null_count() == 12
    assert rows["sales"].min() > 0


def test_one_products_records_are_its_own(shop):
    found = product_records(shop.warehouse, "P00")
    assert found.sold
    assert found.facts["product_id"].to_list() == ["P00"]
    assert found.changes["what"].to_list() == ["title"]
    assert sorted(found.stock["sku"]) == ["P00-M", "P00-S"]
    assert not product_records(shop.warehouse, "nothing").sold

"""Imports in any order, twice, overlapping, undone in the middle: always the same store."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drawn.readings import LONDON, exported, reading
from zhanggui.errors import BadValue
from zhanggui.store import Warehouse

MORNING = {
    "_time": "2024-05-01 09:00",
    "order_id": "1",
    "status": "placed",
    "created_at": "2024-05-01 08:00",
    "goods_amount": "10",
}
NOON = {"_time": "2024-05-01 12:00", "order_id": "1", "status": "paid", "paid_at": "2024-05-01 11:00"}


def status(shop: Warehouse) -> list[Any]:
    return shop.run(shop.table("orders").select("status"))["status"].to_list()


def test_the_later_state_of_an_order_wins_whichever_file_comes_first(new_shop: Any, tmp_path: Path) -> None:
    stores = []
    for name, rows in (("a", (MORNING, NOON)), ("b", (NOON, MORNING))):
        shop = new_shop(name)
        for row in rows:
            shop.load([reading({"orders": [row]})])
        assert status(shop) == ["paid"]
        assert shop.run(shop.table("orders").select("goods_amount"))["goods_amount"].to_list() == [10.0]
        stores.append(exported(shop, tmp_path / f"out-{name}"))
    assert stores[0] == stores[1]


def test_a_column_that_a_file_lacks_never_erases_a_known_one(shop: Warehouse) -> None:
    shop.load([reading({"orders": [{"order_id": "1", "country": "FR", "city": "Paris"}]})])
    shop.load([reading({"orders": [{"order_id": "1", "city": ""}]}, exported_at="2024-01-01 10:00:00")])
    assert shop.run(shop.table("orders").select("country", "city")).rows() == [("FR", "Paris")]


def test_a_file_imported_twice_adds_nothing_but_a_claim(shop: Warehouse, tmp_path: Path) -> None:
    rows = {"orders": [MORNING, {**MORNING, "order_id": "2"}]}
    first = shop.load([reading(rows)])
    before, version = exported(shop, tmp_path / "one"), shop.version
    second = shop.load([reading(rows)])
    assert (first.new, second.new, second.already_there, second.changed) == (2, 0, 2, False)
    assert exported(shop, tmp_path / "two") == before
    assert shop.version == version
    shop.undo(first.batch)
    assert exported(shop, tmp_path / "three") == before
    shop.undo(second.batch)
    assert shop.rows()["orders"] == 0


def test_undo_under_a_later_import_leaves_what_the_later_one_says(shop: Warehouse) -> None:
    first = shop.load([reading({"orders": [MORNING]})])
    shop.load([reading({"orders": [NOON]})])
    undone = shop.undo(first.batch)
    assert undone.removed == {"orders": 1}
    assert shop.run(shop.table("orders").select("status", "goods_amount")).rows() == [("paid", None)]


def test_an_unknown_or_already_undone_import_cannot_be_taken_back(shop: Warehouse) -> None:
    batch = shop.load([reading({"orders": [MORNING]})]).batch
    shop.undo(batch)
    for name in (batch, "9999"):
        with pytest.raises(BadValue) as caught:
            shop.undo(name)
        assert caught.value.code == "store.unknown_batch"


def test_a_sub_order_list_replaces_the_lines_of_an_order_list_as_a_whole(shop: Warehouse) -> None:
    coarse = reading(
        {"order_lines": [{"order_id": "1", "line_id": "a", "title": "all of it", "quantity": "3"}]}, layout=10
    )
    fine = reading({"order_lines": [{"order_id": "1", "line_id": n, "quantity": n} for n in ("1", "2")]}, layout=30)
    other = reading({"order_lines": [{"order_id": "2", "line_id": "b", "quantity": "1"}]}, layout=10)
    shop.load([coarse, other])
    batch = shop.load([fine]).batch
    lines = shop.table("order_lines").select("order_id", "line_id").order_by("order_id", "line_id")
    assert shop.run(lines).rows() == [("1", "1"), ("1", "2"), ("2", "b")]
    shop.undo(batch)
    assert shop.run(lines).rows() == [("1", "a"), ("2", "b")]


def test_a_row_stated_twice_with_other_words_keeps_both_versions_and_counts_them(shop: Warehouse) -> None:
    result = shop.load([reading({"orders": [MORNING, {**MORNING, "city": "Leeds"}, MORNING]})])
    (count,) = result.tables
    assert (count.rows_read, count.new, count.replaced, count.already_there) == (3, 1, 1, 1)
    assert shop.rows()["orders"] == 1


words = st.sampled_from(["", "a", "b"])
order = st.fixed_dictionaries(
    {
        "order_id": st.sampled_from(["1", "2", "3"]),
        "status": st.sampled_from(["placed", "paid", "shipped", ""]),
        "city": words,
        "created_at": st.sampled_from(["2024-05-01 10:00", "2024-05-02", ""]),
        "goods_amount": st.sampled_from(["", "1", "2.50"]),
        "_time": st.sampled_from(["", "2024-05-01 10:00", "2024-05-03 10:00"]),
    }
)
line = st.fixed_dictionaries(
    {
        "order_id": st.sampled_from(["1", "2", "3"]),
        "line_id": st.sampled_from(["x", "y"]),
        "product_id": words,
        "quantity": st.sampled_from(["1", "2"]),
        "unit_price": st.sampled_from(["1.10", "3", ""]),
    }
)
file = st.tuples(st.lists(order, max_size=3), st.lists(line, max_size=4), st.sampled_from([10, 20, 30]))


def as_reading(drawn: Any) -> Any:
    orders, lines, layout = drawn
    return reading({name: rows for name, rows in (("orders", orders), ("order_lines", lines)) if rows}, layout=layout)


def facts(shop: Warehouse) -> list[Any]:
    return [sorted(map(repr, shop.run(shop.table(name)).rows())) for name in ("order_facts", "sales", "refund_facts")]


GIVEN = given(files=st.lists(file, min_size=1, max_size=4), data=st.data())


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@GIVEN
def test_any_order_any_repeat_and_any_undo_give_the_same_store(files: list[Any], data: st.DataObject) -> None:
    mixed_up(files, data)


@pytest.mark.prove
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@GIVEN
def test_many_orders_repeats_and_undos_give_the_same_store(files: list[Any], data: st.DataObject) -> None:
    mixed_up(files, data)


def mixed_up(files: list[Any], data: st.DataObject) -> None:
    """Load the files in their order, and mixed up, repeated and with others taken back: the stores must be equal."""
    shuffled = data.draw(st.permutations(files))
    repeats = data.draw(st.lists(st.sampled_from(files), max_size=2))
    foreign = data.draw(file)
    at = data.draw(st.integers(0, len(shuffled)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stores = []
        for shop_name in ("plain", "mixed"):
            Warehouse.create(folder / shop_name, LONDON)
        with Warehouse.open(folder / "plain", LONDON) as shop:
            for drawn in files:
                shop.load([as_reading(drawn)])
            stores.append((exported(shop, folder / "out1"), facts(shop)))
        with Warehouse.open(folder / "mixed", LONDON) as shop:
            undone = []
            for number, drawn in enumerate([*shuffled, *repeats]):
                if number == at:
                    undone.append(shop.load([as_reading(foreign)]).batch)
                shop.load([as_reading(drawn)])
            extra = shop.load([as_reading(files[0])]).batch
            for batch in (*undone, extra):
                shop.undo(batch)
            stores.append((exported(shop, folder / "out2"), facts(shop)))
    assert stores[0] == stores[1]


def test_an_engine_that_hashes_otherwise_still_knows_every_row(tmp_path: Path) -> None:
    rows = {"orders": [MORNING, {**MORNING, "order_id": "2"}], "order_lines": [{"order_id": "1", "line_id": "a"}]}
    tied = {"orders": [{**MORNING, "city": "Leeds"}]}
    Warehouse.create(tmp_path / "shop", LONDON)
    with Warehouse.open(tmp_path / "shop", LONDON) as shop:
        first = shop.load([reading(rows)]).batch
        shop.load([reading(tied)])
        again = shop.load([reading(rows)]).batch
        before, told = exported(shop, tmp_path / "before"), facts(shop)
    with duckdb.connect(str(tmp_path / "shop" / "warehouse.duckdb")) as connection:
        for table in ("orders", "orders_versions", "orders_claims", "order_lines", "order_lines_claims"):
            connection.execute(f"UPDATE {table} SET _key = xor(_key, 77), _content = xor(_content, 99)")
        connection.execute("UPDATE meta SET value = 'another' WHERE name = 'hash'")
    with Warehouse.open(tmp_path / "shop", LONDON) as shop:
        assert (exported(shop, tmp_path / "opened"), facts(shop)) == (before, told)
        result = shop.load([reading(rows), reading(tied)])
        assert (result.new, result.replaced, result.already_there) == (0, 0, 4)
        for batch in (first, again):
            shop.undo(batch)
        assert exported(shop, tmp_path / "undone") == before
        shop.undo(result.batch)
        assert shop.rows()["orders"] == 1

"""Where orders came from: four witnesses in a fixed order, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pytest

from drawn.readings import LONDON, exported, reading
from zhanggui.store import Warehouse

AT = "2026-03-02 10:00"
PAGE = "/tea?utm_source=letter&utm_medium=email&utm_campaign=spring"


def order(number: str, **more: str) -> dict[str, Any]:
    return {"order_id": number, "created_at": AT, "paid_at": AT, "status": "paid", "goods_amount": "10", **more}


def pay(number: str, source: str = "bing / organic", *, at: str = AT, name: str = "", **more: str) -> dict[str, Any]:
    return {"event_id": name or f"pay-{number}", "at": at, "kind": "pay", "order_id": number, "source": source, **more}


def found(shop: Warehouse) -> dict[str, tuple[str, ...]]:
    facts = shop.table("order_facts")
    rows = shop.run(facts.select("channel", "order_id", "source", "source_by", "campaign").order_by(facts.channel))
    return {f"{row[0]}/{row[1]}" if row[0] != "shop:main" else row[1]: row[2:] for row in rows.iter_rows()}


ORDERS = [
    order("#1", visit_source="google / cpc", visit_campaign="brand", landing_page=PAGE, source="pos", campaign="till"),
    order("#2", landing_page=PAGE, source="pos"),
    order("#3", source="pos", campaign="till"),
    order("#4", source="pos", campaign="till"),
    order("#5"),
    order("#6", source="web"),
    order("#7", visit_source="(not set) / (not set)", landing_page="/tea", source="web", campaign="till"),
    order("#8", landing_page="/tea?gclid=1"),
    order("#9", landing_page="/x?utm_source=caf%C3%A9+news&utm_medium=referral"),
    order("10", extra='{"Id": "5500000000010"}'),
    order("11", landing_page="/tea?utm_source=%ZZ&utm_source=b"),
]
SEEN = [
    pay("1"),
    pay("2"),
    pay("3", "meta / paid", campaign="launch"),
    pay("#6", "(direct) / (none)"),
    pay("gid://shopify/Order/5500000000010", "news / email"),
    pay("5", at="2025-03-02 10:00"),
    pay("7", "(not set)"),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("sourcing") / "shop"
    Warehouse.create(folder, LONDON)
    with Warehouse.open(folder, LONDON) as warehouse:
        warehouse.load([reading({"orders": ORDERS}), reading({"events": SEEN}, channel="ga4:main")])
        yield warehouse


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("#1", ("google / cpc", "order", "brand")),
        ("#2", ("letter / email", "landing", "spring")),
        ("#3", ("meta / paid", "statistics", "launch")),
        ("#4", ("pos", "platform", "till")),
        ("#8", ("google / cpc", "landing", "")),
        ("#9", ("café news / referral", "landing", "")),
    ],
)
def test_the_first_witness_who_knows_a_source_decides_it_and_its_campaign(shop, number, told):
    assert found(shop)[number] == told


def test_an_order_nobody_knows_of_stays_unknown(shop):
    assert found(shop)["#5"] == ("", "", ""), "a purchase of the same number a year before is another one"


def test_the_shop_s_own_pages_are_where_it_was_bought_and_not_where_from(shop):
    assert found(shop)["#6"] == ("(direct) / (none)", "statistics", "")
    assert found(shop)["#7"] == ("", "", "till")


def test_a_purchase_under_the_platform_s_own_number_is_the_same_order(shop):
    assert found(shop)["10"] == ("news / email", "statistics", "")


def test_a_broken_address_tells_something_or_nothing_but_stops_no_import(shop):
    assert found(shop)["11"][1] in ("landing", "")


def test_an_order_that_two_channels_number_alike_is_nobody_s_unless_the_purchase_is_the_channel_s_own(new_shop):
    shop = new_shop("alike")
    shop.load([reading({"orders": [order("7")]}, channel=name) for name in ("a:main", "b:main")])
    shop.load([reading({"events": [pay("7")]}, channel="ga4:main")])
    assert {row[1] for row in found(shop).values()} == {""}
    shop.load([reading({"events": [pay("7", "post / print")]}, channel="b:main")])
    assert found(shop) == {"a:main/7": ("", "", ""), "b:main/7": ("post / print", "statistics", "")}


def test_of_two_statistics_that_saw_an_order_the_first_by_name_speaks(new_shop):
    shop = new_shop("two")
    shop.load([reading({"events": [pay("1", "second")]}, channel="matomo:main"), reading({"orders": [order("1")]})])
    shop.load([reading({"events": [pay("1", "first")]}, channel="ga4:main")])
    assert found(shop)["1"] == ("first", "statistics", "")


@pytest.mark.prove
def test_any_order_of_imports_and_one_taken_back_give_the_same_sources(new_shop, tmp_path):
    parts = [
        reading({"orders": [order("#1", source="web"), order("#2")]}),
        reading({"events": [pay("1"), pay("2", "x / y")]}, channel="ga4:main"),
        reading({"orders": [order("#2", landing_page=PAGE)]}, origin="later.csv", layout=30),
    ]
    stores, files = set(), set()
    for nth, some in enumerate(list(permutations(parts))[::2]):
        shop = new_shop(f"any{nth}")
        for part in some:
            shop.load([part])
        stores.add(repr(found(shop)))
        files.add(repr(exported(shop, tmp_path / f"out{nth}")))
    assert (len(stores), len(files)) == (1, 1)
    assert found(shop) == {"#1": ("bing / organic", "statistics", ""), "#2": ("letter / email", "landing", "spring")}
    again = shop.load(
        [reading({"events": [pay("9")], "orders": [order("#9", visit_source="radio")]}, channel="z:main")]
    )
    shop.undo(again.batch)
    assert repr(found(shop)) in stores


def test_taking_the_statistics_back_takes_back_what_they_told(new_shop):
    shop = new_shop("back")
    many = [order(f"{nth}") for nth in range(100, 180)]
    shop.load([reading({"orders": many})])
    seen = shop.load([reading({"events": [pay("101"), pay("102")]}, channel="ga4:main")])
    assert [found(shop)[number][1] for number in ("101", "102", "103")] == ["statistics", "statistics", ""]
    shop.load([reading({"orders": [order("101", landing_page=PAGE)]}, origin="later.csv")])
    assert found(shop)["101"][1] == "landing"
    shop.undo(seen.batch)
    assert [found(shop)[number][1] for number in ("101", "102")] == ["landing", ""]


def test_a_warehouse_of_an_earlier_version_grows_and_knows_its_rows_again(tmp_path: Path):
    folder = tmp_path / "old"
    Warehouse.create(folder, LONDON)
    rows = reading({"orders": [order("1", source="pos")], "events": [pay("1")]})
    with Warehouse.open(folder, LONDON) as shop:
        shop.load([rows])
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        for table in ("orders", "orders_versions"):
            for column in ("visit_source", "visit_campaign", "landing_page"):
                connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("ALTER TABLE order_facts DROP COLUMN source_by")
        connection.execute("UPDATE orders SET _content = 1")
        connection.execute("DELETE FROM meta WHERE name = 'shape'")
    with Warehouse.open(folder, LONDON) as shop:
        assert found(shop)["1"] == ("bing / organic", "statistics", "")
        again = shop.load([rows])
        assert (again.new, again.replaced, shop.rows()["orders"]) == (0, 0, 1)

"""Facts brought up to date where an import or an undo reaches are the facts made anew from everything."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drawn.readings import LONDON, reading
from zhanggui.store import Warehouse, facts
from zhanggui.tables import FACTS

STRANGERS = 400
TERMS = facts.Terms("GBP", int(LONDON["new_buyer_days"]))

days = st.sampled_from(["2022-05-01 10:00", "2023-06-02 11:00", "2024-05-02 12:00", "2024-05-09 13:00", None])
numbers = st.sampled_from(["1", "2", "3", "4", "x"])
"""Orders and lines share numbers, as they do where an order has a single line."""
products = st.sampled_from(["p", "q", None])
money = st.sampled_from(["10", "3.33", None])

order = st.fixed_dictionaries(
    {
        "order_id": numbers,
        "created_at": days,
        "paid_at": st.sampled_from(["2024-05-03 10:00", None, None]),
        "status": st.sampled_from(["paid", "placed", "cancelled", None]),
        "kind": st.sampled_from(["normal", "credit", None]),
        "customer_key": st.sampled_from(["k", "l", "m", None]),
        "goods_amount": money,
        "country": st.sampled_from(["GB", None]),
        "currency": st.sampled_from(["EUR", None, None]),
        "source": st.sampled_from(["pos", "web", None, None]),
        "landing_page": st.sampled_from(["/?utm_source=letter", None, None, None]),
        "extra": st.sampled_from(['{"Id": "2"}', '{"Id": "o7"}', None, None]),
    }
)
purchase = st.fixed_dictionaries(
    {
        "event_id": st.sampled_from(["pay-1", "pay-2", "pay-3"]),
        "at": st.sampled_from(["2024-05-02 12:00", "2024-05-09 13:00", "2024-04-01 11:00"]),
        "kind": st.sampled_from(["pay", "pay", "view"]),
        "order_id": st.sampled_from(["1", "#2", "3", "o7", None]),
        "source": st.sampled_from(["x", "y", None]),
    }
)
line = st.fixed_dictionaries(
    {
        "order_id": numbers,
        "line_id": numbers,
        "product_id": products,
        "quantity": st.sampled_from(["1", "2"]),
        "unit_price": money,
        "kind": st.sampled_from(["goods", "gift", "non_goods", None]),
    }
)
fee = st.fixed_dictionaries({"order_id": numbers, "kind": st.just("commission"), "amount": st.sampled_from(["1", "2"])})
refund = st.fixed_dictionaries(
    {
        "refund_id": st.sampled_from(["r", "s", "t", "u"]),
        "order_id": st.one_of(numbers, st.none()),
        "line_id": st.one_of(st.none(), st.none(), numbers),
        "product_id": products,
        "quantity": st.sampled_from(["1", None]),
        "amount": st.sampled_from(["1", "4", "9"]),
        "finished_at": days,
        "status": st.sampled_from(["finished", "requested", None]),
        "scope": st.sampled_from(["single", "line_total", "order_total", None]),
    }
)
cost = st.fixed_dictionaries(
    {"product_id": st.sampled_from(["p", "q", "stranger"]), "cost": st.sampled_from(["1", "2", None])}
)
rate = st.fixed_dictionaries(
    {"day": st.sampled_from(["2024-05-01", "2022-04-28"]), "currency": st.just("EUR"), "rate": st.sampled_from(["0.9"])}
)
file = st.fixed_dictionaries(
    {},
    optional={
        "orders": st.lists(order, min_size=1, max_size=4),
        "order_lines": st.lists(line, min_size=1, max_size=5),
        "order_fees": st.lists(fee, min_size=1, max_size=2),
        "refunds": st.lists(refund, min_size=1, max_size=4),
        "products": st.lists(cost, min_size=1, max_size=2),
        "fx_rates": st.lists(rate, min_size=1, max_size=1),
        "events": st.lists(purchase, min_size=1, max_size=3),
    },
).filter(bool)
steps = st.lists(st.one_of(st.tuples(file, st.sampled_from([10, 30, 40])), st.integers(0, 9)), min_size=2, max_size=6)


def strangers() -> Any:
    """Orders enough that what is drawn beside them is a small part of the whole; they have payment times."""
    many = range(STRANGERS)
    orders = pl.DataFrame(
        {
            "order_id": [f"o{n}" for n in many],
            "created_at": ["2024-04-01 10:00"] * STRANGERS,
            "paid_at": ["2024-04-02 10:00"] * STRANGERS,
            "customer_key": [f"c{n % 90}" for n in many],
        }
    )
    lines = pl.DataFrame(
        {
            "order_id": [f"o{n}" for n in many],
            "line_id": [f"l{n}" for n in many],
            "product_id": ["stranger" if n % 90 else "p" for n in many],
            "quantity": ["1"] * STRANGERS,
            "unit_price": ["5"] * STRANGERS,
        }
    )
    return reading({"orders": orders, "order_lines": lines})


def rows(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    return {name: connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in FACTS}


def compared(folder: Path) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """The fact tables as they lie in a closed warehouse, and as they are when made anew."""
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        there = rows(connection)
        connection.execute("BEGIN")
        facts.derive(connection, TERMS)
        anew = rows(connection)
        connection.execute("ROLLBACK")
    return there, anew


def walk(folder: Path, drawn: list[Any], *, every_step: bool = False) -> None:
    """Import and take back as drawn; in the end, or after every step, the facts must be those made anew."""
    Warehouse.create(folder, LONDON)
    with Warehouse.open(folder, LONDON) as shop:
        shop.load([strangers()])
    for step in drawn:
        with Warehouse.open(folder, LONDON) as shop:
            if isinstance(step, tuple):
                tables, layout = step
                shop.load([reading(tables, layout=layout)])
            else:
                batches = [batch.id for batch in shop.batches()[1:] if batch.undone_at is None]
                if batches:
                    shop.undo(batches[step % len(batches)])
        if every_step or step is drawn[-1]:
            there, anew = compared(folder)
            assert there == anew, step


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=steps)
def test_facts_after_some_imports_and_undos_are_those_made_anew(drawn: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        walk(Path(name) / "shop", drawn)


@pytest.mark.prove
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=steps)
def test_facts_after_any_imports_and_undos_are_those_made_anew(drawn: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        walk(Path(name) / "shop", drawn, every_step=True)


SALE = {"order_id": "1", "created_at": "2024-05-01", "paid_at": "2024-05-01", "customer_key": "k", "goods_amount": "10"}
BACK = {"refund_id": "r", "order_id": "7", "amount": "4", "finished_at": "2024-05-09"}


@pytest.mark.parametrize(
    "files",
    [
        pytest.param([{"orders": [{**SALE, "order_id": "0", "paid_at": "2023-09-09"}]}], id="an earlier sale"),
        pytest.param([{"orders": [{**SALE, "customer_key": "l", "_time": "2024-06-01"}]}], id="another buyer"),
        pytest.param([{"order_lines": [{"order_id": "1", "line_id": "7", "quantity": "1"}]}], id="the line meant"),
        pytest.param([{"refunds": [{**BACK, "order_id": "1", "_time": "2024-06-01"}]}], id="the order meant"),
        pytest.param([{"fx_rates": [{"day": "2024-05-01", "currency": "USD", "rate": "1"}]}], id="a rate"),
        pytest.param([{"products": [{"product_id": "stranger", "cost": "2"}]}], id="a cost of most lines"),
        pytest.param([{"products": [{"product_id": "p", "cost": "2"}]}], id="a cost of few lines"),
        pytest.param(
            [
                {"orders": [{"channel": "other", "order_id": "1", "created_at": "2024-05-01"}]},
                {"orders": [{"channel": "other", "order_id": "2", "paid_at": "2024-05-01"}]},
            ],
            id="a channel's first payment time",
        ),
    ],
)
def test_what_an_import_reaches_beside_its_own_rows(tmp_path: Path, files: list[Any]) -> None:
    walk(tmp_path / "shop", [({"orders": [SALE], "refunds": [BACK]}, 40), *((tables, 40) for tables in files), 1])


CANCELLED = {**SALE, "status": "cancelled", "_time": "2024-05-02"}
NAMED = {"order_id": "1", "line_id": "7", "quantity": "1"}


@pytest.mark.parametrize(
    "then",
    [
        pytest.param(({"orders": [{**SALE, "status": "paid", "_time": "2024-06-01"}]}, 10), id="becomes a sale"),
        pytest.param(({"order_lines": [{**NAMED, "line_id": "8"}]}, 30), id="has other lines"),
    ],
)
def test_a_refund_that_names_a_line_follows_the_order_of_the_line(tmp_path: Path, then: Any) -> None:
    """Left out of the facts at first: its order is no sale."""
    first = ({"orders": [CANCELLED], "order_lines": [NAMED], "refunds": [BACK]}, 10)
    walk(tmp_path / "shop", [first, then, 1])


def test_a_small_import_leaves_the_facts_of_the_others_in_their_place(tmp_path: Path) -> None:
    Warehouse.create(tmp_path, LONDON)
    with Warehouse.open(tmp_path, LONDON) as shop:
        shop.load([strangers()])
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("UPDATE order_facts SET source = 'as it was'")
    with Warehouse.open(tmp_path, LONDON) as shop:
        shop.load([reading({"orders": [SALE]})])
        found = shop.run(shop.table("order_facts").group_by("source").aggregate(orders=lambda t: t.count()))
    assert dict(found.rows()) == {"as it was": STRANGERS, "": 1}

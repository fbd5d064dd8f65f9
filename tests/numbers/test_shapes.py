"""A question of a known shape is not built anew for other days and values, and is answered as if it were."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drawn.readings import LONDON, reading
from zhanggui.errors import Unanswerable
from zhanggui.numbers.kinds import Answer, Question
from zhanggui.numbers.query import ask
from zhanggui.store import Warehouse
from zhanggui.store.questions import QUESTIONS
from zhanggui.units import Clock, Period

FIRST, DAYS = date(2024, 1, 1), 120
CLOCK = Clock("Europe/London", lambda: datetime(2024, 9, 1, tzinfo=UTC))
PRODUCTS = ("A", "B", 'it\'s "C"')
SOURCES = ("search", "ads")


@pytest.fixture(scope="module")
def sold() -> list[dict[str, Any]]:
    """Lines of one unit each: day number, product, price."""
    chance = random.Random(3)
    return [
        {"n": chance.randrange(DAYS), "product": chance.choice(PRODUCTS), "price": chance.randrange(1, 90)}
        for _ in range(600)
    ]


@pytest.fixture(scope="module")
def folder(sold: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("shapes") / "shop"
    Warehouse.create(place, LONDON)
    with Warehouse.open(place, LONDON) as warehouse:
        warehouse.load([reading({**_orders(sold), **_traffic()})])
    return place


@pytest.fixture
def shop(folder: Path) -> Iterator[Warehouse]:
    with Warehouse.open(folder, LONDON) as warehouse:
        yield warehouse


def _orders(sold: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    moments = [f"{FIRST + timedelta(days=one['n'])} 12:00" for one in sold]
    return {
        "orders": [
            {"order_id": str(i), "created_at": at, "paid_at": at, "status": "paid", "customer_key": f"c{i % 50}"}
            for i, at in enumerate(moments)
        ],
        "order_lines": [
            {
                "order_id": str(i),
                "line_id": "1",
                "product_id": one["product"],
                "quantity": "1",
                "unit_price": str(one["price"]),
            }
            for i, one in enumerate(sold)
        ],
        "refunds": [
            {"refund_id": str(i), "order_id": str(i), "line_id": "1", "amount": "1", "finished_at": moments[i]}
            for i in range(0, len(sold), 3)
        ],
    }


def _traffic() -> dict[str, list[dict[str, Any]]]:
    """By source for the first half, by product throughout."""
    rows = []
    for n in range(DAYS):
        places = [("*", product) for product in PRODUCTS] + [(one, "*") for one in SOURCES if n < DAYS // 2]
        rows += [
            {
                "day": str(FIRST + timedelta(days=n)),
                "source": source,
                "product_id": product,
                "device": "*",
                "visitors": str(100 + n % 11),
                "pay_buyers": str(1 + n % 5),
            }
            for source, product in places
        ]
    return {"traffic_days": rows}


def put(shop: Warehouse, question: Question) -> Answer | str:
    """The answer, or the name of why there is none."""
    try:
        return ask(shop, question, config=LONDON, clock=CLOCK, fresh=True)
    except Unanswerable as refusal:
        return refusal.code


def days(start: int, end: int) -> dict[str, date]:
    return {"start": FIRST + timedelta(days=start), "end": FIRST + timedelta(days=end)}


SHAPES = (
    Question(("net_sales", "orders", "refund_amount")),
    Question(("net_sales", "conversion_rate"), by=("week", "product_id"), against="previous"),
    Question(("visitors", "orders"), by=("source",)),
    Question(("units_per_order", "unit_price"), by=("month",), where={"product_id": ("A",)}),
    Question(("gross_sales",), by=("product_id",), where={"week": ("2024-01-08",)}),
    Question(("net_sales_expected", "net_sales"), by=("day",)),
    Question(("active_customers", "repeat_rate_30"), by=("week",)),
    Question(("active_customers", "repeat_rate_30")),
)
OTHERS = (
    days(0, 40),
    days(3, 90),
    days(55, 119),
    {"where": {"product_id": ("B",)}, **days(10, 70)},
    {"where": {"product_id": ("A", PRODUCTS[2])}, **days(10, 70)},
    {"where": {"product_id": PRODUCTS}, **days(12, 60)},
    {"where": {"week": ("2024-02-05",)}, **days(0, 100)},
    {"where": {"month": ("2024-03",), "product_id": ("B",)}, **days(5, 110)},
    {"against": Period(FIRST, FIRST + timedelta(days=9)), **days(40, 49)},
)


def same(one: Answer | str, other: Answer | str) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return one.rows.equals(other.rows) and one.flags == other.flags and (one.start, one.end) == (other.start, other.end)


def test_warm_answers_are_those_of_a_freshly_opened_shop(shop: Warehouse) -> None:
    questions = [replace(one, **other) for one in SHAPES for other in OTHERS]
    questions = random.Random(5).sample(questions, 24)
    warm = [put(shop, question) for question in questions]
    shop.close()
    wrong = []
    for question, answer in zip(questions, warm, strict=True):
        QUESTIONS.forget()
        with Warehouse.open(shop.folder, LONDON) as fresh:
            if not same(answer, put(fresh, question)):
                wrong.append(question)
    assert wrong == []
    assert sum(isinstance(answer, Answer) for answer in warm) > 12


def test_other_days_and_values_compile_nothing(shop: Warehouse) -> None:
    question = Question(("net_sales", "visitors"), by=("week", "source"), where={"product_id": ("A",)}, **days(0, 50))
    assert isinstance(put(shop, question), Answer)
    compiled = len(QUESTIONS)
    for product, moments in (("B", days(1, 40)), (PRODUCTS[2], days(20, 47)), ("no such", days(3, 44))):
        put(shop, replace(question, where={"product_id": (product,)}, **moments))
    assert len(QUESTIONS) == compiled
    put(shop, replace(question, where={"product_id": ("A", "B")}))
    assert len(QUESTIONS) > compiled


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.integers(0, DAYS - 1),
    length=st.integers(1, 60),
    products=st.lists(st.sampled_from((*PRODUCTS, "none")), min_size=0, max_size=10),
)
def test_any_days_and_products_sum_to_the_lines_that_were_drawn(
    shop: Warehouse, sold: list[dict[str, Any]], start: int, length: int, products: list[str]
) -> None:
    where = {"product_id": tuple(products)} if products else {}
    end = min(start + length, DAYS) - 1
    answer = put(shop, Question(("gross_sales", "refund_amount"), where=where, **days(start, end)))
    assert isinstance(answer, Answer)
    rows = [
        one
        for one in enumerate(sold)
        if start <= one[1]["n"] <= end and (one[1]["product"] in products or not products)
    ]
    assert answer.rows["gross_sales"][0] == sum(line["price"] for _, line in rows)
    assert answer.rows["refund_amount"][0] == sum(1 for number, _ in rows if number % 3 == 0)


def test_an_import_in_between_is_seen_and_levels_are_chosen_anew(tmp_path: Path) -> None:
    Warehouse.create(tmp_path / "shop", LONDON)
    day = {"day": str(FIRST), "device": "*", "visitors": "7"}
    with Warehouse.open(tmp_path / "shop", LONDON) as growing:
        question = Question(("visitors",), **days(0, 0))
        growing.load([reading({"traffic_days": [{**day, "source": "*", "product_id": "A"}]})])
        by_product = put(growing, question)
        growing.load([reading({"traffic_days": [{**day, "source": "*", "product_id": "*", "visitors": "5"}]})])
        whole = put(growing, question)
    assert isinstance(by_product, Answer)
    assert isinstance(whole, Answer)
    assert by_product.rows["visitors"][0] is None
    assert [flag.caveat for flag in by_product.flags if flag.metric == "visitors"] == ["level_missing"]
    assert whole.rows["visitors"][0] == 5

"""WooCommerce takes prices, sales with their days, titles and status by its documented interface, never over another's change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drawn.visiting import visit
from drawn.woo import KEY, SECRET, Woo, served
from zhanggui.doing import writers
from zhanggui.doing.kinds import Hand, What
from zhanggui.errors import BadValue, Unreached

VARIATIONS = [
    {"id": 101, "sku": "CUP-W", "regular_price": "6.40", "sale_price": "", "on_sale": False},
    {"id": 102, "sku": "CUP-B", "regular_price": "7.00", "sale_price": "", "on_sale": False},
]


@pytest.fixture
def woo() -> Woo:
    shop = Woo.of_samples()
    shop.products[12] = {**shop.products[11], "id": 12, "type": "variable", "sku": "", "variations": [101, 102]}
    shop.variations[12] = [dict(one) for one in VARIATIONS]
    return shop


@pytest.fixture
def address(woo: Woo) -> Iterator[str]:
    with served(woo) as there:
        yield there


@pytest.fixture
def hand(address: str) -> Iterator[Hand]:
    with writers()["woocommerce"].open(visit("woocommerce", address, {"key": KEY, "secret": SECRET})) as there:
        yield there


@pytest.mark.parametrize(
    ("what", "field", "before", "after", "written"),
    [
        ("price", "regular_price", "8.50", "8.90", "8.90"),
        ("title", "name", "Green tea 100g", "Green tea, spring", "Green tea, spring"),
        ("status", "status", "active", "draft", "draft"),
        ("sale_price", "sale_price", None, "7.50", "7.50"),
        ("sale_from", "date_on_sale_from", None, "2026-10-01", "2026-10-01T00:00:00"),
        ("sale_to", "date_on_sale_to", None, "2026-10-07", "2026-10-07T23:59:59"),
    ],
)
def test_a_value_arrives_and_goes_back(
    hand: Hand, woo: Woo, what: What, field: str, before: str | None, after: str, written: str
) -> None:
    (held,) = hand.look("10", what)
    assert held.now == before
    assert hand.write(held.item, what, before, after)
    assert woo.products[10][field] == written
    assert [one.now for one in hand.look("10", what)] == [after]
    assert hand.write(held.item, what, after, before)
    assert [one.now for one in hand.look("10", what)] == [before]


def test_nothing_is_written_over_another_value(hand: Hand, woo: Woo) -> None:
    (held,) = hand.look("10", "price")
    woo.products[10]["regular_price"] = "9.10"
    assert not hand.write(held.item, "price", held.now, "8.90")
    assert woo.products[10]["regular_price"] == "9.10"


def test_variations_are_written_one_by_one(hand: Hand, woo: Woo) -> None:
    assert {(one.sku, one.now) for one in hand.look("12", "price")} == {("CUP-W", "6.40"), ("CUP-B", "7.00")}
    (blue,) = hand.look("12", "price", "CUP-B")
    assert hand.write(blue.item, "price", "7.00", "7.20")
    assert [one["regular_price"] for one in woo.variations[12]] == ["6.40", "7.20"]


def test_a_price_under_a_running_sale_is_refused_since_it_would_change_nothing(hand: Hand, woo: Woo) -> None:
    woo.products[10] |= {"on_sale": True, "sale_price": "7.00"}
    with pytest.raises(BadValue, match="on_sale"):
        hand.look("10", "price")


def test_a_product_that_is_not_there_is_named(hand: Hand) -> None:
    with pytest.raises(BadValue, match="unknown_product"):
        hand.look("999", "price")


def test_a_key_that_may_only_read_writes_nothing(address: str, woo: Woo) -> None:
    woo.keys["ck_reads"] = ("cs_reads", "read")
    with writers()["woocommerce"].open(
        visit("woocommerce", address, {"key": "ck_reads", "secret": "cs_reads"})
    ) as hand:
        (held,) = hand.look("10", "price")
        with pytest.raises(Unreached):
            hand.write(held.item, "price", held.now, "8.90")
    assert woo.products[10]["regular_price"] == "8.50"

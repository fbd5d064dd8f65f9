"""Real shops do what they are told: a value is written where it was seen, arrives in the shop's own database, and never over another's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from drawn.live_shops import LiveShop
from drawn.vendure_deeds import Deeds
from drawn.visiting import oscar_api_visit, oscar_database_visit, vendure_visit
from zhanggui.doing import writers
from zhanggui.doing.kinds import Hand, What
from zhanggui.errors import BadValue, Unanswerable

pytestmark = pytest.mark.prove
VENDURE_SQL = {
    "price": """select printf('%.2f', p.price / 100.0) v from product_variant_price p
        join product_variant on product_variant.id = p.variantId where productId = ?""",
    "title": "select name v from product_translation where baseId = ?",
    "status": "select case enabled when 1 then 'active' else 'draft' end v from product where id = ?",
}
OSCAR_SQL = {
    "price": "select printf('%.2f', price) v from partner_stockrecord where product_id = ?",
    "title": "select title v from catalogue_product where id = ?",
    "status": "select case is_public when 1 then 'active' else 'draft' end v from catalogue_product where id = ?",
}
VALUES: dict[What, tuple[str, str]] = {
    "price": ("12.00", "12.60"),
    "title": ("Black tea", "Black tea, malty"),
    "status": ("active", "draft"),
}


@dataclass
class Doors:
    """A shop's hand, and how its own database tells a value of the black tea."""

    hand: Hand
    product: str
    told: Callable[[str], set[str]]


@pytest.fixture(params=["vendure", "oscar database", "oscar api"])
def doors(request: pytest.FixtureRequest) -> Iterator[Doors]:
    kind, _, way = request.param.partition(" ")
    shop: LiveShop = request.getfixturevalue(kind)
    if kind == "vendure":
        product = str(shop.rows("select productId from product_variant where sku = 'BLACK-250'")[0]["productId"])
        visit, queries = vendure_visit(shop), VENDURE_SQL
    else:
        product = str(shop.rows("select id from catalogue_product where upc = 'BLACK-250'")[0]["id"])
        visit, queries = (oscar_api_visit(shop) if way == "api" else oscar_database_visit(shop)), OSCAR_SQL
    writer = writers()[visit.connection.kind]

    def told(what: str) -> set[str]:
        return {str(row["v"]) for row in shop.rows(queries[what], product)}

    with writer.open(visit) as hand:
        yield Doors(hand, product, told)


@pytest.mark.parametrize("what", list(VALUES))
def test_a_value_arrives_in_the_shop_and_goes_back(doors: Doors, what: What) -> None:
    (before,) = {held.now for held in doors.hand.look(doors.product, what)}
    assert {before} == doors.told(what)
    after = VALUES[what][1] if before != VALUES[what][1] else VALUES[what][0]
    (held,) = doors.hand.look(doors.product, what)
    assert doors.hand.write(held.item, what, before, after)
    assert doors.told(what) == {after}
    assert {held.now for held in doors.hand.look(doors.product, what)} == {after}
    assert doors.hand.write(held.item, what, after, before)
    assert doors.told(what) == {before}


@pytest.mark.parametrize("what", list(VALUES))
def test_nothing_is_written_where_something_else_stands(doors: Doors, what: What) -> None:
    (held,) = doors.hand.look(doors.product, what)
    assert not doors.hand.write(held.item, what, "3.99" if what == "price" else "other", "9.99")
    assert doors.told(what) == {held.now}


def test_a_product_or_variant_that_the_shop_does_not_have_is_named(doors: Doors) -> None:
    with pytest.raises(BadValue, match="unknown_sku"):
        doors.hand.look(doors.product, "price", "NO-SUCH")


def test_a_sale_in_vendure_begins_and_ends_on_its_days_and_buyers_pay_its_price(vendure: LiveShop) -> None:
    product = str(vendure.rows("select productId from product_variant where sku = 'CUP-W'")[0]["productId"])
    deeds = Deeds(vendure.address)
    today, week = date.today(), date.today() + timedelta(days=6)
    wanted: list[tuple[What, str]] = [
        ("sale_from", today.isoformat()),
        ("sale_to", week.isoformat()),
        ("sale_price", "5.55"),
    ]

    def paid() -> object:
        code = deeds.buy("sale", CUP_W=1, CUP_B=1)
        (row,) = deeds.admin(
            "query($c: String!) { orders(options: {filter: {code: {eq: $c}}}) { items { subTotal } } }", c=code
        )["orders"]["items"]
        return row["subTotal"]

    with writers()["vendure"].open(vendure_visit(vendure)) as hand:
        assert paid() == 2 * 640
        for what, value in wanted:
            (held,) = hand.look(product, what)
            assert held.now is None
            assert hand.write(held.item, what, None, value)
            assert [one.now for one in hand.look(product, what)] == [value]
        assert paid() == 2 * 555
        (told,) = vendure.rows("select date(startsAt) begins, date(endsAt) ends, enabled from promotion")
        assert (told["begins"], told["ends"], told["enabled"]) == (today.isoformat(), week.isoformat(), 1)
        for what, value in reversed(wanted):
            (held,) = hand.look(product, what)
            assert hand.write(held.item, what, value, None)
            assert [one.now for one in hand.look(product, what)] == [None]
        assert paid() == 2 * 640


def test_a_sale_in_oscar_begins_and_ends_on_its_days_and_buyers_pay_its_price(oscar: LiveShop) -> None:
    product = str(oscar.rows("select id from catalogue_product where upc = 'GREEN-100'")[0]["id"])
    today, week = date.today(), date.today() + timedelta(days=6)
    wanted: list[tuple[What, str]] = [
        ("sale_from", today.isoformat()),
        ("sale_to", week.isoformat()),
        ("sale_price", "7.25"),
    ]
    with writers()["django_oscar"].open(oscar_database_visit(oscar)) as hand:
        assert oscar.run("basket", "GREEN-100", "3").strip() == "25.50"
        for what, value in wanted:
            (held,) = hand.look(product, what)
            assert held.now is None
            assert hand.write(held.item, what, None, value)
            assert [one.now for one in hand.look(product, what)] == [value]
        assert oscar.run("basket", "GREEN-100", "3").strip() == "21.75"
        for what, value in reversed(wanted):
            (held,) = hand.look(product, what)
            assert not hand.write(held.item, what, "2026-01-01", value)
            assert hand.write(held.item, what, value, None)
            assert [one.now for one in hand.look(product, what)] == [None]
        assert oscar.run("basket", "GREEN-100", "3").strip() == "25.50"


def test_a_sale_cannot_be_told_by_oscars_api_and_that_is_said(oscar: LiveShop) -> None:
    with (
        writers()["django_oscar"].open(oscar_api_visit(oscar)) as hand,
        pytest.raises(Unanswerable, match="not_writable"),
    ):
        hand.look("1", "sale_price")


def test_variants_are_each_told_apart(vendure: LiveShop) -> None:
    product = str(vendure.rows("select productId from product_variant where sku = 'GREEN-100'")[0]["productId"])
    with writers()["vendure"].open(vendure_visit(vendure)) as hand:
        assert {(held.sku, held.now) for held in hand.look(product, "price")} == {
            ("GREEN-100", "8.50"),
            ("GREEN-250", "19.00"),
        }
        assert [held.now for held in hand.look(product, "price", "GREEN-250")] == ["19.00"]

"""What refunds take in the end: those still to come by the shop's own mature sales, and what parcels that come back cost."""

from datetime import date, timedelta

import polars as pl
import pytest

from zhanggui.costs import CostSheet, parse
from zhanggui.numbers.product_money import ProductMoney
from zhanggui.outcomes.books import open_books
from zhanggui.outcomes.returns import in_the_end
from zhanggui.units import Period

FIRST = date(2026, 1, 5)
DAYS = 200
SHEET = parse({"refund": {"freight": 6, "handling": [1, 3], "unsellable": 0.1}})
KINDS = {"A": "shoes", "B": "bags"}


def sold(product: str) -> list[dict]:
    """100 a day, goods cost 45, freight 8, fees 5."""
    money = {"orders": 1.0, "units": 1.0, "gross": 100.0, "cost": 45.0, "costed": 100.0, "beside": 8.0, "fees": 5.0}
    return [{"product_id": product, "day": FIRST + timedelta(days=k), **money} for k in range(DAYS)]


def returned(
    product: str, ages: dict[int, float], *, early: bool = False, until: int = DAYS, each: float = 10.0
) -> list[dict]:
    """Of each day's sales so much is sent back at these ages, in parcels of ``each``."""
    return [
        {
            "product_id": product,
            "day": FIRST + timedelta(days=k),
            "age": age,
            "early": early,
            "amount": amount,
            "refunds": amount / each,
            "kept": amount * 0.45,
            "parcels": 0.0 if early else amount / each,
        }
        for k in range(until)
        for age, amount in ages.items()
    ]


def money(*back: list[dict], products: str = "A") -> ProductMoney:
    columns = {
        "product_id": pl.String,
        "day": pl.Date,
        "age": pl.Int32,
        "early": pl.Boolean,
        **dict.fromkeys(("amount", "refunds", "kept", "parcels"), pl.Float64),
    }
    return ProductMoney(
        Period(FIRST, FIRST + timedelta(days=DAYS - 1)),
        pl.DataFrame([row for product in products for row in sold(product)]),
        pl.DataFrame([row for rows in back for row in rows], schema=columns),
        pl.DataFrame(schema={"product_id": pl.String, "day": pl.Date, "ad_cost": pl.Float64}),
        pl.DataFrame(schema={"product_id": pl.String, "day": pl.Date}),
    )


def test_refunds_to_come_are_those_of_mature_sales():
    books = open_books(money(returned("A", {5: 12.0, 30: 8.0})), 14, CostSheet(), KINDS)
    assert books.net[0] == pytest.approx([80.0] * DAYS)
    assert books.left_out == ("return_costs",)


def test_what_is_refunded_before_it_is_sent_is_in_at_once_and_spares_the_parcel():
    books = open_books(
        money(returned("A", {0: 10.0}, early=True), returned("A", {5: 12.0, 30: 8.0})), 14, CostSheet(), KINDS
    )
    assert books.net[0] == pytest.approx([70.0] * DAYS)
    # 70 left, goods 45 less what came back of 30 (13.5), freight of nine parcels in ten, fees.
    assert books.contribution[0] == pytest.approx([70 - 45 + 13.5 - 7.2 - 5] * DAYS)


def test_the_cost_sheet_says_what_a_parcel_that_comes_back_costs():
    with_costs, without = (
        open_books(money(returned("A", {5: 10.0})), 14, sheet, KINDS) for sheet in (SHEET, CostSheet())
    )
    # One parcel a day: freight 6 and handling 2, and a tenth of goods of 4.5 cannot be sold again.
    assert without.contribution[0] - with_costs.contribution[0] == pytest.approx([8.45] * DAYS)
    assert (with_costs.left_out, without.left_out) == ((), ("return_costs",))


def test_the_contribution_of_an_order_is_that_of_the_rules():
    shop = money(returned("A", {0: 6.0}, early=True, each=100), returned("A", {9: 14.0}, each=100))
    books = open_books(shop, 14, SHEET, KINDS)
    # An order of 100: 30.73, but for fees, which the books leave with the platform when an order is refunded (a fifth of 5 here).
    assert books.contribution[0] == pytest.approx([30.73 - 0.2 * 5] * DAYS)


def test_each_category_has_its_own_pace_drawn_to_the_shops():
    slow, fast = returned("A", {5: 5.0, 40: 15.0}), returned("B", {5: 15.0, 40: 5.0})
    found = in_the_end(money(slow, fast, products="AB"), 14, KINDS, SHEET)
    grown = found.back.group_by("product_id").agg(pl.col("amount").mean()).sort("product_id")
    shop, one = 0.5, (DAYS - 90) * 2.0
    for (_, amount), seen, own in zip(grown.iter_rows(), (5.0, 15.0), (0.25, 0.75), strict=True):
        share = (own * (one) + shop * 30) / (one + 30)
        assert amount == pytest.approx(seen / share, rel=0.02)


def test_with_too_few_mature_refunds_what_comes_later_is_left_out_and_said():
    few = in_the_end(money(returned("A", {5: 1.0, 30: 1.0}, until=120)), 14, KINDS, SHEET)
    assert few.open
    assert few.back["amount"].to_list() == [1.0] * 120
    hardly_any_yet = in_the_end(money(returned("A", {5: 3.0, 30: 7.0})), 14, KINDS, SHEET)
    assert hardly_any_yet.open
    nothing = in_the_end(money(), 14, KINDS, CostSheet())
    assert (nothing.open, nothing.priced) == (False, True)


def test_old_enough_days_need_no_growing():
    found = in_the_end(money(returned("A", {5: 3.0, 30: 7.0})), 90, KINDS, SHEET)
    assert not found.open
    assert found.back["amount"].to_list() == pytest.approx([10.0] * DAYS)

"""Common terms, concentration, products that stopped selling."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from drawn.situation import DAY, situation
from zhanggui.playbooks.products import concentration, stopped_selling
from zhanggui.playbooks.terms import UnitCosts, contribution, contribution_after_refunds, refund_loss

COSTS = UnitCosts(goods=45, freight=8, fee_share=0.05, return_freight=6, handling=2, unsellable=0.1)


def test_the_common_terms_give_the_rule_books_numbers() -> None:
    assert contribution(100, COSTS) == 42
    assert refund_loss(COSTS) == 20.5
    assert contribution_after_refunds(100, COSTS, 0.06, 0.14) == pytest.approx(30.73)


def sold(product: str, year: float, last: date = DAY, first: date = DAY - timedelta(days=300)) -> dict[str, object]:
    return {
        "product_id": product,
        "first_day": first,
        "last_day": last,
        "orders": 50,
        "gross": year,
        "gross_year": year,
    }


def test_a_product_that_is_more_than_half_of_the_year_is_a_risk_to_be_said() -> None:
    (finding,) = concentration(situation(product_last_sales=[sold("A", 6000), sold("B", 4000)])).findings
    assert finding.kind == "state"
    assert finding.words.params["share"].value == pytest.approx(0.6)


def test_a_shop_of_one_product_is_not_told_that_it_has_one() -> None:
    assert not concentration(situation(product_last_sales=[sold("A", 6000)])).findings


def test_products_without_a_sale_for_the_limit_are_one_line_with_their_old_worth() -> None:
    old = DAY - timedelta(days=61)
    rows = [sold("A", 52000), sold("B", 5200, last=old), sold("C", 2600, last=old)]
    (finding,) = stopped_selling(situation(product_last_sales=rows)).findings
    assert finding.words.params["products"].value == 2
    assert finding.size == pytest.approx(150)


def test_each_unsold_product_is_told_what_is_to_become_of_it() -> None:
    old = DAY - timedelta(days=61)
    rows = [sold("A", 52000), *(sold(p, 5200, last=old) for p in "BCD")]
    here = situation(
        product_last_sales=rows,
        stock=[{"product_id": "B", "sku": "*", "day": DAY, "on_hand": 0.0}],
        basket_pairs=[{"product_id": "A", "other": "C", "orders": 9}],
        product_diary=[{"product_id": "A", "age": 3, "reviews": 4.0}],
    )
    (finding,) = stopped_selling(here).findings
    decided = [words.key.rpartition(".")[2] for words in finding.words.params["names"]]
    assert decided == ["retire", "bundle", "sample"]
    assert finding.words.params["names"][1].params["other"] == "A"


def test_archived_products_are_meant_not_to_sell() -> None:
    rows = [sold("A", 52000), sold("B", 5200, last=DAY - timedelta(days=61))]
    names = [{"product_id": "B", "name": "B", "status": "archived"}]
    assert not stopped_selling(situation(product_last_sales=rows, product_names=names)).findings


def test_a_shop_younger_than_the_limit_has_no_stopped_products() -> None:
    young = DAY - timedelta(days=30)
    rows = [sold("A", 52000, first=young), sold("B", 5200, first=young, last=DAY - timedelta(days=29))]
    assert not stopped_selling(situation(product_last_sales=rows)).findings


def test_sales_spread_over_products_are_no_news() -> None:
    rows = [sold("A", 4900), sold("B", 3000), sold("C", 2100)]
    assert not concentration(situation(product_last_sales=rows)).findings


def test_two_orders_are_no_concentration() -> None:
    rows = [{**sold("A", 6000), "orders": 1}, {**sold("B", 1000), "orders": 1}]
    assert not concentration(situation(product_last_sales=rows)).findings

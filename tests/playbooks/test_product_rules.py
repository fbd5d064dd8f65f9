"""Common terms, concentration, products that stopped selling, slow stock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from drawn.situation import DAY, situation
from zhanggui.playbooks.products import concentration, slow_stock, stopped_selling
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


def test_archived_products_are_meant_not_to_sell() -> None:
    rows = [sold("A", 52000), sold("B", 5200, last=DAY - timedelta(days=61))]
    names = [{"product_id": "B", "name": "B", "status": "archived"}]
    assert not stopped_selling(situation(product_last_sales=rows, product_names=names)).findings


def test_a_shop_younger_than_the_limit_has_no_stopped_products() -> None:
    young = DAY - timedelta(days=30)
    rows = [sold("A", 52000, first=young), sold("B", 5200, first=young, last=DAY - timedelta(days=29))]
    assert not stopped_selling(situation(product_last_sales=rows)).findings


def stocked(on_hand: float, cost: float | None = 10.0, lead: float | None = 10.0) -> dict[str, list[dict[str, object]]]:
    return {
        "stock": [{"product_id": "A", "sku": "*", "day": DAY, "on_hand": on_hand, "inbound": 0.0}],
        "product_names": [{"product_id": "A", "name": "Cup", "cost": cost, "price": 40.0, "lead_days": lead}],
        "product_diary": [{"product_id": "A", "age": age, "orders": 1, "units": 1.1} for age in range(84)],
        "product_last_sales": [sold("A", 16000)],
    }


def test_stock_for_longer_than_the_limit_ties_up_its_cash() -> None:
    (finding,) = slow_stock(situation(**stocked(400))).findings
    assert finding.words.params["cash"].value == 4000
    assert finding.words.params["days"].value == round(400 / 1.1)


def test_stock_that_sells_in_time_is_no_news() -> None:
    assert not slow_stock(situation(**stocked(100))).findings


def test_slow_stock_of_unknown_cost_is_not_priced() -> None:
    frames = stocked(400, cost=None)
    frames["product_names"][0]["price"] = None
    assert not slow_stock(situation(**frames)).findings


def test_a_new_product_is_not_called_slow() -> None:
    frames = stocked(400)
    frames["product_last_sales"] = [sold("A", 900, first=DAY - timedelta(days=20))]
    frames["product_diary"] = frames["product_diary"][:20]
    assert not slow_stock(situation(**frames)).findings


def test_a_product_that_sold_but_is_not_followed_by_day_is_not_said_to_have_sold_nothing() -> None:
    frames = stocked(400)
    frames["product_diary"] = []
    frames["product_last_sales"] = [sold("A", 900, last=DAY - timedelta(days=3))]
    assert not slow_stock(situation(**frames)).findings
    frames["product_last_sales"] = [sold("A", 900, last=DAY - timedelta(days=100))]
    (finding,) = slow_stock(situation(**frames)).findings
    assert finding.words.key == "rules.slow_stock.none"


def test_sales_spread_over_products_are_no_news() -> None:
    rows = [sold("A", 4900), sold("B", 3000), sold("C", 2100)]
    assert not concentration(situation(product_last_sales=rows)).findings


def test_two_orders_are_no_concentration() -> None:
    rows = [{**sold("A", 6000), "orders": 1}, {**sold("B", 1000), "orders": 1}]
    assert not concentration(situation(product_last_sales=rows)).findings

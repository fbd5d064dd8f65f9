"""What in the data itself would mislead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from drawn.situation import DAY, situation
from zhanggui.playbooks.validity import bulk_orders, missing_days, paid_price_drift, presale


def days(without: tuple[int, ...] = (), weeks: int = 12) -> list[dict[str, Any]]:
    return [
        {"day": DAY - timedelta(days=d), "orders": 10, "gross": 100.0} for d in range(weeks * 7) if d not in without
    ]


def test_a_day_without_orders_that_always_has_some_is_asked_about() -> None:
    (finding,) = missing_days(situation(shop_days=days((5,)))).findings
    assert finding.kind == "question"
    assert (DAY - timedelta(days=5)).isoformat() in finding.words.params["which"]


def test_a_weekday_on_which_the_shop_is_always_closed_is_no_gap() -> None:
    closed = tuple(range(5, 84, 7))
    assert not missing_days(situation(shop_days=days(closed))).findings


def test_an_annotated_day_is_explained_away() -> None:
    notes = [{"day": DAY - timedelta(days=5), "target": "*", "text": "stock take"}]
    assert not missing_days(situation(shop_days=days((5,)), annotated_days=notes)).findings


def test_a_shop_without_history_has_no_gaps_yet() -> None:
    assert not missing_days(situation(shop_days=days((5,), weeks=3))).findings


def large(goods: float, block: int) -> dict[str, Any]:
    day = DAY - timedelta(days=7 * block)
    row = {"channel": "shop:main", "order_id": f"o{block}", "day": day, "goods": goods, "units": 9.0, "lines": 3}
    return {**row, "largest": goods, "product_id": "P", "country": "GB", "block": block}


SIZES = [{"bucket": 23, "orders": 900, "goods": 48000.0}, {"bucket": 30, "orders": 100, "goods": 18000.0}]
BLOCKS = [{"block": b, "orders": 300.0, "gross": 20000.0} for b in range(8)]


def test_a_bulk_order_of_this_week_is_set_apart() -> None:
    (finding,) = bulk_orders(situation(large_orders=[large(5000, 0)], order_sizes=SIZES, shop_blocks=BLOCKS)).findings
    assert finding.words.key == "rules.bulk_orders.now"
    assert finding.words.params["share"].value == pytest.approx(0.25)
    assert finding.where == {"order_id": "o0"}


def test_a_bulk_order_of_the_week_before_explains_the_difference() -> None:
    (finding,) = bulk_orders(situation(large_orders=[large(5000, 1)], order_sizes=SIZES, shop_blocks=BLOCKS)).findings
    assert finding.words.key == "rules.bulk_orders.before"
    assert finding.size == -5000


def test_a_large_order_in_a_shop_of_large_orders_is_ordinary() -> None:
    wholesale = [{"bucket": 45, "orders": 1000, "goods": 2_600_000.0}]
    frames = {"large_orders": [large(5000, 0)], "order_sizes": wholesale, "shop_blocks": BLOCKS}
    assert not bulk_orders(situation(**frames)).findings


def test_a_bulk_order_that_is_a_crumb_of_the_week_is_not_said() -> None:
    frames = {
        "large_orders": [large(1100, 0)],
        "order_sizes": SIZES,
        "shop_blocks": [{**b, "gross": 1e6} for b in BLOCKS],
    }
    assert not bulk_orders(situation(**frames)).findings


def test_presale_orders_waiting_for_their_balance_void_the_conversion() -> None:
    rows = [{"kind": "presale", "status": "placed", "counted": False, "orders": 9, "orders_now": 4}]
    (finding,) = presale(situation(set_apart=rows)).findings
    assert finding.words.params["orders"].value == 4


def test_no_presale_no_word() -> None:
    rows = [{"kind": "normal", "status": "paid", "counted": True, "orders": 9, "orders_now": 4}]
    assert not presale(situation(set_apart=rows)).findings


def prices(ratio: float, products: int = 40, noise: float = 0.02, seed: int = 3) -> list[dict[str, Any]]:
    chance = np.random.default_rng(seed)
    rows = []
    for i in range(products):
        now = 10 * ratio * float(np.exp(noise * chance.standard_normal()))
        for window, price in ((0, now), (1, 10.0)):
            rows.append(
                {
                    "product_id": f"P{i}",
                    "window": window,
                    "price": price,
                    "units": 40.0,
                    "gross": 40 * price,
                    "orders": 20,
                }
            )
    return rows


def test_the_same_products_paid_five_percent_cheaper_cost_money_every_week() -> None:
    (finding,) = paid_price_drift(situation(paid_prices=prices(0.95))).findings
    assert finding.words.key == "rules.paid_price_drift.cheaper"
    assert finding.size == pytest.approx(-40 * 40 * 10 * 0.05 / 4, rel=0.15)
    assert finding.p is not None
    assert finding.p < 0.001


def test_prices_that_scatter_without_drifting_are_quiet() -> None:
    drawn = [paid_price_drift(situation(paid_prices=prices(1.0, noise=0.2, seed=seed))) for seed in range(20)]
    assert sum(bool(verdict.findings) for verdict in drawn) <= 4
    assert all(verdict.family == 1 for verdict in drawn)


def test_a_handful_of_products_is_too_few_for_a_drift() -> None:
    verdict = paid_price_drift(situation(paid_prices=prices(0.8, products=5)))
    assert not verdict.findings
    assert verdict.family == 0

"""Products that fell or rose against their own past and the shop's week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from drawn.situation import DAY, situation
from zhanggui.brief.choose import choose
from zhanggui.playbooks.kinds import Finding, Situation, Verdict
from zhanggui.playbooks.product_moves import falling_product, rising_product, sold_out, zero_run

BLOCKS = 30
PRODUCTS = 40


def shop(last: dict[str, float], *, seed: int = 1, **more: Any) -> Situation:
    """Forty products of about 60 orders a week each; ``last`` gives the last week's orders of some as a multiple."""
    chance = np.random.default_rng(seed)
    rows, total = [], np.zeros(BLOCKS)
    for i in range(PRODUCTS):
        orders = chance.poisson(60, BLOCKS).astype(float)
        orders[0] = round(60 * last.get(f"P{i}", orders[0] / 60))
        total += orders
        rows += [
            {
                "product_id": f"P{i}",
                "block": b,
                "orders": n,
                "units": n,
                "gross": 20.0 * n,
                "listed": 20.0 * n,
                "refunds": 0.0,
            }
            for b, n in enumerate(orders)
        ]
    blocks = [{"block": b, "orders": n, "gross": 20.0 * n, "refunds": 0.0} for b, n in enumerate(total)]
    days = [{"day": DAY - timedelta(days=d), "orders": total[d // 7] / 7, "gross": 1.0} for d in range(BLOCKS * 7)]
    return situation(product_blocks=rows, shop_blocks=blocks, shop_days=days, **more)


def candidate(verdict: Verdict, product: str) -> Finding:
    return next(f for f in verdict.findings if f.where["product_id"] == product)


def test_a_product_that_lost_half_its_orders_is_a_candidate_with_its_money() -> None:
    here = shop({"P3": 0.5})
    (finding,) = choose([], [falling_product(here), rising_product(here)], here.config, here.floor).findings
    assert finding.where == {"product_id": "P3"}
    assert finding.kind == "claim"
    assert finding.p is not None
    assert finding.p < 0.002
    assert finding.size == pytest.approx(-30 * 20, rel=0.25)
    assert finding.low is not None
    assert finding.high is not None
    assert finding.low < finding.size < finding.high < 0


def test_a_product_that_doubled_is_worth_finding_out_why() -> None:
    here = shop({"P5": 2.0})
    (finding,) = choose([], [falling_product(here), rising_product(here)], here.config, here.floor).findings
    assert finding.where == {"product_id": "P5"}
    assert finding.size > 0


def test_ordinary_weeks_claim_nothing() -> None:
    claimed = 0
    for seed in range(20):
        here = shop({}, seed=seed)
        verdicts = [falling_product(here), rising_product(here)]
        claimed += bool(choose([], verdicts, here.config, here.floor).findings)
    assert claimed <= 2


def test_a_quiet_week_of_the_whole_shop_is_no_products_fault() -> None:
    here = shop({f"P{i}": 0.6 for i in range(PRODUCTS)})
    assert not choose([], [falling_product(here), rising_product(here)], here.config, here.floor).findings


def test_seven_weeks_of_history_are_too_few_to_judge() -> None:
    rows = [{"product_id": "A", "block": b, "orders": 50.0, "gross": 1000.0} for b in range(7)]
    blocks = [{"block": b, "orders": 100.0, "gross": 2000.0} for b in range(7)]
    days = [{"day": DAY - timedelta(days=d), "orders": 14.0} for d in range(49)]
    verdict = falling_product(situation(product_blocks=rows, shop_blocks=blocks, shop_days=days))
    assert not verdict.findings
    assert verdict.family == 0


def test_a_fall_below_the_money_floor_is_not_said() -> None:
    assert not falling_product(shop({"P3": 0.5}, floor=2000.0)).findings


def product_days(last: int) -> list[dict[str, Any]]:
    return [{"product_id": "P3", "age": age, "orders": 8, "units": 8.0} for age in range(last, 84)]


def test_days_without_a_sale_that_cannot_be_chance_are_the_likely_reason() -> None:
    finding = candidate(falling_product(shop({"P3": 0.3}, product_diary=product_days(4))), "P3")
    assert finding.because is not None
    assert finding.because.key == "rules.because.no_sale"
    assert finding.because.params["days"].value == 4


def test_a_higher_paid_price_at_the_same_time_coincides() -> None:
    prices = [{"product_id": "P3", "window": w, "price": p, "units": 9.0} for w, p in ((0, 21.0), (1, 20.0))]
    finding = candidate(falling_product(shop({"P3": 0.5}, paid_prices=prices)), "P3")
    assert finding.because is not None
    assert finding.because.key == "rules.because.dearer"


def test_one_large_order_explains_a_rise() -> None:
    large = [
        {"channel": "shop:main", "order_id": "big", "product_id": "P5", "goods": 900.0, "largest": 800.0, "block": 0}
    ]
    finding = candidate(rising_product(shop({"P5": 2.0}, large_orders=large)), "P5")
    assert finding.because is not None
    assert finding.because.key == "rules.because.one_order"


def steady(last: int) -> Situation:
    rows = [
        {"product_id": "P3", "block": b, "orders": 56.0 if b * 7 >= last else 20.0, "units": 56.0, "gross": 1120.0}
        for b in range(12)
    ]
    days = [{"day": DAY - timedelta(days=d), "orders": 96.0, "gross": 1.0} for d in range(90)]
    return situation(product_blocks=rows, product_diary=product_days(last), shop_days=days)


def test_a_steady_product_that_fell_silent_is_asked_about() -> None:
    (finding,) = sold_out(steady(3)).findings
    assert finding.kind == "question"
    assert finding.alert == "today"
    assert finding.words.params["days"].value == 3


def test_a_product_that_sold_yesterday_is_not_asked_about() -> None:
    assert not sold_out(steady(0)).findings


def test_the_chance_of_a_silent_run_is_counted_in_the_shops_own_orders() -> None:
    run = zero_run("P3", steady(2))
    assert run is not None
    assert run[0] == 2
    assert 0 < run[1] < 1e-5


def test_with_stock_data_the_stock_rule_speaks_instead() -> None:
    here = steady(3)
    with_stock = situation(
        tables={"orders": 1, "stock_days": 1}, **_rows(here, ("product_blocks", "product_diary", "shop_days"))
    )
    assert not sold_out(with_stock).findings


def _rows(here: Situation, names: Sequence[str]) -> dict[str, Any]:
    return {name: here.frames[name].to_dicts() for name in names}

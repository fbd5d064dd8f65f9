"""P2: refunds that jumped."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drawn.situation import situation
from zhanggui.playbooks.rates import refund_jump

TABLES = {"orders": 1, "order_lines": 1, "traffic_days": 1, "refunds": 1}


def refunded(product: str, now: tuple[int, int], before: tuple[int, int]) -> list[dict[str, Any]]:
    return [
        {"product_id": product, "window": w, "orders": o, "gross": 50.0 * o, "refunded": r, "refunds": 50.0 * r}
        for w, (o, r) in enumerate((now, before))
    ]


def test_refunds_that_doubled_at_equal_age_are_claimed() -> None:
    rows = (
        refunded("P", (400, 60), (400, 24)) + refunded("Q", (300, 18), (300, 18)) + refunded("R", (300, 15), (300, 17))
    )
    verdict = refund_jump(situation(product_refunds=rows, tables=TABLES))
    (finding,) = verdict.findings
    assert finding.where == {"product_id": "P"}
    assert finding.size < 0
    assert verdict.family == 3


def test_a_small_rise_stays_below_the_ratio_of_the_settings() -> None:
    rows = refunded("P", (4000, 280), (4000, 240))
    assert not refund_jump(situation(product_refunds=rows, tables=TABLES)).findings


def test_nineteen_orders_are_too_few_for_a_refund_rate() -> None:
    rows = refunded("P", (19, 10), (400, 8))
    verdict = refund_jump(situation(product_refunds=rows, tables=TABLES))
    assert not verdict.findings
    assert verdict.family == 0


def test_four_weeks_against_four_are_compared_on_weekly_mornings_only() -> None:
    rows = (
        refunded("P", (400, 60), (400, 24)) + refunded("Q", (300, 18), (300, 18)) + refunded("R", (300, 15), (300, 17))
    )
    here = situation(product_refunds=rows, tables=TABLES)
    assert refund_jump(here).findings
    assert refund_jump(replace(here, weekly=False)).family == 0

"""A1, P2 and mix against rate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from drawn.situation import situation
from zhanggui.playbooks.conversion import falling_conversion, source_mix
from zhanggui.playbooks.rates import refund_jump

TABLES = {"orders": 1, "order_lines": 1, "traffic_days": 1, "refunds": 1}
BLOCKS = [{"block": b, "orders": 50.0, "gross": 5000.0, "refunds": 0.0} for b in range(8)]


def halves(now: tuple[int, int], before: tuple[int, int], product: str = "P") -> list[dict[str, Any]]:
    """Visitors and buyers of 28 days and the 28 before, in equal halves."""
    return [
        {"product_id": product, "half": half, "visitors": v // 2, "pay_buyers": b // 2}
        for half, (v, b) in enumerate((now, now, before, before))
    ]


def test_a_clear_fall_of_conversion_is_claimed_with_its_loss() -> None:
    frames = {"product_traffic": halves((8000, 120), (8000, 240)), "shop_blocks": BLOCKS}
    verdict = falling_conversion(situation(**frames, tables=TABLES))
    (finding,) = verdict.findings
    assert finding.p is not None
    assert finding.p < 1e-6
    assert finding.size == pytest.approx(-0.015 * 2000 * 100, rel=0.1)
    assert verdict.family == 1


def test_399_visitors_are_too_few_to_judge() -> None:
    frames = {"product_traffic": halves((398, 2), (8000, 240)), "shop_blocks": BLOCKS}
    verdict = falling_conversion(situation(**frames, tables=TABLES))
    assert not verdict.findings
    assert verdict.family == 0


def test_at_400_visitors_eight_buyers_against_four_is_silence() -> None:
    frames = {"product_traffic": halves((400, 4), (400, 8)), "shop_blocks": BLOCKS}
    assert not falling_conversion(situation(**frames, tables=TABLES)).findings


def test_a_fall_in_one_half_only_is_not_claimed() -> None:
    rows = halves((8000, 160), (8000, 240))
    rows[0]["pay_buyers"], rows[1]["pay_buyers"] = 160, 10
    rows[0]["pay_buyers"] = 150
    frames = {"product_traffic": rows, "shop_blocks": BLOCKS}
    assert not falling_conversion(situation(**frames, tables=TABLES)).findings


def test_without_visits_there_is_nothing_to_judge() -> None:
    assert not falling_conversion(situation(shop_blocks=BLOCKS)).findings


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


def visits(product: str, source: str, now: tuple[int, int], before: tuple[int, int]) -> list[dict[str, Any]]:
    return [
        {"product_id": product, "source": source, "window": w, "visitors": v, "pay_buyers": b}
        for w, (v, b) in enumerate((now, before))
    ]


def test_more_visitors_from_a_poor_source_are_mix_and_not_the_products_fault() -> None:
    rows = visits("P", "search", (10000, 500), (10000, 500)) + visits("P", "ads", (30000, 150), (3000, 15))
    (finding,) = source_mix(situation(product_sources=rows, shop_blocks=BLOCKS, tables=TABLES)).findings
    assert finding.where == {"product_id": "P", "source": "ads"} or finding.where == {
        "product_id": "P",
        "source": "search",
    }
    assert finding.words.params["rate"].value == pytest.approx(0, abs=1e-12)
    assert finding.words.params["mix"].value == pytest.approx(650 / 40000 - 515 / 13000)


def test_an_unchanged_mix_is_no_news() -> None:
    rows = visits("P", "search", (10000, 400), (10000, 500)) + visits("P", "ads", (3000, 12), (3000, 15))
    assert not source_mix(situation(product_sources=rows, shop_blocks=BLOCKS, tables=TABLES)).findings


def test_mix_needs_enough_visitors_and_buyers() -> None:
    rows = visits("P", "search", (100, 5), (100, 5)) + visits("P", "ads", (250, 1), (30, 0))
    assert not source_mix(situation(product_sources=rows, shop_blocks=BLOCKS, tables=TABLES)).findings


def test_four_weeks_against_four_are_compared_on_weekly_mornings_only() -> None:
    rows = (
        refunded("P", (400, 60), (400, 24)) + refunded("Q", (300, 18), (300, 18)) + refunded("R", (300, 15), (300, 17))
    )
    here = situation(product_refunds=rows, tables=TABLES)
    assert refund_jump(here).findings
    assert refund_jump(replace(here, weekly=False)).family == 0

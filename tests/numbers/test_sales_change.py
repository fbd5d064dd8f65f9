"""The parts of a change sum to it, whatever the shop did."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.numbers.sales_change import Cell, Windows, factors, places, usual_reach, with_noise

amounts = st.floats(0, 1e6, allow_nan=False).map(lambda x: round(x, 2))
counts = st.integers(0, 5000).map(float)


@st.composite
def cells(draw: st.DrawFn, traffic: bool = False) -> Cell:
    orders = draw(counts)
    gross = draw(amounts) if orders else 0.0
    units = draw(counts) + orders if orders else 0.0
    listed = gross + draw(amounts) if orders else 0.0
    buyers = float(draw(st.integers(0, int(orders))))
    cell = Cell(orders, units, gross, listed, buyers, orders, draw(amounts))
    if traffic:
        visitors = float(draw(st.integers(1, 10**6)))
        return replace(cell, visitors=visitors, pay_buyers=float(draw(st.integers(0, int(visitors)))))
    return cell


@given(cells(), cells())
def test_factors_of_orders_sum_to_the_change(now: Cell, before: Cell) -> None:
    for metric in ("net_sales", "gross_sales"):
        parts = factors(now, before, metric)
        assert sum(p.change for p in parts) == pytest.approx(now.value(metric) - before.value(metric), abs=0.005)


@given(cells(traffic=True), cells(traffic=True))
def test_factors_with_traffic_sum_to_the_change(now: Cell, before: Cell) -> None:
    parts = factors(now, before, "net_sales")
    assert sum(p.change for p in parts) == pytest.approx(now.value("net_sales") - before.value("net_sales"), abs=0.005)


@given(st.lists(st.tuples(cells(), cells()), min_size=1, max_size=30))
def test_places_sum_to_the_change_to_the_cent_and_each_is_rate_and_mix(pairs: list[tuple[Cell, Cell]]) -> None:
    now = {(f"p{i}",): a for i, (a, _) in enumerate(pairs)}
    before = {(f"p{i}",): b for i, (_, b) in enumerate(pairs)}
    found = places(Windows(now, before), ("product_id",), "net_sales", keep=7)
    total = sum(a.value("net_sales") - b.value("net_sales") for a, b in pairs)
    assert round(sum(p.change for p in found), 2) == pytest.approx(round(total, 2), abs=0.011)
    assert len(found) <= 8
    for place in found:
        assert place.rate + place.mix == pytest.approx(place.change, abs=1e-6)


def test_three_visitor_factors_are_the_published_split() -> None:
    """10,000 visitors × 2 % × 150 → 12,000 × 1.8 % × 160 (logarithmic mean Divisia index, derived to all digits)."""
    before = Cell(orders=200, gross=30000, buyers=200, known=200, visitors=10000, pay_buyers=200)
    now = Cell(orders=216, gross=34560, buyers=216, known=216, visitors=12000, pay_buyers=216)
    parts = {p.name: p.change for p in factors(now, before, "gross_sales")}
    assert parts["visitors"] == pytest.approx(5875.539723383038)
    assert parts["conversion_rate"] == pytest.approx(-3395.374117627138)
    assert parts["spend_per_buyer"] == pytest.approx(2079.834394244097)
    assert parts["source_gap"] == pytest.approx(0)


def test_a_platform_that_counts_other_buyers_than_the_orders_is_a_part_of_its_own() -> None:
    before = Cell(orders=200, gross=30000, buyers=200, known=200, visitors=10000, pay_buyers=200)
    now = replace(before, pay_buyers=100)
    parts = {p.name: p.change for p in factors(now, before, "gross_sales")}
    assert parts["source_gap"] > 0
    assert parts["conversion_rate"] == pytest.approx(-parts["source_gap"])


def test_a_deeper_discount_is_told_from_fewer_orders() -> None:
    before = Cell(orders=100, units=100, gross=1000, listed=1000)
    now = Cell(orders=100, units=100, gross=800, listed=1000)
    parts = {p.name: p.change for p in factors(now, before, "gross_sales")}
    assert parts["discount"] == pytest.approx(-200)
    assert parts["orders"] == pytest.approx(0)


def test_refunds_are_taken_off_once() -> None:
    before = Cell(orders=100, units=100, gross=1000, listed=1000, refunds=50)
    now = replace(before, refunds=80)
    parts = {p.name: p.change for p in factors(now, before, "net_sales")}
    assert parts["refunds"] == -30
    assert sum(parts.values()) == pytest.approx(-30)


def test_new_and_gone_products_stand_apart() -> None:
    cell = Cell(orders=10, units=10, gross=100, listed=100)
    found = places(
        Windows({("new",): cell, ("a",): cell}, {("gone",): cell, ("a",): cell}), ("product_id",), "gross_sales"
    )
    kinds = {p.by.get("product_id"): p.kind for p in found}
    assert kinds["new"] == "entered"
    assert kinds["gone"] == "left"


def test_small_places_are_one_rest() -> None:
    now = {(f"p{i}",): Cell(orders=10, units=10, gross=100.0 + i, listed=100.0 + i) for i in range(100)}
    before = {(f"p{i}",): Cell(orders=10, units=10, gross=100, listed=100) for i in range(100)}
    found = places(Windows(now, before), ("product_id",), "gross_sales", keep=20)
    assert len(found) == 21
    assert found[-1].kind == "rest"
    assert not found[-1].by


def test_a_part_within_its_usual_movement_has_a_band_that_holds_zero() -> None:
    sold = (103, 98, 112, 91, 106, 95, 110, 92, 104, 97, 109, 94)
    weeks = [Cell(orders=n, units=n, gross=10.0 * n, listed=11.0 * n) for n in sold]
    parts = with_noise(factors(weeks[0], weeks[1], "gross_sales"), weeks, "gross_sales")
    orders = next(p for p in parts if p.name == "orders")
    assert orders.low is not None
    assert orders.high is not None
    assert orders.low < 0 < orders.high


def test_five_changes_are_too_few_for_a_band() -> None:
    weeks = [Cell(orders=100 + i, units=100, gross=1000, listed=1100) for i in range(6)]
    assert all(p.low is None for p in with_noise(factors(weeks[0], weeks[1], "gross_sales"), weeks, "gross_sales"))


def test_one_wild_week_does_not_widen_every_band() -> None:
    quiet = [10.0, -12.0, 9.0, -11.0, 8.0, -9.0, 11.0, -10.0, 12.0, -8.0]
    assert usual_reach([*quiet, 5000.0]) < 25

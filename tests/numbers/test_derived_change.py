"""Every metric of the catalogue can be explained, and its parts sum to its change whatever the shop did."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from drawn.shop import drawn_shop
from drawn.warehouse import DrawnWarehouse, query
from zhanggui.config import Config
from zhanggui.costs import CostSheet, Range
from zhanggui.errors import BadValue, Unanswerable
from zhanggui.metrics import METRICS
from zhanggui.numbers.derived_change import overlapping, parts_of, places_of
from zhanggui.numbers.explain import explain
from zhanggui.numbers.kinds import Driver
from zhanggui.units import Clock, Period

CONFIG = Config(currency="GBP", timezone="UTC")
CLOCK = Clock("UTC", lambda: datetime(2025, 7, 1, tzinfo=UTC))
SHEET = CostSheet({"goods": {"*": Range(0.45, 0.45)}, "freight": {"*": Range(3.0, 3.0)}})
PERIODS = {"start": date(2025, 1, 1), "end": date(2025, 6, 30), "against": Period(date(2024, 7, 1), date(2024, 12, 31))}
OVERLAP = ("counted_in_several_places", "products_seen_per_visitor", "products_bought_per_buyer")


@pytest.fixture(scope="module")
def drawn() -> DrawnWarehouse:
    return drawn_shop(400)


def why(drawn: DrawnWarehouse, metric: str, by: tuple[str, ...] = ()) -> Driver:
    return explain(drawn, metric, by, config=CONFIG, clock=CLOCK, costs=SHEET, **PERIODS)  # type: ignore[arg-type]


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_the_parts_of_every_metric_sum_to_its_change(drawn: DrawnWarehouse, metric: str) -> None:
    driver = why(drawn, metric)
    if np.isfinite(driver.change):
        assert sum(part.change for part in driver.parts) == pytest.approx(driver.change, abs=0.005)
    assert driver.change == pytest.approx(driver.value - driver.previous, abs=0.006, nan_ok=True)


@pytest.mark.parametrize("metric", sorted(METRICS))
@pytest.mark.parametrize("dimension", ["country", "product_id"])
def test_the_places_of_every_metric_sum_to_its_change_less_what_overlaps(
    drawn: DrawnWarehouse, metric: str, dimension: str
) -> None:
    try:
        driver = why(drawn, metric, (dimension,))
    except (Unanswerable, BadValue) as none:
        assert none.code in ("metrics.no_dimension", "metrics.not_explained", "metrics.level_missing")  # noqa: PT017
        return
    if not np.isfinite(driver.change) or not driver.where:
        return
    beside = sum(part.change for part in driver.parts if part.name in OVERLAP)
    assert sum(at.change for at in driver.where) + beside == pytest.approx(driver.change, abs=0.02)


def test_profit_is_split_into_what_a_shopkeeper_calls_it(drawn: DrawnWarehouse) -> None:
    names = [part.name for part in why(drawn, "contribution_profit").parts]
    assert names[:2] == ["gross_sales", "refund_amount"]
    assert {"cost_of_goods", "order_fees"} <= set(names)
    assert not {"costed_sales", "goods_sold_cost"} & set(names)


def test_more_orders_of_the_same_money_lower_the_order_value() -> None:
    parts = {part.name: part.change for part in parts_of(METRICS["average_order_value"], (1000, 0, 20), (1000, 0, 10))}
    assert parts == {"valued_orders": pytest.approx(-50.0)}


def test_an_unknown_profit_has_no_parts_but_itself() -> None:
    known, unknown = (1000.0, 0.0, 500.0, 0.0, 1000.0), (1000.0, 0.0, 500.0, 0.0, 100.0)
    assert [part.name for part in parts_of(METRICS["gross_profit"], known, unknown)] == ["gross_profit"]


def test_two_products_seen_by_one_buyer_are_one_buyer() -> None:
    places, parts = overlapping(("product_id",), {("A",): 6, ("B",): 6}, {("A",): 5, ("B",): 5}, 8.0, 10.0)
    assert [part.name for part in parts] == ["places", "counted_in_several_places"]
    assert sum(part.change for part in parts) == pytest.approx(-2.0)
    assert sum(at.change for at in places) == pytest.approx(parts[0].change)
    assert parts[0].change > 0 > parts[1].change


def test_what_no_place_accounts_for_is_shown_beside_them() -> None:
    places = places_of(("country",), {("GB",): 70.0}, {("GB",): 50.0, ("FR",): 5.0}, 10.0)
    assert [(at.kind, at.change) for at in places] == [("both", 20.0), ("left", -5.0), ("rest", -5.0)]


@pytest.mark.parametrize(
    ("days", "against"),
    [
        ((date(2025, 3, 1), date(2025, 3, 31)), (date(2025, 2, 1), date(2025, 2, 28))),
        ((date(2025, 1, 1), date(2025, 1, 31)), (date(2024, 12, 1), date(2024, 12, 31))),
        ((date(2025, 1, 1), date(2025, 6, 30)), (date(2024, 7, 1), date(2024, 12, 31))),
        ((date(2025, 3, 1), date(2025, 3, 30)), (date(2025, 1, 25), date(2025, 2, 23))),
    ],
)
def test_whole_months_are_held_against_the_months_before_and_other_days_against_the_same_weekdays(
    drawn: DrawnWarehouse, days: tuple[date, date], against: tuple[date, date]
) -> None:
    driver = explain(drawn, "gross_sales", start=days[0], end=days[1], config=CONFIG, clock=CLOCK)
    assert (driver.against.start, driver.against.end) == against
    asked = query(drawn, "gross_sales", start=str(days[0]), end=str(days[1]), against=Period(*against), config=CONFIG)
    assert asked.rows.row(0) == pytest.approx((driver.value, driver.previous), abs=0.005)

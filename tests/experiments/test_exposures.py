"""What the exposures of an experiment sum to, over real tables."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from drawn.shop import drawn_shop
from drawn.warehouse import CLOCK, CONFIG, DrawnWarehouse
from zhanggui.experiments.kinds import Baseline
from zhanggui.experiments.outlook import baseline, outlook
from zhanggui.methods.units_needed import units_needed
from zhanggui.numbers.exposures import Sums, customer_sums, exposures, order_sums
from zhanggui.units import Period, Refusal

PERIOD = Period(date(2026, 9, 1), date(2026, 9, 28))


def row(unit: str, variant: str | None, **cells: object) -> dict[str, object]:
    day = cells.pop("day", date(2026, 9, 3))
    at = None if day is None else datetime(day.year, day.month, day.day, 9)  # type: ignore[attr-defined]
    return {
        "channel": "a",
        "experiment_id": "photo",
        "unit_id": unit,
        "variant": variant,
        "at": at,
        "at_day": day,
    } | cells


@pytest.fixture
def warehouse() -> DrawnWarehouse:
    return DrawnWarehouse()


def test_an_outcome_or_a_value_is_a_conversion_and_a_no_is_none(warehouse: DrawnWarehouse) -> None:
    outcomes = [
        ("yes", None),
        ("bought", 12.0),
        ("NO", 3.0),
        ("0", None),
        (None, 5.0),
        (None, 0.0),
        ("", None),
        (None, None),
    ]
    warehouse.draw("exposures", [row(f"v{n}", "new", outcome=o, value=v) for n, (o, v) in enumerate(outcomes)])
    found = exposures(warehouse, "photo", PERIOD, denied=("no", "0"))
    assert found.variants == {"new": Sums(units=8, hits=3, paying=3, total=20.0, squares=144.0 + 9.0 + 25.0)}
    assert found.stated


def test_what_is_outside_the_days_crossed_or_nameless_is_left_out_and_counted(warehouse: DrawnWarehouse) -> None:
    warehouse.draw(
        "exposures",
        [
            row("v1", "old", outcome="yes"),
            row("v2", "new", day=None),
            row("v3", "new", day=date(2026, 8, 31), outcome="yes"),
            row("v4", "new", day=date(2026, 9, 29)),
            row("v5", "old"),
            row("v5", "new", channel="b"),
            row("v6", None, outcome="yes"),
            {**row("v9", "new"), "experiment_id": "letter"},
        ],
    )
    found = exposures(warehouse, "photo", PERIOD)
    assert {name: sums.units for name, sums in found.variants.items()} == {"new": 1, "old": 1}
    assert (found.outside, found.crossed, found.nameless) == (2, 1, 1)
    assert (found.first, found.last) == (date(2026, 9, 3), date(2026, 9, 3))


def test_a_unit_in_two_channels_is_one_unit(warehouse: DrawnWarehouse) -> None:
    warehouse.draw("exposures", [row("v1", "old", value=2.0), row("v1", "old", channel="b", value=3.0)])
    assert exposures(warehouse, "photo", PERIOD).variants["old"] == Sums(1, 1, 1, 5.0, 25.0)


def test_buyers_are_read_by_their_orders_after_the_exposure(warehouse: DrawnWarehouse) -> None:
    warehouse.draw(
        "exposures", [row("k1", "old"), row("k2", "new"), row("k3", "new"), row("k4", "new"), row("k5", "old")]
    )

    def order(number: int, key: str, day: date, goods: float, *, counted: bool = True) -> dict[str, object]:
        return {"order_id": str(number), "customer_key": key, "day": day, "goods": goods, "counted": counted}

    warehouse.draw(
        "order_facts",
        [
            order(1, "k1", date(2026, 9, 2), 10),  # before the letter
            order(2, "k2", date(2026, 9, 3), 20),
            order(3, "k2", date(2026, 9, 28), 5),
            order(4, "k3", date(2026, 9, 29), 40),  # after the end
            order(5, "k4", date(2026, 9, 10), 80, counted=False),
            order(6, "k9", date(2026, 9, 10), 80),
        ],
    )
    found = exposures(warehouse, "photo", PERIOD, by_orders=True)
    assert found.variants == {"new": Sums(3, 1, 1, 25.0, 625.0), "old": Sums(2, 0, 0, 0.0, 0.0)}
    assert not found.stated
    assert found.strangers == 1  # k5 never ordered anything


def test_an_experiment_without_exposures_has_no_sums(warehouse: DrawnWarehouse) -> None:
    assert exposures(warehouse, "photo", PERIOD).units == 0
    assert order_sums(warehouse, PERIOD) == Sums()
    assert customer_sums(warehouse, PERIOD) == Sums()


# ---- what the shop can show


@pytest.fixture(scope="module")
def shop() -> DrawnWarehouse:
    return drawn_shop()


def test_visitors_and_their_conversion_are_the_shops_own(shop: DrawnWarehouse) -> None:
    found = baseline(shop, "visitor", "conversion", 28, config=CONFIG, clock=CLOCK)
    assert isinstance(found, Baseline)
    assert found.period is not None
    assert found.period.days == 28
    start, end = found.period.start, found.period.end
    visitors, buyers = shop.raw.execute(
        "SELECT sum(visitors), sum(pay_buyers) FROM traffic_days WHERE day BETWEEN ? AND ? AND source = '*'"
        " AND product_id = '*' AND device = '*'",
        [start, end],
    ).fetchall()[0]
    assert found.a_day == pytest.approx(visitors / 28)
    assert found.mean == pytest.approx(buyers / visitors)


def test_customers_are_all_there_at_once(shop: DrawnWarehouse) -> None:
    found = baseline(shop, "customer", "conversion", 28, config=CONFIG, clock=CLOCK)
    assert isinstance(found, Baseline)
    start, end = found.period.start, found.period.end  # type: ignore[union-attr]
    known, bought = shop.raw.execute(
        """
        WITH before AS (SELECT DISTINCT customer_key FROM order_facts WHERE counted AND customer_key IS NOT NULL
                        AND day < ? AND day >= ?::DATE - 365)
        SELECT count(*), count(*) FILTER (customer_key IN (SELECT customer_key FROM order_facts WHERE counted
               AND day BETWEEN ? AND ?)) FROM before
        """,
        [start, start, start, end],
    ).fetchall()[0]
    assert (found.at_once, found.mean) == (known, pytest.approx(bought / known))


def test_the_value_of_an_order_has_the_spread_of_the_orders(shop: DrawnWarehouse) -> None:
    found = baseline(shop, "order", "value", 28, config=CONFIG, clock=CLOCK)
    assert isinstance(found, Baseline)
    mean, variance = shop.raw.execute(
        "SELECT avg(goods), var_pop(goods) FROM order_facts WHERE counted AND day BETWEEN ? AND ?",
        [found.period.start, found.period.end],  # type: ignore[union-attr]
    ).fetchall()[0]
    assert (found.mean, found.variance) == (pytest.approx(float(mean)), pytest.approx(float(variance)))


def test_what_the_shop_does_not_count_is_not_guessed(shop: DrawnWarehouse) -> None:
    assert baseline(shop, "product", "value", 28, config=CONFIG, clock=CLOCK) == Refusal("no_units", needed=1, have=0)
    assert baseline(DrawnWarehouse(), "visitor", "conversion", 28, config=CONFIG, clock=CLOCK) == Refusal(
        "no_orders", needed=1, have=0
    )
    nothing = outlook(Refusal("no_traffic"), (0.5, 0.5), 28, 0.1)
    assert (nothing.reason, nothing.long_enough, nothing.needs) == ("no_traffic", None, ())


def test_the_smaller_the_effect_the_longer_it_takes() -> None:
    known = Baseline(0.02, 0.0196, a_day=500)
    ahead = outlook(known, (0.5, 0.5), 28, 0.1)
    units = [need.units for need in ahead.needs]
    assert units == sorted(units, reverse=True)
    assert ahead.wanted is not None
    assert ahead.wanted.units == units_needed(0.02, 0.0196, 0.1, alpha=0.04)
    assert ahead.wanted.days == -(-ahead.wanted.units // 500)
    assert ahead.long_enough is False
    assert ahead.shown is not None
    assert outlook(known, (0.5, 0.5), 28, ahead.shown * 1.01).long_enough is True
    assert ahead.needs[0].days is None  # 2 % would take longer than ten years


def test_a_rate_of_nothing_says_nothing() -> None:
    assert outlook(Baseline(0.0, 0.0, a_day=50), (0.5, 0.5), 28, 0.1).reason == "no_variance"

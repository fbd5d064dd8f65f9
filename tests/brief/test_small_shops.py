"""Shops with little: few orders, first days, traffic alone, orders without lines, closed weekdays, money without a rate."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drawn.readings import reading
from zhanggui.app import Shop
from zhanggui.brief import Brief
from zhanggui.brief.headline import expected_of
from zhanggui.config import Config
from zhanggui.errors import BadValue, UserError
from zhanggui.report import as_html, as_json, as_text

LAST = date(2026, 9, 13)
Rows = dict[str, list[dict[str, Any]]]
Open = Callable[..., Shop]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    made: list[Shop] = []

    def shop(*pieces: Rows, channels: tuple[str, ...] = ("shop:main", "shopify:main")) -> Shop:
        config = Config(name="small", currency="CNY", timezone="Asia/Shanghai", locale="en")
        made.append(Shop.create(tmp_path / f"shop{len(made)}", config))
        for tables, channel in zip(pieces, channels, strict=False):
            made[-1].warehouse.load([reading(tables, channel=channel)])
        return made[-1]

    yield shop
    for one in made:
        one.close()


def orders(
    days: int, a_day: float, *, seed: int = 1, lines: bool = True, closed: tuple[int, ...] = (), **more: str
) -> Rows:
    """Paid orders of the last ``days`` days, ``a_day`` a day, each of one product."""
    chance, sold, parts = random.Random(seed), [], []
    for back in range(days):
        day = LAST - timedelta(days=back)
        if day.weekday() in closed:
            continue
        for _ in range(int(a_day) + (chance.random() < a_day % 1)):
            at = datetime.combine(day, datetime.min.time()) + timedelta(seconds=chance.randint(1, 50000))
            product, number = chance.randint(1, 6), f"{seed}-{len(sold)}"
            amount = str(20 + 5 * product)
            order = {"order_id": number, "paid_at": str(at), "created_at": str(at), "status": "paid"}
            sold.append({**order, "goods_amount": amount, "customer_key": f"c{chance.randint(1, 40)}", **more})
            line = {"order_id": number, "line_id": "1", "product_id": f"P{product}", "quantity": "1"}
            parts.append({**line, "unit_price": amount, "line_total": amount})
    return {"orders": sold, "order_lines": parts} if lines else {"orders": sold}


def visits(days: int, conversion: Callable[[int], float] = lambda _: 0.03) -> Rows:
    """1,000 visitors a day and the platform's paying buyers among them."""
    level = {"source": "*", "product_id": "*", "device": "*", "visitors": "1000"}
    return {
        "traffic_days": [
            {**level, "day": str(LAST - timedelta(days=back)), "pay_buyers": str(round(1000 * conversion(back)))}
            for back in range(days)
        ]
    }


def written(brief: Brief) -> str:
    """The brief as text, after it was written in every form and language."""
    for locale in ("zh-Hant", "zh-Hans", "en"):
        assert as_json(brief, locale)["version"] == 1
        assert as_html(brief, locale)
        said = as_text(brief, locale)
    return said


def line(brief: Brief, name: str) -> Any:
    return next((at for at in brief.metrics if at.name == name), None)


@pytest.mark.parametrize(
    "days", [pytest.param(1, marks=pytest.mark.prove), 10, pytest.param(28, marks=pytest.mark.prove)]
)
def test_five_orders_a_week_are_read_without_a_claim_at_any_length(opened: Open, days: int) -> None:
    brief = opened(orders(120, 5 / 7)).brief("2026-09-13", days, remember=False)
    assert "refusal" not in written(brief)
    assert not any(at.unusual for at in brief.metrics)
    assert not [s for s in brief.findings if s.finding.kind == "claim"]
    assert all(at.high <= 10 * max(at.expected, 1) for at in brief.metrics if at.high is not None)


def test_days_before_the_data_are_unknown_and_not_nought(opened: Open) -> None:
    brief = opened(orders(4, 6)).brief("2026-09-13", remember=False)
    said = written(brief)
    assert line(brief, "orders").value == 24
    numbers = [at for at in brief.metrics if at.value is not None]
    assert {(at.previous, at.refusal) for at in numbers} == {(None, "too_short")}
    assert not brief.drivers
    assert "too little history" in said
    assert "too_short" not in said


def test_a_shop_without_refunds_in_its_data_is_not_told_that_it_has_none(opened: Open) -> None:
    brief = opened(orders(60, 6)).brief("2026-09-13", remember=False)
    assert line(brief, "refund_amount") is None
    assert "refunds" in [gap.needs for gap in brief.missing]


def test_what_cannot_be_told_of_shipping_is_not_called_missing_orders(opened: Open) -> None:
    brief = opened(orders(60, 6)).brief("2026-09-13", remember=False)
    assert "orders" not in [gap.needs for gap in brief.missing]
    assert "shipping_times" in [gap.needs for gap in brief.missing]


def test_traffic_alone_gives_visitors_and_conversion_and_no_orders_of_nought(opened: Open) -> None:
    brief = opened(visits(120)).brief("2026-09-13", remember=False)
    assert {at.name for at in brief.metrics} == {"visitors", "conversion_rate"}
    assert "No orders are imported" in written(brief)


@pytest.mark.parametrize("closed", [(), (5, 6)])
def test_orders_without_lines_and_closed_weekdays_miss_no_day(opened: Open, closed: tuple[int, ...]) -> None:
    brief = opened(orders(150, 8, lines=False, closed=closed)).brief("2026-09-13", remember=False)
    written(brief)
    assert line(brief, "orders").value == 8 * (7 - len(closed))
    assert "missing_days" not in [s.finding.rule for s in brief.findings]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2019-01-01", "metrics.outside_data"),
        ("2026-05-15", "metrics.outside_data"),
        ("2026-09-20", "metrics.outside_data"),
        ("2999-01-01", "metrics.day_running"),
    ],
)
def test_a_day_that_the_data_says_nothing_of_is_refused(opened: Open, day: str, code: str) -> None:
    with pytest.raises(BadValue) as caught:
        opened(orders(120, 2)).brief(day, remember=False)
    assert caught.value.code == code


def test_a_quiet_end_of_a_small_shops_week_is_still_briefed(opened: Open) -> None:
    assert opened(orders(120, 2)).brief("2026-09-15", remember=False).as_of == date(2026, 9, 15)


def test_conversion_is_the_platforms_own_and_is_held_against_its_own_past(opened: Open) -> None:
    """Half of the orders name no buyer, so that orders know far fewer buyers than the platform does."""
    sold = orders(120, 30)
    for row in sold["orders"][::2]:
        row["customer_key"] = ""
    brief = opened(sold, visits(120, lambda back: 0.02 + 0.002 * (back * 37 % 11)), channels=("shop:main",) * 2).brief(
        "2026-09-13", remember=False
    )
    conversion = line(brief, "conversion_rate")
    assert conversion.value == pytest.approx(0.03, abs=0.004)
    assert conversion.low <= 0.03 <= conversion.high < 0.045
    assert not conversion.unusual


def test_a_gap_between_the_platforms_buyers_and_the_orders_is_a_part_of_its_own(opened: Open) -> None:
    shop = opened(
        orders(30, 30), visits(30, lambda back: 0.03 if back < 7 else 0.06), channels=("shop:main", "shop:main")
    )
    driver = shop.explain("net_sales", start="2026-09-07", end="2026-09-13")
    parts = {part.name: part.change for part in driver.parts}
    assert set(parts) == {"visitors", "conversion_rate", "source_gap", "spend_per_buyer", "refunds"}
    assert parts["conversion_rate"] < -1000
    assert parts["source_gap"] > 1000
    assert sum(parts.values()) == pytest.approx(driver.change, abs=0.005)


def test_visitors_of_one_channel_do_not_explain_the_orders_of_two(opened: Open) -> None:
    shop = opened(orders(30, 20), orders(30, 10, seed=2))
    shop.warehouse.load([reading(visits(30), channel="shop:main")])
    driver = shop.explain("gross_sales", start="2026-09-07", end="2026-09-13")
    assert {part.name for part in driver.parts} == {"orders", "units_per_order", "unit_price"}
    places = shop.explain("gross_sales", ["channel"], start="2026-09-07", end="2026-09-13").where
    factors = {place.by["channel"]: {part.name for part in place.parts} for place in places}
    assert "conversion_rate" in factors["shop:main"]
    assert "conversion_rate" not in factors["shopify:main"]


def test_a_share_of_the_catalogue_is_split_even_where_its_parts_are_no_metrics(opened: Open) -> None:
    shop = opened(visits(30, lambda back: 0.03 if back < 7 else 0.06))
    driver = shop.explain("conversion_rate", start="2026-09-07", end="2026-09-13")
    assert driver.change == pytest.approx(-0.03)
    assert {part.name: pytest.approx(part.change) for part in driver.parts} == {
        "traffic_pay_buyers": -0.03,
        "visitors": 0.0,
    }


def test_a_mean_is_taken_over_the_orders_whose_money_is_known(opened: Open) -> None:
    """Half of the orders are in a currency without a rate: they stay orders, and no mean is halved by them."""
    shop = opened(orders(60, 5), orders(60, 5, seed=2, currency="USD"))
    names = ["orders", "average_order_value", "spend_per_buyer", "unit_price", "units_per_order"]
    row = shop.query(names).rows.row(0, named=True)
    alone = opened(orders(60, 5)).query(names).rows.row(0, named=True)
    assert row["orders"] == 2 * alone["orders"]
    for name in names[1:]:
        assert row[name] == pytest.approx(alone[name])
    brief = shop.brief("2026-09-13", remember=False)
    value = line(brief, "average_order_value")
    assert value.low <= value.value <= value.high
    known = dict(shop.explain("net_sales", ["channel"]).where[0].by)
    assert known == {"channel": "shop:main"}


def test_orders_without_lines_beside_ones_with_do_not_bend_the_price_of_a_unit(opened: Open) -> None:
    names = ["unit_price", "units_per_order"]
    both = opened(orders(60, 5), orders(60, 5, seed=2, lines=False)).query(names).rows.row(0, named=True)
    assert both == pytest.approx(opened(orders(60, 5)).query(names).rows.row(0, named=True))


def test_a_change_of_orders_with_and_without_lines_is_split_by_orders_and_their_value(opened: Open) -> None:
    shop = opened(orders(30, 5), orders(30, 5, seed=2, lines=False))
    driver = shop.explain("gross_sales", start="2026-09-07", end="2026-09-13")
    assert {part.name for part in driver.parts} == {"orders", "average_order_value"}


def test_what_most_weeks_had_none_of_has_no_normal_range() -> None:
    """A shop that began to give discounts a month ago: a range of nothing but zeros would make any discount a fall or a rise."""
    rates = np.array([0.05, 0.09, 0.125, 0.09, 0.03] + [0.0] * 20)
    assert expected_of(rates, 0.05, [None] * 25, 0.9, counts=False) == "constant"
    assert not isinstance(expected_of(rates[:9], 0.05, [None] * 9, 0.9, counts=False), str)


def test_a_shopping_day_is_not_expected_to_be_like_the_new_year(tmp_path: Path) -> None:
    """Only new years and a twelfth of December lie in the past of this eighteenth of June: nothing teaches what it brings."""
    history = np.array([200.0, *[100.0 + i % 5 for i in range(26)]])
    festive = ["mid_year", *[None] * 15, "lunar_new_year", "lunar_new_year", *[None] * 7, "double_twelve", None]
    assert expected_of(history, 200.0, festive, 0.9, counts=True) == "unknown_event"
    festive[5] = festive[9] = "mid_year"
    history[[6, 10]] = 200.0
    history[[16, 17]] = 20.0
    again = expected_of(history, 200.0, ["mid_year", *festive[:26]], 0.9, counts=True)
    assert not isinstance(again, str)
    assert again.low <= 200 <= again.high


@pytest.mark.parametrize(
    ("metric", "start", "code"),
    [("conversion_rate", None, "metrics.no_table"), ("net_sales", "2027-01-01", "metrics.bad_period")],
)
def test_what_cannot_be_explained_says_why(opened: Open, metric: str, start: str | None, code: str) -> None:
    with pytest.raises(UserError) as caught:
        opened(orders(30, 4)).explain(metric, start=start)
    assert caught.value.code == code


def test_a_doubt_that_the_substitute_shares_sends_nobody_there(opened: Open) -> None:
    shop = opened(orders(60, 4), orders(60, 3, seed=2, currency="USD"))
    flags = {(flag.metric, flag.caveat): flag.instead for flag in shop.query(["gross_sales", "net_sales"]).flags}
    assert flags["gross_sales", "fx_missing"] is None
    assert flags["net_sales", "fx_missing"] is None
    assert "without a rate" in written(shop.brief("2026-09-13", remember=False))


def test_stock_that_runs_out_is_not_called_selling_at_a_loss(opened: Open) -> None:
    products = [{"product_id": f"P{n}", "title": f"Cup {n}", "cost": "8", "lead_days": "9"} for n in range(1, 7)]
    stock = [{"day": str(LAST), "product_id": f"P{n}", "sku": "", "on_hand": "3"} for n in range(1, 7)]
    brief = opened({**orders(90, 25), "products": products, "stock_days": stock}).brief("2026-09-13", remember=False)
    assert {s.finding.kind for s in brief.findings if s.finding.rule == "stock_out"} == {"state"}
    assert [s for s in brief.findings if s.finding.kind == "arithmetic"] == []
    assert "rules.verdict.leaks" not in [words.key for words in brief.verdict]

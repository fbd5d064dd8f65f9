"""A drawn morning of a tea shop: one number low, one deadline, two findings, data missing, titles that try to be markup."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from zhanggui.brief import Brief, Coverage, MetricLine, Pace, Said
from zhanggui.numbers.kinds import Driver, Part, Place
from zhanggui.playbooks.kinds import Due, Evidence, Finding, Locked
from zhanggui.units import Period, Words

AS_OF = date(2026, 9, 14)
WEEK = Period.ending(AS_OF, 7)


def plain(text: str) -> Words:
    return Words("units.as_it_is", {"text": text})


def number(
    name: str, unit: str, value: float | None, expected: float, low: float, high: float, **more: Any
) -> MetricLine:
    unusual = value is not None and not low <= value <= high
    return MetricLine(name, unit, value, expected * 1.02, expected, low, high, unusual, **more)


def driver() -> Driver:
    places = (
        Place({"product_id": "B200"}, -900.0, -850.0, -50.0, -1300.0, -500.0, parts=(Part("orders", -800.0),)),
        Place({"product_id": "A<1>"}, -300.0, -300.0, 0.0, -700.0, 100.0),
        Place({"product_id": "N1"}, 150.0, 0.0, 150.0, kind="entered", value=150.0),
        Place({"product_id": "N2"}, -90.0, 0.0, -90.0, kind="left", previous=90.0),
        Place({"product_id": "N3"}, -40.0, -40.0, 0.0),
        Place({"product_id": "N4"}, -18.0, -18.0, 0.0),
        Place({}, -30.0, -30.0, 0.0, kind="rest"),
    )
    parts = (Part("orders", -1000.0, -1500.0, -500.0), Part("unit_price", -278.0), Part("refunds", 50.0))
    return Driver("net_sales", WEEK, WEEK.before(), 4382.0, 5610.0, -1228.0, parts, places)


def finding(title: str, size: float, kind: Any = "arithmetic") -> Said:
    found = Finding(
        "products",
        "sells_below_cash",
        kind,
        plain(title),
        "net_sales",
        where={"product_id": "B200"},
        size=size,
        low=size * 1.5,
        high=size * 0.5,
        evidence=(Evidence(plain("5 of 24 notes say broken"), {"metrics": ["refund_rate"]}),),
        because=plain("Two coupons stack since Monday."),
        alert="today",
    )
    return Said(found, "new", AS_OF)


def series() -> dict[str, Any]:
    weeks = [(date(2026, 6, 1) + timedelta(days=7 * week)).isoformat() for week in range(15)]
    values = [5600 + 240 * ((week * 7) % 5 - 2) for week in range(14)] + [4382]
    low, high = [4700.0] * 15, [6600.0] * 15
    shares = [0.024 + 0.001 * ((week * 3) % 4) for week in range(15)]
    return {
        "weeks": weeks,
        "metrics": {
            "net_sales": {"values": values, "low": low, "high": high},
            "conversion_rate": {"values": shares, "low": [0.021] * 15, "high": [0.031] * 15},
        },
    }


@pytest.fixture
def brief() -> Brief:
    return Brief(
        shop="Tea <b>House</b>",
        as_of=AS_OF,
        currency="CNY",
        period=WEEK,
        against=WEEK.before(),
        cadence="weekly_figures",
        verdict=(plain("Sales were low: −¥1,228 against normal."), plain("One thing sells at a loss.")),
        due=(Due("ship_by", plain("Ship 3 orders (¥354)."), "2026-09-15T18:00", loss=17.7),),
        metrics=(
            number("orders", "count", 49, 56, 42, 70),
            number("net_sales", "money", 4382.0, 5610, 4810, 6560),
            number("conversion_rate", "share", 0.0274, 0.0301, 0.0276, 0.0325),
            number("visitors", "count", 2440, 2100, 1890, 2320),
        ),
        yesterday=(),
        pace=Pace("2026-09", "net_sales", 12400, 14, 26700, 23900, 29500, 26000, 0.66),
        drivers=(driver(),),
        findings=(
            finding("<script>alert(1)</script> costs ¥3.20 an order.", -19.0),
            finding("B200 sells less.", -900, "claim"),
        ),
        quiet=(plain("Conversion 2.4 % against 2.7 %: may be luck."),),
        left_out=(plain("12 postage lines, ¥96, are in no sales figure."),),
        missing=(
            Locked("falling_conversion", "traffic_days", plain("which source falls cannot be said."), 120.0),
            Locked("product_source", "traffic_days", plain("nor which product."), 30.0),
            Locked("stock_out", "stock_days", plain("stock-outs cannot be foreseen.")),
        ),
        coverage=(Coverage("orders", 1240, date(2026, 1, 1), AS_OF), Coverage("refunds", 0, None, None)),
        names={"B200": "白瓷杯", "A<1>": "茶盤 & <i>托</i>"},
        series=series(),
    )


@pytest.fixture
def quiet_brief(brief: Brief) -> Brief:
    calm = tuple(replace(line, value=line.expected, unusual=False) for line in brief.metrics)
    return replace(brief, metrics=calm, due=(), findings=(), quiet=(), left_out=(), missing=())


@pytest.fixture
def short_brief(brief: Brief) -> Brief:
    return replace(brief, cadence="short", findings=brief.findings[:1])

"""Where orders came from and what ad platforms claim: unknown stays, nothing is counted twice, a gap is a plain difference."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

from drawn.warehouse import CLOCK, CONFIG, DrawnWarehouse, query
from zhanggui.numbers.origins import Origins, origins
from zhanggui.report.origins import as_json, cells, heard_text, origins_text
from zhanggui.units import Period

PERIOD = Period(date(2025, 9, 1), date(2025, 9, 30))
ORDERS = (
    ("1", 2, "60.10", "google / cpc", "order", "Brand "),
    ("2", 3, "40.05", "google / cpc", "landing", "never in the report"),
    ("3", 4, "25.00", "google / organic", "statistics", ""),
    ("4", 4, "30.00", "fb", "landing", "launch"),
    ("5", 9, "99.99", "fb / paid_social", "landing", "launch"),
    ("6", 4, "12.34", "", "", ""),
    ("7", 20, "7.00", "", "", ""),
    ("8", 4, "5.00", "fb", "landing", "a letter"),
)
ADS = (
    (1, "google", "Brand", "10", "200.00"),
    (5, "google", "brand", "5", "30.30"),
    (5, "google", "Generic", "5", "20.00"),
    (3, "meta", "Launch", "4", "80.00"),
    (5, "meta", "Launch", "4", "0"),
)


@pytest.fixture(scope="module")
def warehouse() -> DrawnWarehouse:
    warehouse = DrawnWarehouse()
    lines = [
        {
            "order_id": number,
            "day": date(2025, 9, day),
            "source": source,
            "source_by": by,
            "campaign": campaign,
            "product_id": f"P{int(number) % 2}",
        }
        for number, day, _, source, by, campaign in ORDERS
    ]
    money = {number: Decimal(goods) for number, _, goods, *_ in ORDERS}
    more = {"counted": True, "placed": True, "currency": "GBP", "rate": 1.0, "created_at": datetime(2025, 9, 1, 9)}
    warehouse.draw(
        "order_facts",
        [
            {**{k: v for k, v in line.items() if k != "product_id"}, "goods": money[line["order_id"]], **more}
            for line in lines
        ],
    )
    warehouse.draw(
        "sales", [{**line, "line_id": "1", "kind": "goods", "amount": money[line["order_id"]]} for line in lines]
    )
    same = dict.fromkeys(("ad_group", "keyword", "creative", "product_id"), "*")
    warehouse.draw(
        "ad_days",
        [
            {"day": date(2025, 9, day), "platform": platform, "campaign": name, "cost": Decimal(cost), "orders": 2.0}
            | {"revenue": Decimal(claimed), "currency": "GBP", **same}
            for day, platform, name, cost, claimed in ADS
        ],
    )
    return warehouse


@pytest.fixture(scope="module")
def found(warehouse: DrawnWarehouse) -> Origins:
    return origins(warehouse, PERIOD, config=CONFIG, clock=CLOCK)  # type: ignore[arg-type]


def test_sources_add_up_to_all_sales_and_the_unknown_keep_their_share(found: Origins) -> None:
    whole = sum(float(goods) for _, _, goods, *_ in ORDERS)
    assert found.gross == pytest.approx(whole)
    assert float(found.witnesses["gross"].sum()) == pytest.approx(whole)
    assert found.unknown == pytest.approx((12.34 + 7.00) / whole)
    assert dict(found.sources.select("source", "orders").iter_rows())[""] == 2


def test_a_gap_is_to_the_cent_what_is_claimed_less_a_plain_count_of_the_orders(found: Origins) -> None:
    google = found.platforms.row(by_predicate=pl.col("platform") == "google", named=True)
    assert (google["own_orders"], google["own"], google["claimed"]) == (2.0, 100.15, 250.30)
    assert google["gap"] == pytest.approx(250.30 - 60.10 - 40.05)
    assert (google["first"], google["last"]) == (date(2025, 9, 1), date(2025, 9, 5))


def test_claims_stand_against_orders_of_the_days_of_their_report_only(found: Origins) -> None:
    meta = found.platforms.row(by_predicate=pl.col("platform") == "meta", named=True)
    assert (meta["own_orders"], meta["own"]) == (1.0, 30.0), "the order of the 9th is on a day without a report"
    assert (meta["unknown"], meta["beyond"]) == (12.34, pytest.approx(80.0 - 30.0 - 12.34))


def test_campaigns_add_up_to_their_platform_and_one_nobody_reported_stands_apart(found: Origins) -> None:
    google = found.campaigns.filter(found.campaigns["platform"] == "google")
    own = dict(google.select("campaign", "own").iter_rows())
    assert sum(own.values()) == pytest.approx(100.15)
    assert own[""] == 40.05
    assert float(google["claimed"].sum()) == pytest.approx(250.30)


def test_two_spellings_of_a_campaign_share_its_orders_once(found: Origins) -> None:
    own = found.campaigns.filter(found.campaigns["campaign"].str.to_lowercase() == "brand")
    assert float(own["own_orders"].sum()) == 1.0


def test_a_split_by_source_says_how_much_of_it_is_unknown(warehouse: DrawnWarehouse) -> None:
    flags = [flag for flag in query(warehouse, "gross_sales", "source").flags if flag.caveat == "source_unknown"]
    assert [flag.params["percent"] for flag in flags] == [pytest.approx(6.9, abs=0.05)]
    of_known = query(warehouse, "gross_sales", "source", where={"source": "fb"})
    assert "source_unknown" not in {flag.caveat for flag in of_known.flags}
    assert "source_unknown" not in {flag.caveat for flag in query(warehouse, "gross_sales").flags}


def test_one_item_over_two_channels_is_one_row_by_its_key() -> None:
    warehouse = DrawnWarehouse()
    for channel, product in (("shopify:main", "TEA-S"), ("taobao:main", "700000000001")):
        warehouse.draw("products", [{"product_id": product, "item_key": "green-tea"}], channel=channel)
        line = {"order_id": "1", "day": date(2025, 9, 2), "product_id": product, "kind": "goods"}
        warehouse.draw("sales", [{**line, "line_id": "1", "amount": Decimal(10), "units": 2.0}], channel=channel)
    rows = query(warehouse, ("gross_sales", "units"), "item_key").rows
    assert rows.rows() == [("green-tea", 20.0, 4.0)]
    assert query(warehouse, "units", ("channel", "item_key")).rows.height == 2


@pytest.mark.parametrize("locale", ["zh-Hant", "zh-Hans", "en"])
def test_it_is_told_in_three_languages(found: Origins, locale: str) -> None:
    said = origins_text(found, locale, "GBP", 120)
    assert "£150.15" in said
    assert len(cells(found, locale, "GBP")["parts"]) == 4
    heard = [{"channel": "a", "order_id": "1", "witness": "order", "source": "", "campaign": "", "seen_in": ""}]
    assert "1 · a" in heard_text([{**heard[0], "decides": True}], locale)


def test_programs_get_the_same(found: Origins) -> None:
    told = json.loads(json.dumps(as_json(found)))
    assert told["platforms"][0]["first"] == "2025-09-01"
    assert told["unknown_share"] == pytest.approx(found.unknown)

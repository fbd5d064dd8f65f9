"""Real views and purchases of 815 users on Taobao, 25 November to 3 December 2017: the shop's conversion out of its products', and how far
days overlap. Taobao as a whole stands for one very large shop."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache

import polars as pl
import pytest

from drawn.published import data
from zhanggui.app import Shop
from zhanggui.config import Config
from zhanggui.methods.decomposition import ShopRate, products_to_shop
from zhanggui.units import Period

pytestmark = pytest.mark.prove
Record = Callable[[str, object], None]
FIRST = date(2017, 11, 25)
DAYS = [FIRST + timedelta(days=n) for n in range(9)]
BEIJING = timezone(timedelta(hours=8))


@cache
def events() -> list[tuple[str, str, str, date]]:
    with gzip.open(data("taobao_userbehavior") / "UserBehavior.csv.gz", "rt") as file:
        lines = [line.strip().split(",") for line in file]
    return [
        (line[0], line[1], line[3], datetime.fromtimestamp(int(line[4]), UTC).astimezone(BEIJING).date())
        for line in lines
        if len(line) == 5
    ]


def counted(day: date) -> tuple[int, int, int, int]:
    """Σ visitors of items, visitors, Σ buyers of items, buyers."""
    seen = {(user, item) for user, item, kind, on in events() if on == day and kind == "pv"}
    bought = {(user, item) for user, item, kind, on in events() if on == day and kind == "buy"}
    there = {user for user, _, _, on in events() if on == day}
    return len(seen), len(there), len(bought), len({user for user, _ in bought})


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    made = Shop.create(tmp_path_factory.mktemp("behaviour") / "shop", Config(currency="CNY", timezone="Asia/Shanghai"))
    report = made.import_files([data("taobao_userbehavior") / "UserBehavior.csv.gz"])
    assert report.source_rejects == 1, "the last line of the file is cut short"
    return made


def traffic(shop: Shop, day: date) -> pl.DataFrame:
    table = shop.warehouse.table("traffic_days")
    return shop.warehouse.run(table.filter(table.day == day))


def test_visitors_and_buyers_of_items_and_of_the_shop_are_a_plain_count(shop: Shop) -> None:
    for day in DAYS:
        rows = traffic(shop, day)
        whole = rows.filter((pl.col("product_id") == "*") & (pl.col("source") == "*") & (pl.col("device") == "*"))
        items = rows.filter((pl.col("product_id") != "*") & (pl.col("source") == "*"))
        found = items["visitors"].sum(), whole["visitors"].item(), items["pay_buyers"].sum(), whole["pay_buyers"].item()
        assert found == counted(day), day


def test_the_shops_rate_is_its_items_rate_by_seen_and_bought_on_every_day(shop: Shop, record_property: Record) -> None:
    said = []
    for day in DAYS:
        seen, there, bought, buyers = counted(day)
        joined = products_to_shop(seen, there, bought, buyers)
        assert isinstance(joined, ShopRate)
        answer = shop.query(["conversion_rate", "visitors"], start=str(day), end=str(day)).to_polars()
        assert answer["conversion_rate"].item() == pytest.approx(buyers / there)
        assert buyers / there == pytest.approx(bought / seen * joined.seen_per_visitor / joined.bought_per_buyer)
        assert joined.seen_per_visitor == pytest.approx(seen / there)
        said.append((bought / seen, joined.seen_per_visitor, joined.bought_per_buyer, buyers / there))
    means = [sum(column) / len(said) for column in zip(*said, strict=True)]
    record_property(
        "items' rate × items seen a visitor ÷ items bought a buyer = the shop's rate, mean of nine days",
        f"{means[0]:.2%} × {means[1]:.1f} ÷ {means[2]:.2f} = {means[3]:.1%}",
    )


def test_what_moved_from_one_week_end_to_the_next_is_told_by_items_seen_and_bought(shop: Shop) -> None:
    """2 December against 25 November, both Saturdays: rate and mix of items, items seen a visitor and bought a buyer sum to the change."""
    driver = shop.explain(
        "conversion_rate", by=["product_id"], start="2017-12-02", end="2017-12-02", against=Period(FIRST, FIRST)
    )
    now, before = counted(date(2017, 12, 2)), counted(FIRST)
    assert driver.value == pytest.approx(now[3] / now[1])
    assert driver.change == pytest.approx(now[3] / now[1] - before[3] / before[1])
    assert sum(part.change for part in driver.parts) == pytest.approx(driver.change, abs=1e-9)
    assert {part.name for part in driver.parts} >= {"rate", "mix"}
    assert len(driver.parts) == 4


def test_days_overlap_and_a_week_says_so(shop: Shop, record_property: Record) -> None:
    answer = shop.query(["visitors"], start=str(DAYS[0]), end=str(DAYS[6]))
    people = len({user for user, _, _, on in events() if DAYS[0] <= on <= DAYS[6]})
    visitor_days = len({(user, on) for user, _, _, on in events() if DAYS[0] <= on <= DAYS[6]})
    assert answer.to_polars()["visitors"].item() == visitor_days
    assert "visitor_days" in {flag.caveat for flag in answer.flags}
    record_property("visitor-days and people of a week", f"{visitor_days:,} and {people}")
    assert visitor_days > 3 * people

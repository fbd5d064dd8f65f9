"""A brushed shop: its orders are found by signs that come together, and what rests on them alone is not said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from drawn.brushed import LAST, PRODUCTS, brushed
from drawn.visited import opened
from zhanggui.app import Shop
from zhanggui.app.suspects import suspects_json, suspects_text
from zhanggui.brief import Brief
from zhanggui.numbers.frames import View
from zhanggui.numbers.suspects import Suspects, suspects

FAKE = 60
DAYS = 7


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with opened(tmp_path_factory.mktemp("brushed") / "shop", brushed(1, FAKE, days=DAYS)) as there:
        yield there


@pytest.fixture(scope="module")
def found(shop: Shop) -> Suspects:
    return suspects(shop.warehouse, View(LAST), shop.config)


@pytest.fixture(scope="module")
def brief(shop: Shop) -> Brief:
    return shop.brief(LAST, remember=False)


def test_brushed_orders_are_found_and_real_ones_left_alone(found: Suspects) -> None:
    assert set(found.orders["order_id"]) == {f"F{n}" for n in range(FAKE)}
    assert found.by_chance < 0.1
    assert found.money == FAKE * PRODUCTS["POT"][0]


def test_every_order_names_its_signs_and_never_a_single_one(found: Suspects) -> None:
    for parts, score in found.orders.select("parts", "score").iter_rows():
        seen = [part["sign"] for part in parts if part["weight"] > 0]
        assert len(seen) >= 2
        assert score == pytest.approx(sum(part["weight"] for part in parts))
        assert {"burst", "one_place", "quick_parcel"} <= set(seen)


def test_reviews_in_one_text_of_such_orders_are_found(found: Suspects) -> None:
    listed = set(found.reviews["review_id"])
    assert len(listed) > FAKE // 3
    assert listed <= {f"VF{n}" for n in range(1, FAKE, 2)}


def test_without_them_the_shop_is_as_if_they_had_never_been(shop: Shop, found: Suspects) -> None:
    start = (LAST - timedelta(days=DAYS - 1)).isoformat()
    days = f"'{start}' AND '{LAST}'"
    counted = "SELECT count(*), sum(goods) FROM order_facts WHERE counted AND day BETWEEN " + days
    visits = f"SELECT sum(visitors), sum(pay_buyers) FROM traffic_days WHERE product_id = 'POT' AND day BETWEEN {days}"
    with shop.warehouse.without(found.orders, found.reviews) as other:
        (orders, money), (seen, bought) = (other._connection.sql(text).fetchall()[0] for text in (counted, visits))
        reviews = other.rows()["reviews"]
    (all_orders, all_money), (all_seen, all_bought) = (
        shop.warehouse._connection.sql(text).fetchall()[0] for text in (counted, visits)
    )
    assert all_orders - orders == FAKE
    assert float(all_money - money) == found.money
    assert (all_seen - seen, all_bought - bought) == (FAKE, FAKE)
    assert shop.warehouse.rows()["reviews"] - reviews == FAKE // 2


def test_any_number_can_be_asked_without_them(shop: Shop) -> None:
    start = LAST - timedelta(days=DAYS - 1)

    def orders(*, without: bool) -> float:
        asked = shop.query(["orders"], start=start, end=LAST, without_suspects=without)
        return float(asked.rows["orders"][0])

    assert orders(without=False) - orders(without=True) == FAKE


def test_a_rise_that_rests_on_them_is_not_claimed_and_the_brief_says_so(brief: Brief) -> None:
    assert not [said for said in brief.findings if said.finding.kind == "claim"]
    doubtful = {line.name for line in brief.metrics if line.doubtful}
    assert {"gross_sales", "average_order_value"} <= doubtful
    assert not any(line.unusual for line in brief.metrics)
    assert brief.verdict[0].key == "rules.verdict.doubtful"
    assert brief.quiet[0].key == "suspects.brief.rest"
    assert brief.quiet[0].params["claims"].value >= 1


def test_in_an_honest_shop_nothing_is_found(tmp_path: Path) -> None:
    with opened(tmp_path / "shop", brushed(2, 0)) as shop:
        found = suspects(shop.warehouse, View(LAST), shop.config)
        assert not found
        assert found.looked[0] > 1000


@pytest.mark.prove
def test_what_they_hide_is_asked(tmp_path: Path) -> None:
    """A third of a product's orders stays away, and as many brushed ones stand in their place."""
    drawn = brushed(3, 70, days=DAYS, product="CUP")
    gone = drawn["order_lines"].join(drawn["orders"].select("order_id", "created_at"), on="order_id")
    since = pl.lit(LAST - timedelta(days=DAYS - 1)).cast(pl.Datetime)
    real = (pl.col("product_id") == "CUP") & (pl.col("created_at") >= since) & pl.col("order_id").str.starts_with("A")
    lost = gone.filter(real)["order_id"].head(65).to_list()
    for name in ("orders", "order_lines", "reviews"):
        drawn[name] = drawn[name].filter(~pl.col("order_id").is_in(lost))
    with opened(tmp_path / "shop", drawn) as shop:
        brief = shop.brief(LAST, remember=False)
    asked = {said.finding.where.get("product_id"): said.finding for said in brief.findings if said.finding.caveat}
    fallen = asked["CUP"]
    assert (fallen.rule, fallen.kind) == ("falling_product", "question")
    assert fallen.caveat is not None
    assert fallen.caveat.key == "suspects.caveat.only_without"
    assert fallen.size < 0


@pytest.mark.parametrize("locale", ["zh-Hant", "zh-Hans", "en"])
def test_the_command_names_signs_thresholds_and_false_alarms(shop: Shop, locale: str) -> None:
    said = suspects_text(shop, LAST, locale, 100)
    assert "F1" in said
    assert "+3.0" in said
    assert "90%" in said
    assert max(len(line) for line in said.splitlines()) <= 130


def test_programs_get_every_sign_with_what_it_stands_on(shop: Shop) -> None:
    told = suspects_json(shop, date.fromisoformat(LAST.isoformat()))
    assert len(told["orders"]) == FAKE
    assert {each["sign"] for each in told["signs"]["orders"]} >= {"burst", "unvisited"}
    assert [bar["level"] for bar in told["thresholds"]] == [0.5, 0.9, 0.99]
    assert told["thresholds"][1]["orders"] == FAKE

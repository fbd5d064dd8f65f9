"""A real marketplace's promises: which orders were due on a morning, how many left late, and what stars late parcels get; each counted from
the published tables beside the program."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from drawn.published import data
from zhanggui.app import Shop
from zhanggui.app.scores import scores
from zhanggui.config import Config
from zhanggui.playbooks.service import lateness_loss

pytestmark = pytest.mark.prove
Record = Callable[[str, object], None]
SOLD = ("approved", "invoiced", "processing", "shipped", "delivered")
DAY = date(2018, 3, 12)


def rows(name: str) -> list[dict[str, str]]:
    path: Path = data("olist_sample") / f"olist_{name}_dataset.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def at(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@cache
def limits() -> dict[str, datetime]:
    """The earliest day by which a seller of the order must ship."""
    found: dict[str, datetime] = {}
    for row in rows("order_items"):
        limit = datetime.fromisoformat(row["shipping_limit_date"])
        found[row["order_id"]] = min(limit, found.get(row["order_id"], limit))
    return found


@cache
def orders() -> list[dict[str, str]]:
    states = {row["customer_id"]: row["customer_state"] for row in rows("customers")}
    return [row | {"state": states[row["customer_id"]]} for row in rows("orders") if row["order_status"] in SOLD]


def deadline(row: dict[str, str]) -> datetime | None:
    """The seller's limit; of an order without items two days after payment."""
    paid = at(row["order_approved_at"])
    return limits().get(row["order_id"]) or (paid + timedelta(hours=48) if paid else None)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    config = Config(name="olist", currency="BRL", timezone="America/Sao_Paulo")
    made = Shop.create(tmp_path_factory.mktemp("olist") / "shop", config)
    made.import_files([data("olist_sample")])
    return made


def test_the_share_that_left_late_by_state_is_a_plain_count(shop: Shop, record_property: Record) -> None:
    late: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in orders():
        left = at(row["order_delivered_carrier_date"])
        limit = deadline(row)
        if left is not None and limit is not None:
            late[row["state"]][0] += left > limit
            late[row["state"]][1] += 1
    found = shop.query(["late_ship_rate"], by=["region"]).to_polars().drop_nulls("late_ship_rate")
    assert dict(found.select("region", "late_ship_rate").iter_rows()) == {
        state: pytest.approx(count / shipped) for state, (count, shipped) in late.items()
    }
    whole = [sum(column) for column in zip(*late.values(), strict=True)]
    record_property(
        "orders that left after the seller's limit", f"{whole[0]} of {whole[1]:,} ({whole[0] / whole[1]:.1%})"
    )


def test_orders_due_on_a_morning_are_those_of_the_tables(shop: Shop, record_property: Record) -> None:
    """What a brief of 12 March 2018 would have seen: the file knows what happened later, the morning is judged as the file stands."""
    brief = shop.brief(DAY, remember=False)
    morning = datetime.combine(DAY + timedelta(days=1), datetime.min.time())
    open_orders = [
        row
        for row in orders()
        if row["order_status"] in ("approved", "invoiced", "processing")
        and not row["order_delivered_carrier_date"]
        and (paid := at(row["order_approved_at"])) is not None
        and DAY - timedelta(days=31) < paid.date() <= DAY
    ]
    ends = [limit for row in open_orders if (limit := deadline(row)) is not None]
    pressing = [limit for limit in ends if limit <= morning + timedelta(hours=24)]
    (due,) = [item for item in brief.due if item.rule == "ship_by"]
    said = due.words.params
    assert said["orders"].value == len(pressing)
    assert said["late"].value == sum(limit <= morning for limit in pressing)
    assert due.by == min(pressing).isoformat(timespec="minutes")
    assert due.loss == pytest.approx(lateness_loss(len(pressing), said["value"].value / len(pressing), 0.05, 0.06, 0.0))
    record_property(f"due on the morning after {DAY}", f"{len(pressing)}, {said['late'].value:.0f} of them late")


def test_what_moves_the_stars_of_a_marketplace(shop: Shop, record_property: Record) -> None:
    """Shares and means are plain counts; a parcel that has not come costs two stars and more, a long way some, whatever else is alike."""
    told = scores(shop, date(2016, 9, 1), date(2018, 10, 17)).found
    reviews = rows("order_reviews")
    come = {row["order_id"]: at(row["order_delivered_customer_date"]) for row in rows("orders")}
    early = [
        (day := come.get(row["order_id"])) is None or day > datetime.fromisoformat(row["review_creation_date"])
        for row in reviews
    ]
    by = {one.name: one for one in told.factors}
    assert told.reviews == len(reviews)
    assert told.means[0] == pytest.approx(sum(int(row["review_score"]) for row in reviews) / len(reviews))
    assert by["waiting"].reviews == pytest.approx(sum(early), abs=25)  # a few orders have no sale to be held against
    waiting, weeks = by["waiting"].effects[0], by["weeks"].effects[0]
    assert waiting.shown
    assert waiting.high < -2
    assert weeks.shown
    assert -0.3 < weeks.low < weeks.high < -0.1
    assert 0.3 < told.explained[0] < 0.6
    record_property(
        "stars lost where the parcel had not come", f"{-waiting.value:.2f} [{-waiting.high:.2f}, {-waiting.low:.2f}]"
    )
    record_property("stars lost a week on the way", f"{-weeks.value:.2f} [{-weeks.high:.2f}, {-weeks.low:.2f}]")
    record_property("spread of stars accounted for", f"{told.explained[0]:.0%} of {told.reviews:,} reviews")

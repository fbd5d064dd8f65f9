"""WooCommerce over its interface, against a local server that speaks the documented protocol with the records of the samples."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drawn.woo import KEY, SAMPLES, SECRET, Failure, Woo, served
from zhanggui.app import Shop
from zhanggui.app.live import Live
from zhanggui.config import Config
from zhanggui.errors import Unreached
from zhanggui.live import calling, woocommerce
from zhanggui.live.syncing import Synced
from zhanggui.units import Clock

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def street() -> Iterator[tuple[Woo, str]]:
    """A shop that is open as long as these tests, and its address."""
    woo = Woo.of_samples()
    with served(woo) as url:
        yield woo, url


@pytest.fixture(scope="module")
def read_once(street: tuple[Woo, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that has read the samples, to be copied."""
    folder = tmp_path_factory.mktemp("read") / "shop"
    config = Config(name="Tea", currency="GBP", timezone="Europe/London", locale="en")
    with Shop.create(folder, config) as shop:
        shop.live.add("tea", "woocommerce", street[1], options={"page_size": "2", "per_second": "1000"})
    done = Connected(folder, street[0]).sync()
    assert done.streams == {"products": 2, "orders": 3, "trash": 0, "reviews": 1, "customers": 1}
    assert done.rejected == 0
    return folder


class Connected:
    """A workspace connected to a shop, and the waits that its calls took."""

    def __init__(self, folder: Path, woo: Woo) -> None:
        self.folder, self.woo, self.now = folder, woo, NOW
        self.waits: list[float] = []

    def sync(self, key: str = KEY, secret: str = SECRET, **how: bool) -> Synced:
        with self.opened() as shop:
            return Live(shop, {"ZHANGGUI_TEA_KEY": key, "ZHANGGUI_TEA_SECRET": secret}).sync("tea", **how)

    def opened(self) -> Shop:
        return Shop.open(self.folder, Clock("Europe/London", lambda: self.now))

    def rows(self, table: str, *columns: str) -> list[tuple[object, ...]]:
        with self.opened() as shop:
            found = shop.warehouse.run(shop.warehouse.table(table).select(*columns))
            return sorted(found.rows(), key=str)

    def exported(self, to: Path) -> dict[str, str]:
        with self.opened() as shop:
            return {path.name: path.read_text() for path in shop.export(to)}


@pytest.fixture
def tea(street: tuple[Woo, str], read_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connected:
    """A shop that holds the samples, and a workspace that has read them."""
    vars(street[0]).update(vars(Woo.of_samples()))
    made = Connected(Path(shutil.copytree(read_once, tmp_path / "shop")), street[0])
    monkeypatch.setattr(calling, "PACE", calling.Pace(sleep=made.waits.append))
    return made


def test_the_shop_and_the_same_shop_saved_as_files_are_one_set(tea: Connected, tmp_path: Path) -> None:
    before = tea.exported(tmp_path / "a")
    with tea.opened() as shop:
        files = [SAMPLES / f"woocommerce_v3_{name}.json" for name in ("orders", "refunds", "products", "reviews")]
        read = shop.import_files([*files, SAMPLES / "woocommerce_v3_customers.json"])
    assert (read.new, read.replaced) == (0, 0)
    assert tea.exported(tmp_path / "b") == before


def test_an_order_that_a_plugin_exported_is_the_same_order(tea: Connected, tmp_path: Path) -> None:
    seen = ("order_id", "status", "goods_amount", "order_total", "customer_key")
    orders, lines = tea.rows("orders", *seen), tea.rows("order_lines", "order_id", "line_id", "line_total")
    file = tmp_path / "orders.csv"
    file.write_text(
        "order_id,order_number,date,status,order_shipping,order_shipping_tax,order_tax,order_total,billing_email,order_item_1\n"
        "12,12,2026-11-22 23:09,processing,4.00,0.80,10.40,67.20,alice@example.com,product_id:10|2|8.50|\n"
        "13,13,2026-11-22 23:09,pending,0.00,0.00,1.70,10.20,guest@example.com,product_id:10|1|8.50|\n"
    )
    with tea.opened() as shop:
        shop.import_files([file])
    assert tea.rows("orders", *seen) == orders
    assert tea.rows("order_lines", "order_id", "line_id", "line_total") == lines


def test_orders_that_change_are_folded_in_with_late_refunds_and_trash(tea: Connected) -> None:
    woo = tea.woo
    for number in range(5):
        woo.sell(100 + number, f"2026-11-2{number}T10:00:00")
    tea.sync()
    woo.refund(100, 900, "2026-11-26T08:00:00", "3.50")
    woo.throw_away(101, "2026-11-26T09:00:00")
    woo.change(102, "2026-11-26T10:00:00", status="completed", date_completed_gmt="2026-11-26T10:00:00")
    done = tea.sync()
    states = dict(tea.rows("orders", "order_id", "status"))
    assert [states[str(n)] for n in (100, 101, 102, 103)] == ["paid", "cancelled", "completed", "paid"]
    refunds = tea.rows("refunds", "refund_id", "order_id", "amount", "finished_day")
    assert ("900", "100", 3.5, datetime(2026, 11, 26).date()) in refunds
    assert done.replaced > 0


def test_an_order_that_changes_while_pages_are_read_is_read_and_none_slips_through(tea: Connected) -> None:
    woo = tea.woo
    woo.orders.clear()
    for number in range(9):
        woo.sell(200 + number, f"2026-11-23T10:00:0{number}")
    asked = 0

    def change_the_first(path: str) -> None:
        nonlocal asked
        asked += path.endswith("/orders")
        if path.endswith("/orders") and asked == 2:
            woo.change(200, "2026-11-24T00:00:00", status="completed")

    woo.seen = change_the_first
    tea.sync()
    states = dict(tea.rows("orders", "order_id", "status"))
    assert {number: states[number] for number in states if number >= "200"} == {
        str(200 + number): "completed" if number == 0 else "paid" for number in range(9)
    }


def test_more_than_a_page_of_orders_changed_in_one_second_is_read_whole(tea: Connected) -> None:
    for number in range(7):
        tea.woo.sell(300 + number, "2026-11-23T10:00:00")
    tea.sync()
    assert len(tea.rows("orders", "order_id")) == 2 + 7


def test_stock_is_counted_once_a_day_with_variations_by_their_sku(tea: Connected) -> None:
    woo = tea.woo
    woo.products[11] |= {"type": "variable", "manage_stock": False, "stock_quantity": None}
    red = {"id": 12, "sku": "POT-R", "manage_stock": True, "stock_quantity": 4}
    blue = {"id": 13, "sku": "POT-B", "manage_stock": "parent", "stock_quantity": 9}
    woo.variations[11] = [red, blue]
    counted = tea.rows("stock_days", "sku", "on_hand")
    tea.sync()
    assert tea.rows("stock_days", "sku", "on_hand") == counted  # the day's stock was noted before
    tea.now = NOW + timedelta(days=1)
    tea.sync()
    day = tea.now.date()
    assert [row[1:] for row in tea.rows("stock_days", "day", "product_id", "sku", "on_hand") if row[0] == day] == [
        ("10", "TEA-G100", 49.0),
        ("11", "POT-R", 4.0),
    ]


def test_a_review_approved_late_and_a_new_customer_are_found(tea: Connected) -> None:
    woo = tea.woo
    late = woo.reviews[5] | {
        "id": 6,
        "status": "hold",
        "date_created": "2026-11-20T10:00:00",
        "date_created_gmt": "2026-11-20T10:00:00",
    }
    woo.reviews[6] = late
    tea.sync()
    assert len(tea.rows("reviews", "review_id")) == 1
    late["status"] = "approved"
    woo.customers[3] = woo.customers[2] | {
        "id": 3,
        "email": "bob@example.com",
        "date_created_gmt": "2026-11-23T10:00:00",
    }
    tea.sync()
    assert [row[0] for row in tea.rows("reviews", "review_id")] == ["5", "6"]
    assert len(tea.rows("customers", "customer_key")) == 2


def test_order_attribution_gives_source_campaign_and_device(tea: Connected) -> None:
    meta = {"utm_source": "newsletter", "utm_campaign": "autumn", "device_type": "Mobile"}
    told = [{"key": f"_wc_order_attribution_{name}", "value": value} for name, value in meta.items()]
    tea.woo.sell(400, "2026-11-23T10:00:00", meta_data=told, coupon_lines=[{"code": "TEA10"}])
    tea.sync()
    found = {
        row[0]: row[1:] for row in tea.rows("orders", "order_id", "visit_source", "visit_campaign", "device", "extra")
    }
    source, campaign, device, extra = found["400"]
    assert (source, campaign) == ("newsletter", "autumn")
    assert str(device).lower() == "mobile"
    assert json.loads(str(extra))["coupons"] == "TEA10"


def test_a_busy_shop_is_asked_again_after_what_it_asks_for(tea: Connected) -> None:
    tea.woo.failures = [
        Failure(429, headers={"retry-after": "7"}),
        Failure(503, times=2),
        Failure(502, headers={"retry-after": "Mon, 01 Jan 2024 00:00:00 GMT"}),
    ]
    assert tea.sync().rejected == 0
    long = [wait for wait in tea.waits if wait >= 0.4 or not wait]
    assert long[0] == 7.0
    assert 1.0 <= long[1] <= 2.0
    assert 2.0 <= long[2] <= 4.0
    assert long[3] == 0.0


HTML = "<!doctype html><title>Maintenance</title>We are back soon"


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (Failure(429, 99, {"retry-after": "3600"}), "live.too_busy"),
        (Failure(429, 99), "live.too_busy"),
        (Failure(500, 99, body="<b>There has been a critical error</b>"), "live.shop_broken"),
        (Failure(200, 99, body=HTML), "live.not_json"),
        (Failure(200, 99, body='{"name": "Tea", "namespaces": []}'), "live.other_answer"),
        (Failure(404, 99, body=HTML), "live.not_there"),
        (Failure(403, 99, body='{"message": "firewall"}'), "live.not_allowed"),
        (Failure(301, 99, {"location": "https://tea.example/"}), "live.moved"),
        (Failure(400, 99, body='{"message": "Invalid parameter(s): orderby"}'), "live.refused"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.status),
)
def test_what_goes_wrong_has_words_of_its_own(tea: Connected, failure: Failure, code: str) -> None:
    tea.woo.failures = [failure]
    with pytest.raises(Unreached) as raised:
        tea.sync()
    assert raised.value.code == code
    assert SECRET not in str(raised.value)


def test_a_key_that_was_taken_back_is_said_and_what_was_read_stays(tea: Connected) -> None:
    tea.sync()
    tea.woo.keys.clear()
    with pytest.raises(Unreached) as raised:
        tea.sync()
    assert raised.value.code == "live.key_refused"
    assert raised.value.params["said"] == "Consumer key is invalid."
    assert len(tea.rows("orders", "order_id")) == 2


def test_an_address_where_nobody_listens_is_said(tea: Connected) -> None:
    with tea.opened() as shop:
        shop.live.remove("tea")
    with tea.opened() as shop:
        shop.live.add("tea", "woocommerce", "http://127.0.0.1:9")
    with pytest.raises(Unreached) as raised:
        tea.sync()
    assert raised.value.code == "live.no_line"
    assert len(tea.waits) >= 5


def test_a_safe_line_that_does_not_come_about_gets_no_key(tea: Connected) -> None:
    plain = tea.woo, len(tea.woo.asked)
    with tea.opened() as shop:
        live = Live(shop, {"ZHANGGUI_TEA_KEY": KEY, "ZHANGGUI_TEA_SECRET": SECRET})
        visit = live.visit("tea")
        safe = replace(visit, connection=replace(visit.connection, url=visit.connection.url.replace("http:", "https:")))
        with woocommerce.caller(safe) as call, pytest.raises(Unreached) as raised:
            call.get("orders")
    assert raised.value.code == "live.tls"
    assert len(plain[0].asked) == plain[1]


def test_the_secret_is_in_no_question_and_in_no_file(tea: Connected) -> None:
    tea.sync()
    assert tea.woo.asked
    assert [path for path in tea.woo.asked if SECRET in path] == []
    held = [path for path in tea.folder.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert held == []

"""Real shops are read as they are: filled, synced, changed, synced again, and every time the store equals what the shop's own database
says. What is approved arrives there and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drawn import live_shops
from drawn.counted_shops import OSCAR, VENDURE, carried_out_and_back, connected, counted, stored
from drawn.live_shops import LiveShop
from drawn.vendure_deeds import Deeds
from drawn.visiting import OSCAR_LOGIN, VENDURE_LOGIN
from zhanggui.live.keys import variable

pytestmark = pytest.mark.prove


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    login = OSCAR_LOGIN if "oscar" in request.node.name else VENDURE_LOGIN
    for name, value in login.items():
        monkeypatch.setenv(variable("tea", name), value)


@pytest.fixture
def new_vendure(tmp_path: Path) -> Iterator[LiveShop]:
    shop = live_shops.vendure(tmp_path)
    with shop.opened("serve", str(shop.file), "{port}", ready="/admin-api?query={__typename}") as there:
        yield there


def test_vendure_is_read_as_it_is_through_late_refunds_and_cancellations(new_vendure: LiveShop, tmp_path: Path) -> None:
    deeds = Deeds(new_vendure.address)
    baskets = ({"GREEN_100": 2, "POT_1": 1}, {"BLACK_250": 3}, {"CUP_W": 4, "CUP_B": 1}, {"GREEN_250": 1}, {"POT_1": 2})
    codes = [deeds.buy(f"buyer{n % 7}", **baskets[n % len(baskets)]) for n in range(12)]
    deeds.leave(POT_1=1)
    deeds.refund(codes[0], "GREEN-100", 1)
    deeds.cancel(codes[1])
    with connected(tmp_path / "ws", "vendure", new_vendure.address, "USD") as shop:
        first = shop.live.sync("tea")
        assert first.new > 0
        assert stored(shop, VENDURE) == counted(new_vendure, VENDURE)
        assert not shop.live.sync("tea").batch

        deeds.refund(codes[4], "POT-1", 1, "late: it drips")
        deeds.cancel(codes[5])
        deeds.refund(codes[5], "GREEN-100", 2)
        deeds.refund(codes[5], "POT-1", 1)
        deeds.cancel(codes[6])
        deeds.price("GREEN-250", 1950)
        deeds.price("CUP-W", 590)
        deeds.buy("late", CUP_W=3)
        assert shop.live.sync("tea").batch
        assert stored(shop, VENDURE) == counted(new_vendure, VENDURE)

        product = str(new_vendure.rows("select productId p from product_variant where sku = 'BLACK-250'")[0]["p"])
        query = """select p.price / 100.0 price from product_variant_price p join product_variant v on v.id = p.variantId
            where v.productId = ?"""
        carried_out_and_back(shop, new_vendure, query, product, "12.00", "12.60")
        assert stored(shop, VENDURE) == counted(new_vendure, VENDURE)


def test_oscar_is_read_as_it_is_through_late_refunds_and_cancellations(tmp_path: Path) -> None:
    oscar = live_shops.oscar(tmp_path)
    with connected(tmp_path / "ws", "django_oscar", f"sqlite:///{oscar.file}", "GBP") as shop:
        assert shop.live.sync("tea").new > 0
        assert stored(shop, OSCAR) == counted(oscar, OSCAR)
        assert not shop.live.sync("tea").batch

        oscar.run("change")
        assert shop.live.sync("tea").batch
        assert stored(shop, OSCAR) == counted(oscar, OSCAR)
        assert not shop.live.sync("tea").batch

        product = str(oscar.rows("select id from catalogue_product where upc = 'POT-1'")[0]["id"])
        query = "select price from partner_stockrecord where product_id = ?"
        carried_out_and_back(shop, oscar, query, product, "35.00", "36.75")
        assert stored(shop, OSCAR) == counted(oscar, OSCAR)

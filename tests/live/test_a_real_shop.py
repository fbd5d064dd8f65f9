"""A real django-oscar, as its registry gives it, is read by its database and by its interface, changes, and is read again: every time
the store equals what the shop's own database says. What is approved arrives there and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drawn import live_shops
from drawn.counted_shops import OSCAR, OSCAR_BY_API, carried_out_and_back, connected, counted, stored
from drawn.live_shops import LiveShop
from drawn.visiting import OSCAR_LOGIN
from zhanggui.errors import Unreached
from zhanggui.live.keys import variable


@pytest.fixture(scope="module")
def oscar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveShop]:
    """An open shop with sixteen orders; what its interface lists comes in pages of seven."""
    shop = live_shops.oscar(tmp_path_factory.mktemp("oscar"), migrated=False, orders=16, OSCAR_PAGED="7")
    with shop.opened("serve", "{port}", ready="/api/") as there:
        yield there


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OSCAR_LOGIN.items():
        monkeypatch.setenv(variable("tea", name), value)


def test_a_real_oscar_is_read_changes_and_is_read_again_by_both_ways(oscar: LiveShop, tmp_path: Path) -> None:
    by_database = connected(tmp_path / "database", "django_oscar", f"sqlite:///{oscar.file}", "GBP")
    by_api = connected(tmp_path / "api", "django_oscar", f"{oscar.address}/api", "GBP")
    with by_database, by_api:
        for shop, queries in ((by_database, OSCAR), (by_api, OSCAR_BY_API)):
            assert shop.live.sync("tea").new > 0
            assert stored(shop, queries) == counted(oscar, queries)
        oscar.run("change")
        for shop, queries in ((by_database, OSCAR), (by_api, OSCAR_BY_API)):
            assert shop.live.sync("tea").batch
            assert stored(shop, queries) == counted(oscar, queries)
            assert not shop.live.sync("tea").batch
        product = str(oscar.rows("select id from catalogue_product where upc = 'POT-1'")[0]["id"])
        query = "select price from partner_stockrecord where product_id = ?"
        carried_out_and_back(by_database, oscar, query, product, "35.00", "36.75")
        assert stored(by_database, OSCAR) == counted(oscar, OSCAR)


def test_an_interface_that_lets_nobody_in_is_said(
    oscar: LiveShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(tmp_path / "ws", "django_oscar", f"{oscar.address}/api", "GBP") as shop:
        monkeypatch.setenv(variable("tea", "password"), "not-the-word")
        with pytest.raises(Unreached) as raised:
            shop.live.sync("tea")
        assert raised.value.code == "live.key_refused"
        assert raised.value.params["said"] == "Invalid username/password."
    with (
        connected(tmp_path / "other", "django_oscar", f"{oscar.address}/catalogue", "GBP") as shop,
        pytest.raises(Unreached, match="api_closed"),
    ):
        shop.live.sync("tea")

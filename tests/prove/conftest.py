"""Real shops, each started once for all that is proved on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drawn import live_shops
from drawn.live_shops import LiveShop


@pytest.fixture(scope="session")
def vendure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveShop]:
    """An open Vendure shop with a catalogue and no orders."""
    shop = live_shops.vendure(tmp_path_factory.mktemp("vendure"))
    with shop.opened("serve", str(shop.file), "{port}", ready="/admin-api?query={__typename}") as there:
        yield there


@pytest.fixture(scope="session")
def oscar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveShop]:
    """An open django-oscar shop with forty orders."""
    shop = live_shops.oscar(tmp_path_factory.mktemp("oscar"))
    with shop.opened("serve", "{port}", ready="/api/products/") as there:
        yield there

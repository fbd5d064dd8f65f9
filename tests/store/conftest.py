"""Small shops for the tests of the warehouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drawn.readings import LONDON
from zhanggui.config import Config
from zhanggui.store import Warehouse


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Warehouse]:
    """An empty shop in London."""
    Warehouse.create(tmp_path / "shop", LONDON)
    with Warehouse.open(tmp_path / "shop", LONDON) as warehouse:
        yield warehouse


@pytest.fixture
def new_shop(tmp_path: Path) -> Iterator[Callable[..., Warehouse]]:
    """As many empty shops as a test asks for."""
    opened: list[Warehouse] = []

    def make(name: str, config: Config = LONDON) -> Warehouse:
        folder = tmp_path / name
        Warehouse.create(folder, config)
        opened.append(Warehouse.open(folder, config))
        return opened[-1]

    yield make
    for warehouse in opened:
        warehouse.close()

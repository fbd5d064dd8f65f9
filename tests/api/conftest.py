"""A small shop behind the API, with a token for each role."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from drawn.sold import OWNER, order_lines
from zhanggui.api import api_app
from zhanggui.app import Shop
from zhanggui.app.desk import Desk
from zhanggui.config import Config


@pytest.fixture(scope="session")
def sold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with ten weeks of orders. Tests copy it."""
    folder: Path = tmp_path_factory.mktemp("api") / "tea"
    file = folder.parent / "orders.csv"
    file.write_text(order_lines(), encoding="utf-8")
    with Shop.create(folder, Config(name="Tea", currency="GBP", timezone="Europe/London", locale="en")) as shop:
        shop.import_files([file])
    return folder


@pytest.fixture
def desk(sold: Path, tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "tea"
    shutil.copytree(sold, folder)
    opened = Desk(folder)
    yield opened
    opened.close()


@pytest.fixture
def call(desk: Desk) -> Callable[..., TestClient]:
    """``call("viewer")`` is a client with a token of that role; ``call("")`` one without."""
    app = api_app(desk)

    def client(role: str = "owner", language: str = "en") -> TestClient:
        headers = {"Accept-Language": language}
        if role:
            headers["Authorization"] = f"Bearer {desk.people.new_token(f'program {role}', role, by=OWNER)}"
        return TestClient(app, headers=headers, raise_server_exceptions=False)

    return client

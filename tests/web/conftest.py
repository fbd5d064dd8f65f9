"""The tea shop's desk, and browsers of its people in front of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from starlette.testclient import TestClient

from drawn.teashop import Watch, make
from zhanggui.app import Person, morning_of
from zhanggui.app.desk import Desk
from zhanggui.web import desk_app

OWNER = Person("Chen", "owner")
PASSWORD = "three green kettles"


class Reader:
    """Somebody's browser. ``csrf`` is the token of the forms it was last shown."""

    def __init__(self, client: TestClient, desk: Desk) -> None:
        self.client = client
        self.desk = desk
        self.csrf = ""

    def open(self, address: str, **how: Any) -> Response:
        return self._seen(self.client.get(address, **how))

    def send(self, address: str, **fields: Any) -> Response:
        return self._seen(self.client.post(address, data={"csrf": self.csrf, **fields}))

    def sign_in(self, name: str, password: str = PASSWORD) -> Response:
        self.open("/sign-in")
        return self.send("/sign-in", name=name, password=password, next="/actions")

    def today(self, **how: Any) -> Response:
        """The first page, once its brief is made."""
        self.desk.latest(("morning", None), morning_of, wait=True)
        return self.open("/", **how)

    def action(self) -> str:
        """The id of the day's action."""
        with self.desk.reading() as shop:
            return str(shop.actions.list()[0].id)

    def _seen(self, answer: Response) -> Response:
        found = re.search(r'name="csrf" value="(\w+)"', answer.text)
        self.csrf = found[1] if found else self.csrf
        return answer


@pytest.fixture(scope="session")
def tea_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tea shop after its first brief. Tests copy it."""
    folder: Path = make(tmp_path_factory.mktemp("tea") / "shop")
    desk = Desk(folder, readers=1, clock=Watch().clock)
    with desk.reading() as shop:
        shop.brief()
    desk.close()
    return folder


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def desk(tea_once: Path, tmp_path: Path, watch: Watch) -> Iterator[Desk]:
    folder = shutil.copytree(tea_once, tmp_path / "shop")
    opened = Desk(folder, readers=2, clock=watch.clock)
    yield opened
    opened.close()


@pytest.fixture
def reader(desk: Desk) -> Callable[..., Reader]:
    """``reader("viewer")`` is the browser of somebody of that role, ``reader("")`` of nobody. All stand before one desk."""
    app = desk_app(desk)

    def opened(role: str = "owner", *, host: str = "127.0.0.1:8600", address: str = "127.0.0.1") -> Reader:
        client = TestClient(
            app,
            base_url=f"http://{host}",
            headers={"Accept-Language": "en"},
            client=(address, 5000),
            raise_server_exceptions=False,
        )
        found = Reader(client, desk)
        if role:
            name = f"{role} {len(desk.people.everybody())}"
            desk.people.add(name, PASSWORD, role, by=OWNER)
            assert found.sign_in(name).status_code == 200
        return found

    return opened

"""A desk of a small workspace and browsers in front of it, for tests of pages."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from zhanggui.app import Shop
from zhanggui.app.desk import Desk
from zhanggui.config import Config
from zhanggui.people import Person
from zhanggui.web import desk_app

OWNER = Person("owner", "owner")
PASSWORD = "a long enough password 7"
HOST = "testserver"
COUNTING = "these are the numbers from before"
ORDERS = (
    b"order_id,order date,product,quantity,amount\n"
    b"1001,2026-05-01 10:00,White cup,2,58.00\n"
    b"1002,2026-05-02 11:30,Tea tin,1,120.00\n"
    b"1003,2026-05-03 09:15,White cup,1,29.00\n"
)
"""A file of orders as anybody might have one."""


class Browser:
    """One person's browser: forms carry the token of the page before."""

    def __init__(self, desk: Desk, role: str = "owner") -> None:
        self.desk = desk
        self.client = TestClient(desk_app(desk, hosts=(HOST,)), headers={"accept-language": "en"})
        if role == "owner":
            self.client.get(f"/enter?key={desk.door.link('owner')}")
        else:
            desk.people.add(role, PASSWORD, role, by=OWNER)
            self.post("/sign-in", name=role, password=PASSWORD)
        self.token = self._token("/")

    @classmethod
    def known(cls, desk: Desk, name: str, password: str) -> Browser:
        """The browser of somebody who is in the register, signed in."""
        found = cls.__new__(cls)
        found.desk = desk
        found.client = TestClient(desk_app(desk, hosts=(HOST,)), headers={"accept-language": "en"})
        found.post("/sign-in", name=name, password=password)
        found.token = found._token("/account")
        return found

    def _token(self, page: str) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.client.get(page).text)
        assert found
        return found[1]

    def get(self, path: str, status: int = 200) -> str:
        """The text of a page, once its numbers are counted."""
        response = self.client.get(path)
        deadline = time.monotonic() + 60
        while (response.status_code == 202 or COUNTING in response.text) and time.monotonic() < deadline:
            response = self.client.get(path)
        assert response.status_code == status, (path, response.status_code, response.text[-2000:])
        return response.text

    def post(self, path: str, status: int = 200, **fields: str) -> str:
        """What stands on the page after a form."""
        token = getattr(self, "token", None) or self._token("/sign-in")
        response = self.client.post(path, data={"csrf": token, **fields})
        assert response.status_code == status, (path, response.status_code, response.text[-2000:])
        self.at = response.url.path
        return response.text

    def send(self, *files: tuple[str, bytes], status: int = 200, **fields: str) -> str:
        """Send files and wait until they were looked into; gives the page that says how."""
        sent = [("files", (name, content, "application/octet-stream")) for name, content in files]
        response = self.client.post("/data/upload", data={"csrf": self.token, **fields}, files=sent)
        assert response.status_code == status, (response.status_code, response.text[-2000:])
        self.at = response.url.path
        return self.wait() if status == 200 else response.text

    def wait(self) -> str:
        """Wait for the long work in line, and give the page again that told of it."""
        deadline = time.monotonic() + 60
        while self.desk.background.jobs.running() is not None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return self.get(self.at)


@contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    """The desk of a workspace; an empty one is made where there is none."""
    if not folder.is_dir():
        Shop.create(folder, Config(name="Tea & Cups", currency="CNY", timezone="Asia/Shanghai", locale="en")).close()
    opened = Desk(folder)
    try:
        yield opened
    finally:
        opened.close()


def rows(browser: Browser, table: str = "orders") -> int:
    """How many rows a table of the shop has."""
    with browser.desk.reading() as shop:
        return shop.warehouse.rows()[table]


def left_behind(browser: Browser) -> list[Path]:
    """Files of uploads that still lie in the workspace."""
    folder = browser.desk.folder / ".uploads"
    return [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []

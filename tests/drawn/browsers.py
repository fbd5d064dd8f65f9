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

    def _token(self, page: str) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.client.get(page).text)
        assert found
        return found[1]

    def get(self, path: str, status: int = 200) -> str:
        """The text of a page."""
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

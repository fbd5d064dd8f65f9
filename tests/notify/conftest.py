"""A mail server and a receiver of webhooks on this machine, and a small shop with something urgent."""

from __future__ import annotations

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from drawn.sold import order_lines
from zhanggui.app import Brief, Shop
from zhanggui.config import Config


@dataclass
class Mailbox:
    port: int = 0
    mails: list[Any] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (the server calls it so)
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"

    @property
    def texts(self) -> list[str]:
        return [mail.get_body(("plain", "html")).get_content() for mail in self.mails]


@dataclass
class Hook:
    port: int = 0
    status: int = 200
    calls: list[Any] = field(default_factory=list)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox(free_port())
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    yield box
    server.stop()


@pytest.fixture
def hook() -> Iterator[Hook]:
    told = Hook()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.calls.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(told.status)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def environment(mailbox: Mailbox, hook: Hook) -> dict[str, str]:
    """Where the channels lead: variables, as a service file would set them."""
    return {
        "OWNERS_MAIL": f"mailto://127.0.0.1:{mailbox.port}?from=desk@shop.example&to=chen@shop.example&mode=insecure",
        "TEAMS_HOOK": f"json://127.0.0.1:{hook.port}/hooks/s3cret-token",
    }


CHANNELS = """
[notify]
daily_at = "08:30"

[notify.channels.owner]
url_from = "OWNERS_MAIL"
locale = "zh-Hant"

[notify.channels.team]
url_from = "TEAMS_HOOK"
gets = "daily"
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Brief]:
    """A shop that is told on two channels, and its brief. Tests copy it."""
    folder = tmp_path_factory.mktemp("told") / "tea"
    with Shop.create(folder, Config(name="Tea", currency="GBP", timezone="Europe/London", locale="en")) as made:
        (folder.parent / "orders.csv").write_text(order_lines(), encoding="utf-8")
        made.import_files([folder.parent / "orders.csv"])
    with (folder / "zhanggui.toml").open("a", encoding="utf-8") as file:
        file.write(CHANNELS)
    with Shop.open(folder) as opened:
        brief = opened.brief()
    return folder, brief


@pytest.fixture
def shop(told: tuple[Path, Brief], tmp_path: Path) -> Iterator[Shop]:
    with Shop.open(shutil.copytree(told[0], tmp_path / "tea")) as opened:
        yield opened

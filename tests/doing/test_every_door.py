"""Through every door the same holds: the command line, the interface for programs and the desk write only what a person approved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from drawn.ledgers import Days
from drawn.oscar_tables import OscarFile
from zhanggui.api import api_app
from zhanggui.app import Person, Shop
from zhanggui.app.desk import Desk
from zhanggui.cli import main
from zhanggui.web import desk_app

OWNER = Person("Chen", "owner")
PASSWORD = "three green kettles"


@pytest.fixture
def added(shop: Shop) -> str:
    """A price that nobody has approved."""
    name = shop.actions.add("step_price", {"product_id": "1"}, values={"price": "22"}, by="ann").entry.id
    shop.close()
    return name


@pytest.fixture
def desk(folder: Path, added: str) -> Iterator[Desk]:
    opened = Desk(folder, clock=Days().clock)
    yield opened
    opened.close()


def test_the_command_line_writes_only_what_was_approved(
    folder: Path, added: str, tea: OscarFile, capfd: pytest.CaptureFixture[str]
) -> None:
    def run(*args: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(["actions", *args, "--shop", str(folder)])
        return code, *capfd.readouterr()

    code, _, told = run("apply", added)
    assert (code, tea.price()) == (2, 20)
    assert "not approved yet" in told
    assert run("approve", added)[0] == 0
    code, out, _ = run("apply", added, "--dry-run", "--json")
    assert (code, tea.price()) == (0, 20)
    assert json.loads(out)["changes"] == [
        {"product_id": "1", "sku": "GREEN-100", "what": "price", "before": "20.00", "after": "22.00"}
    ]
    code, out, _ = run("apply", added)
    assert (code, tea.price()) == (0, 22)
    assert "22.00" in out
    assert run("apply", added)[0] == 2
    assert "20.00" in run("undo", added, "--dry-run")[1]
    assert tea.price() == 22
    assert run("undo", added)[0] == 0
    assert tea.price() == 20


def test_programs_write_only_what_was_approved_and_only_what_they_saw(desk: Desk, added: str, tea: OscarFile) -> None:
    def call(role: str) -> TestClient:
        token = desk.people.new_token(f"program {role}", role, by=OWNER)
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
        return TestClient(api_app(desk), headers=headers, raise_server_exceptions=False)

    owner, viewer = call("owner"), call("viewer")
    assert owner.post(f"/actions/{added}/apply").status_code == 409
    assert owner.post(f"/actions/{added}/approve").status_code == 200
    assert viewer.post(f"/actions/{added}/apply").status_code == 403
    seen = owner.get(f"/actions/{added}/changes").json()
    assert (seen["shop"], seen["changes"][0]["after"], tea.price()) == ("tea", "22.00", 20)
    assert owner.post(f"/actions/{added}/apply", json={"shown": "another"}).status_code == 409
    assert tea.price() == 20
    assert owner.post(f"/actions/{added}/apply", json={"shown": seen["shown"]}).status_code == 200
    assert tea.price() == 22
    assert owner.post(f"/actions/{added}/apply").status_code == 409
    tea.run("update partner_stockrecord set price = 23 where id = 1")
    assert owner.post(f"/actions/{added}/undo").status_code == 409
    assert tea.price() == 23
    assert owner.post(f"/actions/{added}/undo", json={"keep_shop": True}).status_code == 200
    assert tea.price() == 23


def test_the_desk_shows_the_difference_before_its_button_writes_it(desk: Desk, added: str, tea: OscarFile) -> None:
    desk.people.add("Chen", PASSWORD, "owner", by=OWNER)
    client = TestClient(
        desk_app(desk), base_url="http://127.0.0.1:8600", headers={"Accept-Language": "en"}, client=("127.0.0.1", 5000)
    )
    fields: dict[str, str] = {}

    def seen(answer: Any) -> str:
        page: str = answer.text
        fields.update(re.findall(r'name="(csrf|seen|shown)" value="(\w+)"', page))
        return page

    def send(address: str, **more: str) -> Any:
        answer = client.post(address, data={**fields, **more})
        seen(answer)
        return answer

    seen(client.get("/sign-in"))
    send("/sign-in", name="Chen", password=PASSWORD, next="/actions")
    here = f"/actions/{added}"
    page = seen(client.get(f"{here}/shop"))
    assert "First approve it" in page
    assert send(f"{here}/shop", seen="1", shown="x").status_code == 409
    assert tea.price() == 20
    send(f"{here}/approve", seen="1")
    assert f'href="{here}/shop"' in seen(client.get(here))
    page = seen(client.get(f"{here}/shop"))
    assert all(part in page for part in ("20.00", "22.00", "GREEN-100", "Write to tea"))
    assert tea.price() == 20
    done = send(f"{here}/shop")
    assert (done.status_code, tea.price()) == (200, 22)
    assert "Written to tea: 1 value" in done.text
    page = seen(client.get(f"{here}/shop"))
    assert "Put the shop back" in page
    tea.run("update partner_stockrecord set price = 25 where id = 1")
    refused = send(f"{here}/undo")
    assert (refused.status_code, tea.price()) == (409, 25)
    assert "somebody changed it since" in refused.text
    tea.run("update partner_stockrecord set price = 22 where id = 1")
    seen(client.get(f"{here}/shop"))
    assert (send(f"{here}/undo").status_code, tea.price()) == (200, 20)

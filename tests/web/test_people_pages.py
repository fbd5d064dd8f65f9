"""People, tokens and the log on the desk: who comes in, what programs get, and that every deed is written down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from drawn.browsers import ORDERS, OWNER, PASSWORD, Browser, desk
from zhanggui import web
from zhanggui.api import api_app
from zhanggui.app.members import said_deed
from zhanggui.config import LOCALES
from zhanggui.i18n import has

NEW = "seven quiet lanterns"


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with desk(tmp_path_factory.mktemp("people") / "shop") as opened:
        yield Browser(opened)


def log(browser: Browser) -> list[tuple[str, str, str]]:
    """The newest lines of the log: who, what, of what."""
    lines = re.findall(r"<tr><td.*?</tr>", browser.get("/settings/log"))
    plain = [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", line)] for line in lines
    ]
    return [(cells[1].split()[0], cells[2], cells[3]) for cells in plain]


def test_somebody_is_let_in_made_less_given_a_password_and_removed(owner: Browser) -> None:
    page = owner.post("/settings/people/add", name="Mei", password=PASSWORD, role="operator")
    assert "Mei may come in as operator." in page
    mei = Browser.known(owner.desk, "Mei", PASSWORD)
    assert "Enter an action" in mei.get("/actions")
    owner.post("/settings/people/role", name="Mei", role="viewer")
    assert "Enter an action" not in mei.get("/actions")
    owner.post("/settings/people/password", name="Mei", password=NEW)
    mei.get("/actions", 401)
    again = Browser.known(owner.desk, "Mei", NEW)
    owner.post("/settings/people/remove", name="Mei")
    again.get("/actions", 401)
    deeds = [line[1:] for line in log(owner) if line[0] == "owner"][:4]
    assert deeds == [
        ("let in no more", "Mei"),
        ("gave a new password to", "Mei"),
        ("changed the role of", "Mei (viewer)"),
        ("let in", "Mei (operator)"),
    ]


def test_what_cannot_be_is_said_on_the_page_and_what_was_typed_stays(owner: Browser) -> None:
    page = owner.post("/settings/people/add", 400, name="Bo <b>", password="short", role="operator")
    assert "A password has 10 to" in page
    assert 'value="Bo &lt;b&gt;"' in page
    assert "Bo" not in owner.get("/settings/people")
    owner.desk.people.add("Chen", PASSWORD, "owner", by=OWNER)
    owner.desk.people.add("Lu", PASSWORD, "viewer", by=OWNER)
    assert "only owner while others remain" in owner.post("/settings/people/remove", 400, name="Chen")
    assert "There is no role" in owner.post("/settings/people/role", 400, name="Lu", role="emperor")


def test_one_changes_ones_own_password_by_the_one_that_holds(owner: Browser) -> None:
    owner.desk.people.add("Wen", PASSWORD, "viewer", by=OWNER)
    here, elsewhere = Browser.known(owner.desk, "Wen", PASSWORD), Browser.known(owner.desk, "Wen", PASSWORD)
    assert "present password is wrong" in here.post("/account/password", 403, old="x" * 12, new=NEW, again=NEW)
    assert "differ" in here.post("/account/password", 400, old=PASSWORD, new=NEW, again=NEW + "s")
    assert "Your password is changed" in here.post("/account/password", old=PASSWORD, new=NEW, again=NEW)
    elsewhere.get("/account", 401)
    assert Browser.known(owner.desk, "Wen", NEW).get("/account")


def test_who_came_by_the_link_has_no_password_to_change(owner: Browser) -> None:
    assert 'name="old"' not in owner.get("/account")
    assert "have no password to change" in owner.post("/account/password", 400, old="x", new=NEW, again=NEW)


def test_a_token_is_shown_once_opens_the_api_and_is_worth_nothing_once_revoked(owner: Browser) -> None:
    page = owner.post("/settings/tokens/make", name="Till <i>", role="viewer")
    (token,) = re.findall(r'value="(zg_[\w-]+)"', page)
    assert "Till &lt;i&gt;" in page
    assert token not in owner.get("/settings/tokens")
    client = TestClient(api_app(owner.desk), headers={"Authorization": f"Bearer {token}"})
    assert client.get("/costs").status_code == 200
    assert client.put("/costs/goods/*", json={"value": 0.4}).status_code == 403
    number = owner.desk.people.tokens()[-1].number
    assert "The token is revoked" in owner.post("/settings/tokens/revoke", number=str(number))
    assert client.get("/costs").status_code == 401
    owner.post("/settings/tokens/make", 400, name=" ", role="viewer")
    owner.post("/settings/tokens/make", 400, name="x", role="emperor")


@pytest.mark.parametrize("part", ["people", "tokens", "notices", "backups", "log", "backups/20260101T000000.zip"])
def test_these_pages_are_the_owners(owner: Browser, part: str) -> None:
    if not [person for person in owner.desk.people.everybody() if person.name == "Oda"]:
        owner.desk.people.add("Oda", PASSWORD, "operator", by=OWNER)
    Browser.known(owner.desk, "Oda", PASSWORD).get(f"/settings/{part}", 403)


def test_what_is_done_on_the_desk_stands_in_the_log(owner: Browser) -> None:
    owner.send(("orders.csv", ORDERS))
    owner.post(owner.at, do="load")
    owner.wait()
    owner.post("/data/undo", batch="0001")
    owner.wait()
    owner.post("/data/costs", **{"cost:goods.*": "0.5"})
    owner.post("/data/target", month="2026-09", value="9000")
    owner.post("/calendar/freeze", start="2027-09-01", end="2027-09-02")
    owner.post("/calendar/lift", start="2027-09-01", end="2027-09-02", target="*")
    owner.post("/calendar/annotation", day="2026-09-01", text="courier strike")
    owner.post("/settings", **{"set:ship_by_hours": "24"})
    owner.post("/settings/shop", name="Tea", locale="en")
    deeds = [line[1:] for line in log(owner)][:9]
    assert deeds[::-1] == [
        ("imported", "0001"),
        ("took back the import", "0001"),
        ("changed the cost sheet", "goods.*"),
        ("set the target of", "2026-09"),
        ("froze the days", "2027-09-01 … 2027-09-02"),
        ("lifted the freeze of", "2027-09-01 … 2027-09-02"),
        ("explained a day", "2026-09-01"),
        ("changed settings", "ship_by_hours"),
        ("changed the shop’s name or language", "Tea (en)"),
    ]


def test_the_log_is_leafed_through_to_its_first_line(owner: Browser) -> None:
    for number in range(120):
        owner.desk.people.note(OWNER, "frozen", f"day {number} <b>")
    page = owner.get("/settings/log")
    assert "day 119 &lt;b&gt;" in page
    assert "day 10 " not in page
    seen = 1
    while older := re.search(r'href="(/settings/log\?before=\d+)" rel="next"', page):
        page, seen = owner.get(older[1]), seen + 1
    assert seen >= 2
    assert "came in by a one-time link" in page


def test_every_deed_that_pages_and_programs_write_down_has_its_words() -> None:
    files = [
        *Path(web.__file__).parent.parent.glob("web/**/*.py"),
        *Path(web.__file__).parent.parent.glob("api/**/*.py"),
    ]
    written = {
        name
        for file in files
        for name in re.findall(
            r'(?:noted|noting)\(request, "(\w+)"|people\.note\(person, "(\w+)"', file.read_text(encoding="utf-8")
        )
        for name in name
        if name
    }
    assert len(written) > 15
    assert [name for name in sorted(written) if not all(has(f"people.deed.{name}", locale) for locale in LOCALES)] == []
    assert said_deed("imported", "zh-Hant") == "匯入數據"

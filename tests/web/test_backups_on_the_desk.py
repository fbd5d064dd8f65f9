"""Backups from the desk: one made, taken away, put back in place of what is open, and put back elsewhere as the same shop."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from pathlib import Path

import pytest

from drawn.browsers import ORDERS, OWNER, PASSWORD, Browser, desk, rows
from zhanggui.app import Shop
from zhanggui.app.desk import Desk

MORE = ORDERS.replace(b"100", b"200")


def sent(browser: Browser, content: bytes, status: int = 200) -> str:
    """Put a backup back, and wait for what the desk says of it."""
    files = [("file", ("kept.zip", content, "application/zip"))]
    response = browser.client.post("/settings/restore", data={"csrf": browser.token}, files=files)
    assert response.status_code == status, response.text[-2000:]
    browser.at = response.url.path
    return browser.wait() if status == 200 else response.text


def imported(browser: Browser, name: str, content: bytes) -> None:
    browser.send((name, content))
    browser.post(browser.at, do="load")
    assert "Imported as batch" in browser.wait()


def backup(browser: Browser) -> bytes:
    """Make a backup and take it away."""
    browser.post("/settings/backups/make")
    assert "The backup is made" in browser.wait()
    page = browser.get("/settings/backups")
    name = page.partition('href="/settings/backups/')[2].partition('"')[0]
    taken = browser.client.get(f"/settings/backups/{name}")
    assert taken.headers["content-type"] == "application/zip"
    assert taken.headers["content-disposition"].startswith("attachment")
    return bytes(taken.content)


def stated(opened: Desk, folder: Path) -> tuple[dict[str, bytes], str, object]:
    """Everything that a shop says of itself: its canonical export, its ledger, its brief."""
    with opened.reading() as shop:
        files = {path.name: path.read_bytes() for path in shop.export(folder)}
        brief = shop.brief_json(shop.brief(remember=False), "en")
        # Numbers to ten digits: the engine adds in whatever order its threads come.
        told = json.loads(json.dumps(brief, default=str), parse_float=lambda number: f"{float(number):.10g}")
        return files, shop.actions.export("en", format="json"), told


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, tuple[dict[str, bytes], str, str]]:
    """A backup of a shop with orders, a decision, a freeze, costs and people; and what that shop said."""
    folder = tmp_path_factory.mktemp("kept")
    with desk(folder / "shop") as opened:
        browser = Browser(opened)
        imported(browser, "orders.csv", ORDERS)
        opened.people.add("Mei", PASSWORD, "operator", by=OWNER)
        browser.post("/data/costs", **{"cost:goods.*": "0.5"})
        browser.post("/actions/new", kind="audit_listing", product="White cup", text="looks odd", on="2026-05-03")
        browser.post("/calendar/freeze", start="2027-01-01", end="2027-01-02")
        content = backup(browser)
        return content, stated(opened, folder / "out")


def test_put_back_on_another_desk_it_is_the_same_shop(kept, tmp_path: Path) -> None:
    content, before = kept
    with desk(tmp_path / "elsewhere") as opened:
        browser = Browser(opened)
        page = sent(browser, content)
        assert "Put back: Tea &amp; Cups" in page
        assert stated(opened, tmp_path / "out") == before
        assert len(before[0]["orders.csv"].splitlines()) == 4
        assert "looks odd" in before[1]
        assert "White cup" in browser.get("/actions")
        assert Browser.known(opened, "Mei", PASSWORD).get("/actions")
    with Shop.open(tmp_path / "elsewhere") as shop:  # and the next start finds it so
        assert shop.warehouse.rows()["orders"] == 3


def test_what_came_after_the_backup_is_gone_and_everybody_else_signed_out(kept, tmp_path: Path) -> None:
    with desk(tmp_path / "shop") as opened:
        browser = Browser(opened)
        imported(browser, "later.csv", MORE)
        opened.people.add("Bo", PASSWORD, "viewer", by=OWNER)
        bo = Browser.known(opened, "Bo", PASSWORD)
        first = browser.get("/data")
        assert "later.csv" in first
        sent(browser, kept[0])
        assert rows(browser) == 3
        page = browser.get("/data")
        assert "orders.csv" in page
        assert "later.csv" not in page
        bo.get("/actions", 401)
        assert "put a backup back" in browser.get("/settings/log")
        (old,) = (tmp_path / "shop" / "replaced").iterdir()
        assert (old / "warehouse.duckdb").is_file()
        browser.token = browser._token("/data")  # forms of before the exchange are signed with another key
        imported(browser, "later.csv", MORE)  # and it goes on from there
        assert rows(browser) == 6


def test_the_owner_who_puts_back_is_signed_in_at_every_moment(kept, tmp_path: Path) -> None:
    with desk(tmp_path / "shop") as opened:
        browser = Browser(opened)
        done, answers = threading.Event(), set()

        def look() -> None:
            while not done.is_set():
                answers.add(browser.client.get("/account").status_code)

        looking = threading.Thread(target=look)
        looking.start()
        try:
            assert "Put back:" in sent(browser, kept[0])
        finally:
            done.set()
            looking.join()
        assert answers == {200}


def tampered(content: bytes, name: str) -> bytes:
    """The backup with one of its files changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, b"changed" if entry == name else old.read(entry))
    return made.getvalue()


def outside(content: bytes) -> bytes:
    """The backup with a file that would lie outside of the workspace."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        told = json.loads(old.read("backup.json"))
        told["files"]["../evil"] = "0" * 64
        for entry in old.namelist():
            new.writestr(entry, json.dumps(told) if entry == "backup.json" else old.read(entry))
        new.writestr("../evil", b"evil")
    return made.getvalue()


def bomb() -> bytes:
    """A few bytes that unpack to very many."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("backup.json", b" " * (40 << 20))
    return made.getvalue()


def test_what_is_no_whole_backup_changes_nothing_and_the_desk_goes_on(kept, tmp_path: Path) -> None:
    with desk(tmp_path / "shop") as opened:
        browser = Browser(opened)
        imported(browser, "orders.csv", MORE)
        for content, status in (
            (b"PK\x03\x04 no zip", 400),
            (kept[0][:5000], 400),
            (tampered(kept[0], "ledger.sqlite"), 200),
            (outside(kept[0]), 200),
            (bomb(), 400),
        ):
            page = sent(browser, content, status)
            assert "Put back:" not in page
            assert "broken" in page or "damaged" in page or "unpacks to far more" in page
        assert rows(browser) == 3
        assert "orders.csv" in browser.get("/data")
        assert not (tmp_path / "shop" / "replaced").exists()
        assert not list(tmp_path.rglob("evil"))
        assert "No file was chosen" in browser.post("/settings/restore", 400)


def test_only_the_latest_backups_are_kept_and_one_is_removed(kept, tmp_path: Path) -> None:
    with desk(tmp_path / "shop") as opened:
        browser = Browser(opened)
        folder = tmp_path / "shop" / ".backups"
        folder.mkdir()
        for day in range(1, 6):
            (folder / f"2026010{day}T000000.zip").write_bytes(b"old")
        backup(browser)
        names = sorted(path.name for path in folder.iterdir())
        assert names[:2] == ["20260104T000000.zip", "20260105T000000.zip"]
        assert len(names) == 3
        browser.post("/settings/backups/remove", name="20260105T000000.zip")
        browser.post("/settings/backups/remove", name="../../key")
        assert len(list(folder.iterdir())) == 2
        assert (tmp_path / "shop" / "key").is_file()
        browser.get("/settings/backups/..%2f..%2fkey", 404)

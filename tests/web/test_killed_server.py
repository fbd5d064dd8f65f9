"""A server that is killed in the middle of something leaves the data as it was, and the next one says what did not finish."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from drawn.browsers import ORDERS, Browser, desk, left_behind, rows
from drawn.killing import killed
from drawn.teashop import Watch
from zhanggui.app import Shop
from zhanggui.app.desk import Desk
from zhanggui.errors import Decided


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with three orders, imported on its desk. Tests copy it."""
    folder: Path = tmp_path_factory.mktemp("killed") / "shop"
    with desk(folder) as opened:
        browser = Browser(opened)
        browser.send(("orders.csv", ORDERS))
        browser.post(browser.at, do="load")
        browser.wait()
    return folder


def as_before_the_import(folder: Path) -> None:
    """What a server that starts now finds: nothing by half, and who had begun what; it goes on from there."""
    with desk(folder) as opened:
        browser = Browser(opened)
        page = browser.get("/data")
        assert rows(browser) == 3
        assert "many.csv" in page
        assert "begun by Li" in page
        assert "did not finish" in page
        assert left_behind(browser) == []
        (broken,) = [job for job in opened.background.jobs.all() if job.state == "broken_off" and job.kind == "import"]
        browser.post(f"/jobs/{broken.id}/forget")
        assert "many.csv" not in browser.get("/data")
        browser.send(("again.csv", ORDERS.replace(b"100", b"200")))
        browser.post(browser.at, do="load")
        browser.wait()
        assert rows(browser) == 6


def test_killed_during_an_import_nothing_is_there_by_half(imported: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(imported, tmp_path / "shop")
    killed("load", {folder: 0.05})
    as_before_the_import(folder)


@pytest.mark.prove
@pytest.mark.parametrize(("work", "seconds"), [("read", 0.05), ("load", 0.2), ("load", 0.4)])
def test_killed_at_other_moments_of_an_import(imported: Path, tmp_path: Path, work: str, seconds: float) -> None:
    folder = shutil.copytree(imported, tmp_path / "shop")
    killed(work, {folder: seconds})
    as_before_the_import(folder)


def test_killed_while_a_file_arrives_or_waits_for_a_yes_nothing_of_it_is_left(imported: Path, tmp_path: Path) -> None:
    waiting = shutil.copytree(imported, tmp_path / "waiting")
    arriving = shutil.copytree(imported, tmp_path / "arriving")
    killed("look", {waiting: 1.0})
    killed("send", {arriving: 0.5})
    assert [path for path in (arriving / ".uploads").rglob("*") if path.is_file()]
    for folder in (waiting, arriving):
        with desk(folder) as opened:
            browser = Browser(opened)
            browser.get("/data")
            assert left_behind(browser) == []
            assert rows(browser) == 3


def decided_once(tea: Path, places: Path, moments: Sequence[float]) -> set[str]:
    """Kill a server at each moment of an approval and what follows, and look at what the next one finds; gives the states found."""
    whole = shutil.copytree(tea, places / "whole")
    folders = {shutil.copytree(tea, places / f"{number}"): moment for number, moment in enumerate(moments)}
    killed("decide", {whole: 0.0, **folders})
    found = set()
    for folder in folders:
        opened = Desk(folder, readers=1, clock=Watch().clock)
        try:
            with opened.writing() as shop:
                entry = shop.actions.list()[0]
                found.add(entry.state)
                if entry.state == "proposed":
                    shop.actions.approve(entry.id, by="Mei", seen=1)
                else:
                    with pytest.raises(Decided):
                        shop.actions.approve(entry.id, by="Mei", seen=1)
                if shop.actions.show(entry.id).state == "approved":
                    shop.actions.done(entry.id, by="Mei", seen=2)
                verbs = [event.verb for event in shop.actions.show(entry.id).history]
                assert (verbs.count("approved"), verbs.count("done")) == (1, 1)
                changes = shop.warehouse.run(shop.warehouse.table("changes").select("change_id"))
                assert changes.height == 1
        finally:
            opened.close()
    return found


@pytest.mark.prove
def test_killed_during_an_approval_there_is_one_or_none_and_never_two(tea_once: Path, tmp_path: Path) -> None:
    assert "proposed" in decided_once(tea_once, tmp_path, (0.2, 0.97))


@pytest.mark.prove
def test_killed_at_every_twentieth_of_an_approval_and_of_its_end(tea_once: Path, tmp_path: Path) -> None:
    moments = [number / 20 for number in range(1, 20)]
    assert decided_once(tea_once, tmp_path, moments) == {"proposed", "approved", "done"}


def as_one_or_the_other(imported: Path, places: Path, moments: Sequence[int]) -> set[int]:
    """Kill a server at each file operation of putting a backup of three orders back over six; gives how many orders are found."""
    with Shop.open(shutil.copytree(imported, places / "kept")) as shop:
        shop.back_up(places / "kept.zip")
    later = shutil.copytree(imported, places / "later")
    (places / "more.csv").write_bytes(ORDERS.replace(b"100", b"200"))
    with Shop.open(later) as shop:
        shop.import_files([places / "more.csv"])
    folders = {shutil.copytree(later, places / f"{moment}"): float(moment) for moment in moments}
    killed("restore", folders)
    found = set()
    for folder in folders:
        with desk(folder) as opened:
            browser = Browser(opened)
            browser.get("/data")
            found.add(rows(browser))
            assert not (folder / "restoring.json").exists()
            assert not list(folder.glob(".restoring-*"))
        with Shop.open(folder) as shop:
            assert len(shop.imports()) == shop.warehouse.rows()["orders"] / 3
    return found


def test_killed_while_a_backup_is_put_back_it_is_the_one_or_the_other(imported: Path, tmp_path: Path) -> None:
    assert as_one_or_the_other(imported, tmp_path, (1, 6)) == {3, 6}


@pytest.mark.prove
def test_killed_at_every_file_of_a_backup_that_is_put_back(imported: Path, tmp_path: Path) -> None:
    assert as_one_or_the_other(imported, tmp_path, range(1, 10)) == {3, 6}


def test_an_import_that_ended_as_the_server_died_counts_as_done(imported: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(imported, tmp_path / "shop")
    noted = json.loads((folder / "jobs.json").read_text(encoding="utf-8"))
    for job in noted:  # the note on disk as it stood a moment before
        job.update(state="running", after="", ended_at=None)
    (folder / "jobs.json").write_text(json.dumps(noted), encoding="utf-8")
    with desk(folder) as opened:
        states = {job.kind: job.state for job in opened.background.jobs.all()}
        assert states == {"look": "broken_off", "import": "done"}


def test_a_note_that_cannot_be_read_keeps_no_server_from_starting(imported: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(imported, tmp_path / "shop")
    (folder / "jobs.json").write_text('[{"id": ', encoding="utf-8")
    with desk(folder) as opened:
        assert opened.background.jobs.all() == []

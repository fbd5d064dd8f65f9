"""A server that is killed in the middle of something leaves the data as it was, and the next one says what did not finish."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from drawn.browsers import ORDERS, Browser, desk, left_behind, rows

PROGRAM = """
import io, os, signal, sys, threading, time
from pathlib import Path
from zhanggui.app.background import How
from zhanggui.app.desk import Desk

desk = Desk(Path(sys.argv[1]))
lines = ["order_id,order date,product,quantity,amount"]
lines += [f"{n},2026-05-{n % 28 + 1:02d},Cup {n % 50},1,{n % 90 + 1}" for n in range(120_000)]
job = desk.background.receive([("many.csv", io.BytesIO("\\n".join(lines).encode()))], How(), "Li")
while desk.background.jobs.running():
    time.sleep(0.01)
wanted = sys.argv[2]
if wanted != "look":
    job = desk.background.load(job.before, How(), "Li")
    while desk.background.jobs.find(job.id).step_name != wanted:
        time.sleep(0.001)
    time.sleep(float(sys.argv[3]))
os.kill(os.getpid(), signal.SIGKILL)
"""


def killed(folder: Path, *when: str) -> None:
    """Run a server on the workspace and kill it at a certain step."""
    with desk(folder) as opened:
        browser = Browser(opened)
        browser.send(("orders.csv", ORDERS))
        browser.post(browser.at, do="load")
        browser.wait()
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(folder), *when], check=False, capture_output=True)
    assert done.returncode == -9, done.stderr.decode()


@pytest.mark.parametrize(("step", "seconds"), [("reading", "0.05"), ("loading", "0.05"), ("loading", "0.4")])
def test_killed_during_an_import_nothing_is_there_by_half(tmp_path: Path, step: str, seconds: str) -> None:
    killed(tmp_path / "shop", step, seconds)
    with desk(tmp_path / "shop") as opened:
        browser = Browser(opened)
        page = browser.get("/data")
        assert rows(browser) == 3
        assert "many.csv" in page
        assert "begun by Li" in page
        assert "did not finish" in page
        assert left_behind(browser) == []
        browser.send(("again.csv", ORDERS.replace(b"100", b"200")))
        browser.post(browser.at, do="load")
        browser.wait()
        assert rows(browser) == 6


def test_files_that_wait_for_a_yes_are_gone_after_a_kill(tmp_path: Path) -> None:
    killed(tmp_path / "shop", "look")
    with desk(tmp_path / "shop") as opened:
        browser = Browser(opened)
        browser.get("/data")
        assert left_behind(browser) == []
        assert rows(browser) == 3


def test_what_was_told_as_unfinished_is_put_away_once_seen(tmp_path: Path) -> None:
    killed(tmp_path / "shop", "reading", "0.01")
    with desk(tmp_path / "shop") as opened:
        browser = Browser(opened)
        (broken,) = [job for job in opened.background.jobs.all() if job.state == "broken_off"]
        assert "did not finish" not in browser.post(f"/jobs/{broken.id}/forget")


def test_an_import_that_ended_as_the_server_died_counts_as_done(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    with desk(folder) as opened:
        browser = Browser(opened)
        browser.send(("orders.csv", ORDERS))
        browser.post(browser.at, do="load")
        browser.wait()
    noted = json.loads((folder / "jobs.json").read_text(encoding="utf-8"))
    for job in noted:  # the note on disk as it stood a moment before
        job.update(state="running", after="", ended_at=None)
    (folder / "jobs.json").write_text(json.dumps(noted), encoding="utf-8")
    with desk(folder) as opened:
        states = {job.kind: job.state for job in opened.background.jobs.all()}
        assert states == {"look": "broken_off", "import": "done"}


def test_a_note_that_cannot_be_read_keeps_no_server_from_starting(tmp_path: Path) -> None:
    with desk(tmp_path / "shop") as opened:
        (opened.folder / "jobs.json").write_text('[{"id": ', encoding="utf-8")
    with desk(tmp_path / "shop") as opened:
        assert opened.background.jobs.all() == []

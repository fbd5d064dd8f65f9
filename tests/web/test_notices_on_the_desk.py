"""Who is told what, set from the desk: addresses stay in the environment, and a test reaches a real receiver."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from drawn.browsers import Browser, desk
from zhanggui.app.daily import settings_of
from zhanggui.app.schedule import Schedule


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with desk(tmp_path_factory.mktemp("notices") / "shop") as opened:
        yield Browser(opened)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What a receiver of webhooks on this machine heard; its address stands in the environment."""
    heard: list[Any] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("TEAMS_HOOK", f"json://127.0.0.1:{server.server_address[1]}/hooks/s3cret-token")
    yield heard
    server.shutdown()
    thread.join()
    server.server_close()


def file(owner: Browser) -> str:
    return (owner.desk.folder / "zhanggui.toml").read_text(encoding="utf-8")


def test_a_channel_is_added_tested_and_removed_and_other_lines_stay(owner: Browser, told: list[Any]) -> None:
    path = owner.desk.folder / "zhanggui.toml"
    own = '\n# the mail of the house\n[notify.channels."掌櫃"]\nurl_from = "HOUSE"  # set at boot\n\n[notify]\n'
    path.write_text(file(owner) + own, encoding="utf-8")
    page = owner.post("/settings/notices/add", name="team", variable="TEAMS_HOOK", gets="daily", locale="zh-Hans")
    assert page.count("is set") - page.count("is not set") == 0  # one is, the other is not
    owner.post("/settings/notices/hour", daily_at="08:30")
    with owner.desk.reading() as shop:
        settings = settings_of(shop)
    assert [(each.name, each.variable, each.gets, each.locale) for each in settings.channels] == [
        ("掌櫃", "HOUSE", "all", ""),
        ("team", "TEAMS_HOOK", "daily", "zh-Hans"),
    ]
    assert str(settings.daily_at) == "08:30:00"
    assert "# the mail of the house" in file(owner)
    assert "# set at boot" in file(owner)
    page = owner.post("/settings/notices/test")
    assert "team: taken." in page
    assert "掌櫃: not taken." in page
    assert "HOUSE" in page
    assert "s3cret" not in page + file(owner)
    assert len(told) == 1
    owner.post("/settings/notices/remove", name="掌櫃")
    owner.post("/settings/notices/hour", daily_at="")
    with owner.desk.reading() as shop:
        assert [each.name for each in settings_of(shop).channels] == ["team"]
        assert settings_of(shop).daily_at is None


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("add", {"name": "x", "variable": "mailto://chen:s3cret@mail.example"}, "name of an environment variable"),
        ("add", {"name": "a]\n[shop", "variable": "X"}, "is no name for a channel"),
        ("add", {"name": "x", "variable": "X", "gets": "some"}, "cannot get"),
        ("add", {"name": "x", "variable": "X", "locale": "de"}, "language"),
        ("hour", {"daily_at": "half past"}, "is no time of day"),
        ("remove", {"name": "nobody"}, "There is no channel"),
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(
    owner: Browser, path: str, fields: dict[str, str], said: str
) -> None:
    before = file(owner)
    assert said in owner.post(f"/settings/notices/{path}", 400, **fields)
    assert file(owner) == before


def test_lines_that_cannot_be_changed_one_by_one_are_left_as_they_are(owner: Browser) -> None:
    path, before = owner.desk.folder / "zhanggui.toml", file(owner)
    kept = before.partition("[notify")[0]
    path.write_text('notify = { channels = { team = { url_from = "X" } } }\n' + kept, encoding="utf-8")
    there = file(owner)
    assert "zhanggui.toml" in owner.post("/settings/notices/add", 400, name="more", variable="Y")
    assert file(owner) == there
    path.write_text(before, encoding="utf-8")


def test_a_desk_that_runs_takes_up_what_was_changed(owner: Browser, told: list[Any]) -> None:
    owner.post("/settings/notices/hour", daily_at="")
    schedule = Schedule(owner.desk)
    assert {job.func.__name__ for job in schedule._clockwork.get_jobs()} == {"look"}
    owner.post("/settings/notices/add", name="team", variable="TEAMS_HOOK", gets="urgent")
    owner.post("/settings/notices/hour", daily_at="07:45")
    schedule.look()
    assert {job.id: str(job.trigger) for job in schedule._clockwork.get_jobs()}["day"] == "cron[hour='7', minute='45']"
    owner.post("/settings/notices/remove", name="team")
    schedule.look()
    assert {job.func.__name__ for job in schedule._clockwork.get_jobs()} == {"look"}

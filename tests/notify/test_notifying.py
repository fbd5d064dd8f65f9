"""What cannot wait is told at once, the rest once a day, and nothing twice: by a real mail server and a real webhook."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from drawn.sold import order_lines
from zhanggui.app import Shop
from zhanggui.app.daily import daily, settings_of, tell, try_channels
from zhanggui.app.desk import Desk
from zhanggui.app.schedule import Schedule
from zhanggui.brief import Brief, Said
from zhanggui.config import parse as parse_settings
from zhanggui.errors import BadValue
from zhanggui.notify import Channel, Journal, deliver, parse
from zhanggui.playbooks.kinds import Finding
from zhanggui.state.database import Database
from zhanggui.units import Clock, Words

URGENT = Finding(
    "products",
    "sells_below_cash",
    "arithmetic",
    Words("notify.test", {"shop": "<b>Cup</b>"}),
    "net_sales",
    alert="urgent",
)


def with_alert(brief: Brief, first: date | None = None, state: str = "new") -> Brief:
    """The brief with something that cannot wait."""
    said = Said(URGENT, state, first or brief.as_of)  # type: ignore[arg-type]
    return replace(brief, findings=[said, *brief.findings])


@pytest.fixture
def brief(told: tuple[Path, Brief]) -> Brief:
    return with_alert(told[1])


def test_the_day_reaches_a_mail_server_and_a_webhook_each_in_its_language(
    shop: Shop, brief: Brief, mailbox: Any, hook: Any, environment: Mapping[str, str]
) -> None:
    told = tell(shop, brief, environment=environment)
    assert [(each.channel, each.kind, each.problem) for each in told] == [
        ("owner", "urgent", ""),
        ("owner", "daily", ""),
        ("team", "daily", ""),
    ]
    assert [str(mail["subject"]).partition("（")[0] for mail in mailbox.mails] == [
        "Tea：不能等",
        "Tea：今天的早報，數據到 2026-08-09",
    ]
    assert "警示" in mailbox.texts[0]
    assert hook.calls[0]["title"] == "Tea: the day, data to 2026-08-09"
    assert "Alerts" in hook.calls[0]["message"]


def test_nothing_is_told_twice(
    shop: Shop, brief: Brief, mailbox: Any, hook: Any, environment: Mapping[str, str]
) -> None:
    tell(shop, brief, environment=environment)
    assert tell(shop, brief, environment=environment) == []
    assert (len(mailbox.mails), len(hook.calls)) == (2, 1)


def test_what_is_still_there_tomorrow_is_not_told_again_but_what_moved_is(
    shop: Shop, brief: Brief, mailbox: Any, environment: Mapping[str, str]
) -> None:
    tell(shop, brief, only_urgent=True, environment=environment)
    later = replace(brief, as_of=brief.as_of + timedelta(days=1), findings=[])
    assert tell(shop, with_alert(later, brief.as_of, "open"), only_urgent=True, environment=environment) == []
    told = tell(shop, with_alert(later, brief.as_of, "changed"), only_urgent=True, environment=environment)
    assert [each.kind for each in told] == ["urgent"]
    assert len(mailbox.mails) == 2


def test_the_rest_is_told_once_a_day_whatever_is_imported_meanwhile(
    shop: Shop, brief: Brief, hook: Any, environment: Mapping[str, str]
) -> None:
    tell(shop, brief, environment=environment)
    later = replace(brief, as_of=brief.as_of + timedelta(days=1))
    assert [each for each in tell(shop, later, environment=environment) if each.kind == "daily"] == []
    tomorrow = Shop.open(shop.folder, Clock(shop.config.timezone, lambda: datetime.now(UTC) + timedelta(days=1)))
    with tomorrow:
        told = tell(tomorrow, later, environment=environment)
    assert {each.channel for each in told if each.kind == "daily"} == {"owner", "team"}
    assert [item.key for item in told[-1].items if item.section == "numbers"] == [f"numbers:{later.as_of}"]
    assert len(hook.calls) == 2


def test_a_channel_that_did_not_take_it_is_tried_again_and_the_others_are_not_bothered(
    shop: Shop, brief: Brief, mailbox: Any, hook: Any, environment: Mapping[str, str]
) -> None:
    hook.status = 503
    first = tell(shop, brief, environment=environment)
    assert [each.channel for each in first if each.problem] == ["team"]
    hook.status = 200
    again = tell(shop, brief, environment=environment)
    assert [(each.channel, each.problem) for each in again] == [("team", "")]
    assert [item.key for item in again[0].items] == [item.key for item in first[-1].items]
    assert len(mailbox.mails) == 2


def test_of_two_runs_at_once_one_tells_the_day(
    shop: Shop, brief: Brief, mailbox: Any, hook: Any, environment: Mapping[str, str]
) -> None:
    def run(_: int) -> None:
        with Shop.open(shop.folder) as other:
            tell(other, brief, environment=environment)

    with ThreadPoolExecutor(4) as runs:
        list(runs.map(run, range(4)))  # and none of them fails
    assert (len(mailbox.mails), len(hook.calls)) == (2, 1)


def test_what_was_being_sent_when_the_program_died_is_not_repeated(tmp_path: Path) -> None:
    with Database.open(tmp_path) as database:
        assert Journal(database, Clock()).claim("owner", ["a", "b"]) == ["a", "b"]
    with Database.open(tmp_path) as database:
        assert Journal(database, Clock()).claim("owner", ["a", "b", "c"]) == ["c"]
        assert Journal(database, Clock()).claim("team", ["a"]) == ["a"]


def test_a_product_title_with_markup_arrives_as_text(
    shop: Shop, brief: Brief, mailbox: Any, environment: Mapping[str, str]
) -> None:
    tell(shop, brief, only_urgent=True, environment=environment)
    for part in mailbox.mails[0].walk():
        if part.get_content_type() == "text/html":
            assert "<b>Cup</b>" not in part.get_content()
    assert "Cup" in mailbox.texts[0]


def test_the_test_message_is_sent_to_everybody_and_journalled_nowhere(
    shop: Shop, mailbox: Any, hook: Any, environment: Mapping[str, str]
) -> None:
    for _ in range(2):
        assert [(each.channel, each.problem) for each in try_channels(shop, environment=environment)] == [
            ("owner", ""),
            ("team", ""),
        ]
    assert (len(mailbox.mails), len(hook.calls)) == (2, 2)


def test_without_a_channel_the_command_prints_what_is_new_once(shop: Shop) -> None:
    shop.config = replace(shop.config, notify={})
    first = daily(shop)
    assert [each.channel for each in first] == ["–"]
    assert {item.section for item in first[0].items} >= {"numbers"}
    assert daily(shop) == []


def test_an_address_in_the_file_is_refused_without_being_shown() -> None:
    with pytest.raises(BadValue) as refused:
        parse({"channels": {"owner": {"url_from": "mailto://chen:s3cret@mail.example"}}})
    assert refused.value.code == "notify.no_variable"
    assert "s3cret" not in str(refused.value.params)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ({"daily_at": "half past"}, "notify.bad_time"),
        ({"evening": 1}, "notify.unknown_line"),
        ({"channels": {"a": {"url_from": "A", "gets": "some"}}}, "notify.unknown_gets"),
        ({"channels": {"a": {"url_from": "A", "locale": "de"}}}, "config.unknown_locale"),
        ({"channels": {"a": {"url": "A"}}}, "notify.unknown_line"),
        ({"channels": ["A"]}, "notify.unknown_line"),
    ],
)
def test_a_line_that_says_nothing_is_refused(lines: dict[str, Any], code: str) -> None:
    with pytest.raises(BadValue) as refused:
        parse(parse_settings({"notify": lines}).notify)
    assert refused.value.code == code


def test_an_address_that_is_not_set_is_a_problem_of_that_channel_alone(
    shop: Shop, hook: Any, environment: dict[str, str]
) -> None:
    del environment["OWNERS_MAIL"]
    told = try_channels(shop, environment=environment)
    assert "OWNERS_MAIL" in told[0].problem
    assert (told[1].problem, len(hook.calls)) == ("", 1)


def test_why_it_was_not_taken_never_shows_the_address(hook: Any, capfd: pytest.CaptureFixture[str]) -> None:
    hook.status = 403
    address = f"json://chen:pa55word@127.0.0.1:{hook.port}/hooks/s3cret-token"
    said = deliver(Channel("team", "HOOK"), "title", "body", {"HOOK": address})
    assert said
    shown = said + "".join(capfd.readouterr())
    assert not any(secret in shown for secret in ("pa55word", "s3cret-token", "hooks"))


def test_a_running_desk_tells_what_cannot_wait_soon_after_the_data_changed_and_the_day_at_its_hour(
    shop: Shop, mailbox: Any, hook: Any, environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert str(settings_of(shop).daily_at) == "08:30:00"
    desk = Desk(shop.folder)
    try:
        schedule = Schedule(desk)
        jobs = {job.func.__name__: str(job.trigger) for job in schedule._clockwork.get_jobs()}
        assert jobs["look"].startswith("interval[0:05:00")
        assert "hour='8', minute='30'" in jobs["day"] or jobs["day"].startswith("date")
        schedule.day()
        assert (len(mailbox.mails), len(hook.calls)) == (1, 1)
        schedule.look()
        schedule.day()
        (shop.folder.parent / "later.csv").write_text(order_lines(75), encoding="utf-8")
        with desk.writing() as writer:
            writer.import_files([shop.folder.parent / "later.csv"])
        schedule.look()
        assert (len(mailbox.mails), len(hook.calls)) == (1, 1)
    finally:
        desk.close()

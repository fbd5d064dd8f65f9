"""The day on one page, and deciding about its actions: alone, late, and two at once."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from markupsafe import escape
from starlette.testclient import TestClient

from drawn.teashop import CONFIG, HOSTILE
from zhanggui.app import Shop, morning_of
from zhanggui.app.desk import Desk
from zhanggui.web import desk_app


def said(page: str) -> list[str]:
    """What stands in the notices of a page."""
    return re.findall(r'<p class="notice[^"]*"[^>]*>(.*?)</p>', page)


def test_the_day_stands_on_one_page_with_its_actions_and_forms(reader):
    owner = reader("owner")
    page = owner.today().text
    for part in ("selling at a loss", "Net sales", "+¥22/wk", "10 min", "reversible", "it takes ¥53.10 to break even"):
        assert part in page
    assert page.count("<h1") == 1
    name = owner.action()
    for verb in ("approve", "snooze", "dismiss"):
        assert f'action="/actions/{name}/{verb}"' in page


def test_approved_and_done_on_the_first_page_and_the_day_keeps_its_list(reader):
    owner = reader("owner")
    name = owner.action()
    owner.today()
    approved = owner.send(f"/actions/{name}/approve", seen="1", back="/")
    assert str(approved.url).endswith(f"/#action-{name}")
    assert said(approved.text)[0].startswith("Approved: Move the price of")
    assert f'action="/actions/{name}/done"' in approved.text
    assert f'action="/actions/{name}/approve"' not in approved.text
    done = owner.send(f"/actions/{name}/done", seen="2", back="/")
    assert "It is measured until" in said(done.text)[0]
    assert f'id="action-{name}"' in done.text
    assert "WATCHING" in done.text
    assert not [each for each in said(owner.open("/").text) if each.startswith("Done:")]


def test_two_people_approve_at_once_and_one_is_told_who_was_quicker(reader, desk):
    first, second = reader("owner"), reader("owner")
    name = first.action()
    assert first.send(f"/actions/{name}/approve", seen="1").status_code == 200
    late = second.send(f"/actions/{name}/approve", seen="1")
    assert late.status_code == 409
    assert "it was approved by owner 0" in said(late.text)[0]
    assert "Nothing was changed" in said(late.text)[0]
    with desk.reading() as shop:
        verbs = [event.verb for event in shop.actions.show(name).history]
    assert verbs.count("approved") == 1


def test_what_is_the_owners_to_approve_is_not_approved_by_others(reader):
    operator = reader("operator")
    name = operator.action()
    assert "The owner approves this one." in operator.open(f"/actions/{name}").text
    refused = operator.send(f"/actions/{name}/approve", seen="1")
    assert refused.status_code == 422
    assert "may only be approved by the owner" in said(refused.text)[0]


def test_put_off_assigned_noted_dismissed_and_taken_back(reader):
    operator = reader("operator")
    name = operator.action()
    page = operator.send(f"/actions/{name}/snooze", seen="1", until="2026-09-21").text
    assert "put off until 21 Sep" in page
    page = operator.send(f"/actions/{name}/assign", seen="2", owner="Mei", due="2026-09-30").text
    assert "Mei" in page
    assert "30 Sep" in page
    assert "ask the potter first" in operator.send(f"/actions/{name}/note", text="ask the potter first").text
    assert "Dismissed:" in said(operator.send(f"/actions/{name}/dismiss", text="no hands").text)[0]
    assert "Taken back:" in said(operator.send(f"/actions/{name}/undo").text)[0]
    history = operator.open(f"/actions/{name}").text.partition('id="history"')[2]
    verbs = ["put off", "assigned", "noted", "dismissed", "taken back"]
    assert [verb for verb in verbs if f"<td>{verb}</td>" in history] == verbs


def test_a_form_with_a_wrong_day_says_so_and_changes_nothing(reader):
    operator = reader("operator")
    name = operator.action()
    for until in ("yesterday", "", "2026-09-01", "2026-13-40"):
        refused = operator.send(f"/actions/{name}/snooze", seen="1", until=until)
        assert refused.status_code == 422
        assert said(refused.text)
    assert operator.send(f"/actions/{name}/snooze", seen="many", until="2026-09-20").status_code == 422
    assert operator.send(f"/actions/{name}/explode").status_code == 422


def test_an_action_that_is_not_there_is_said_without_a_command(reader):
    missing = reader("viewer").open("/actions/ffffffff")
    assert missing.status_code == 404
    assert "No action is called “ffffffff”" in missing.text
    assert "zhanggui actions" not in missing.text


def test_the_board_and_the_list_are_filtered_by_state(reader):
    owner = reader("owner")
    name = owner.action()
    for view in ("board", "list"):
        assert f'id="action-{name}"' in owner.open(f"/actions?view={view}&state=proposed").text
        assert f'id="action-{name}"' not in owner.open(f"/actions?view={view}&state=done").text
    assert "No action in this state." in owner.open("/actions?state=done").text
    assert owner.open("/actions?state=exploded").status_code == 422


def test_titles_and_notes_of_a_hostile_hand_are_text_and_nothing_else(reader):
    owner = reader("owner")
    name = owner.action()
    note = "<img src=x onerror=alert(1)> {{ 7*7 }} <script>alert(2)</script>"
    owner.send(f"/actions/{name}/note", text=note)
    owner.today()
    for address in ("/", "/actions", "/actions?view=list", f"/actions/{name}"):
        page = owner.open(address).text
        assert "<script>document" not in page
        assert "<img" not in page
        assert "<i>Leaf" not in page
        assert "Tea &amp; &lt;i&gt;Leaf" in page
    page = owner.open(f"/actions/{name}").text
    assert str(escape(note)) in page
    assert str(escape(HOSTILE)) in page


def test_a_day_gone_by_is_looked_at_and_not_decided(reader, desk):
    owner = reader("owner")
    with desk.reading() as shop:
        before = shop.state
    desk.latest(("morning", date(2026, 9, 10)), lambda shop: morning_of(shop, "2026-09-10"), wait=True)
    page = owner.open("/?as_of=2026-09-10").text
    assert "10" in page.partition("<h1")[2].partition("</h1>")[0]
    assert "/approve" not in page
    with desk.reading() as shop:
        assert shop.state == before
    assert owner.open("/?as_of=soon").status_code == 422
    assert owner.open("/?as_of=2031-01-01").status_code == 400


def test_a_first_visit_is_led_by_the_hand(tmp_path: Path):
    Shop.create(tmp_path / "new", CONFIG).close()
    desk = Desk(tmp_path / "new", readers=1)
    client = TestClient(desk_app(desk), base_url="http://127.0.0.1:8600", headers={"Accept-Language": "zh-TW"})
    desk.latest(("morning", None), morning_of, wait=True)
    page = client.get(f"/enter?key={desk.door.link('Chen')}").text
    assert "三步看到第一份早報" in page
    assert "zhanggui demo" in page
    assert "還沒有行動" in client.get("/actions").text
    desk.close()


def test_the_page_speaks_the_readers_language(reader):
    owner = reader("owner")
    owner.today()
    for language, heading in (("en", "NOT SAID"), ("zh-TW", "不說的"), ("zh-CN", "不说的"), ("fr", "NOT SAID")):
        assert f">{heading}</h2>" in owner.open("/", headers={"Accept-Language": language}).text, language
    owner.send("/language", locale="zh-Hans", back="/actions")
    assert "待决定" in owner.open("/actions", headers={"Accept-Language": "en"}).text


def test_while_the_brief_is_made_anew_the_one_before_is_shown(reader, desk):
    owner = reader("owner")
    owner.today()
    with desk.writing() as shop:
        shop.set_target("2026-09", 9000.0)
    first = owner.open("/")
    assert first.status_code == 200
    assert "Net sales" in first.text
    while "being made anew" in owner.open("/").text:
        assert owner.open("/making").status_code == 200
    assert "9,000" in owner.open("/").text


def test_of_a_day_gone_by_only_what_was_known_on_its_morning_is_watched(reader, desk):
    owner = reader("owner")
    name = owner.action()
    owner.send(f"/actions/{name}/approve", seen="1")
    owner.send(f"/actions/{name}/done", seen="2", on="2026-09-13")
    for day, watched in ((date(2026, 9, 12), True), (date(2026, 9, 10), False)):
        desk.latest(("morning", day), lambda shop, day=day: morning_of(shop, day), wait=True)
        assert ("WATCHING" in owner.open(f"/?as_of={day}").text) is watched

"""Who gets in and who does not: every trick of a stranger, and of somebody who may less than he would like."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from drawn.teashop import Watch
from zhanggui.api import mounted
from zhanggui.app import Person
from zhanggui.app.desk import Desk
from zhanggui.web import desk_app
from zhanggui.web.pages import pages
from zhanggui.web.safety import ANY_ADDRESS, OWN_HOSTS, VISITOR

CHEN = Person("Chen", "owner")


def test_who_is_not_signed_in_gets_the_form_to_do_so_and_lands_where_he_wanted(reader, desk):
    stranger = reader("")
    turned_away = stranger.open("/actions?view=list")
    assert turned_away.status_code == 401
    assert 'name="password"' in turned_away.text
    assert 'value="/actions?view=list"' in turned_away.text
    assert "Lidded" not in turned_away.text
    desk.people.add("Mei", "three green kettles", "viewer", by=CHEN)
    stranger.open("/sign-in")
    landed = stranger.send("/sign-in", name=" mei ", password="three green kettles", next="/actions?view=list")
    assert landed.status_code == 200
    assert str(landed.url).endswith("/actions?view=list")


def test_every_page_but_the_entrance_is_closed_to_strangers(reader):
    stranger = reader("")
    closed = [page for page in pages() if page.role is not None and page.order is not None]
    assert len(closed) >= 2
    assert {page.path: stranger.open(page.path).status_code for page in closed} == {page.path: 401 for page in closed}


def test_a_wrong_password_and_an_unknown_name_are_told_the_same(reader):
    reader("owner")
    stranger = reader("")
    wrong = stranger.sign_in("owner 0", "not the password")
    unknown = stranger.sign_in("nobody at all", "not the password")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert "Name or password is wrong." in wrong.text
    assert "Name or password is wrong." in unknown.text


def test_signing_in_gives_a_new_cookie_so_that_a_planted_one_is_worth_nothing(reader, desk):
    victim = reader("")
    planted = "planted-by-somebody-else-0123456789"
    victim.client.cookies.set(VISITOR, planted, domain="127.0.0.1")
    desk.people.add("Mei", "three green kettles", "owner", by=CHEN)
    victim.open("/sign-in")
    victim.send("/sign-in", name="Mei", password="three green kettles", next="/actions")
    kept = [cookie.value for cookie in victim.client.cookies.jar if cookie.name == VISITOR and cookie.value != planted]
    assert len(kept) == 1
    thief = reader("")
    thief.client.cookies.set(VISITOR, planted, domain="127.0.0.1")
    assert thief.open("/actions").status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(reader):
    given = reader("").open("/sign-in").headers["set-cookie"]
    assert "HttpOnly" in given
    assert "SameSite=lax" in given
    assert "Secure" not in given  # plain http on this machine: a Secure cookie would never come back


def test_behind_https_the_cookie_is_secure(desk):
    client = TestClient(desk_app(desk), base_url="https://127.0.0.1:8600")
    assert "Secure" in client.get("/sign-in").headers["set-cookie"]


def test_signing_out_ends_it_for_a_copied_cookie_too(reader):
    person = reader("operator")
    copied = person.client.cookies[VISITOR]
    assert person.send("/sign-out").status_code == 200
    thief = reader("")
    thief.client.cookies.set(VISITOR, copied)
    assert thief.open("/actions").status_code == 401


def test_a_sign_in_ends_after_a_fortnight(reader, watch):
    person = reader("viewer")
    watch.on(days=13)
    assert person.open("/actions").status_code == 200
    watch.on(days=2)
    assert person.open("/actions").status_code == 401


def test_the_owners_link_is_good_once_and_for_an_hour(reader, desk, watch):
    key = desk.door.link("Chen")
    assert reader("").open(f"/enter?key={key}", follow_redirects=False).headers["location"] == "/"
    again = reader("").open(f"/enter?key={key}")
    assert again.status_code == 401
    assert "used already" in again.text
    late = desk.door.link("Chen")
    watch.on(minutes=61)
    assert reader("").open(f"/enter?key={late}").status_code == 401
    assert reader("").open("/enter").status_code == 401


def test_guessing_a_password_is_stopped_before_the_password_is_looked_at(reader, watch):
    reader("owner")
    answers = [reader("", address=f"10.0.0.{n}").sign_in("owner 0", f"guess number {n}") for n in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    right = reader("", address="10.0.1.1").sign_in("owner 0")
    assert right.status_code == 429
    assert int(right.headers["retry-after"]) > 0
    watch.on(minutes=16)
    assert reader("", address="10.0.1.1").sign_in("owner 0").status_code == 200


def test_one_address_cannot_try_many_names(reader):
    answers = [reader("", address="10.0.0.9").sign_in(f"name {n}", "the same password") for n in range(21)]
    assert [answer.status_code for answer in answers] == [401] * 20 + [429]
    assert reader("", address="10.0.0.8").sign_in("another name", "the same password").status_code == 401


def test_guessing_links_is_stopped_too(reader):
    stranger = reader("")
    answers = [stranger.open(f"/enter?key=guess{n}").status_code for n in range(21)]
    assert answers == [401] * 20 + [429]


def test_a_form_of_a_foreign_page_changes_nothing(reader):
    owner = reader("owner")
    name = owner.action()
    for forged in (
        owner.client.post(f"/actions/{name}/approve", data={}),
        owner.client.post(f"/actions/{name}/approve", data={"csrf": "0" * 64}),
        owner.client.post(
            f"/actions/{name}/approve", data={"csrf": owner.csrf}, headers={"Origin": "http://evil.example"}
        ),
        owner.client.post(f"/actions/{name}/approve", data={"csrf": owner.csrf}, headers={"Origin": "null"}),
        owner.client.post(
            f"/actions/{name}/approve", data={"csrf": owner.csrf}, headers={"Sec-Fetch-Site": "cross-site"}
        ),
        owner.client.post(f"/actions/{name}/approve", data={"csrf": reader("operator").csrf}),
    ):
        assert forged.status_code == 403
        assert "nothing was changed" in forged.text
    assert 'class="badge proposed' in owner.open(f"/actions/{name}").text


def test_looking_changes_nothing(reader):
    owner = reader("owner")
    name = owner.action()
    for verb in ("approve", "done", "dismiss", "undo"):
        assert owner.open(f"/actions/{name}/{verb}").status_code in (404, 405)
    assert 'class="badge proposed' in owner.open(f"/actions/{name}").text


def test_a_viewer_sees_no_button_and_cannot_send_the_form_either(reader):
    owner, viewer = reader("owner"), reader("viewer")
    name = owner.action()
    page = viewer.open(f"/actions/{name}").text
    assert f"/actions/{name}/approve" not in page
    assert "You may look" in page
    for verb in ("approve", "dismiss", "snooze", "done", "undo", "stop", "assign", "note"):
        assert viewer.send(f"/actions/{name}/{verb}", text="x", owner="x", until="2026-09-20").status_code == 403
    assert 'class="badge proposed' in owner.open(f"/actions/{name}").text


def test_who_was_removed_or_made_less_is_so_from_the_next_click_on(reader, desk):
    operator = reader("operator")
    name = operator.action()
    desk.people.set_role("operator 0", "viewer", by=CHEN)
    assert operator.send(f"/actions/{name}/dismiss").status_code == 403
    desk.people.remove("operator 0", by=CHEN)
    assert operator.open("/actions").status_code == 401


def test_a_new_password_signs_every_browser_out(reader, desk):
    person = reader("operator")
    desk.people.set_password("operator 0", "four white saucers", by=CHEN)
    assert person.open("/actions").status_code == 401
    assert person.sign_in("operator 0", "four white saucers").status_code == 200


def test_a_name_pointed_at_this_machine_reads_nothing(reader):
    for host in ("evil.example", "evil.example:8600", "127.0.0.1.evil.example", ""):
        answer = reader("", host="127.0.0.1:8600").open("/sign-in", headers={"Host": host})
        assert answer.status_code == 421, host
        assert "csrf" not in answer.text


def test_a_name_pointed_at_this_machine_reads_nothing_of_what_programs_read_either(desk):
    app = desk_app(desk)
    app.router.routes.append(mounted(desk))
    token = desk.people.new_token("till", "viewer", by=CHEN)
    headers = {"Authorization": f"Bearer {token}"}
    own = TestClient(app, base_url="http://127.0.0.1:8600", headers=headers)
    foreign = TestClient(app, base_url="http://shop.evil.example:8600", headers=headers)
    for address in ("/api/v1/costs", "/api/v1/openapi.json"):
        assert own.get(address).status_code == 200
        assert foreign.get(address).status_code == 421


def test_open_to_other_machines_it_answers_to_addresses_and_to_no_other_name(desk):
    client = TestClient(desk_app(desk, hosts=(*OWN_HOSTS, ANY_ADDRESS, "tea.example")))
    known = {host: client.get("/sign-in", headers={"Host": host}).status_code for host in (
        "192.168.1.5:8600", "[fe80::1]:8600", "tea.example", "evil.example", "192.168.1.5.evil.example"
    )}  # fmt: off
    assert list(known.values()) == [200, 200, 200, 421, 421]


def test_a_form_leads_nowhere_else(reader, desk):
    desk.people.add("Mei", "three green kettles", "viewer", by=CHEN)
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        stranger = reader("")
        stranger.open("/sign-in")
        form = {"csrf": stranger.csrf, "name": "Mei", "password": "three green kettles", "next": elsewhere}
        landed = stranger.client.post("/sign-in", data=form, follow_redirects=False)
        assert (landed.status_code, landed.headers["location"]) == (303, "/")


def test_a_stranger_cannot_fill_the_machine_with_a_large_form(reader):
    stranger = reader("")
    stranger.open("/sign-in")
    assert stranger.send("/sign-in", name="x" * 50_000, password="y").status_code == 413
    assert stranger.send("/actions/abc/note", text="x" * 50_000).status_code == 401


def test_every_answer_has_the_safe_headers(reader):
    owner = reader("owner")
    for address in ("/", "/sign-in", "/actions", "/nothing-there", "/static/desk.css"):
        answer = owner.open(address)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"


def test_pages_are_kept_by_nobody_on_the_way_and_files_of_ours_for_long(reader):
    person = reader("viewer")
    assert person.open("/actions").headers["cache-control"] == "no-store"
    assert "immutable" in person.open("/static/desk.css").headers["cache-control"]


def test_no_page_has_style_or_script_of_its_own(reader):
    owner = reader("owner")
    stranger = reader("").open("/sign-in").text
    addresses = ("/actions", "/actions?view=list", f"/actions/{owner.action()}")
    for page in (owner.today().text, stranger, *(owner.open(address).text for address in addresses)):
        assert "<style" not in page
        assert " style=" not in page
        assert "javascript:" not in page
        assert page.count("<script") == page.count('<script src="/static/')


def test_a_path_outside_of_the_static_files_is_not_served(reader):
    stranger = reader("")
    for path in (
        "/static/../serving.py",
        "/static/%2e%2e/serving.py",
        "/static/..%2f..%2fconfig.py",
        "/static//etc/passwd",
    ):
        assert stranger.open(path).status_code in (401, 404)


def test_forms_are_good_after_a_restart(tea_once: Path, desk: Desk, reader, watch: Watch):
    person = reader("operator")
    name = person.action()
    again = TestClient(desk_app(desk), base_url="http://127.0.0.1:8600", cookies=dict(person.client.cookies))
    answer = again.post(f"/actions/{name}/dismiss", data={"csrf": person.csrf})
    assert answer.status_code == 200


def test_what_people_do_at_the_desk_is_in_the_log(reader, desk):
    person = reader("operator")
    name = person.action()
    person.send(f"/actions/{name}/dismiss", text="not now")
    latest = desk.people.deeds()
    assert [(deed.by, deed.what, deed.target) for deed in latest[:2]] == [
        ("operator 0", "dismiss", name),
        ("operator 0", "signed_in", ""),
    ]
    assert latest[0].address == "127.0.0.1"

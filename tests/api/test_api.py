"""The API: the same verbs as the command line, for programs with a token."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from drawn.sold import OWNER, order_lines
from zhanggui.api import api_app
from zhanggui.api.told.briefs import BriefTold
from zhanggui.app.desk import Desk
from zhanggui.app.forms import VISITOR, form_token

Calls = Callable[..., TestClient]


def problem(answer: Any) -> str:
    """The code of an error, once its shape was looked at."""
    told = answer.json()
    assert set(told) == {"error"}
    assert set(told["error"]) == {"code", "message", "params"}
    assert told["error"]["message"]
    return str(told["error"]["code"])


def untold(model: BaseModel, at: str = "") -> Iterator[str]:
    """Fields of an answer that its description does not name."""
    yield from (f"{at}.{name}" for name in model.model_extra or ())
    for name, value in model:
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, BaseModel):
                yield from untold(each, f"{at}.{name}")


def test_the_brief_says_what_the_command_line_says_and_every_field_of_it_is_described(call: Calls, desk: Desk) -> None:
    with desk.reading() as shop:
        expected = shop.brief_json(shop.brief(remember=False), "en")
    told = call("viewer").get("/brief").json()
    assert told["verdict"] == expected["verdict"]
    assert [line["value"] for line in told["metrics"]] == [line["value"] for line in expected["metrics"]]
    assert [one["id"] for one in told["actions"]] == [one["id"] for one in expected["actions"]]
    described = BriefTold.model_validate(told)
    assert [name for name in untold(described) if not name.startswith((".metrics.flags", ".drivers.flags"))] == []


def test_an_answer_stays_until_the_data_change(call: Calls) -> None:
    client = call("operator")
    asked = {"metric": "orders"}
    first = client.get("/query", params=asked).json()["rows"]
    assert client.post("/imports", files=[("files", ("orders.csv", order_lines(75).encode()))]).json()["changed"]
    assert client.get("/query", params=asked).json()["rows"][0]["orders"] == first[0]["orders"] + 35


@pytest.mark.prove
def test_a_brief_that_was_asked_for_stays_until_the_data_change(call: Calls, desk: Desk) -> None:
    client = call("operator")
    first = client.get("/brief", params={"days": 14}).json()
    sent = [("files", ("orders.csv", order_lines(75).encode()))]
    assert client.post("/imports", files=sent).json()["changed"]
    assert client.get("/brief", params={"days": 14}).json()["as_of"] > first["as_of"]


def test_sentences_come_in_the_language_that_was_asked_for(call: Calls) -> None:
    english, chinese = call(language="en"), call(language="zh-TW,zh;q=0.9,en;q=0.5")
    assert english.get("/query", params={"metric": "x"}).headers["content-language"] == "en"
    said = chinese.get("/query", params={"metric": "x"})
    assert said.headers["content-language"] == "zh-Hant"
    assert any("一" <= sign <= "鿿" for sign in said.json()["error"]["message"])


def test_a_query_gives_every_row_once_page_by_page(call: Calls) -> None:
    client, found, cursor = call("viewer"), [], None
    asked = {"metric": "net_sales", "by": ["country", "day"], "limit": 33}
    whole = client.get("/query", params={**asked, "limit": 1000}).json()["rows"]
    while True:
        page = client.get("/query", params={**asked, **({"cursor": cursor} if cursor else {})}).json()
        found += page["rows"]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(whole) == 140
    assert found == whole


def test_a_page_of_data_that_changed_is_refused(call: Calls) -> None:
    client = call()
    asked = {"metric": "net_sales", "by": "day", "limit": 10}
    cursor = client.get("/query", params=asked).json()["next"]
    client.post("/imports", files=[("files", ("orders.csv", order_lines(75).encode()))])
    answer = client.get("/query", params={**asked, "cursor": cursor})
    assert (answer.status_code, problem(answer)) == (400, "api.old_cursor")


def test_the_parts_of_an_explanation_sum_to_the_change(call: Calls) -> None:
    told = call("viewer").get("/explain/net_sales", params={"by": "country"}).json()
    assert sum(part["change"] for part in told["parts"]) == pytest.approx(told["change"], abs=0.005)
    assert sum(place["change"] for place in told["where"]) == pytest.approx(told["change"], abs=0.005)


def test_an_import_is_told_tried_taken_and_taken_back(call: Calls) -> None:
    client = call("operator")
    sent = [("files", ("orders.csv", order_lines(75).encode()))]
    tried = client.post("/imports", files=sent, data={"dry_run": "true"}).json()
    assert (tried["batch"], tried["dry_run"], tried["changed"]) == ("", True, False)
    done = client.post("/imports", files=sent).json()
    assert done["rows"] == tried["rows"]
    assert [one["id"] for one in client.get("/imports").json()["imports"]] == ["0001", done["batch"]]
    assert client.post(f"/imports/{done['batch']}/undo").json()["changed"]
    again = client.post(f"/imports/{done['batch']}/undo")
    assert (again.status_code, problem(again)) == (404, "store.unknown_batch")


def test_an_import_in_the_background_is_a_job_whose_address_tells_what_came_of_it(call: Calls, desk: Desk) -> None:
    client = call("operator")
    sent = [("files", ("later.csv", (order_lines(75) + "X1,no day,Cup,1,2.00,c1,Spain\n").encode()))]
    begun = client.post("/imports", files=sent, data={"background": "true"})
    assert begun.status_code == 202
    name = begun.json()["id"]
    assert begun.json()["about"] == ["later.csv"]
    while desk.background.jobs.running():
        time.sleep(0.01)
    told = client.get(f"/jobs/{name}").json()
    assert (told["state"], told["error"]) == ("done", None)
    assert told["reconciled"]["rows"]["rejected"] == 1
    assert told["batch"] == told["reconciled"]["batch"] == client.get("/imports").json()["imports"][-1]["id"]
    assert [job["id"] for job in client.get("/jobs").json()["jobs"]] == [name]
    assert desk.people.deeds()[0].what == "imported"
    bad = client.post("/imports", files=[("files", ("a.csv", b"a\nb\n"))], data={"background": "true"}).json()["id"]
    while desk.background.jobs.running():
        time.sleep(0.01)
    failed = client.get(f"/jobs/{bad}").json()
    assert (failed["state"], failed["reconciled"]) == ("failed", None)
    assert failed["error"]["message"]
    both = client.post("/imports", files=sent, data={"background": "true", "dry_run": "true"})
    assert (both.status_code, problem(both)) == (400, "api.dry_background")
    assert not [path for path in (desk.folder / ".uploads").rglob("*") if path.is_file()]


def test_targets_are_listed_page_by_page(call: Calls) -> None:
    client = call("owner")
    for month in ("2026-08", "2026-09", "2026-10"):
        client.put(f"/targets/{month}", json={"value": 5000})
    first = call("viewer").get("/targets", params={"limit": 2}).json()
    rest = client.get("/targets", params={"cursor": first["next"]}).json()
    assert [one["month"] for one in [*first["targets"], *rest["targets"]]] == ["2026-10", "2026-09", "2026-08"]
    assert rest["next"] is None


def test_an_explanation_looks_inside_one_place(call: Calls) -> None:
    client = call("viewer")
    whole = client.get("/explain/net_sales", params={"by": "country"}).json()
    inside = client.get("/explain/net_sales", params={"where": "country=Spain"}).json()
    spain = next(place for place in whole["where"] if place["by"] == {"country": "Spain"})
    assert inside["change"] == pytest.approx(spain["change"], abs=0.005)


def test_what_is_the_owners_to_approve_is_no_operators_by_any_door(call: Calls) -> None:
    client = call("operator")
    price = {"kind": "step_price", "target": {"product_id": "Cup"}}
    done = client.post("/actions", json={**price, "on": "2026-08-01"})
    assert (done.status_code, problem(done)) == (422, "ledger.owner_approves")
    name = client.post("/actions", json=price).json()["action"]["id"]
    refused = client.post(f"/actions/{name}/approve")
    assert (refused.status_code, problem(refused)) == (422, "ledger.owner_approves")
    assert call("owner").post(f"/actions/{name}/approve").json()["action"]["state"] == "approved"


def test_an_action_goes_from_proposal_to_done_and_the_log_says_who(call: Calls, desk: Desk) -> None:
    client = call("operator")
    made = client.post("/actions", json={"kind": "audit_listing", "target": {"product_id": "Cup"}, "expected": 12})
    assert made.status_code == 201
    name = made.json()["action"]["id"]
    assert client.post(f"/actions/{name}/assign", json={"owner": "Lin"}).json()["action"]["owner"] == "Lin"
    assert client.post(f"/actions/{name}/note", json={"text": "ask Lin"}).status_code == 200
    assert client.post(f"/actions/{name}/approve").json()["action"]["state"] == "approved"
    assert client.post(f"/actions/{name}/done", json={}).json()["action"]["state"] == "done"
    told = client.get(f"/actions/{name}").json()
    assert {step["by"] for step in told["history"]} == {"program operator"}
    deeds = [(deed.by, deed.what, deed.target) for deed in desk.people.deeds() if deed.by == "program operator"]
    assert deeds[::-1] == [("program operator", what, name) for what in ("add", "assign", "note", "approve", "done")]


def test_a_second_approval_is_told_that_it_came_second(call: Calls) -> None:
    client = call("operator")
    made = client.post("/actions", json={"kind": "audit_listing", "target": {"product_id": "Cup"}}).json()["action"]
    assert client.post(f"/actions/{made['id']}/approve", json={"seen": made["step"]}).status_code == 200
    second = client.post(f"/actions/{made['id']}/approve", json={"seen": made["step"]})
    assert second.status_code == 409
    assert problem(second).startswith("ledger.")


def test_a_list_grows_between_two_pages_without_repeating_an_action(call: Calls) -> None:
    client = call("operator")
    for product in ("Cup", "Pot", "Tray"):
        client.post("/actions", json={"kind": "audit_listing", "target": {"product_id": product}})
    first = client.get("/actions", params={"limit": 2}).json()
    client.post("/actions", json={"kind": "change_image", "target": {"product_id": "Cup"}})
    rest = client.get("/actions", params={"limit": 100, "cursor": first["next"]}).json()
    names = [one["id"] for one in [*first["actions"], *rest["actions"]]]
    assert len(names) == len(set(names)) == 4
    assert rest["next"] is None


def test_an_experiment_is_planned_dealt_out_read_and_stopped(call: Calls) -> None:
    client = call("operator")
    asked = {"name": "Red button", "change": "page", "a_day": 400, "mean": 0.2, "anyway": True}
    tried = client.post("/experiments", json={**asked, "dry_run": True})
    assert (tried.status_code, tried.json()["made"]) == (200, False)
    made = client.post("/experiments", json=asked)
    assert (made.status_code, made.json()["made"]) == (201, True)
    name = made.json()["plan"]["id"]
    dealt = client.post(f"/experiments/{name}/assign", json={"units": ["v1", "v2", "v3"]}).json()
    assert [one["unit"] for one in dealt["assignments"]] == ["v1", "v2", "v3"]
    assert client.get(f"/experiments/{name}").json()["experiment"]["state"] == "running"
    assert client.post(f"/experiments/{name}/stop", json={"why": "wrong button"}).status_code == 200
    assert client.get("/experiments").json()["experiments"][0]["state"] == "stopped"


def test_costs_and_targets_are_the_owners(call: Calls) -> None:
    assert problem(call("operator").put("/costs/goods/*", json={"value": 0.4})) == "api.forbidden"
    client = call("owner")
    assert client.put("/costs/goods/*", json={"value": [0.4, 0.5]}).json()["costs"] == {"goods": {"*": [0.4, 0.5]}}
    assert client.put("/targets/2026-09", json={"value": 5000}).json()["metric"] == "net_sales"
    assert problem(client.put("/costs/goods/*", json={"value": 7})) == "config.bad_cost"


def test_a_viewer_reads_everything_and_changes_nothing(call: Calls, desk: Desk) -> None:
    client, paths = call("viewer"), api_app(desk).openapi()["paths"]
    changing = [(path, verb) for path, verbs in paths.items() for verb in verbs if verb != "get"]
    assert len(changing) > 12
    for path, verb in changing:
        address = path.replace("{id}", "x").replace("{batch}", "x").replace("{section}/{name}", "goods/*")
        body = {"until": "2026-12-01", "text": "x", "why": "x", "value": 1, "units": ["a"], "kind": "x", "name": "x"}
        given = {"files": [("files", ("a.csv", b"a"))]} if path == "/imports" else {"json": {**body, "change": "x"}}
        answer = client.request(verb, address.replace("{month}", "2026-09"), **given)
        assert (path, answer.status_code, problem(answer)) == (path, 403, "api.forbidden")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic Zm9vOmJhcg==", "Bearer zg_" + "x" * 43])
def test_without_a_good_token_nothing_is_told(call: Calls, header: str) -> None:
    answer = call("").get("/brief", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert problem(answer) in ("api.signed_out", "people.no_token")


def test_guessing_tokens_is_slowed_down(call: Calls) -> None:
    client = call("")
    answers = [client.get("/costs", headers={"Authorization": f"Bearer zg_{n}"}) for n in range(30)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert call("viewer").get("/costs").status_code == 200


def test_a_revoked_token_is_worth_nothing_at_once(call: Calls, desk: Desk) -> None:
    client = call("viewer")
    assert client.get("/costs").status_code == 200
    desk.people.revoke(desk.people.tokens()[-1].number, by=OWNER)
    assert client.get("/costs").status_code == 401


def test_a_browser_changes_something_only_with_the_token_of_its_forms(call: Calls, desk: Desk) -> None:
    client = call("")
    visitor = desk.door.enter(desk.door.link("Chen"))
    client.cookies.set(VISITOR, visitor)
    assert client.get("/costs").status_code == 200
    without = client.put("/costs/goods/*", json={"value": 0.4})
    assert (without.status_code, problem(without)) == (403, "api.foreign_form")
    own = {"X-CSRF-Token": form_token(desk.secret, visitor)}
    assert client.put("/costs/goods/*", json={"value": 0.4}, headers=own).status_code == 200


def test_more_than_may_be_sent_is_refused_whatever_its_head_says(call: Calls) -> None:
    client = call()

    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * (1 << 16)

    stated = client.put("/costs/goods/*", content=b" " * (2 << 20), headers={"Content-Type": "application/json"})
    chunked = client.put("/costs/goods/*", content=endless(), headers={"Content-Type": "application/json"})
    assert (stated.status_code, problem(stated)) == (413, "api.too_large")
    assert (chunked.status_code, problem(chunked)) == (413, "api.too_large")


def test_nothing_that_a_sender_calls_a_file_leads_elsewhere(call: Calls, desk: Desk) -> None:
    sent = [("files", ("../../../evil.csv", order_lines(3).encode()))]
    done = call("operator").post("/imports", files=sent)
    assert done.json()["files"][0]["file"] == "evil.csv"
    assert not list(desk.folder.parent.rglob("evil.csv"))


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "/nothing", 404, "api.not_found"),
        ("DELETE", "/imports", 405, "api.no_such_method"),
        ("GET", "/query", 422, "api.invalid"),
        ("GET", "/query?metric=nonsense", 400, "metrics.unknown_metric"),
        ("GET", "/query?metric=net_sales&where=France", 400, "api.bad_where"),
        ("GET", "/query?metric=net_sales&from=2026-07-02&to=2026-07-01", 400, "api.ends_before"),
        ("GET", "/explain/net_sales?against_from=2026-07-02", 400, "api.half_period"),
        ("GET", "/actions?cursor=%21", 400, "api.bad_cursor"),
        ("GET", "/actions/zzzz", 404, "ledger.unknown_action"),
        ("GET", "/experiments/zzzz", 404, "experiments.unknown"),
        ("GET", "/brief?as_of=0001-01-01", 422, "api.invalid"),
    ],
)
def test_every_mistake_has_one_shape(call: Calls, method: str, address: str, status: int, code: str) -> None:
    answer = call().request(method, address)
    assert (answer.status_code, problem(answer)) == (status, code)


def test_our_own_fault_says_nothing_of_the_inside(call: Calls, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.folder / "costs.toml").write_bytes(b"\xff\xfe not text")
    answer = call().get("/costs")
    assert (answer.status_code, problem(answer)) == (503, "config.unreadable")


def test_the_description_needs_no_token_and_names_every_error(call: Calls) -> None:
    described = call("").get("/openapi.json").json()
    verbs = [verb for path in described["paths"].values() for verb in path.values()]
    assert len(verbs) > 25
    for verb in verbs:
        assert verb["operationId"]
        assert verb["description"]
        assert verb["security"]
        schema = verb["responses"]["422"]["content"]["application/json"]["schema"]
        assert schema["$ref"].endswith("/Problem")

"""A live shop connected over the network, at the desk or by a program: held to the open internet, its keys nowhere in a file."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from fastapi.testclient import TestClient

from drawn.browsers import OWNER, Browser, desk
from drawn.woo import KEY, SECRET, Failure, Woo, served
from zhanggui.api import api_app
from zhanggui.app.desk import Desk
from zhanggui.errors import BadValue, Unreached
from zhanggui.live import calling, reach

PLACES = {
    "inside.example": "10.1.2.3",
    "metadata.example": "169.254.169.254",
    "mapped.example": "::ffff:127.0.0.1",
    "translated.example": "64:ff9b::7f00:1",
    "half.example": "93.184.215.14 127.0.0.1",
    "outside.example": "93.184.215.14",
}
"""What names lead to, as long as a test lasts."""


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A directory of names of the test's own."""
    known = dict(PLACES)
    real = socket.getaddrinfo

    def found(host: object, port: object, *args: object, **how: object) -> list[object]:
        name = host.decode() if isinstance(host, bytes) else str(host)
        told = known.get(name, name).split()
        return [one for place in told for one in real(place, port, *args, **how)]  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    monkeypatch.delenv(reach.INSIDE, raising=False)
    return known


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "0.0.0.0",
        "2130706433",
        "192.168.1.1",
        "100.64.0.1",
        "[fe80::1]",
        "inside.example",
        "metadata.example",
        "mapped.example",
        "translated.example",
        "half.example",
    ],
)
def test_an_address_of_the_own_network_is_not_entered(named: dict[str, str], host: str) -> None:
    with pytest.raises(BadValue, match=r"live\.inside"):
        reach.check_entered("tea", f"https://{host}/wp-json")


@pytest.mark.parametrize(
    "url", ["sqlite:///etc/passwd", "file:///etc/passwd", "ftp://outside.example", "gopher://x", "https://"]
)
def test_only_http_is_called_from_afar(url: str) -> None:
    with pytest.raises(BadValue, match=r"live\.not_over_http"):
        reach.check_entered("tea", url)
    with pytest.raises(BadValue, match=r"live\.secret_in_url"):
        reach.check_entered("tea", "https://token@shop.example")


def test_what_stands_in_the_open_internet_or_is_named_by_the_machine_is_entered(
    named: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reach.check_entered("tea", "https://outside.example/shop")
    monkeypatch.setenv(reach.INSIDE, "inside.example:8443 shop.lan")
    reach.check_entered("tea", "https://inside.example:8443")
    with pytest.raises(BadValue):
        reach.check_entered("tea", "https://inside.example")


@pytest.fixture
def woo() -> Iterator[tuple[Woo, str]]:
    shop = Woo.of_samples()
    with served(shop) as url:
        yield shop, url


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_TEA_KEY", KEY)
    monkeypatch.setenv("ZHANGGUI_TEA_SECRET", SECRET)
    monkeypatch.setattr(calling, "PACE", calling.Pace(sleep=lambda seconds: None))


def test_a_name_that_leads_inside_later_gets_no_call_and_no_key(
    woo: tuple[Woo, str], named: dict[str, str], tmp_path: Path
) -> None:
    shop, url = woo
    port = url.rpartition(":")[2]
    with desk(tmp_path / "shop") as opened:
        with opened.writing() as there:
            there.live.add("tea", "woocommerce", f"http://outside.example:{port}", from_afar=True)
        named["outside.example"] = "127.0.0.1"
        with opened.reading() as there, pytest.raises(Unreached, match=r"live\.inside"):
            there.live.test("tea")
    assert shop.asked == []


def test_a_line_that_leads_inside_though_its_name_did_not_is_let_go_before_a_byte_is_sent(
    woo: tuple[Woo, str], named: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, url = woo
    named["outside.example"] = "127.0.0.1"
    answers = iter([True] * 2)
    monkeypatch.setattr(reach, "_may_call", lambda host, port: next(answers))
    with desk(tmp_path / "shop") as opened:
        with opened.writing() as there:
            there.live.add("tea", "woocommerce", f"http://outside.example:{url.rpartition(':')[2]}", from_afar=True)
        with opened.reading() as there, pytest.raises(Unreached, match=r"live\.inside"):
            there.live.test("tea")
    assert next(answers, None) is None
    assert shop.asked == []


def test_the_desk_connects_tries_reads_and_removes_a_shop(
    woo: tuple[Woo, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, url = woo
    with desk(tmp_path / "shop") as opened:
        owner, operator, viewer = Browser(opened), Browser(opened, "operator"), Browser(opened, "viewer")
        viewer.get("/data/shops", status=403)
        fields = {"name": "tea", "kind": "woocommerce", "url": url}
        for deed in ("add", "remove", "test", "keep"):
            operator.post(f"/data/shops/{deed}", status=403, **fields, secret="key", typed="x")
        assert "own network" in owner.post("/data/shops/add", status=400, **fields)
        assert "zhanggui sync add" in owner.post("/data/shops/add", status=400, **fields | {"kind": "sql"})
        monkeypatch.setenv(reach.INSIDE, url.removeprefix("http://"))
        page = owner.post("/data/shops/add", **fields, writes="yes")
        assert "ZHANGGUI_TEA_KEY" in page
        assert "approved actions may be written" in page
        owner.post("/data/shops/test", name="tea")
        assert "Nothing was stored" in owner.wait()
        with opened.reading() as there:
            assert there.warehouse.rows()["orders"] == 0
        operator.post("/data/sync", name="tea")
        assert "tea: synced" in operator.wait()
        shop.failures.append(Failure(302, headers={"location": "http://127.0.0.1:9/elsewhere"}))
        owner.post("/data/shops/test", name="tea")
        assert "keys are not sent elsewhere" in owner.wait()
        assert "read no more" in owner.post("/data/shops/remove", name="tea")
        log = owner.get("/settings/log")
        assert "connected the live shop" in log
        assert "disconnected the live shop" in log
        kept = b"".join(path.read_bytes() for path in opened.folder.rglob("*") if path.is_file())
        assert KEY.encode() not in kept
        assert SECRET.encode() not in kept


def test_a_key_typed_at_the_desk_goes_to_the_keyring_alone(
    named: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: dict[str, str] = {}
    ring = type("Ring", (), {"priority": 5})()
    monkeypatch.setattr(keyring, "get_keyring", lambda: ring)
    monkeypatch.setattr(keyring, "set_password", lambda service, name, typed: held.update({name: typed}))
    monkeypatch.setattr(keyring, "get_password", lambda service, name: held.get(name))
    monkeypatch.setattr(keyring, "delete_password", lambda service, name: held.pop(name))
    with desk(tmp_path / "shop") as opened:
        owner = Browser(opened)
        page = owner.post("/data/shops/add", name="pots", kind="woocommerce", url="https://outside.example")
        assert page.count("not there") == 2
        page = owner.post("/data/shops/keep", name="pots", secret="key", typed="ck_typed_at_the_desk")
        assert page.count("not there") == 1
        assert "ck_typed" not in page
        owner.post("/data/shops/keep", status=400, name="pots", secret="token", typed="x")
        assert held == {"pots:key": "ck_typed_at_the_desk"}
        owner.post("/data/shops/remove", name="pots")
        assert held == {}


@pytest.fixture
def program(tmp_path: Path) -> Iterator[tuple[Desk, TestClient, TestClient]]:
    """A desk, and programs of its owner and of an operator."""
    with desk(tmp_path / "shop") as opened:
        tokens = [opened.people.new_token(role, role, by=OWNER) for role in ("owner", "operator")]
        first, second = (
            TestClient(api_app(opened), headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})
            for token in tokens
        )
        yield opened, first, second


def test_a_program_connects_tries_reads_and_removes_a_shop(
    woo: tuple[Woo, str], program: tuple[Desk, TestClient, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, owner, operator = program
    given = {"name": "tea", "kind": "woocommerce", "url": woo[1], "options": {"network": "any"}}
    assert operator.post("/sync", json=given).status_code == 403
    assert owner.post("/sync", json=given).json()["error"]["code"] == "live.inside"
    monkeypatch.setenv(reach.INSIDE, "127.0.0.1")
    made = owner.post("/sync", json=given)
    assert (made.status_code, made.json()["options"]["network"]) == (201, "public")
    assert [one["variable"] for one in made.json()["secrets"]] == ["ZHANGGUI_TEA_KEY", "ZHANGGUI_TEA_SECRET"]
    tried = owner.post("/sync/tea/test").json()
    assert tried["records"] > 0
    assert operator.post("/sync/tea/run", json={"dry_run": True}).json()["batch"] == ""
    done = operator.post("/sync/tea/run").json()
    assert (done["batch"], done["rows"]["rejected"]) == ("0001", 0)
    job = operator.post("/sync/tea/run", json={"background": True})
    assert (job.status_code, job.json()["kind"]) == (202, "sync")
    while not (state := operator.get(f"/jobs/{job.json()['id']}").json())["ended_at"]:
        pass
    assert state["state"] == "done"
    assert [one["name"] for one in operator.get("/sync").json()["connections"]] == ["tea"]
    assert operator.delete("/sync/tea").status_code == 403
    assert owner.delete("/sync/tea").json() == {"name": "tea"}
    assert owner.post("/sync/tea/test").status_code == 404

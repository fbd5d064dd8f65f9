"""Live shops from the command line and from the desk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from drawn.browsers import Browser, desk
from drawn.woo import KEY, SECRET, Woo, served
from zhanggui.app import Shop
from zhanggui.cli import main
from zhanggui.live import calling


@pytest.fixture(scope="module")
def woo() -> Iterator[tuple[Woo, str]]:
    shop = Woo.of_samples()
    with served(shop) as url:
        yield shop, url


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys stand in the environment, and nobody waits."""
    monkeypatch.setenv("ZHANGGUI_TEA_KEY", KEY)
    monkeypatch.setenv("ZHANGGUI_TEA_SECRET", SECRET)
    monkeypatch.setattr(calling, "PACE", calling.Pace(sleep=lambda seconds: None))


def test_a_shop_is_connected_read_and_removed_by_commands(
    woo: tuple[Woo, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "shop"

    def said(*words: str, code: int = 0) -> str:
        assert main(["--lang", "en", *words, "--shop", str(folder)]) == code
        out, err = capsys.readouterr()
        return str(out + err)

    assert main(["init", str(folder), "--currency", "GBP", "--timezone", "UTC"]) == 0
    assert "sync add" in said("sync", code=2)
    assert "ZHANGGUI_TEA_KEY" in said("sync", "add", "tea", "--kind", "woocommerce", "--url", woo[1])
    assert main(["sync", "tea", "--json", "--shop", str(folder)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["synced"][0]["batch"], told["synced"][0]["error"]) == ("0001", None)
    [listed] = json.loads(said("sync", "list", "--json"))["connections"]
    assert (listed["name"], listed["ended"], listed["missing"]) == ("tea", True, [])
    monkeypatch.delenv("ZHANGGUI_TEA_SECRET")
    assert "ZHANGGUI_TEA_SECRET" in said("sync", code=2)
    assert "no secret: secret" in said("sync", "list")
    assert "is read no more" in said("sync", "remove", "tea")


def test_the_desk_shows_live_shops_and_reads_one_at_a_button(woo: tuple[Woo, str], tmp_path: Path) -> None:
    with desk(tmp_path / "shop") as opened:
        owner = Browser(opened)
        assert 'id="live"' not in owner.get("/data")
        with Shop.open(opened.folder) as shop:
            shop.live.add("tea", "woocommerce", woo[1])
        assert "not yet" in owner.get("/data")
        owner.post("/data/sync", name="tea")
        page = owner.wait()
        assert "tea: synced" in page
        with opened.reading() as shop:
            assert shop.warehouse.rows()["orders"] == 2
        assert "not yet" not in owner.get("/data")
        woo[0].keys.clear()
        try:
            owner.post("/data/sync", name="tea")
            assert "does not accept the key" in owner.wait()
        finally:
            woo[0].keys[KEY] = (SECRET, "read_write")

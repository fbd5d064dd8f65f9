"""Pages of a live shop are stored with how far they go: broken off, taken back or read twice, the store is as if read once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keyring
import pytest

from drawn.stall import Stall, StallConnector, workspace
from zhanggui import live
from zhanggui.app import Shop
from zhanggui.app.live import Live
from zhanggui.errors import BadValue, Unreached
from zhanggui.live import keys, syncing
from zhanggui.live.syncing import Synced

ORDERS = [(f"A{n}", f"2026-11-{n + 1:02d} 10:00:00", 10.0 * n) for n in range(1, 4)]
KEYS = {"ZHANGGUI_TEA_KEY": "s3cret-key"}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace connected to a stall, to be copied."""
    folder = tmp_path_factory.mktemp("empty") / "shop"
    workspace(folder).close()
    return folder


@pytest.fixture(scope="module")
def read_once(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Synced]:
    """The same after its first sync, each page stored by itself; and what that sync did."""
    folder = Path(shutil.copytree(empty, tmp_path_factory.mktemp("read") / "shop"))
    with pytest.MonkeyPatch.context() as patch, Shop.open(folder) as shop:
        connect(patch, filled())
        patch.setattr(syncing, "ROWS_AT_ONCE", 0)
        return folder, called(shop).sync("tea")


@pytest.fixture
def stall(monkeypatch: pytest.MonkeyPatch) -> Stall:
    """A stall with three orders, two on a page."""
    made = filled()
    connect(monkeypatch, made)
    return made


@pytest.fixture
def fresh(stall: Stall, empty: Path, tmp_path: Path) -> Iterator[Shop]:
    """A workspace that has read nothing yet."""
    with Shop.open(Path(shutil.copytree(empty, tmp_path / "fresh"))) as opened:
        yield opened


@pytest.fixture
def shop(stall: Stall, read_once: tuple[Path, Synced], tmp_path: Path) -> Iterator[Shop]:
    """A workspace that has read the stall once."""
    with Shop.open(Path(shutil.copytree(read_once[0], tmp_path / "shop"))) as opened:
        yield opened


def filled() -> Stall:
    made = Stall()
    made.sell(*ORDERS)
    return made


def connect(patch: pytest.MonkeyPatch, stall: Stall) -> None:
    patch.setattr(live, "connectors", lambda: {"stall": StallConnector(stall)})


def called(shop: Shop) -> Live:
    return Live(shop, KEYS)


def money(shop: Shop) -> tuple[int, float, float]:
    """Orders, what was paid for them, and what was paid back."""
    paid, back = (shop.warehouse.run(shop.warehouse.table(name)) for name in ("order_facts", "refund_facts"))
    return len(paid), sum(paid["goods"].to_list()), sum(back["amount"].to_list())


def test_all_pages_of_a_sync_are_one_import(shop: Shop, read_once: tuple[Path, Synced]) -> None:
    done = read_once[1]
    assert (done.pages, done.rows_read, done.batch) == (2, 3, "0001")
    [batch] = shop.imports()
    assert batch.files == ("tea:orders",)
    assert batch.rows == {"orders": 3, "order_lines": 3}
    assert money(shop) == (3, 60.0, 0)


def test_a_sync_that_brings_nothing_new_is_no_import(shop: Shop) -> None:
    before = shop.warehouse.version
    done = called(shop).sync("tea")
    assert (done.batch, done.changed, done.already_there) == ("", False, 2)
    assert [batch.id for batch in shop.imports()] == ["0001"]
    assert shop.warehouse.version == before


def test_a_late_refund_and_a_changed_amount_are_folded_in(shop: Shop, stall: Stall) -> None:
    stall.sell(("A1", "2026-11-20 09:00:00", 8.0))
    stall.refunds["A1"] = ("2026-11-20 09:00:00", 3.0)
    assert called(shop).sync("tea").replaced >= 1
    assert money(shop) == (3, 58.0, 3.0)


def test_a_line_that_breaks_keeps_what_was_read_and_goes_on_from_there(fresh: Shop, stall: Stall) -> None:
    stall.fails_after = 1
    with pytest.raises(Unreached):
        called(fresh).sync("tea")
    assert fresh.warehouse.rows()["orders"] == 2
    [standing] = called(fresh).connections()
    assert not standing.ended
    stall.fails_after = None
    assert called(fresh).sync("tea").batch == "0001"
    assert stall.asked == ["", "2026-11-03 10:00:00"]
    [batch] = fresh.imports()
    assert batch.rows == {"orders": 3, "order_lines": 3}


@pytest.mark.parametrize("moment", [1, 2, 3], ids=["after the first", "before the second", "after the second"])
def test_a_sync_that_dies_at_a_commit_and_is_begun_again_equals_an_undisturbed_one(
    fresh: Shop, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    monkeypatch.setattr(syncing, "ROWS_AT_ONCE", 0)
    with pytest.raises(KeyboardInterrupt):
        called(fresh).sync("tea", shelf=Dying(fresh.warehouse, moment))
    called(fresh).sync("tea")
    assert exported(fresh, tmp_path / "resumed") == exported(shop, tmp_path / "undisturbed")
    assert [batch.id for batch in fresh.imports()] == ["0001"]


class Dying:
    """A shelf on which everything ends before or after one of the commits."""

    def __init__(self, warehouse: Any, moment: int) -> None:
        self._warehouse, self._moment = warehouse, moment

    def bookmark(self, connection: str) -> Any:
        return self._warehouse.bookmark(connection)

    def load(self, readings: Any, **told: Any) -> Any:
        self._die()
        done = self._warehouse.load(readings, **told)
        self._die()
        return done

    def _die(self) -> None:
        self._moment -= 1
        if self._moment < 0:
            raise KeyboardInterrupt


def exported(shop: Shop, folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in shop.export(folder)}


def test_a_sync_taken_back_is_read_again_by_the_next(shop: Shop, stall: Stall) -> None:
    stall.sell(("A4", "2026-11-20 09:00:00", 60.0))
    assert called(shop).sync("tea").batch == "0002"
    shop.undo("0002")
    assert shop.warehouse.rows()["orders"] == 3
    assert called(shop).sync("tea").batch == "0003"
    assert stall.asked == ["2026-11-04 10:00:00", "2026-11-04 10:00:00"]
    shop.undo("0001")
    assert shop.warehouse.rows()["orders"] == 2  # what the later sync stated too stays
    shop.undo("0003")
    assert shop.warehouse.rows()["orders"] == 0
    assert shop.warehouse.bookmark("tea").cursor == ""


def test_a_dry_run_says_what_would_come_and_changes_nothing(fresh: Shop) -> None:
    done = called(fresh).sync("tea", dry_run=True)
    assert (done.new, done.batch) == (6, "")
    assert fresh.imports() == []
    assert fresh.warehouse.bookmark("tea").cursor == ""


def test_reading_anew_begins_at_the_beginning(shop: Shop, stall: Stall) -> None:
    called(shop).sync("tea", anew=True)
    assert stall.asked == [""]


def test_another_shop_under_the_same_name_is_read_from_its_beginning(shop: Shop, stall: Stall) -> None:
    shop.live.remove("tea")
    with Shop.open(shop.folder) as again:
        again.live.add("tea", "stall", "stall://elsewhere")
    with Shop.open(shop.folder) as moved:
        assert syncing.cursor_of(moved.warehouse, called(moved).visit("tea").connection) == {}


def test_a_cursor_of_another_address_is_not_taken(shop: Shop) -> None:
    connection = called(shop).visit("tea").connection
    assert syncing.cursor_of(shop.warehouse, connection) == {"since": "2026-11-04 10:00:00"}
    assert syncing.cursor_of(shop.warehouse, replace(connection, url="stall://elsewhere")) == {}


def test_a_missing_secret_is_named_with_where_it_belongs(fresh: Shop) -> None:
    with pytest.raises(BadValue) as raised:
        Live(fresh, {}).sync("tea")
    assert raised.value.code == "live.no_secret"
    assert raised.value.params["variable"] == "ZHANGGUI_TEA_KEY"
    [standing] = Live(fresh, {}).connections()
    assert standing.missing == ("key",)


def test_a_secret_in_the_keyring_is_found_and_forgotten_with_its_connection(
    fresh: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Ring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: ring)
    for verb in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(keyring, verb, getattr(ring, verb))
    keys.keep("tea", "key", "from the ring")
    assert keys.Keys("tea", {})["key"] == "from the ring"
    assert keys.Keys("tea", KEYS)["key"] == "s3cret-key"  # the environment goes before
    fresh.live.remove("tea")
    assert ring.held == {}


class Ring:
    """A keyring in memory."""

    priority = 5

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.held.get((service, name))

    def set_password(self, service: str, name: str, secret: str) -> None:
        self.held[service, name] = secret

    def delete_password(self, service: str, name: str) -> None:
        del self.held[service, name]


def test_one_shop_that_cannot_be_reached_keeps_no_other_from_being_read(shop: Shop) -> None:
    shop.live.add("far", "stall", "stall://far")
    with Shop.open(shop.folder) as both:
        tried = called(both).sync_all()
    assert [each.done is not None for each in tried] == [True, False]
    assert tried[1].problem is not None
    assert tried[1].problem.code == "live.no_secret"


def test_secrets_stand_nowhere_in_the_workspace(shop: Shop) -> None:
    live_shops = called(shop)
    assert "s3cret-key" not in repr(live_shops)
    assert "s3cret-key" not in repr(live_shops.visit("tea"))
    shop.close()
    held = [path for path in shop.folder.rglob("*") if path.is_file() and b"s3cret-key" in path.read_bytes()]
    assert held == []


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"kind": "bazaar", "url": "https://x.example"}, "live.unknown_kind"),
        ({"kind": "stall", "url": "x.example"}, "live.no_url"),
        ({"kind": "stall", "url": "https://me:word@x.example"}, "live.secret_in_url"),
        ({"kind": "stall", "url": "https://x.example", "options": {"speed": "2"}}, "live.unknown_option"),
        ({"kind": "stall", "url": "https://x.example", "options": {"per_second": "fast"}}, "live.bad_option"),
    ],
)
def test_a_connection_that_makes_no_sense_is_refused_and_not_written(
    shop: Shop, told: dict[str, Any], code: str
) -> None:
    before = (shop.folder / "zhanggui.toml").read_text()
    with pytest.raises(BadValue) as raised:
        shop.live.add("new", told.pop("kind"), told.pop("url"), **told)
    assert raised.value.code == code
    assert (shop.folder / "zhanggui.toml").read_text() == before


def test_what_is_written_of_a_connection_is_read_back(shop: Shop) -> None:
    added = shop.live.add(
        "fair", "stall", "https://x.example", channel="fair:eu", options={"street": "Low", "per_second": "1"}
    )
    with Shop.open(shop.folder) as again:
        found = again.live.visit("fair").connection
    assert found == added
    assert (found.text("street"), found.number("per_second"), found.channel) == ("Low", 1.0, "fair:eu")

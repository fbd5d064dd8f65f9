"""What the ledger feeds into the table of changes, and what is noticed when either file was put back from another day."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from drawn.actions import action, plain
from drawn.ledgers import Days
from zhanggui.actions.kinds import Draft, Outcome
from zhanggui.app import Shop
from zhanggui.config import Config
from zhanggui.errors import WorkspaceError
from zhanggui.ledger import feed
from zhanggui.state.database import FILE

STEP = action(draft=Draft("table", (plain("100 → 104"),), ({"product_id": "A1", "before": 100.0, "after": 104.0},)))
OTHER = action("B2", kind="change_title", rule="falling_conversion")
LINES = "Invoice,Date,Item,Qty,Price\n1,2026-09-01,A1,2,100.00\n2,2026-09-02,B2,1,50.00\n"


def opened(folder: Path, days: Days) -> Shop:
    return Shop.open(folder, days.clock)


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tea")
    with Shop.create(folder / "tea", Config("Tea", "CNY", "Asia/Shanghai", "en")) as shop:
        file = folder / "lines.csv"
        file.write_text(LINES, encoding="utf-8")
        shop.import_files([file])
    return folder / "tea"


@pytest.fixture
def folder(stocked: Path, tmp_path: Path) -> Path:
    return shutil.copytree(stocked, tmp_path / "tea")


@pytest.fixture
def shop(folder: Path, days: Days) -> Iterator[Shop]:
    with opened(folder, days) as there:
        yield there


def changes(shop: Shop) -> list[tuple[str, str, str | None, str | None, str | None]]:
    """(id, day, product, before, after) of the change log."""
    rows = shop.warehouse.run(shop.warehouse.table("changes")).sort("change_id")
    return [
        (row["change_id"], row["at_day"].isoformat(), row["product_id"], row["before"], row["after"])
        for row in rows.iter_rows(named=True)
    ]


def do(shop: Shop, wanted: object = STEP) -> str:
    shop.ledger.propose([wanted])
    shop.actions.approve(wanted.id, by="ann")
    return shop.actions.done(wanted.id, by="bo").entry.id


def keys(shop: Shop) -> list[str]:
    return [line[0] for line in changes(shop)]


def noticed(shop: Shop) -> list[str]:
    shop.meet()
    return [note.key.removeprefix("ledger.note.") for note in shop.notes]


def test_what_is_done_stands_in_the_change_log(shop: Shop) -> None:
    do(shop)
    assert changes(shop) == [(f"ledger:{STEP.id}", "2026-09-15", "A1", "100", "104")]


@pytest.mark.parametrize(
    ("kind", "row"),
    [("step_price", {"price_now": 100.0, "price": 104.0}), ("change_budget", {"before": 100.0, "daily_budget": 104.0})],
)
def test_what_a_rule_drafts_is_before_and_after(shop: Shop, kind: str, row: dict[str, float]) -> None:
    drafted = action("A1", kind=kind, draft=Draft("table", rows=[{"product_id": "A1", **row}]))
    do(shop, drafted)
    assert changes(shop) == [(f"ledger:{drafted.id}", "2026-09-15", "A1", "100", "104")]


def test_what_is_taken_back_is_taken_out_of_the_change_log(shop: Shop) -> None:
    do(shop)
    shop.actions.undo(STEP.id, by="bo")
    assert changes(shop) == []
    shop.actions.done(STEP.id, on="2026-09-10", by="bo")
    assert changes(shop) == [(f"ledger:{STEP.id}", "2026-09-10", "A1", "100", "104")]


def test_what_is_stopped_is_a_second_change_back_to_what_was(shop: Shop, days: Days) -> None:
    do(shop)
    days.pass_by(5)
    shop.actions.stop(STEP.id, by="bo")
    assert changes(shop)[1] == (f"ledger:{STEP.id}:stop", "2026-09-20", "A1", "104", "100")


def test_an_action_on_two_products_changes_both(shop: Shop) -> None:
    pair = action("A1", kind="reroute_traffic", rule="reroute_traffic", shift="B2", draft=None)
    do(shop, pair)
    assert [line[:3] for line in changes(shop)] == [
        (f"ledger:{pair.id}", "2026-09-15", "A1"),
        (f"ledger:{pair.id}:B2", "2026-09-15", "B2"),
    ]


def test_one_of_two_taken_back_leaves_the_other(shop: Shop) -> None:
    do(shop)
    do(shop, OTHER)
    shop.actions.undo(STEP.id, by="bo")
    assert keys(shop) == [f"ledger:{OTHER.id}"]


def test_a_change_of_an_import_is_left_alone(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "changes.csv").write_text("change_id,at,product_id,what\nc1,2026-09-01T08:00:00Z,A1,title\n")
    shop.import_files([tmp_path / "changes.csv"])
    do(shop)
    shop.actions.undo(STEP.id, by="bo")
    assert keys(shop) == ["c1"]


@pytest.mark.parametrize("verb", ["done", "undo"])
def test_a_process_that_dies_between_ledger_and_warehouse_is_healed_on_the_next_day(
    folder: Path, days: Days, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    with opened(folder, days) as shop:
        shop.ledger.propose([STEP])
        shop.actions.approve(STEP.id, by="ann")
        if verb == "undo":
            shop.actions.done(STEP.id, by="bo")

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with opened(folder, days) as shop:
        monkeypatch.setattr(feed, "_mend", dies)
        with pytest.raises(KeyboardInterrupt):
            getattr(shop.actions, verb)(STEP.id, by="bo")
        monkeypatch.undo()
    with opened(folder, days) as shop:
        assert shop.ledger.entry(STEP.id).state == ("done" if verb == "done" else "approved")
        assert keys(shop) == ([f"ledger:{STEP.id}"] if verb == "done" else [])
        assert shop.notes == []


def test_a_process_that_dies_before_it_noted_what_it_fed_feeds_nothing_twice(
    folder: Path, days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with opened(folder, days) as shop:
        shop.ledger.propose([STEP])
        shop.actions.approve(STEP.id, by="ann")
        monkeypatch.setattr(feed, "_mark", dies)
        with pytest.raises(KeyboardInterrupt):
            shop.actions.done(STEP.id, by="bo")
        monkeypatch.undo()
        batches = len(shop.imports())
    with opened(folder, days) as shop:
        assert shop.meet() == []
        assert keys(shop) == [f"ledger:{STEP.id}"]
        assert len(shop.imports()) == batches


def test_an_undone_import_of_the_ledgers_own_comes_back(folder: Path, days: Days) -> None:
    with opened(folder, days) as shop:
        do(shop)
        shop.undo(shop.imports()[-1].id)
        assert changes(shop) == []
    with opened(folder, days) as shop:
        assert noticed(shop) == []
        assert keys(shop) == [f"ledger:{STEP.id}"]


def test_a_warehouse_put_back_from_an_earlier_day_gets_its_changes_again_and_names_the_missing_imports(
    folder: Path, days: Days, tmp_path: Path
) -> None:
    shutil.copy(folder / "warehouse.duckdb", tmp_path / "earlier.duckdb")
    with opened(folder, days) as shop:
        do(shop)
        (tmp_path / "more.csv").write_text("Invoice,Date,Item,Qty,Price\n3,2026-09-03,A1,1,100.00\n")
        shop.import_files([tmp_path / "more.csv"])
        shop.meet()
    shutil.copy(tmp_path / "earlier.duckdb", folder / "warehouse.duckdb")
    with opened(folder, days) as shop:
        assert noticed(shop) == ["warehouse_older"]
        assert dict(shop.notes[0].params) == {"has": "0001", "first": "0002", "last": "0003"}
        assert keys(shop) == [f"ledger:{STEP.id}"]
    with opened(folder, days) as shop:
        assert noticed(shop) == []


def test_a_ledger_put_back_from_an_earlier_day_learns_what_was_done_since(
    folder: Path, days: Days, tmp_path: Path
) -> None:
    with opened(folder, days) as shop:
        shop.ledger.propose([STEP])
        shop.meet()
        shop.ledger.database.copy_to(tmp_path / "earlier.sqlite")
        do(shop)
        do(shop, OTHER)
        before = {entry.id: (entry.done_on, entry.stop_on, entry.read_on) for entry in shop.ledger.entries()}
        log = changes(shop)
    for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "earlier.sqlite", folder / FILE)
    with opened(folder, days) as shop:
        assert noticed(shop) == ["ledger_older", "found"]
        older, found = shop.notes
        assert (older.params["last"], older.params["seen"]) == (1, 6)
        assert set(found.params["ids"].split(", ")) == {STEP.id, OTHER.id}
        entries = {entry.id: entry for entry in shop.ledger.entries()}
        assert {name: (e.done_on, e.stop_on, e.read_on) for name, e in entries.items()} == before
        assert entries[OTHER.id].action == OTHER
        assert entries[STEP.id].by == "bo"
        assert changes(shop) == log
    with opened(folder, days) as shop:
        assert noticed(shop) == []


def test_a_ledger_that_is_gone_is_missed(folder: Path, days: Days) -> None:
    with opened(folder, days) as shop:
        do(shop)
    (folder / FILE).unlink()
    with opened(folder, days) as shop, pytest.raises(WorkspaceError) as refused:
        shop.actions.list()
    assert refused.value.code == "ledger.missing"
    assert not (folder / FILE).exists()


def test_a_new_ledger_may_be_begun_and_learns_what_was_done(folder: Path, days: Days) -> None:
    with opened(folder, days) as shop:
        do(shop)
        log = changes(shop)
    (folder / FILE).unlink()
    with opened(folder, days) as shop:
        assert [note.key for note in shop.actions.adopt()] == ["ledger.note.ledger_older", "ledger.note.found"]
        assert shop.actions.show(STEP.id).state == "done"
        assert changes(shop) == log
    with opened(folder, days) as shop:
        assert noticed(shop) == []


def test_the_ledger_of_another_workspace_is_refused(folder: Path, days: Days, tmp_path: Path) -> None:
    with Shop.create(tmp_path / "silk", Config("Silk", "CNY", "Asia/Shanghai", "en")) as other:
        other.meet()
    with opened(folder, days) as shop:
        do(shop)
    before = (folder / "warehouse.duckdb").read_bytes()
    shutil.copy(tmp_path / "silk" / FILE, folder / FILE)
    with opened(folder, days) as shop, pytest.raises(WorkspaceError) as refused:
        shop.actions.list()
    assert refused.value.code == "ledger.foreign"
    assert (folder / "warehouse.duckdb").read_bytes() == before


def test_a_workspace_of_before_the_ledger_gets_one(folder: Path, days: Days) -> None:
    (folder / FILE).unlink()
    with opened(folder, days) as shop:
        assert shop.actions.list() == []
        assert noticed(shop) == []


def test_changes_of_another_shops_ledger_that_were_imported_stay(folder: Path, days: Days, tmp_path: Path) -> None:
    with opened(folder, days) as shop:
        do(shop)
        shop.export(tmp_path / "out")
    with Shop.create(tmp_path / "copy", Config("Copy", "CNY", "Asia/Shanghai", "en")) as copy:
        copy.import_files([tmp_path / "out"])
        assert copy.actions.list() == []
        assert keys(copy) == [f"ledger:{STEP.id}"]


def test_an_outcome_leaves_the_change_log_as_it_is(shop: Shop, days: Days) -> None:
    do(shop)
    log = changes(shop)
    read = Outcome(STEP.id, "unmeasurable", None, "contribution_profit", None, None, None, days.today, "none")
    shop.ledger.measured([read])
    shop.meet()
    assert changes(shop) == log


def test_what_a_person_states_again_a_second_later_holds(shop: Shop, days: Days) -> None:
    for text in ("courier strike", "courier strike, two days"):
        shop.actions.annotate("2026-09-01", text)
        days.pass_by(1 / 86400)
    rows = shop.warehouse.run(shop.warehouse.table("annotations"))
    assert rows["text"].to_list() == ["courier strike, two days"]

"""Whatever happens in the middle of an import, the warehouse is the old one or the new one, and the error says what to do."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from drawn.readings import LONDON, exported, read_back, reading
from zhanggui.errors import Busy, WorkspaceError
from zhanggui.store import Warehouse

TESTS = str(Path(__file__).parents[1])
LOADING = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from drawn.readings import LONDON, read_back
from zhanggui.errors import WorkspaceError
from zhanggui.store import Warehouse
folder, more = Path(sys.argv[1]), Path(sys.argv[3])
with Warehouse.open(folder, LONDON) as shop:
    if len(sys.argv) > 4:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), int(sys.argv[4])))
    print("open", flush=True)
    try:
        shop.load(read_back(more))
    except WorkspaceError as error:
        print(error.code, flush=True)
        raise SystemExit(2)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        raise SystemExit(130)
print("done", flush=True)
"""


def orders(count: int, city: str = "Leeds") -> dict[str, Any]:
    many = [
        {"order_id": str(n), "created_at": "2024-01-01", "city": f"{city} {n}", "goods_amount": "3"}
        for n in range(count)
    ]
    lines = [
        {"order_id": str(n), "line_id": "1", "product_id": f"p{n}", "quantity": "1", "unit_price": "3"}
        for n in range(count)
    ]
    return {"orders": many, "order_lines": lines}


@pytest.fixture
def old_and_more(tmp_path: Path) -> tuple[Path, Path, dict[str, bytes]]:
    """A shop with some orders, a folder with more, and the export of the shop as it is."""
    more = tmp_path / "more"
    Warehouse.create(tmp_path / "other", LONDON)
    with Warehouse.open(tmp_path / "other", LONDON) as other:
        other.load([reading(orders(20_000, "York"))])
        other.export(more)
    Warehouse.create(tmp_path / "shop", LONDON)
    with Warehouse.open(tmp_path / "shop", LONDON) as shop:
        shop.load([reading(orders(200))])
        before = exported(shop, tmp_path / "before")
    return tmp_path / "shop", more, before


def start(shop: Path, more: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", LOADING, str(shop), TESTS, str(more), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def kill_at_random_moments(old_and_more: tuple[Path, Path, dict[str, bytes]], tmp_path: Path, times: int) -> None:
    folder, more, before = old_and_more
    with Warehouse.open(folder, LONDON) as shop:
        began = time.perf_counter()
        batch = shop.load(read_back(more)).batch
        seconds = time.perf_counter() - began
        after = exported(shop, tmp_path / "after")
        shop.undo(batch)
        assert exported(shop, tmp_path / "undone") == before
    moments = random.Random(7)
    for _ in range(times):
        process = start(folder, more)
        time.sleep(moments.uniform(0, seconds * 1.2))
        process.kill()
        process.communicate()
        with Warehouse.open(folder, LONDON) as shop:
            now = exported(shop, tmp_path / "now")
            assert now in (before, after)
            if now == after:
                shop.undo(shop.batches()[-1].id)


def test_a_killed_import_leaves_the_old_state_or_the_new_one(old_and_more: Any, tmp_path: Path) -> None:
    kill_at_random_moments(old_and_more, tmp_path, 3)


@pytest.mark.prove
def test_fifty_killed_imports_leave_the_old_state_or_the_new_one(old_and_more: Any, tmp_path: Path) -> None:
    kill_at_random_moments(old_and_more, tmp_path, 50)


def test_ctrl_c_in_the_middle_leaves_everything_as_it_was(old_and_more: Any, tmp_path: Path) -> None:
    folder, more, before = old_and_more
    process = start(folder, more)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said, trouble = process.communicate()
    assert process.returncode in (130, -signal.SIGINT), trouble
    with Warehouse.open(folder, LONDON) as shop:
        assert exported(shop, tmp_path / "now") == before
    assert "done" not in said


def test_a_full_disk_changes_nothing_and_says_so(old_and_more: Any, tmp_path: Path) -> None:
    folder, more, before = old_and_more
    size = (folder / "warehouse.duckdb").stat().st_size
    process = start(folder, more, str(size))
    said, trouble = process.communicate()
    assert (process.returncode, said) == (2, "store.no_space\n"), trouble
    with Warehouse.open(folder, LONDON) as shop:
        assert exported(shop, tmp_path / "now") == before


def test_two_at_once_the_second_waits_and_then_says_who_holds_it(old_and_more: Any) -> None:
    folder, _, _ = old_and_more
    program = f"import duckdb, time; c = duckdb.connect({str(folder / 'warehouse.duckdb')!r}); print('open', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        began = time.monotonic()
        with pytest.raises(Busy) as caught:
            Warehouse.open(folder, LONDON, wait_seconds=0.5)
        assert time.monotonic() - began >= 0.5
        assert caught.value.params["pid"] == str(holder.pid)
    finally:
        holder.kill()
        holder.wait()
    Warehouse.open(folder, LONDON, wait_seconds=5).close()


def test_a_workspace_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    Warehouse.create(tmp_path / "shop", LONDON)
    connection = duckdb.connect(str(tmp_path / "shop" / "warehouse.duckdb"))
    connection.execute("UPDATE meta SET value = '99' WHERE name = 'format'")
    connection.close()
    with pytest.raises(WorkspaceError) as caught:
        Warehouse.open(tmp_path / "shop", LONDON)
    assert (caught.value.code, caught.value.params["found"]) == ("store.newer_version", 99)


@pytest.mark.parametrize(
    ("text", "code"), [(None, "key_missing"), ("00" * 32, "key_wrong"), ("not a key", "key_wrong")]
)
def test_without_the_right_key_nothing_is_imported_but_all_can_be_read(
    shop: Warehouse, text: str | None, code: str
) -> None:
    key = shop.folder / "key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    if text is not None:
        key.write_text(text)
    for buyer in ({"_identity": "anna@example.com"}, {}):
        with pytest.raises(WorkspaceError) as caught:
            shop.load([reading({"orders": [{"order_id": "1"} | buyer]})])
        assert caught.value.code == f"store.{code}"
        assert shop.rows()["orders"] == 0


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(WorkspaceError) as caught:
        Warehouse.create(tmp_path / "file" / "shop", LONDON)
    assert caught.value.code == "store.not_writable"
    with pytest.raises(WorkspaceError) as caught:
        Warehouse.create(Path("/proc/zhanggui"), LONDON)
    assert caught.value.code == "store.not_writable"


def test_a_folder_without_a_warehouse_and_one_that_has_one(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError) as caught:
        Warehouse.open(tmp_path, LONDON)
    assert caught.value.code == "store.no_warehouse"
    Warehouse.create(tmp_path, LONDON)
    with pytest.raises(WorkspaceError) as caught:
        Warehouse.create(tmp_path, LONDON)
    assert caught.value.code == "store.exists"


def test_a_warehouse_opened_for_reading_is_not_written(tmp_path: Path) -> None:
    Warehouse.create(tmp_path, LONDON)
    with Warehouse.open(tmp_path, LONDON, read_only=True) as shop:
        assert shop.rows()["orders"] == 0
        for write in (lambda: shop.load([]), lambda: shop.undo("0001")):
            with pytest.raises(WorkspaceError) as caught:
                write()
            assert caught.value.code == "store.opened_read_only"


def test_a_torn_warehouse_file_is_named(tmp_path: Path) -> None:
    Warehouse.create(tmp_path, LONDON)
    os.truncate(tmp_path / "warehouse.duckdb", 5000)
    with pytest.raises(WorkspaceError) as caught:
        Warehouse.open(tmp_path, LONDON)
    assert caught.value.code == "store.unreadable"

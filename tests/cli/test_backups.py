"""A whole workspace in one file, and back: nothing is lost on either way, and nothing is put back that is not whole."""

from __future__ import annotations

import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

Run = Callable[..., "Said"]  # noqa: F821
YESTERDAY = (date.today() - timedelta(days=1)).isoformat()
CHANGED = ("add", "change_title", "product_id=Cup", "--text", "clearer", "--on", YESTERDAY)


def exported(run: Run, shop: Path, folder: Path) -> dict[str, bytes]:
    assert run("export", folder, "--shop", shop).code == 0
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


@pytest.fixture
def kept(run: Run, stocked: Path, tmp_path: Path) -> Path:
    """A backup of a shop with one action done."""
    run("actions", *CHANGED, "--shop", stocked)
    run("costs", "set", "goods", "*", "0.4", "--shop", stocked)
    said = run("backup", tmp_path / "kept.zip", "--shop", stocked)
    assert said.code == 0, said.err
    return tmp_path / "kept.zip"


def test_a_backup_put_back_elsewhere_is_the_same_shop(run: Run, stocked: Path, kept: Path, tmp_path: Path) -> None:
    said = run("restore", kept, "--shop", tmp_path / "new")
    assert said.code == 0, said.err
    assert exported(run, tmp_path / "new", tmp_path / "b") == exported(run, stocked, tmp_path / "a")
    for name in ("key", "costs.toml", "zhanggui.toml"):
        assert (tmp_path / "new" / name).read_bytes() == (stocked / name).read_bytes()
    listed = [json.loads(run("actions", "--json", "--shop", shop).out) for shop in (stocked, tmp_path / "new")]
    assert listed[0] == listed[1]
    assert not run("actions", "--shop", tmp_path / "new").err


def test_a_backup_holds_the_key_and_is_for_its_owner_only(run: Run, kept: Path, tmp_path: Path) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    run("restore", kept, "--shop", tmp_path / "new")
    assert stat.S_IMODE((tmp_path / "new" / "key").stat().st_mode) == 0o600


def test_what_was_there_is_moved_aside_and_can_be_put_back(run: Run, stocked: Path, kept: Path, tmp_path: Path) -> None:
    run("actions", "add", "change_image", "product_id=Pot", "--text", "later", "--shop", stocked)
    later = (stocked / "ledger.sqlite").read_bytes()
    said = run("restore", kept, "--shop", stocked, "--json")
    replaced = Path(json.loads(said.out)["replaced"])
    assert (replaced / "ledger.sqlite").read_bytes() == later
    assert len(json.loads(run("actions", "--json", "--shop", stocked).out)["actions"]) == 1


def test_a_broken_warehouse_is_no_reason_not_to_put_a_whole_one_back(run: Run, stocked: Path, kept: Path) -> None:
    (stocked / "warehouse.duckdb").write_bytes(b"ruined")
    assert run("imports", "--shop", stocked).code == 2
    assert run("restore", kept, "--shop", stocked).code == 0
    assert run("imports", "--shop", stocked).code == 0


def test_a_backup_made_again_replaces_the_old_one_only_when_it_is_whole(
    run: Run, stocked: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhanggui.app import backups

    def breaks(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = kept.read_bytes()
    monkeypatch.setattr(backups, "_pack", breaks)
    said = run("backup", kept, "--shop", stocked)
    assert (said.code, "No space left" in said.err) == (2, True)
    assert kept.read_bytes() == before
    assert [path.name for path in kept.parent.iterdir() if path.name.startswith(".zhanggui")] == []


def broken_cut(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes()[:-4000])


def broken_other(kept: Path) -> None:
    with zipfile.ZipFile(kept, "w") as packed:
        packed.writestr("photo.txt", "a holiday")


def broken_text(kept: Path) -> None:
    kept.write_text("a holiday", encoding="utf-8")


def rewritten(kept: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> None:
    with zipfile.ZipFile(kept) as packed:
        held = [(name, packed.read(name)) for name in packed.namelist()]
    with zipfile.ZipFile(kept, "w") as packed:
        for name, content in held:
            made = change(name, content)
            if made is not None:
                packed.writestr(*made)


def broken_missing(kept: Path) -> None:
    rewritten(kept, lambda name, content: None if name == "ledger.sqlite" else (name, content))


def broken_swapped(kept: Path) -> None:
    rewritten(kept, lambda name, content: (name, b"0" * 64 if name == "key" else content))


def broken_newer(kept: Path) -> None:
    def newer(name: str, content: bytes) -> tuple[str, bytes]:
        told = content.replace(b'"format": 1', b'"format": 99') if name == "backup.json" else content
        return name, told

    rewritten(kept, newer)


def broken_outside(kept: Path) -> None:
    def outside(name: str, content: bytes) -> tuple[str, bytes]:
        told = content.replace(b'"key"', b'"../../key"') if name == "backup.json" else content
        return ("../../key" if name == "key" else name), told

    rewritten(kept, outside)


@pytest.mark.parametrize(
    "breaks",
    [broken_cut, broken_other, broken_text, broken_missing, broken_swapped, broken_newer, broken_outside, None],
)
def test_what_is_no_whole_backup_changes_nothing(
    run: Run, stocked: Path, kept: Path, tmp_path: Path, breaks: Callable[[Path], None] | None
) -> None:
    file = shutil.copy(kept, tmp_path / "given.zip")
    if breaks is None:
        Path(file).unlink()
    else:
        breaks(Path(file))
    before = {path.name: path.read_bytes() for path in stocked.iterdir() if path.is_file()}
    said = run("restore", file, "--shop", stocked)
    assert (said.code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
    assert {path.name: path.read_bytes() for path in stocked.iterdir() if path.is_file()} == before
    assert [path.name for path in stocked.iterdir() if path.name.startswith(".zhanggui")] == []


def test_a_ledger_put_back_without_its_warehouse_is_noticed_precisely(
    run: Run, stocked: Path, kept: Path, tmp_path: Path
) -> None:
    run("actions", "add", "change_image", "product_id=Pot", "--on", YESTERDAY, "--by", "bo", "--shop", stocked)
    run("restore", kept, "--shop", tmp_path / "old")
    shutil.copy(tmp_path / "old" / "ledger.sqlite", stocked / "ledger.sqlite")
    said = run("actions", "--json", "--shop", stocked)
    assert "ends at entry 3" in said.err
    assert "entry 6" in said.err
    assert "1 done action was found" in said.err
    assert [entry["state"] for entry in json.loads(said.out)["actions"]] == ["done", "done"]

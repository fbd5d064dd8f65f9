"""Everything of a workspace in one file, and back: the warehouse first, then the ledger, then the key.

The ledger is copied after the warehouse, so it may know more: what it knows beyond is fed again when the two meet.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from zhanggui import config as settings
from zhanggui.app.shop import RESTORING
from zhanggui.errors import BadFile, Busy, UserError, WorkspaceError

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop

FORMAT = 1
"""Grows when a backup written by this version cannot be put back by the one before."""
WAREHOUSE, LEDGER, KEY = "warehouse.duckdb", "ledger.sqlite", "key"
BESIDE = (settings.FILE, "costs.toml", "said.json", "practice.json", "demo.json")
"""What else a workspace has: what its owner set, what was said, and the days of a shop that lives days of its own."""
FOLDERS = ("rejects",)
MANIFEST = "backup.json"
NEEDED = (WAREHOUSE, LEDGER, KEY, settings.FILE)
REPLACED = "replaced"
EXCHANGED = (WAREHOUSE, f"{WAREHOUSE}.wal", LEDGER, f"{LEDGER}-wal", f"{LEDGER}-shm", KEY, *BESIDE, *FOLDERS)
"""What a backup takes the place of, in this order; the warehouse first: as long as it waits, nothing was moved in."""
PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: when it was made (UTC), of which shop, how many bytes it is, and its files."""

    file: Path
    shop: str
    made_at: datetime
    size: int
    files: tuple[str, ...]
    replaced: Path | None = None  # where a restore put what was there before


def back_up(shop: Shop, file: Path) -> Backup:
    """Write everything of an open workspace to ``file``. What is there already stays until the new one is whole.

    Raises WorkspaceError where it cannot be written.
    """
    made_at = datetime.now(UTC).replace(microsecond=0)
    with _scratch(file.parent, file) as scratch:
        shop.warehouse.copy_to(scratch / WAREHOUSE)
        shop.ledger.database.copy_to(scratch / LEDGER)
        for name in (KEY, *BESIDE):
            if (shop.folder / name).is_file():
                shutil.copyfile(shop.folder / name, scratch / name)
        for name in FOLDERS:
            if (shop.folder / name).is_dir():
                shutil.copytree(shop.folder / name, scratch / name)
        files = {path.relative_to(scratch).as_posix(): _sha256(path) for path in _files(scratch)}
        told = {"format": FORMAT, "shop": shop.config.name, "made_at": made_at.isoformat(), "files": files}
        whole = scratch / "whole.zip"
        _pack(scratch, files, told, whole)
        os.chmod(whole, 0o600)  # the key is in it
        os.replace(whole, file)
    return Backup(file, shop.config.name, made_at, file.stat().st_size, tuple(files))


def restore(file: Path, folder: Path) -> Backup:
    """Put a backup back into ``folder``. What was there is moved to ``folder/replaced/<time>``; nothing is deleted.

    Raises BadFile for what is no backup, is broken, or of a newer version; the workspace is then as it was.
    """
    told = _checked(file)
    finish(folder)
    with _scratch(folder, file) as scratch:
        with zipfile.ZipFile(file) as packed:
            for name in told["files"]:
                packed.extract(name, scratch)
        wrong = [name for name, known in told["files"].items() if _sha256(scratch / name) != known]
        if wrong:
            raise BadFile("ledger.backup_broken", file=str(file), reason=wrong[0])
        _check_opens(scratch)
        _settled(folder)
        replaced = _begin(scratch, folder)
        finish(folder)
    made_at = datetime.fromisoformat(told["made_at"])
    return Backup(file, str(told["shop"]), made_at, file.stat().st_size, tuple(told["files"]), replaced)


def _pack(scratch: Path, files: Mapping[str, str], told: Mapping[str, Any], whole: Path) -> None:
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr(MANIFEST, json.dumps(told, ensure_ascii=False, indent=1))
        for name in files:
            packed.write(scratch / name, name)


def _checked(file: Path) -> dict[str, Any]:
    """The backup's own list, of names that a backup may hold."""
    try:
        with zipfile.ZipFile(file) as packed:
            told: dict[str, Any] = json.loads(packed.read(MANIFEST))
            broken = packed.testzip()
            held = set(packed.namelist())
    except FileNotFoundError:
        raise BadFile("ledger.no_backup_there", file=str(file)) from None
    except (OSError, EOFError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise BadFile("ledger.no_backup", file=str(file), reason=str(error)) from None
    found = told.get("format") if isinstance(told, dict) else None
    if not isinstance(found, int):
        raise BadFile("ledger.no_backup", file=str(file), reason=MANIFEST)
    if found > FORMAT:
        raise BadFile("ledger.newer_backup", file=str(file), found=found, known=FORMAT)
    files = told.get("files", {})
    missing = [name for name in (*NEEDED, *files) if name not in held or name not in files]
    strange = [name for name in files if not _known(name)]
    if broken or missing or strange:
        raise BadFile("ledger.backup_broken", file=str(file), reason=broken or (missing or strange)[0])
    return told


def _known(name: str) -> bool:
    parts = PurePosixPath(name).parts
    if name in (WAREHOUSE, LEDGER, KEY, *BESIDE):
        return True
    return len(parts) > 1 and parts[0] in FOLDERS and ".." not in parts and "\\" not in name


def _check_opens(scratch: Path) -> None:
    """Raises WorkspaceError where what was unpacked is no workspace this version opens."""
    from zhanggui.state.database import Database
    from zhanggui.store import Warehouse

    config = settings.load(scratch)
    Warehouse.open(scratch, config, read_only=True).close()
    Database.open(scratch).close()


def _begin(scratch: Path, folder: Path) -> Path | None:
    """Note what is to be exchanged, so that it is finished whatever happens; gives where what is there goes, None where nothing is."""
    there = any((folder / name).exists() for name in EXCHANGED)
    replaced = folder / REPLACED / f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    whole = scratch.rename(folder / f".restoring-{replaced.name}")
    told = {"whole": whole.name, "replaced": replaced.relative_to(folder).as_posix()}
    draft = folder / f"{RESTORING}.tmp"
    draft.write_text(json.dumps(told), encoding="utf-8")
    os.replace(draft, folder / RESTORING)
    return replaced if there else None


def finish(folder: Path) -> None:
    """Finish an exchange that was begun: by this process, or by one that was killed in it. First everything that was there is moved aside,
    file by file, then what the backup has is moved in: it does not matter after which file the other one died."""
    note = folder / RESTORING
    if not note.is_file():
        return
    told = json.loads(note.read_text(encoding="utf-8"))
    whole, replaced = folder / told["whole"], folder / told["replaced"]
    if (whole / WAREHOUSE).exists():
        for name in EXCHANGED:
            if (folder / name).exists():
                replaced.mkdir(parents=True, exist_ok=True)
                os.replace(folder / name, replaced / name)
    for name in EXCHANGED:
        if (whole / name).exists():
            os.replace(whole / name, folder / name)
    os.chmod(folder / KEY, 0o600)
    note.unlink()
    shutil.rmtree(whole, ignore_errors=True)


def _settled(folder: Path) -> None:
    """Let the warehouse that is there write what waits to be written. Raises Busy where another process holds it; one that cannot be
    opened, which is why a backup is put back, is moved aside as it is."""
    from zhanggui.store import Warehouse

    try:
        Warehouse.open(folder, settings.load(folder)).close()
    except Busy:
        raise
    except UserError:
        return


@contextmanager
def _scratch(folder: Path, file: Path) -> Iterator[Path]:
    """A folder beside the goal, so that the last step is a rename; gone afterwards, whatever happens."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".zhanggui-", dir=folder) as made:
            yield Path(made)
    except OSError as error:
        raise WorkspaceError("ledger.not_backed_up", file=str(file), reason=error.strerror or str(error)) from None


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

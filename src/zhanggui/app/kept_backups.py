"""Backups that a desk made, kept in the workspace until they are taken away: for whoever has no other way to the machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhanggui.app.backups import Backup
    from zhanggui.app.shop import Shop

FOLDER = ".backups"
KEPT = 3
"""So many are kept; the oldest goes when another is made. They lie beside what they save: take them elsewhere."""
_NAME = re.compile(r"\d{8}T\d{6}\.zip")


@dataclass(frozen=True, slots=True)
class Kept:
    """One of them: when it was made (UTC) and how many bytes it is."""

    name: str
    made_at: datetime
    size: int


def kept(folder: Path) -> Sequence[Kept]:
    """Those of a workspace, the latest first."""
    files = [path for path in (folder / FOLDER).glob("*.zip") if _NAME.fullmatch(path.name)]
    return [_told(path) for path in sorted(files, reverse=True)]


def make(shop: Shop) -> Backup:
    """Make one more. Raises WorkspaceError where it cannot be written."""
    place = shop.folder / FOLDER
    place.mkdir(mode=0o700, exist_ok=True)
    made = shop.back_up(place / f"{datetime.now(UTC):%Y%m%dT%H%M%S}.zip")
    for old in kept(shop.folder)[KEPT:]:
        (place / old.name).unlink(missing_ok=True)
    return made


def find(folder: Path, name: str) -> Path | None:
    """The file of one; None for a name that is none of them."""
    path = folder / FOLDER / name
    return path if _NAME.fullmatch(name) and path.is_file() else None


def remove(folder: Path, name: str) -> bool:
    """Take one away; whether it was there."""
    path = find(folder, name)
    if path is not None:
        path.unlink()
    return path is not None


def _told(path: Path) -> Kept:
    made_at = datetime.strptime(path.stem, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return Kept(path.name, made_at, path.stat().st_size)

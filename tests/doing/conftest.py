"""A workspace beside a django-oscar database that it may write to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from drawn.ledgers import Days
from drawn.oscar_tables import OscarFile
from zhanggui.app import Shop
from zhanggui.config import Config

SETTINGS = """
[sync.tea]
kind = "django_oscar"
url = "sqlite:///tea.sqlite"
writes = "yes"
"""


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace beside a django-oscar database, synced once."""
    folder = tmp_path_factory.mktemp("doing") / "tea"
    Shop.create(folder, Config("Tea", "CNY", "Asia/Shanghai", "en")).close()
    OscarFile.drawn(folder / "tea.sqlite")
    with (folder / "zhanggui.toml").open("a") as file:
        file.write(SETTINGS)
    with Shop.open(folder, Days().clock) as shop:
        shop.live.sync("tea")
    return folder


@pytest.fixture
def folder(connected: Path, tmp_path: Path) -> Path:
    there: Path = shutil.copytree(connected, tmp_path / "tea")
    return there


@pytest.fixture
def tea(folder: Path) -> OscarFile:
    return OscarFile(folder / "tea.sqlite")


@pytest.fixture
def shop(folder: Path) -> Iterator[Shop]:
    with Shop.open(folder, Days().clock) as there:
        yield there

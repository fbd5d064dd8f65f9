"""A small shop on disk, and the command line called as the program calls itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from zhanggui.app import Shop
from zhanggui.cli import main
from zhanggui.config import Config

LINES = "Invoice,Date,Item,Qty,Price,Customer,Country\n"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Runs ``zhanggui ARGS`` in this process; English unless the test says otherwise."""
    for name in ("ZHANGGUI_LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")

    def called(*args: object) -> Said:
        capfd.readouterr()
        code = main([str(arg) for arg in args])
        out, err = capfd.readouterr()
        return Said(code, out, err)

    return called


@pytest.fixture
def shop(tmp_path: Path, run: Callable[..., Said]) -> Path:
    folder = tmp_path / "tea"
    assert (
        run("init", folder, "--name", "Tea", "--currency", "GBP", "--timezone", "Europe/London", "--locale", "en").code
        == 0
    )
    return folder


def order_lines(days: int = 40, per_day: int = 3) -> str:
    rows = []
    for day in range(days):
        on = date(2026, 8, 1) + timedelta(days=day)
        for n in range(per_day):
            item, price = (("Cup", "5.00"), ("Pot", "12.50"), ("Tray", "8.00"))[(day + n) % 3]
            country = ("France", "Spain")[n % 2]
            rows.append(
                f"{1000 + day * per_day + n},{on} 1{n}:00,{item},{1 + n % 2},{price},c{(day * 7 + n) % 11},{country}"
            )
    return LINES + "\n".join(rows) + "\n"


@pytest.fixture
def lines_file(tmp_path: Path) -> Path:
    file = tmp_path / "lines.csv"
    file.write_text(order_lines(), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def stocked_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stocked")
    file = folder / "lines.csv"
    file.write_text(order_lines(), encoding="utf-8")
    shop = Shop.create(folder / "tea", Config("Tea", "GBP", "Europe/London", "en", {"count_ahead": 0}))
    with shop:
        assert not shop.import_files([file]).rejected
    return folder / "tea"


@pytest.fixture
def stocked(stocked_once: Path, tmp_path: Path) -> Path:
    """A workspace with 120 orders of forty days."""
    return shutil.copytree(stocked_once, tmp_path / "stocked")

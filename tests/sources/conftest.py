"""Files drawn for one test, and readings of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from zhanggui import sources
from zhanggui.config import Config
from zhanggui.store import Warehouse
from zhanggui.tables.loading import Options, Reading

SAMPLES = Path(__file__).parent.parent / "samples"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a text (or bytes) to a file of the test's folder."""

    def _write(name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return _write


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows of cells as a workbook."""

    def _book(name: str, rows: Sequence[Sequence[Any]]) -> Path:
        workbook = openpyxl.Workbook()
        for row in rows:
            workbook.active.append(list(row))
        path = tmp_path / name
        workbook.save(path)
        return path

    return _book


@pytest.fixture
def read() -> Callable[..., list[Reading]]:
    """Reads paths as the import does."""

    def _read(*paths: Path, source: str | None = None, **options: Any) -> list[Reading]:
        return sources.read(list(paths), Options(**options), source)

    return _read


@pytest.fixture
def rows() -> Callable[..., list[dict[str, Any]]]:
    """The rows of one canonical table in readings, as dictionaries."""

    def _rows(readings: Sequence[Reading], table: str) -> list[dict[str, Any]]:
        frames = [piece.rows for reading in readings for piece in reading.pieces if piece.table == table]
        return [row for frame in frames if isinstance(frame, pl.DataFrame) for row in frame.rows(named=True)]

    return _rows


@pytest.fixture
def samples() -> Path:
    """The folder of synthetic samples."""
    return SAMPLES


@pytest.fixture
def exported(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Imports batches of files into a new shop (all with one key) and gives its canonical export, text by file name."""
    config = Config(currency="GBP", timezone="Europe/London")
    Warehouse.create(tmp_path / "empty", config)
    made: list[Path] = []

    def _exported(*batches: Sequence[Path], source: str | None = None) -> dict[str, str]:
        folder = tmp_path / f"shop{len(made)}"
        made.append(folder)
        shutil.copytree(tmp_path / "empty", folder)
        with Warehouse.open(folder, config) as warehouse:
            for paths in batches:
                options = Options(currency=config.currency, timezone=config.timezone)
                warehouse.load(sources.read(list(paths), options, source))
            files = warehouse.export(folder / "out")
        return {file.name: file.read_text(encoding="utf-8") for file in files}

    return _exported

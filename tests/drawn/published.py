"""Published data sets that may not be passed on: the folder ``ZHANGGUI_DATA`` names holds one folder for each."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def data(name: str) -> Path:
    """The folder of one data set. Fails, and says what is missing, where it is not there."""
    folder = os.environ.get("ZHANGGUI_DATA")
    if not folder:
        pytest.fail("set ZHANGGUI_DATA to the folder of the data sets")
    found = Path(folder) / name
    if not found.is_dir():
        pytest.fail(f"ZHANGGUI_DATA has no folder {name}")
    return found

"""A ledger on disk and a clock that stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drawn.ledgers import Days, opened
from zhanggui.ledger import Ledger


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
def ledger(tmp_path: Path, days: Days) -> Iterator[Ledger]:
    with opened(tmp_path, days) as book:
        yield book

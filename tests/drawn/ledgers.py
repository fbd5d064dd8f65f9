"""A ledger whose clock the test sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from zhanggui.ledger import Ledger
from zhanggui.units import Clock

MORNING = datetime(2026, 9, 15, 0, 30, tzinfo=UTC)
"""Half past eight in the morning of 15 September in Shanghai."""


@dataclass
class Days:
    """A clock that stands until it is moved."""

    now: datetime = MORNING
    zone: str = "Asia/Shanghai"
    clock: Clock = field(init=False)

    def __post_init__(self) -> None:
        told: Callable[[], datetime] = lambda: self.now  # noqa: E731
        self.clock = Clock(self.zone, told)

    @property
    def today(self) -> date:
        return self.clock.today()

    def pass_by(self, days: float) -> date:
        """Let days go by; gives the new day."""
        self.now += timedelta(days=days)
        return self.today


def opened(folder: Path, days: Days) -> Ledger:
    return Ledger.open(folder, days.clock)

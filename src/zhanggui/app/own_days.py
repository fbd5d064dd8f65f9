"""Workspaces that have days of their own: in them it is always nine in the morning after the last day that was lived."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from zhanggui.units import Clock

if TYPE_CHECKING:
    from pathlib import Path

MORNING = time(9)


def nine_on(day: date, timezone: str) -> Clock:
    """A clock that stands at nine in the morning of ``day``."""
    now = datetime.combine(day, MORNING, ZoneInfo(timezone)).astimezone(UTC)
    return Clock(timezone, lambda: now)


def own_clock(folder: Path) -> Clock | None:
    """The clock of a practice shop, or of a demo whose later days are held back; None for any other workspace."""
    from zhanggui.app.demo import clock_of as of_demo
    from zhanggui.app.practice import clock_of as of_practice

    return of_practice(folder) or of_demo(folder)

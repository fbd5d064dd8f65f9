"""What a desk that runs does by itself: the day at its hour, and what cannot wait soon after the data changed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from zhanggui.app.daily import settings_of, tell
from zhanggui.app.morning import morning_of
from zhanggui.errors import ZhangguiError

if TYPE_CHECKING:
    from zhanggui.app.desk import Desk

LOOK_MINUTES = 5
LATE_SECONDS = 12 * 3600
"""A day whose hour was slept through is told when the machine wakes, up to half a day later."""
_LOG = logging.getLogger(__name__)


@contextmanager
def running(desk: Desk) -> Iterator[Schedule]:
    """The clockwork of a desk, while this lasts."""
    schedule = Schedule(desk)
    schedule.start()
    try:
        yield schedule
    finally:
        schedule.close()


class Schedule:
    """The clockwork of a desk: nothing runs where nobody is to be told."""

    def __init__(self, desk: Desk) -> None:
        from apscheduler.schedulers.background import BackgroundScheduler

        self._desk = desk
        self._seen: object = None
        with desk.reading() as shop:
            self.settings = settings_of(shop)
            zone, now = ZoneInfo(shop.config.timezone), shop.clock.now()
        self._clockwork = BackgroundScheduler(timezone=zone)
        if not self.settings.channels:
            return
        each = {"max_instances": 1, "coalesce": True, "misfire_grace_time": LATE_SECONDS}
        soon = datetime.now(UTC) + timedelta(minutes=1)
        self._clockwork.add_job(self.look, "interval", minutes=LOOK_MINUTES, next_run_time=soon, **each)
        at = self.settings.daily_at
        if at is not None:
            self._clockwork.add_job(self.day, "cron", hour=at.hour, minute=at.minute, **each)
            if (
                now.astimezone(zone).time() > at
            ):  # the desk was opened after its hour: what was told today is not told again
                self._clockwork.add_job(self.day, "date", run_date=soon, **each)

    def start(self) -> None:
        """Begin."""
        self._clockwork.start()

    def close(self) -> None:
        """Wait for what runs, and end."""
        if self._clockwork.running:
            self._clockwork.shutdown()

    def look(self) -> None:
        """Tell what cannot wait, where the data changed since the last look."""
        with self._desk.reading() as shop:
            stand = shop.data_state
        if stand != self._seen and self._tell(only_urgent=True):
            self._seen = stand

    def day(self) -> None:
        """Tell the day."""
        self._tell(only_urgent=False)

    def _tell(self, *, only_urgent: bool) -> bool:
        try:
            made, _ = self._desk.latest(("morning", None), morning_of, wait=True)
            if made is None:
                return True
            with self._desk.writing() as shop:
                told = tell(shop, made.brief, only_urgent=only_urgent)
        except ZhangguiError as error:
            _LOG.warning("%s", error)
            return False
        for each in told:
            if each.problem:
                _LOG.warning("%s: %s", each.channel, each.problem)
        return not any(each.problem for each in told)

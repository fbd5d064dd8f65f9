"""What a desk that runs does by itself: the day at its hour, and what cannot wait soon after the data changed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from zhanggui.app.daily import settings_of, tell
from zhanggui.app.live import called
from zhanggui.app.morning import morning_of
from zhanggui.errors import ZhangguiError
from zhanggui.notify import Notify

if TYPE_CHECKING:
    from zhanggui.app.desk import Desk

LOOK_MINUTES = 5
LATE_SECONDS = 12 * 3600
"""A day whose hour was slept through is told when the machine wakes, up to half a day later."""
DAY = "day"
EACH = {"max_instances": 1, "coalesce": True, "misfire_grace_time": LATE_SECONDS}
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
    """The clockwork of a desk: where nobody is to be told, it only looks whether somebody is by now."""

    def __init__(self, desk: Desk) -> None:
        from apscheduler.schedulers.background import BackgroundScheduler

        self._desk = desk
        self._seen: object = None
        self.settings = Notify()
        with desk.reading() as shop:
            settings, self._zone, now = settings_of(shop), ZoneInfo(shop.config.timezone), shop.clock.now()
        self._clockwork = BackgroundScheduler(timezone=self._zone)
        soon = datetime.now(UTC) + timedelta(minutes=1)
        self._clockwork.add_job(self.look, "interval", minutes=LOOK_MINUTES, next_run_time=soon, **EACH)
        self._plan(settings)
        if settings.channels and settings.daily_at and now.astimezone(self._zone).time() > settings.daily_at:
            # the desk was opened after its hour: what was told today is not told again
            self._clockwork.add_job(self.day, "date", run_date=soon, **EACH)

    def _plan(self, settings: Notify) -> None:
        """Ring at the hour that the settings name."""
        self.settings, at = settings, settings.daily_at
        if self._clockwork.get_job(DAY):
            self._clockwork.remove_job(DAY)
        if settings.channels and at is not None:
            self._clockwork.add_job(self.day, "cron", hour=at.hour, minute=at.minute, id=DAY, **EACH)

    def start(self) -> None:
        """Begin."""
        self._clockwork.start()

    def close(self) -> None:
        """Wait for what runs, and end."""
        if self._clockwork.running:
            self._clockwork.shutdown()

    def look(self) -> None:
        """Tell what cannot wait, where the data changed since the last look; and take up settings that were changed."""
        try:
            with self._desk.reading() as shop:
                stand, settings = shop.data_state, settings_of(shop)
        except ZhangguiError as error:
            _LOG.warning("%s", error)
            return
        if settings != self.settings:
            self._plan(settings)
        if settings.channels and stand != self._seen and self._tell(only_urgent=True):
            self._seen = stand

    def day(self) -> None:
        """Read the live shops, then tell the day."""
        self._sync()
        self._tell(only_urgent=False)

    def _sync(self) -> None:
        with called(self._desk) as (live, shelf):
            tried = live.sync_all(shelf=shelf)
        for each in tried:
            if each.problem:
                _LOG.warning("%s: %s", each.name, each.problem)

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

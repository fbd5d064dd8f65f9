"""What was told already, by channel. A thing is claimed before it is sent, so that of two runs at once one tells it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import select

from zhanggui.state.database import Database
from zhanggui.state.notices import NoticeRow
from zhanggui.units import Clock


class Journal:
    """The journal of a workspace: a table of its ledger file."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def claim(self, channel: str, keys: Sequence[str], *, once: str = "") -> list[str]:
        """Those of ``keys`` that were not told on this channel yet; they are this caller's to tell. ``once`` is claimed with them: where
        it is taken already there is nothing to tell."""
        if not keys:
            return []
        with self._database.writing() as session:
            rows = session.scalars(
                select(NoticeRow).where(NoticeRow.channel == channel, NoticeRow.key.in_([*keys, once]))
            )
            known = {row.key: row for row in rows}
            taken = {key for key, row in known.items() if row.state != "failed"}
            fresh = [key for key in dict.fromkeys(keys) if key not in taken]
            if once in taken or not fresh:
                return []
            for key in [*fresh, *([once] if once else [])]:
                row = known.get(key)
                if row is None:
                    session.add(NoticeRow(channel=channel, key=key, state="sending", at=self._now()))
                else:
                    row.state, row.at = "sending", self._now()
            return fresh

    def settle(self, channel: str, keys: Iterable[str], state: Literal["sent", "failed"]) -> None:
        """Note what became of what was claimed."""
        with self._database.writing() as session:
            for row in session.scalars(
                select(NoticeRow).where(NoticeRow.channel == channel, NoticeRow.key.in_([*keys]))
            ):
                row.state, row.at = state, self._now()

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC).replace(tzinfo=None)

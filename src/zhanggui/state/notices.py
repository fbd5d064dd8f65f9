"""The table of what was told to whom: nothing is told twice. Instants are naive UTC."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from zhanggui.state.base import Base


class NoticeRow(Base):
    """One thing told on one channel. ``state`` is ``sending`` until the channel took it (``sent``) or did not (``failed``: it is tried
    again). What was being sent when the program died stays ``sending`` and is not repeated."""

    __tablename__ = "notices"

    channel: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    at: Mapped[datetime]

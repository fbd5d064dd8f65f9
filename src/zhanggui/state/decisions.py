"""The tables of the ledger: actions, what was decided about them, and what surrounds them. Only added to, never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from zhanggui.state.base import Base


class ActionRow(Base):
    """One round of an action: ``id`` is ``base`` in the first round and ``base-2`` in the second."""

    __tablename__ = "actions"
    __table_args__ = (UniqueConstraint("base", "round"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    base: Mapped[str]
    round: Mapped[int]


class EventRow(Base):
    """One thing that was said or done about an action. ``step`` counts an action's own events from 1: of two people who decide at
    once, one gets the step. ``number`` orders all events; ``at`` never goes back, ``day`` is the day in the shop that it is about."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("action", "step"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    action: Mapped[str] = mapped_column(ForeignKey("actions.id"))
    step: Mapped[int]
    verb: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    day: Mapped[date]
    content: Mapped[dict[str, Any]]


class FreezeRow(Base):
    """Days on which nothing is changed, for one target or for all (``*``). A row with ``lifts`` takes the one of that number back."""

    __tablename__ = "freezes"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    start: Mapped[date]
    end: Mapped[date]
    target: Mapped[str]
    text: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    lifts: Mapped[int | None] = mapped_column(ForeignKey("freezes.number"))


class HandoverRow(Base):
    """What whoever leaves tells whoever comes, and who that is."""

    __tablename__ = "handovers"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    text: Mapped[str]
    on_duty: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class MarkRow(Base):
    """What the ledger notes of itself and of the warehouse beside it, by name. The one table whose rows change."""

    __tablename__ = "marks"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]

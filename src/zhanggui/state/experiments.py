"""The tables of experiments: each as it was planned, and what was done about it. Only added to, never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from zhanggui.state.base import Base


class ExperimentRow(Base):
    """An experiment as it was planned. ``variants`` are names with shares, the first one what the others are held against; ``planned``
    units of all variants; ``smallest`` the relative effect it is to show; ``baseline`` what the shop showed before, in plain values;
    ``action`` is the action it tries, or empty."""

    __tablename__ = "experiments"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    change: Mapped[str]
    unit: Mapped[str]
    metric: Mapped[str]
    start: Mapped[date]
    end: Mapped[date]
    planned: Mapped[int]
    smallest: Mapped[float]
    variants: Mapped[dict[str, Any]]
    baseline: Mapped[dict[str, Any]]
    note: Mapped[str]
    action: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    day: Mapped[date]


class ExperimentEventRow(Base):
    """Something done about an experiment: units assigned, or the experiment stopped. ``step`` counts an experiment's own events from 1:
    of two people who stop it at once, one does."""

    __tablename__ = "experiment_events"
    __table_args__ = (UniqueConstraint("experiment", "step"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    experiment: Mapped[str] = mapped_column(ForeignKey("experiments.id"))
    step: Mapped[int]
    verb: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    day: Mapped[date]
    content: Mapped[dict[str, Any]]

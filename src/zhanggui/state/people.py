"""The tables of who may come in: people, their sign-ins, tokens for programs, one-time links, tries, and the log of who did what.

No password, token or link is stored, only what it can be checked against. Instants are naive UTC.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from zhanggui.state.base import Base


class PersonRow(Base):
    """A person with a password. ``key`` is the name as it is compared: without capitals and blanks around it."""

    __tablename__ = "people"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password: Mapped[str]
    at: Mapped[datetime]


class SigninRow(Base):
    """A browser that is signed in: the SHA-256 of what its cookie holds. ``person`` is empty for the owner who came by a one-time
    link."""

    __tablename__ = "signins"

    digest: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[int | None] = mapped_column(ForeignKey("people.number", ondelete="CASCADE"))
    name: Mapped[str]
    at: Mapped[datetime]
    ends: Mapped[datetime]


class TokenRow(Base):
    """What a program signs in with."""

    __tablename__ = "tokens"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    digest: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    used: Mapped[datetime | None]


class LinkRow(Base):
    """A link that lets the owner in once."""

    __tablename__ = "links"

    digest: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    ends: Mapped[datetime]


class TryRow(Base):
    """How often somebody tried to come in, by name or by address, since when."""

    __tablename__ = "tries"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime]


class DeedRow(Base):
    """Who did what, when and from where. Only added to."""

    __tablename__ = "deeds"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    by: Mapped[str]
    role: Mapped[str]
    what: Mapped[str]
    target: Mapped[str]
    address: Mapped[str]

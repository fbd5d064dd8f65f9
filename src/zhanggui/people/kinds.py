"""The nouns of who may come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Role = Literal["viewer", "operator", "owner"]
ROLES: tuple[Role, ...] = ("owner", "operator", "viewer")
RANK: dict[str, int] = {"viewer": 0, "operator": 1, "owner": 2}
"""Who may more: a role may all that a lower one may."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, or a program, that may come in. ``number`` is None for who came by a one-time link or with a token."""

    name: str
    role: Role
    number: int | None = None
    at: datetime | None = None  # since when, UTC

    def may(self, role: str) -> bool:
        """Whether this one may do what ``role`` may."""
        return RANK[self.role] >= RANK[role]


@dataclass(frozen=True, slots=True)
class Token:
    """What a program signs in with; the token itself is known to nobody but the program."""

    number: int
    name: str
    role: Role
    by: str
    at: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what, when and from where. ``what`` names a text (``people.deed.<what>``)."""

    number: int
    at: datetime
    by: str
    role: str
    what: str
    target: str
    address: str

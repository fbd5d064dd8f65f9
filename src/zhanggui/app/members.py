"""People, programs and the log of who did what, as the desk's pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from zhanggui.errors import BadValue
from zhanggui.i18n import has, text
from zhanggui.i18n.writing import printable
from zhanggui.people import ROLES

if TYPE_CHECKING:
    from zhanggui.people import Deed, Door, People, Person

ACTION_DEEDS = ("add", "approve", "dismiss", "snooze", "done", "undo", "stop", "assign", "note")
"""Deeds whose target is an action."""


def moment(at: datetime | None, zone: str) -> str:
    """An instant of the register (naive UTC), in the shop's time; empty for none."""
    return f"{at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if at else ""


def people_cells(people: People, zone: str, locale: str) -> list[dict[str, Any]]:
    """Everybody with a password, and since when."""
    return [
        {
            "name": person.name,
            "role": person.role,
            "said": text(f"people.role.{person.role}", locale),
            "since": moment(person.at, zone)[:10],
        }
        for person in people.everybody()
    ]


def token_cells(people: People, zone: str, locale: str) -> list[dict[str, Any]]:
    """Every token that is good: for which program, made by whom, last used when."""
    return [
        {
            "number": token.number,
            "name": printable(token.name),
            "role": text(f"people.role.{token.role}", locale),
            "by": printable(token.by),
            "at": moment(token.at, zone),
            "used": moment(token.used, zone),
        }
        for token in people.tokens()
    ]


def roles(locale: str) -> list[tuple[str, str]]:
    """Every role by name, and what it is called, the least first."""
    return [(role, text(f"people.role.{role}", locale)) for role in reversed(ROLES)]


def log_cells(deeds: Sequence[Deed], zone: str, locale: str) -> list[dict[str, Any]]:
    """Lines of the log, written."""
    return [
        {
            "number": deed.number,
            "at": moment(deed.at, zone),
            "by": printable(deed.by),
            "role": text(f"people.role.{deed.role}", locale) if has(f"people.role.{deed.role}") else deed.role,
            "what": said_deed(deed.what, locale),
            "target": printable(deed.target),
            "action": deed.target if deed.what in ACTION_DEEDS else "",
            "address": deed.address,
        }
        for deed in deeds
    ]


def said_deed(what: str, locale: str) -> str:
    """What a line of the log says was done."""
    key = f"people.deed.{what}"
    return text(key, locale) if has(key, locale) else what


def change_own_password(people: People, door: Door, person: Person, old: str, new: str, *, address: str = "") -> str:
    """Give oneself a new password, by the one that holds. Every browser is signed out; gives what this one's cookie must hold now.

    Raises NotLetIn for a wrong password, Throttled after too many tries, BadValue for a poor new one or who has none.
    """
    if person.number is None:
        raise BadValue("web_people.no_password_of_own")
    door.proved(person.name, old, address=address)
    people.set_password(person.name, new, by=person)
    return door.sign_in(person.name, new, address=address)

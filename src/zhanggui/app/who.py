"""Who acts, and days as people write them."""

from __future__ import annotations

import getpass
from datetime import date

from zhanggui.errors import BadValue


def who(by: str | None) -> str:
    """Who was named, or the system's user; ``?`` where it has no name."""
    if by and by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no name
        return "?"


def day_of(value: date | str | None) -> date | None:
    """A day from ISO text; None stays None. Raises BadValue for what is no day."""
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadValue("config.bad_day", value=value) from None

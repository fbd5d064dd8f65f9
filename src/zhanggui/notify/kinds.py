"""The nouns of telling people, and the workspace's own lines about it.

In ``zhanggui.toml``::

    [notify]
    daily_at = "08:30"                        # the shop's time; a desk that runs tells the day then

    [notify.channels.owner]
    url_from = "ZHANGGUI_NOTIFY_OWNER"        # the environment's variable that holds the address, never the address itself
    gets = "all"                              # all, urgent or daily
    locale = "zh-Hant"                        # the workspace's own unless said
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Literal

from zhanggui.config import LOCALES
from zhanggui.errors import BadValue

Gets = Literal["all", "urgent", "daily"]
GETS: tuple[Gets, ...] = ("all", "urgent", "daily")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KNOWN = {"daily_at", "channels"}
_OF_A_CHANNEL = {"url_from", "gets", "locale"}


@dataclass(frozen=True, slots=True)
class Channel:
    """Where somebody is told: ``variable`` names the environment's variable that holds the address."""

    name: str
    variable: str
    gets: Gets = "all"
    locale: str = ""  # empty: the workspace's


@dataclass(frozen=True, slots=True)
class Notify:
    """Who is told, and when the day is."""

    channels: tuple[Channel, ...] = ()
    daily_at: time | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell. ``key`` is the same as long as it is the same thing; ``text`` is written in the channel's language."""

    key: str
    urgent: bool
    section: str
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a channel was told: ``kind`` is urgent, daily or test. ``problem`` is why it was not, empty where it was."""

    channel: str
    kind: Literal["urgent", "daily", "test"]
    items: tuple[Item, ...] = ()
    problem: str = ""


def parse(raw: Mapping[str, Any]) -> Notify:
    """Read the section ``[notify]``. Raises BadValue for what it does not know, and for an address that stands in the file."""
    for name in raw:
        if name not in _KNOWN:
            raise BadValue("notify.unknown_line", name=f"notify.{name}", known=", ".join(sorted(_KNOWN)))
    channels = raw.get("channels", {})
    if not isinstance(channels, Mapping):
        raise BadValue("notify.unknown_line", name="notify.channels", known="[notify.channels.…]")
    return Notify(tuple(_channel(name, lines) for name, lines in channels.items()), _time(raw.get("daily_at")))


def _channel(name: str, lines: Any) -> Channel:
    if not isinstance(lines, Mapping) or not lines.keys() <= _OF_A_CHANNEL:
        raise BadValue("notify.unknown_line", name=f"notify.channels.{name}", known=", ".join(sorted(_OF_A_CHANNEL)))
    variable, gets, locale = str(lines.get("url_from", "")), lines.get("gets", "all"), str(lines.get("locale", ""))
    if not _VARIABLE.fullmatch(variable):  # what looks like an address is not shown: it may hold a password
        raise BadValue("notify.no_variable", channel=name)
    if gets not in GETS:
        raise BadValue("notify.unknown_gets", channel=name, value=str(gets), known=", ".join(GETS))
    if locale and locale not in LOCALES:
        raise BadValue("config.unknown_locale", name=locale, known=", ".join(LOCALES))
    return Channel(name, variable, gets, locale)


def _time(value: Any) -> time | None:
    if value in (None, ""):
        return None
    try:
        found = value if isinstance(value, time) else time.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise BadValue("notify.bad_time", value=str(value))
    return found.replace(second=0, microsecond=0)

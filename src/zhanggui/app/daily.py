"""The day told: what cannot wait at once, the rest once a day, and nothing twice on any channel."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from zhanggui.errors import UserError
from zhanggui.i18n import text
from zhanggui.i18n.trouble import said_error
from zhanggui.notify import Channel, Item, Journal, Notify, Told, deliver, parse
from zhanggui.report import notices

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop
    from zhanggui.brief import Brief

OUTPUT = Channel("–", "")
"""Where nobody else is told: what the command itself prints."""
Sends = Callable[[Channel, str, str], str]


def settings_of(shop: Shop) -> Notify:
    """Who is told, and when the day is. Raises BadValue for a line of ``[notify]`` that says nothing."""
    return parse(shop.config.notify)


def daily(shop: Shop, *, environment: Mapping[str, str] | None = None) -> list[Told]:
    """Make the day's brief, read what is due, and tell what was not told yet. Without any channel the command's own output is one."""
    return tell(shop, shop.brief(), environment=environment, output=True)


def tell(
    shop: Shop,
    brief: Brief,
    *,
    only_urgent: bool = False,
    environment: Mapping[str, str] | None = None,
    output: bool = False,
) -> list[Told]:
    """Tell every channel what it was not told of a brief yet; gives what each was told, or why it could not be."""
    channels = settings_of(shop).channels
    journal = Journal(shop.ledger.database, shop.clock)
    found = []
    for channel in channels or ((OUTPUT,) if output else ()):
        day = _Day(shop, brief, channel, journal, _sender(environment) if channels else _printed)
        if channel.gets != "daily":
            found.append(day.urgent())
        if channel.gets != "urgent" and not only_urgent:
            found.append(day.rest())
    return [told for told in found if told is not None]


def try_channels(shop: Shop, *, environment: Mapping[str, str] | None = None) -> list[Told]:
    """Send every channel a message that says nothing but that it arrived."""
    send, found = _sender(environment), []
    for channel in settings_of(shop).channels:
        locale = channel.locale or shop.config.locale
        name = shop.config.name
        title = text("notify.title.test", locale, shop=name, day="")
        problem = _tried(send, channel, title, text("notify.test", locale, shop=name), locale)
        found.append(Told(channel.name, "test", problem=problem))
    return found


def written(told: Told, locale: str) -> str:
    """What was told, as a message of several things."""
    return notices.body(told.items, locale)


class _Day:
    """One brief on one channel."""

    def __init__(self, shop: Shop, brief: Brief, channel: Channel, journal: Journal, send: Sends) -> None:
        self.shop, self.channel, self.journal, self.send = shop, channel, journal, send
        self.locale = channel.locale or shop.config.locale
        self.day = brief.as_of.isoformat()
        self.items = notices.items(brief, self.locale)

    def urgent(self) -> Told | None:
        """What cannot wait."""
        return self._told("urgent", [item for item in self.items if item.urgent])

    def rest(self) -> Told | None:
        """Everything else, once a day."""
        waits = [item for item in self.items if not item.urgent or self.channel.gets == "daily"]
        return self._told("daily", waits, once=f"day:{self.shop.clock.today()}")

    def _told(self, kind: Literal["urgent", "daily"], items: Sequence[Item], once: str = "") -> Told | None:
        keys = self.journal.claim(self.channel.name, [item.key for item in items], once=once)
        fresh = tuple(item for item in items if item.key in keys)
        if not fresh:
            return None
        title = notices.title(self.shop.config.name, self.day, kind, self.locale)
        problem = _tried(self.send, self.channel, title, notices.body(fresh, self.locale), self.locale)
        claimed = [*keys, *([once] if once else [])]
        self.journal.settle(self.channel.name, claimed, "failed" if problem else "sent")
        return Told(self.channel.name, kind, fresh, problem)


def _sender(environment: Mapping[str, str] | None) -> Sends:
    known = os.environ if environment is None else environment
    return lambda channel, title, body: deliver(channel, title, body, known)


def _printed(channel: Channel, title: str, body: str) -> str:
    """The command prints what it is given back."""
    return ""


def _tried(send: Sends, channel: Channel, title: str, body: str, locale: str) -> str:
    try:
        return send(channel, title, body)
    except UserError as error:
        return said_error(error, locale)

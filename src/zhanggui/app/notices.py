"""Who is told what, as the desk's page shows and changes it. Addresses stay in the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zhanggui import config as settings
from zhanggui.app.daily import settings_of, try_channels
from zhanggui.errors import BadValue
from zhanggui.i18n import text
from zhanggui.notify import parse
from zhanggui.notify.kinds import GETS

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop

_NAME = re.compile(r"[\w-]{1,40}")


def cells(shop: Shop, locale: str, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The hour of the day, and every channel: what it gets, and whether the environment has its address."""
    known = os.environ if environment is None else environment
    told = settings_of(shop)
    return {
        "daily_at": f"{told.daily_at:%H:%M}" if told.daily_at else "",
        "channels": [
            {
                "name": channel.name,
                "variable": channel.variable,
                "gets": text(f"web_notices.gets.{channel.gets}", locale),
                "locale": channel.locale,
                "ready": bool(known.get(channel.variable, "").strip()),
            }
            for channel in told.channels
        ],
        "gets": [(name, text(f"web_notices.gets.{name}", locale)) for name in GETS],
    }


def add(shop: Shop, name: str, variable: str, gets: str, locale: str) -> None:
    """Tell one more; one of that name is replaced. Raises BadValue for what makes no sense; nothing is written then."""
    if not _NAME.fullmatch(name):
        raise BadValue("web_notices.bad_name", name=name[:60])
    channels = _channels(shop)
    channels[name] = {"url_from": variable, "gets": gets, "locale": locale}
    parse({"channels": {name: {key: value for key, value in channels[name].items() if value}}})
    settings.rewrite_notify(shop.folder, _daily_at(shop), channels)


def remove(shop: Shop, name: str) -> None:
    """Tell one no more. Raises BadValue for a channel that is not there."""
    channels = _channels(shop)
    if channels.pop(name, None) is None:
        raise BadValue("web_notices.no_such", name=name[:60])
    settings.rewrite_notify(shop.folder, _daily_at(shop), channels)


def tell_at(shop: Shop, hour: str) -> None:
    """Set the hour at which the day is told; empty for none. Raises BadValue for what is no time."""
    parse({"daily_at": hour})
    settings.rewrite_notify(shop.folder, hour, _channels(shop))


def tried(shop: Shop, environment: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """Send every channel a test message: each channel, and why it did not take it, empty where it did."""
    return [(told.channel, told.problem) for told in try_channels(shop, environment=environment)]


def _channels(shop: Shop) -> dict[str, dict[str, str]]:
    return {
        name: {key: str(value) for key, value in lines.items()}
        for name, lines in shop.config.notify.get("channels", {}).items()
    }


def _daily_at(shop: Shop) -> str:
    return str(shop.config.notify.get("daily_at", ""))

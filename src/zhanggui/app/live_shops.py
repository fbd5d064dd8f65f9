"""Live shops as the desk's page shows and connects them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhanggui import i18n
from zhanggui.app import live_json
from zhanggui.app.live import called, kinds_from_afar
from zhanggui.errors import UserError
from zhanggui.i18n.trouble import said_error
from zhanggui.live import reach
from zhanggui.live.keys import keyring_there, variable

if TYPE_CHECKING:
    from zhanggui.app.desk import Desk
    from zhanggui.app.live import Live, Standing
    from zhanggui.app.shop import Shop

YES = "yes"
EXAMPLE = ("tea", "key")


def add(shop: Shop, *, name: str, kind: str, url: str, channel: str, writes: str) -> None:
    """Connect a shop as an owner's form says. Raises BadValue for what makes no sense or may not be called."""
    options = {"writes": YES} if writes == YES else {}
    shop.live.add(name, kind, url, channel=channel, options=options, from_afar=True)


def cells(desk: Desk, locale: str) -> dict[str, Any]:
    """Every connection, written, with its keys; what the form offers; and ``problem`` where the settings make no sense."""
    shops: list[dict[str, Any]] = []
    problem = ""
    try:
        with called(desk) as (live, _):
            shops = [_cell(live, one, locale, desk.config.timezone) for one in live.connections()]
    except UserError as error:
        problem = said_error(error, locale)
    return {
        "shops": shops,
        "kinds": [(kind, _called(kind, locale)) for kind in kinds_from_afar()],
        "keyring": keyring_there(),
        "example": variable(*EXAMPLE),
        "problem": problem,
    }


def _called(kind: str, locale: str) -> str:
    """A shop system's own name; of another package, what that calls it."""
    key = f"web_live.system.{kind}"
    return i18n.text(key, locale) if i18n.has(key, locale) else kind


def _cell(live: Live, one: Standing, locale: str, zone: str) -> dict[str, Any]:
    name, kind, url, channel, at = live_json.cells([one], locale, zone)[0]
    return {
        "name": name,
        "called": _called(kind, locale),
        "url": url,
        "channel": channel,
        "at": at,
        "secrets": live.secrets(one.connection),
        "missing": one.missing,
        "writes": one.connection.text("writes") == YES,
        "inside": not reach.is_bound(one.connection),
    }

"""Orders and reviews that may not be real, as a shop has them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop
    from zhanggui.numbers.suspects import Suspects


def suspects(shop: Shop, as_of: date | None = None) -> tuple[date, Suspects]:
    """What looks so on the last complete day, or on another, with that day. Raises Unanswerable where there is no data."""
    from zhanggui.numbers import suspects as numbers
    from zhanggui.numbers.frames import View
    from zhanggui.numbers.query import last_complete_day

    day = as_of or last_complete_day(shop.warehouse, shop.clock, shop.config.currency)
    return day, numbers.suspects(shop.warehouse, View(day), shop.config)


def suspects_text(shop: Shop, as_of: date | None, locale: str, width: int) -> str:
    """The same for a terminal."""
    from zhanggui.report import suspects as report

    day, found = suspects(shop, as_of)
    return report.suspects_text(found, day, shop.product_names(), locale, shop.config.currency, width)


def suspects_json(shop: Shop, as_of: date | None) -> dict[str, Any]:
    """The same for programs."""
    from zhanggui.report import suspects as report

    day, found = suspects(shop, as_of)
    return report.suspects_json(found, day)


def suspect_cells(shop: Shop, locale: str) -> dict[str, Any]:
    """The same as written cells of a page."""
    from zhanggui.report import suspects as report

    day, found = suspects(shop)
    return report.suspect_cells(found, day, shop.product_names(), locale, shop.config.currency)

"""Where orders came from and what ad platforms claim, as a shop has it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from zhanggui.errors import BadValue

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop
    from zhanggui.numbers.origins import Origins


def origins(shop: Shop, start: date | None = None, end: date | None = None) -> Origins:
    """The orders of the last 28 complete days, or of others. Raises BadValue for days that end before they begin, Unanswerable where there
    is no data."""
    from zhanggui.app.products import period_of
    from zhanggui.numbers import origins as numbers

    return numbers.origins(shop.warehouse, period_of(shop, start, end), config=shop.config, clock=shop.clock)


def heard(shop: Shop, order: str) -> list[dict[str, Any]]:
    """What each witness says of an order's source, in the order in which they are heard. Raises BadValue for a number no order has."""
    found = shop.warehouse.heard(order)
    if not found:
        raise BadValue("origins.no_order", order=order)
    return found


def origin_cells(shop: Shop, locale: str) -> dict[str, Any]:
    """The last 28 complete days as written cells of a page."""
    from zhanggui.report import origins as report

    return report.cells(origins(shop), locale, shop.config.currency)


def origins_json(shop: Shop, start: date | None = None, end: date | None = None) -> dict[str, Any]:
    """The same for programs."""
    from zhanggui.report import origins as report

    return report.as_json(origins(shop, start, end))

"""What platforms paid against what the orders say, as a shop has it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from zhanggui.errors import BadValue
from zhanggui.units import Period

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop
    from zhanggui.numbers.payouts import Payouts

DAYS = 90


def payouts(shop: Shop, start: date | None = None, end: date | None = None) -> Payouts:
    """The orders of the last 90 complete days, or of others. Raises BadValue for days that end before they begin, Unanswerable where
    there is no data."""
    from zhanggui.numbers import payouts as numbers
    from zhanggui.numbers.query import last_complete_day

    as_of = last_complete_day(shop.warehouse, shop.clock, shop.config.currency)
    last = end or as_of
    first = start or last - timedelta(days=DAYS - 1)
    if first > last:
        raise BadValue("metrics.bad_period", start=first.isoformat(), end=last.isoformat())
    return numbers.payouts(shop.warehouse, Period(first, last), as_of)


def payout_cells(shop: Shop, locale: str) -> dict[str, Any]:
    """The same as written cells of a page."""
    from zhanggui.report import payouts as report

    return report.cells(payouts(shop), locale, shop.config.currency)

"""What moves the scores that buyers give here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from zhanggui.errors import BadValue
from zhanggui.units import Period

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop
    from zhanggui.numbers.score_drivers import Scores

DAYS = 365


@dataclass(frozen=True, slots=True)
class BothWays:
    """What was found, how many reviews and orders may not be real, and what is no longer so without them."""

    found: Scores
    suspect: int = 0
    turned: frozenset[tuple[str, str]] = frozenset()


def scores(shop: Shop, start: date | None = None, end: date | None = None) -> BothWays:
    """By the reviews of the last 365 complete days, or of others, with and without those that may not be real. Raises BadValue for days
    that end before they begin, Unanswerable where there is no data."""
    from zhanggui.app.suspects import suspects
    from zhanggui.numbers.query import last_complete_day
    from zhanggui.numbers.score_drivers import score_drivers

    as_of = last_complete_day(shop.warehouse, shop.clock, shop.config.currency)
    last = end or as_of
    first = start or last - timedelta(days=DAYS - 1)
    if first > last:
        raise BadValue("metrics.bad_period", start=first.isoformat(), end=last.isoformat())
    level = float(shop.config["alarm_false_discovery"])
    found = score_drivers(shop.warehouse, Period(first, last), as_of, level)
    if found.refusal:
        return BothWays(found)
    _, doubtful = suspects(shop)
    number = len(doubtful.orders) + len(doubtful.reviews)
    if not number:
        return BothWays(found)
    with shop.warehouse.without(doubtful.orders, doubtful.reviews) as other:
        rest = score_drivers(other, Period(first, last), as_of, level)
    return BothWays(found, number, frozenset(found.names_shown() - rest.names_shown()))


def score_cells(shop: Shop, locale: str) -> dict[str, Any]:
    """The same as written cells of a page."""
    from zhanggui.report import scores as report

    both = scores(shop)
    return report.cells(both.found, both.suspect, both.turned, shop.product_names(), locale, shop.config.currency)

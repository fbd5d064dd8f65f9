"""The price that a cut may be shown against: what was really asked before, by the rule of the place where it is sold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from zhanggui.errors import BadValue

WINDOW_DAYS = {"CN": 7, "EU": 30}
"""Days before a promotion whose lowest price counts. CN: lowest deal price of the 7 days before (Provisions on Prohibiting Price Fraud,
trade reading); EU: lowest price of the 30 days before (Directive 98/6/EC, article 6a)."""


@dataclass(frozen=True, slots=True)
class Deal:
    """The lowest price a product was sold at on a day."""

    day: date
    price: float


def reference_price(history: Sequence[Deal], jurisdiction: str, day: date) -> float | None:
    """The highest price that may be called the earlier one in a promotion that begins on ``day``.

    The lowest of ``history`` within the window before ``day``; where nothing was sold in it, the last price before it; None without any.
    Raises BadValue for a jurisdiction whose rule is not known.

    >>> sold = [Deal(date(2026, 8, 20), 79.0), Deal(date(2026, 9, 10), 99.0), Deal(date(2026, 9, 12), 95.0)]
    >>> reference_price(sold, "CN", date(2026, 9, 15)), reference_price(sold, "EU", date(2026, 9, 15))
    (95.0, 79.0)
    """
    days = WINDOW_DAYS.get(jurisdiction.upper())
    if days is None:
        raise BadValue("guards.unknown_jurisdiction", name=jurisdiction, known=", ".join(WINDOW_DAYS))
    earlier = [deal for deal in history if deal.day < day and deal.price > 0]
    if not earlier:
        return None
    inside = [deal.price for deal in earlier if deal.day >= day - timedelta(days=days)]
    return min(inside) if inside else max(earlier, key=lambda deal: deal.day).price

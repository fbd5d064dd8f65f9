"""What is left of a price here, and how many orders a day pay the fixed costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from zhanggui.errors import BadValue
from zhanggui.units import Period, Refusal

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop
    from zhanggui.methods.break_even import BreakEven
    from zhanggui.numbers.waterfall import Each, Even, Waterfall

DAYS = 28
SETTLED_DAYS = 14
"""How old the days are by which break-even is reckoned: most of their refunds have come in."""
DAYS_A_MONTH = 365.25 / 12
Floats = npt.NDArray[np.float64]
EACH = ("shop", "product", "sku", "order")


def waterfalls(
    shop: Shop,
    each: str = "shop",
    *,
    start: date | None = None,
    end: date | None = None,
    where: Mapping[str, str] | None = None,
) -> tuple[Period, list[Waterfall]]:
    """The waterfalls of the last 28 complete days, or of others, with these days. Raises BadValue for an unknown ``each`` and Unanswerable
    where there is no data."""
    from zhanggui.app.products import period_of
    from zhanggui.numbers import waterfall

    if each not in EACH:
        raise BadValue("cli.unknown_choice", option="--each", value=each, known=", ".join(EACH))
    period = period_of(shop, start, end)
    costs = shop.costs
    found = waterfall.waterfalls(
        shop.warehouse,
        period,
        cast("Each", each),
        config=shop.config,
        clock=shop.clock,
        costs=costs,
        where=where,
    )
    return period, found


def break_even(shop: Shop) -> Even:
    """How many orders a day pay the fixed costs of the cost sheet, by 28 days that are two weeks old."""
    from zhanggui.app.products import period_of
    from zhanggui.methods import break_even as method
    from zhanggui.numbers import waterfall
    from zhanggui.numbers.waterfall import Even

    costs = shop.costs
    fixed = {name: item.middle for name, item in costs.fixed.items()}
    if not fixed:
        return Even()
    last = period_of(shop, None, None).end - timedelta(days=SETTLED_DAYS)
    period = Period.ending(last, DAYS)
    about = {"config": shop.config, "clock": shop.clock, "costs": costs}
    days = waterfall.waterfalls(shop.warehouse, period, "day", **about)  # type: ignore[arg-type]
    if days and not all(day.known for day in days):
        return Even(fixed, Refusal("unknown"))
    whole = waterfall.waterfalls(shop.warehouse, period, "shop", **about)  # type: ignore[arg-type]
    spent = sum(-step.money for each in whole for step in each.steps if step.name == "ads")
    orders = _by_day(days, period, lambda day: day.orders)
    ads = spent * orders / max(orders.sum(), 1.0)

    def reckoned(end: str, month: float) -> BreakEven | Refusal:
        return method.break_even(month / DAYS_A_MONTH, _by_day(days, period, lambda day: day.end(end)) - ads, orders)

    found = reckoned("money", sum(fixed.values()))
    least = reckoned("high", sum(item.low for item in costs.fixed.values()))
    most = reckoned("low", sum(item.high for item in costs.fixed.values()))
    if not isinstance(found, Refusal):
        low = found.low if isinstance(least, Refusal) else least.low
        found = replace(found, low=low, high=None if isinstance(most, Refusal) else most.high)
    return Even(fixed, found, float(orders.sum()) / DAYS)


def _by_day(days: Sequence[Waterfall], period: Period, value: Callable[[Waterfall], float]) -> Floats:
    found = np.zeros(period.days)
    for day in days:
        found[(day.key["day"] - period.start).days] = value(day)
    return found


class OfProducts:
    """The waterfall of every product over the last 28 complete days, asked together: a page about one takes its own. Raises Unanswerable
    where there is no data."""

    def __init__(self, shop: Shop) -> None:
        from zhanggui.app.products import period_of
        from zhanggui.numbers import waterfall

        self.period, self._currency = period_of(shop, None, None), shop.config.currency
        self._found = waterfall.gathered(
            shop.warehouse, self.period, "product", config=shop.config, clock=shop.clock, costs=shop.costs
        )

    def cells(self, product: str, locale: str) -> dict[str, Any] | None:
        """That of one product as written cells; None where nothing was sold."""
        from zhanggui.report import waterfall

        found = self._found.of(product)
        return waterfall.cells(found, self.period, locale, self._currency) if found else None


def waterfall_cells(shop: Shop, locale: str) -> dict[str, Any] | None:
    """The waterfall of the shop with its break-even, as written cells; None where nothing was sold."""
    from zhanggui.report import waterfall

    period, found = waterfalls(shop)
    if not found:
        return None
    cells = waterfall.cells(found[0], period, locale, shop.config.currency)
    return {**cells, "even": waterfall.even_cells(break_even(shop), locale, shop.config.currency)}

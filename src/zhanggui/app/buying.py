"""Whether a larger lot at a lower cost pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhanggui.errors import BadValue
from zhanggui.units import Quantity, Words

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop
    from zhanggui.playbooks.bulk_buy import Lot, Saving

FRAMES = ("shop_blocks", "product_names", "product_diary", "happenings", "annotated_days", "below_cash")
DAYS, SALVAGE, INTEREST = 180.0, 0.3, 0.12
MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a product: its ``pace`` a day, its ``present`` cost, and what each lot saves."""

    product: str
    name: str
    pace: float
    present: float
    days: float
    salvage: float
    interest: float
    savings: Sequence[Saving]


def lot_of(typed: str) -> Lot:
    """``500@12.5``: units at the cost of one. Raises BadValue for anything else."""
    from zhanggui.playbooks.bulk_buy import Lot

    quantity, sign, cost = typed.partition("@")
    try:
        lot = Lot(float(quantity), float(cost))
    except ValueError:
        raise BadValue("plans.no_lot", value=typed) from None
    if not sign or not (lot.quantity > 0 and 0 < lot.cost < float("inf") and lot.quantity < float("inf")):
        raise BadValue("plans.no_lot", value=typed)
    return lot


def bought(
    shop: Shop,
    product: str,
    lots: Sequence[Lot],
    *,
    present: float | None = None,
    days: float = DAYS,
    salvage: float = SALVAGE,
    interest: float = INTEREST,
) -> Asked:
    """What each lot of ``product`` saves over buying as now. Raises BadValue where its present cost or its pace is unknown."""
    from zhanggui.app.positioning import situation_of
    from zhanggui.methods.counts import Demand
    from zhanggui.playbooks.bulk_buy import SURE_OF_FUTURE, saving
    from zhanggui.playbooks.event_history import ordinary_pace
    from zhanggui.playbooks.terms import name_of
    from zhanggui.playbooks.worth import catalogue, order_worth

    here = situation_of(shop, FRAMES)
    sold, seen, _ = ordinary_pace(here, product)
    if sold <= 0 or seen <= 0:
        raise BadValue("plans.not_sold", product=product)
    own = present or catalogue(here).get(product, {}).get("cost")
    if own is None:
        worth = order_worth(here, product)
        own = worth.costs.goods / worth.units if worth is not None and worth.costs is not None else None
    if not own:
        raise BadValue("plans.no_present", product=product)
    pace = Demand(min(sold, SURE_OF_FUTURE), sold / seen)
    found = [saving(lot, float(own), pace, days, salvage, interest) for lot in lots]
    return Asked(product, name_of(here, product), pace.daily, float(own), days, salvage, interest, found)


def said_of(asked: Asked) -> list[Words]:
    """The answer, a sentence a line."""
    from zhanggui.playbooks.bulk_buy import best

    title: dict[str, Any] = {
        "product": asked.name,
        "pace": Quantity(asked.pace, "count"),
        "present": Quantity(asked.present, "money", exact=True),
        "days": Quantity(asked.days, "count"),
    }
    lines = [Words("plans.buy.title", title), *(_line(each) for each in asked.savings)]
    chosen = best(asked.savings)
    lines.append(Words("plans.buy.none") if chosen is None else Words("plans.buy.best", _line(chosen).params))
    shares = {name: Quantity(getattr(asked, name), "share") for name in ("salvage", "interest")}
    return [*lines, Words("plans.buy.assumes", shares)]


def _line(each: Saving) -> Words:
    said: dict[str, Any] = {
        "quantity": Quantity(each.lot.quantity, "count"),
        "cost": Quantity(each.lot.cost, "money", exact=True),
        "saves": Quantity(each.saves, "money", each.low, each.high, signed=True),
    }
    if each.even is None:
        return Words("plans.buy.never", said)
    more = {
        "chance": Quantity(min(each.chance, 0.99), "share"),
        "left": Quantity(round(each.left), "count"),
        "cash": Quantity(each.lot.cash, "money"),
        "months": Quantity(each.days / MONTH, "count"),
        "even": Quantity(round(each.even), "count"),
    }
    return Words("plans.buy.lot", {**said, **more})

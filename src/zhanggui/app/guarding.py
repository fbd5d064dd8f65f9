"""The guards before an action that a person enters, approves or applies: what they must know is gathered from the warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zhanggui.actions.facts import Facts, facts_from
from zhanggui.actions.kinds import Action
from zhanggui.actions.reference import Deal
from zhanggui.ledger.changing import touched

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop

DEALS_DAYS = 60


def facts_of(shop: Shop, action: Action, despite: str = "") -> Facts:
    """Changes and promotions, what people did, and the prices that an action's products were sold at. ``despite`` is a person's reason
    to set a policy (never a law) aside."""
    from zhanggui.numbers.frames import FRAMES, View

    today = shop.clock.today()
    happenings = FRAMES["happenings"](shop.warehouse, View(today)).iter_rows(named=True)
    return facts_from(
        happenings, today, shop.ledger.standing(), prices=_deals(shop, sorted(touched(action))), set_aside=despite
    )


def _deals(shop: Shop, products: Sequence[str]) -> Mapping[str, Sequence[Deal]]:
    """The lowest price of each day on which a product was sold."""
    if not products:
        return {}
    sales: Any = shop.warehouse.table("sales")
    since = shop.clock.today() - timedelta(days=DEALS_DAYS)
    sold = sales.filter(
        sales.product_id.isin(products) & (sales.kind == "goods") & (sales.units > 0) & (sales.day >= since)
    )
    price = (sold.amount.cast("float64") / sold.units).min()
    rows = shop.warehouse.run(sold.group_by("product_id", "day").agg(price=price)).sort("product_id", "day")
    found: dict[str, list[Deal]] = {}
    for row in rows.iter_rows(named=True):
        if row["price"] is not None:
            found.setdefault(row["product_id"], []).append(Deal(row["day"], row["price"]))
    return found

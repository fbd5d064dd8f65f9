"""The guards before an action that a person enters, approves or applies: what they must know is gathered from the warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.facts import Facts, facts_from
from zhanggui.actions.kinds import Action
from zhanggui.actions.reference import Deal
from zhanggui.i18n import LOCALES, text
from zhanggui.ledger.changing import touched

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop

DEALS_DAYS = 60
SEARCH_DAYS = 28
STRONG = 5
"""One product in so many carries much of the search trade."""
SEARCHED = ("change_title", "change_category")
"""Changes by which a listing may lose its search history."""


def facts_of(shop: Shop, action: Action, despite: str = "") -> Facts:
    """Changes and promotions, what people did, the prices that an action's products were sold at, the brands that are not theirs, and the
    listings that carry the trade of search. ``despite`` is a person's reason to set a policy (never a law) aside."""
    from zhanggui.numbers.frames import FRAMES, View

    today = shop.clock.today()
    happenings = FRAMES["happenings"](shop.warehouse, View(today)).iter_rows(named=True)
    products = sorted(touched(action))
    return facts_from(
        happenings,
        today,
        shop.ledger.standing(),
        prices=_deals(shop, products),
        marks=_marks(shop, products) if kind_named(action.kind).public else {},
        strong=_strong(shop) if action.kind in SEARCHED else frozenset(),
        set_aside=despite,
    )


def _marks(shop: Shop, products: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """The brands of the shop's other products: in the page of this one they would be another's."""
    table: Any = shop.warehouse.table("products")
    rows = shop.warehouse.run(table.filter(table.brand.notnull() & (table.brand != "")).select("product_id", "brand"))
    brands = set(rows["brand"].to_list())
    own = {product: set(rows.filter(rows["product_id"] == product)["brand"].to_list()) for product in products}
    return {product: sorted(brands - mine) for product, mine in own.items()}


def _strong(shop: Shop) -> frozenset[str]:
    """The fifth of the products that sold most to visitors from search in the last four weeks."""
    days: Any = shop.warehouse.table("traffic_days")
    since = shop.clock.today() - timedelta(days=SEARCH_DAYS)
    own = days.filter((days.product_id != "*") & (days.device == "*") & (days.day >= since) & (days.pay_amount > 0))
    rows = shop.warehouse.run(own.group_by("product_id", "source").agg(money=own.pay_amount.sum().cast("float64")))
    words = {word for locale in LOCALES for word in text("guards.search_sources", locale).split("|")}
    sums: dict[str, float] = {}
    for product, source, money in rows.select("product_id", "source", "money").iter_rows():
        if any(word in source.lower() for word in words):
            sums[product] = sums.get(product, 0.0) + float(money or 0.0)
    ranked = sorted(sums, key=lambda product: (-sums[product], product))
    return frozenset(ranked[: len(ranked) // STRONG])


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

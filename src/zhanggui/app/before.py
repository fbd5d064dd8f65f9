"""How an action's target stands now: what its products are, how they sell, and the metric it will be read by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action
from zhanggui.app.actions import Difference
from zhanggui.errors import UserError
from zhanggui.ledger.changing import changed_products

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop
    from zhanggui.ledger import Entry

ATTRIBUTES = ("title", "price", "cost", "currency", "category", "status", "description")
KEYS = ("product_id", "channel", "sku", "what", "reason")
"""Columns of a draft that say which row it is, not what it changes."""
NOW = "_now"
"""Ends the name of a draft's column that says how it is now, as the rule saw it."""
SOLD = ("net_sales", "units", "unit_price")
WINDOW_DAYS = 28


def as_it_stands(shop: Shop, action: Action) -> dict[str, Any]:
    """The target's products with their attributes, and its metrics over the last four weeks; what is not known is left out."""
    return {
        "products": attributes(shop, changed_products(action)),
        "metrics": _metrics(shop, action),
        "day": shop.clock.today(),
    }


def differences(shop: Shop, entry: Entry) -> Sequence[Difference]:
    """What the draft changes against how its products stand now."""
    rows = entry.action.draft.rows if entry.action.draft else ()
    target = entry.action.where.get("product_id", "")
    now = attributes(shop, [str(row.get("product_id", target)) for row in rows])
    found = []
    for row in rows:
        product = str(row.get("product_id", target))
        if "after" in row:
            found.append(Difference(product, str(row.get("what", "")), row.get("before"), row["after"]))
            continue
        for what, after in row.items():
            if what not in KEYS and not what.endswith(NOW):
                found.append(Difference(product, what, now.get(product, {}).get(what, row.get(f"{what}{NOW}")), after))
    return [item for item in found if item.before != item.after]


def attributes(shop: Shop, products: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The attributes that are known of each product."""
    asked = [product for product in dict.fromkeys(products) if product]
    if not asked:
        return {}
    table = shop.warehouse.table("products")
    rows = shop.warehouse.run(table.filter(table.product_id.isin(asked)).select("product_id", *ATTRIBUTES))
    return {
        row["product_id"]: {name: row[name] for name in ATTRIBUTES if row[name] is not None}
        for row in rows.sort("product_id").iter_rows(named=True)
    }


def _metrics(shop: Shop, action: Action) -> dict[str, Any]:
    """The metric of the action's reading and how the target sold, over the last four weeks of data; empty where it cannot be asked."""
    from zhanggui.numbers.query import data_span, last_complete_day

    own = action.measure.metric if action.measure else kind_named(action.kind).metric
    try:
        data_span(shop.warehouse, shop.config.currency)
        end = last_complete_day(shop.warehouse, shop.clock, shop.config.currency)
    except UserError:  # no data yet
        return {}
    start = end - timedelta(days=WINDOW_DAYS - 1)
    known: dict[str, float] = {}
    for names in ((own,), SOLD):
        try:
            rows = shop.query(names, where=dict(action.where), start=start, end=end).rows
        except UserError:  # a target that this metric does not know
            continue
        if rows.height:
            known |= {name: float(rows[name][0]) for name in names if rows[name][0] is not None}
    return {"from": start, "to": end, **known} if known else {}

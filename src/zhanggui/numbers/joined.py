"""Columns that a measure or dimension needs beside its own table: the product's, the cost of goods, the day's exchange rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import ibis

if TYPE_CHECKING:
    from zhanggui.numbers.blocks import Asked, Rows
    from zhanggui.store import Warehouse


RATE_DAYS = 7
"""How old an exchange rate may be, as for orders."""


class Costs(Protocol):
    """What a question wants of a cost sheet."""

    @property
    def entries(self) -> Mapping[str, Mapping[str, Any]]: ...

    @property
    def per_order(self) -> float: ...

    @property
    def sales_share(self) -> float: ...

    def goods_share(self, category: str = "*") -> Any: ...


def with_columns(warehouse: Warehouse, t: Any, rows: Rows, product: bool, asked: Asked) -> Any:
    """``t`` with the columns that ``rows.joins`` and the product dimensions ask for."""
    if product or "goods_cost" in rows.joins:
        t = _with_product(warehouse, t, asked.currency)
    if "goods_cost" in rows.joins:
        t = t.mutate(**goods_cost(t, asked.costs))
    if "sheet" in rows.joins:
        t = t.mutate(**_sheet(asked.costs))
    if "returned_cost" in rows.joins:
        t = _with_returned_cost(warehouse, t, asked)
    if "to_come" in rows.joins:
        t = _with_refunds_to_come(t, rows, asked)
    if "fx" in rows.joins and asked.foreign:
        t = _with_rate(warehouse, t, asked.currency)
    return t


def _with_product(warehouse: Warehouse, t: Any, currency: str) -> Any:
    """A product's category, brand, item and own unit cost (where it is in the workspace's currency)."""
    p = warehouse.table("products")
    own = p.currency.isnull() | (p.currency == currency)
    p = p.select(
        _channel=p.channel,
        _product=p.product_id,
        category=p.category.fill_null(""),
        brand=p.brand.fill_null(""),
        item_key=p.item_key.fill_null(""),
        unit_cost=own.ifelse(p.cost.cast("float64"), ibis.null("float64")),
    )
    return t.left_join(p, [t.channel == p["_channel"], t.product_id == p["_product"]])


def goods_cost(t: Any, costs: Costs | None) -> dict[str, Any]:
    """``known_cost``: as sold, else the product's unit cost, else the sheet's share of the price; ``from_sheet`` marks the last."""
    recorded = ibis.coalesce(t.cost.cast("float64"), t.units * t.unit_cost)
    share = _goods_share(t, costs)
    assumed = t.amount.cast("float64") * share
    return {
        "known_cost": ibis.coalesce(recorded, assumed),
        "from_sheet": recorded.isnull() & assumed.notnull(),
    }


def _goods_share(t: Any, costs: Costs | None) -> Any:
    default = costs.goods_share() if costs else None
    otherwise = ibis.literal(default.middle, "float64") if default is not None else ibis.null("float64")
    named = {
        category: share.middle
        for category, share in (costs.entries.get("goods", {}) if costs else {}).items()
        if category != "*"
    }
    if not named:
        return otherwise
    branches = [(t.category == category, ibis.literal(share, "float64")) for category, share in named.items()]
    return ibis.cases(*branches, else_=otherwise)


def _sheet(costs: Costs | None) -> dict[str, Any]:
    """Money that goes out with each order and share of the price that fees take, 0 where the sheet says nothing."""
    return {
        "sheet_per_order": ibis.literal(float(costs.per_order) if costs else 0.0, "float64"),
        "sheet_share": ibis.literal(float(costs.sales_share) if costs else 0.0, "float64"),
    }


def _with_returned_cost(warehouse: Warehouse, t: Any, asked: Asked) -> Any:
    """Per refund: goods cost ÷ price of the same product in the same order, else of the whole order, else of the sheet."""
    sold = warehouse.table("sales")
    sold = sold.filter(sold.kind == "goods")
    sold = _with_product(warehouse, sold, asked.currency)
    sold = sold.mutate(**goods_cost(sold, asked.costs))
    lines = _cost_rate(sold, ["channel", "order_id", "product_id"], "line")
    orders = _cost_rate(sold, ["channel", "order_id"], "order")
    t = t.left_join(
        lines,
        [t.channel == lines.line_channel, t.order_id == lines.line_order_id, t.product_id == lines.line_product_id],
    )
    t = t.left_join(orders, [t.channel == orders.order_channel, t.order_id == orders.order_order_id])
    return t.mutate(cost_rate=ibis.coalesce(t.line_rate, t.order_rate))


def _cost_rate(sold: Any, keys: list[str], prefix: str) -> Any:
    sums = sold.group_by(**{f"{prefix}_{key}": sold[key] for key in keys}).aggregate(
        _cost=sold.known_cost.sum(), _amount=sold.amount.sum(where=sold.known_cost.notnull()).cast("float64")
    )
    return sums.mutate(**{f"{prefix}_rate": sums["_cost"] / sums["_amount"].nullif(0)}).drop("_cost", "_amount")


def _with_refunds_to_come(t: Any, rows: Rows, asked: Asked) -> Any:
    """``to_come_share``: what share of a sale will still be refunded; 0 for matured sales, NULL where the shop's record is too short."""
    if asked.development is None:
        return t.mutate(to_come_share=ibis.null("float64"))
    shares = asked.development.to_come(asked.last)
    days = ibis.memtable(
        {"_open_day": list(shares), "_share": list(shares.values())}, schema={"_open_day": "date", "_share": "float64"}
    )
    t = t.left_join(days, t[rows.day] == days["_open_day"])
    return t.mutate(to_come_share=t["_share"].fill_null(0.0))


def _with_rate(warehouse: Warehouse, t: Any, currency: str) -> Any:
    """``cost`` and ``revenue`` in the workspace's currency by the day's rate, at most a week old; NULL where none is known."""
    fx = warehouse.table("fx_rates")
    days = t.select(_fx_day=t.day, _fx_currency=t.currency).distinct()
    dated = days.join(
        fx,
        [
            days["_fx_currency"] == fx.currency,
            fx.day <= days["_fx_day"],
            fx.day > days["_fx_day"] - ibis.interval(days=RATE_DAYS),
        ],
    )
    rates = dated.group_by("_fx_day", "_fx_currency").aggregate(_fx_rate=dated.rate.argmax(dated.day))
    t = t.left_join(rates, [t.day == rates["_fx_day"], t.currency == rates["_fx_currency"]])
    own = t.currency.isnull() | (t.currency == currency)
    rate = own.ifelse(ibis.literal(1.0), t["_fx_rate"])
    money = [name for name in ("cost", "revenue", "amount") if name in t.columns]
    return t.mutate(**{name: t[name].cast("float64") * rate for name in money})

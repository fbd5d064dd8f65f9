"""What orders of a product bring in cash, and with what else they are bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from zhanggui.numbers.frames.grid import MONEY, PER_ORDER, SALES_SHARE, Grid, frame, goods, total, with_costs

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

ORDER = ("channel", "order_id")


@frame("product_id", also=with_costs)
def below_cash(warehouse: Warehouse, grid: Grid) -> Any:
    """Orders of each product in the last 28 days: product_id · orders · units · gross · skus · others (orders with other goods too) ·
    others_gross (what those paid for the other goods) · costed (orders whose goods' cost is known), costed_units, costed_gross,
    costed_listed, costed_cost of these · goods_orders (of these paid less than the goods cost) and, of those paid less than their
    cash cost: loss_orders · loss_units · loss_gross · loss_listed · loss_cost (of the goods) · loss_freight (their share of what an order
    costs beside its goods, less what the buyer paid for freight) · loss_skus · loss_sku (one of these).

    Cash cost: the goods, the product's share (by money) of the order's freight and packing, and fees; the low ends of the cost sheet.
    """
    lines = goods(warehouse)
    lines = lines.filter(grid.lately(lines.day, grid.window_days) & (lines.product_id != ""))
    own = lines.filter(lines.kind == "goods")
    bought = own.group_by(*ORDER, "product_id").agg(
        units=own.units.sum(),
        amount=total(own.amount),
        listed=total(own.listed),
        cost=total(own.cost),
        unknown=own.cost.isnull().sum(),
        sku=own.sku.max(),
    )
    whole = lines.group_by(*ORDER).agg(paid=total(lines.amount))
    orders = warehouse.table("order_facts")
    orders = orders.filter(grid.lately(orders.day, grid.window_days)).select(*ORDER, "shipping")
    bought = bought.inner_join(whole, ORDER).left_join(orders, ORDER)
    part = (bought.paid > 0).ifelse(bought.amount / bought.paid.nullif(0), 1.0)
    beside = PER_ORDER.cast(MONEY) - bought.shipping.cast(MONEY).fill_null(0.0)
    bought = bought.select(
        *("product_id", "units", "amount", "listed", "cost", "sku"),
        known=bought.unknown == 0,
        rest=bought.paid - bought.amount,
        freight=part * ibis.greatest(beside, ibis.literal(0.0)),
    )
    kept = bought.amount * (1 - SALES_SHARE.cast(MONEY))
    loss = bought.known & (kept < bought.cost + bought.freight)
    short = bought.known & (bought.amount < bought.cost)
    mixed = bought.rest > 0
    return bought.group_by("product_id").agg(
        orders=bought.count(),
        units=bought.units.sum(),
        gross=bought.amount.sum(),
        skus=bought.sku.nunique(),
        others=mixed.sum(),
        others_gross=bought.rest.sum(where=mixed),
        costed=bought.known.sum(),
        costed_units=bought.units.sum(where=bought.known),
        costed_gross=bought.amount.sum(where=bought.known),
        costed_listed=bought.listed.sum(where=bought.known),
        costed_cost=bought.cost.sum(where=bought.known),
        goods_orders=short.sum(),
        loss_orders=loss.sum(),
        loss_units=bought.units.sum(where=loss),
        loss_gross=bought.amount.sum(where=loss),
        loss_listed=bought.listed.sum(where=loss),
        loss_cost=bought.cost.sum(where=loss),
        loss_freight=bought.freight.sum(where=loss),
        loss_skus=bought.sku.nunique(where=loss),
        loss_sku=bought.sku.max(where=loss),
    )


FRAMES = (below_cash,)

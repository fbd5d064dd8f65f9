"""The derived tables: one row per placed order, per line of a sale, per refund, with every dimension already on it.

They are a pure function of the current canonical tables, rebuilt by ``store`` inside the import's transaction, so that
a metric reads one table and joins nothing. Money is in the workspace's currency (``*_own`` keeps the order's own).
They are internal: never exported, never imported.
"""

from __future__ import annotations

from zhanggui.tables.kinds import Column, Table

DIMENSIONS = (
    Column("source"),
    Column("source_by"),
    Column("campaign"),
    Column("device"),
    Column("country"),
    Column("region"),
    Column("city"),
    Column("new_or_returning"),
)
"""On all three facts; empty text = unknown. ``new_or_returning`` is ``new``, ``returning`` or empty; ``source_by`` is what the source was
decided by: one of ``SOURCE_BY``, or empty."""

SOURCE_BY = ("order", "landing", "statistics", "platform")
"""What tells an order's source, the surest first: the visit noted on the order, its landing page, web statistics, the platform."""

order_facts = Table(
    "order_facts",
    key=("order_id",),
    columns=(
        Column("order_id", required=True),
        Column("customer_key"),
        Column("status"),
        Column("kind"),
        Column("placed_day", "day"),
        Column("day", "day"),  # the day of the sale: paid, else created where the channel has no payment times
        Column("counted", "flag"),  # a sale of goods: paid, not cancelled, kind counts, not postage or fees alone
        Column("placed", "flag"),  # counts in the order rate: everything but credit, exchange, reship, test
        *DIMENSIONS,
        Column("previous_day", "day"),  # the buyer's sale before this one, in this channel
        Column("first_day", "day"),  # the buyer's first sale in this channel
        Column("next_day", "day"),  # the buyer's first later sale on another day
        Column("goods", "money"),  # paid goods after shop discounts, without freight and tax
        Column("non_goods", "money"),
        Column("shipping", "money"),
        Column("tax", "money"),
        Column("discount", "money"),
        Column("platform_discount", "money"),
        Column("fees", "money"),
        Column("payout", "money"),
        Column("units", "number"),
        Column("cost", "money"),
        Column("currency"),
        Column("rate", "number"),  # to the workspace's currency; NULL where no rate is known
        Column("goods_own", "money"),
        Column("paid_at", "instant"),
        Column("created_at", "instant"),
        Column("ship_by", "instant"),
        Column("shipped_at", "instant"),
        Column("delivered_at", "instant"),
    ),
)

sales = Table(
    "sales",
    key=("order_id", "line_id"),
    columns=(
        Column("order_id", required=True),
        Column("line_id", required=True),  # empty where the order came without lines
        Column("day", "day"),
        Column("customer_key"),
        Column("product_id"),
        Column("sku"),
        Column("kind"),  # goods | gift | non_goods
        *DIMENSIONS,
        Column("units", "number"),
        Column("listed", "money"),  # unit_price × quantity, before any discount
        Column("amount", "money"),  # goods paid after shop discounts
        Column("discount", "money"),  # listed − amount where both are known
        Column("cost", "money"),  # unit cost × quantity, where known
    ),
)

refund_facts = Table(
    "refund_facts",
    key=("refund_id",),
    columns=(
        Column("refund_id", required=True),
        Column("order_id"),  # of the sale it reverses; empty where that sale is not in the data
        Column("line_id"),
        Column("day", "day"),  # the refund's own day: finished, else requested, else the sale's day
        Column("sale_day", "day"),  # the day of the sale it reverses; NULL where that sale is not in the data
        Column("age_days", "integer"),  # day − sale_day
        Column("dated", "flag"),  # whether the refund had a time of its own
        Column("customer_key"),
        Column("product_id"),
        Column("sku"),
        *DIMENSIONS,
        Column("amount", "money"),
        Column("units", "number"),
        Column("non_goods", "flag"),
        Column("kind"),
        Column("phase"),
        Column("reason"),
        Column("status"),
    ),
)

FACTS: dict[str, Table] = {table.name: table for table in (order_facts, sales, refund_facts)}

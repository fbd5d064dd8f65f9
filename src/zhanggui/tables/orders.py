"""Orders, their lines, fees and refunds."""

from __future__ import annotations

from zhanggui.tables.kinds import Column, Table

STATUSES = ("placed", "paid", "shipped", "delivered", "completed", "cancelled")
ORDER_KINDS = ("normal", "presale", "wholesale", "staff", "test", "exchange", "reship", "credit")
"""``credit``: a credit note kept as an order of its own because the file does not name the order it reverses. It is
never a sale and never placed; its refunds are linked to an earlier sale of the same buyer and product where there is one."""

# ``source`` is what the platform or the file says of the order. ``visit_source`` is what the shop system noted on the order of the visit it
# came from, ``landing_page`` where that visit began, with its campaign parameters. Which of them decides is said in ``store/sourcing.py``.
orders = Table(
    "orders",
    key=("order_id",),
    money="order_total",
    references=(("customer_key", "customers.customer_key"),),
    columns=(
        Column("order_id", required=True),
        Column("customer_key"),
        Column("created_at", "instant", day=True),
        Column("paid_at", "instant", day=True),
        Column("ship_by", "instant", day=True),
        Column("shipped_at", "instant", day=True),
        Column("delivered_at", "instant", day=True),
        Column("completed_at", "instant", day=True),
        Column("status", choices=STATUSES),
        Column("kind", choices=ORDER_KINDS),
        Column("currency"),
        Column("goods_amount", "money"),
        Column("discount_amount", "money"),
        Column("platform_discount", "money"),
        Column("shipping_amount", "money"),
        Column("tax_amount", "money"),
        Column("order_total", "money"),
        Column("deposit_amount", "money"),
        Column("paid_amount", "money"),
        Column("payout_amount", "money"),
        Column("source"),
        Column("campaign"),
        Column("visit_source"),
        Column("visit_campaign"),
        Column("landing_page", masked=True),
        Column("device"),
        Column("country"),
        Column("region"),
        Column("city"),
        Column("carrier"),
        Column("buyer_note", masked=True),
        Column("seller_note", masked=True),
    ),
)

order_lines = Table(
    "order_lines",
    key=("order_id", "line_id"),
    set_of="order_id",
    money="line_total",
    references=(("order_id", "orders.order_id"), ("product_id", "products.product_id")),
    columns=(
        Column("order_id", required=True),
        Column("line_id", required=True),
        Column("product_id"),
        Column("sku"),
        Column("title"),
        Column("variant"),
        Column("quantity", "number"),
        Column("unit_price", "money"),
        Column("line_discount", "money"),
        Column("line_total", "money"),
        Column("unit_cost", "money"),
        Column("kind", choices=("goods", "gift", "non_goods")),
    ),
)

order_fees = Table(
    "order_fees",
    key=("order_id", "kind"),
    money="amount",
    references=(("order_id", "orders.order_id"),),
    columns=(
        Column("order_id", required=True),
        Column("kind", required=True),
        Column("amount", "money", required=True),
        Column("currency"),
    ),
)

refunds = Table(
    "refunds",
    key=("refund_id",),
    money="amount",
    references=(("order_id", "orders.order_id"), ("product_id", "products.product_id")),
    columns=(
        Column("refund_id", required=True),
        Column("order_id"),
        Column("line_id"),
        Column("product_id"),
        Column("sku"),
        Column("quantity", "number"),
        Column("requested_at", "instant", day=True),
        Column("finished_at", "instant", day=True),
        Column("amount", "money"),
        Column("currency"),
        Column("reason", masked=True),
        Column("kind", choices=("refund_only", "return", "exchange")),
        Column("phase", choices=("before_shipment", "after_shipment")),
        Column("status", choices=("requested", "finished", "refused")),
        Column("scope", choices=("single", "line_total", "order_total")),
        Column("non_goods", "flag"),
    ),
)
"""``scope``: ``single`` is one refund; ``line_total`` and ``order_total`` are what an order export says was refunded on
the line or order *so far*: beside single refunds only the rest counts, so nothing is subtracted twice.
``non_goods``: the refund is of postage, a manual or a fee line, and stays out of every sales metric."""

TABLES = (orders, order_lines, order_fees, refunds)

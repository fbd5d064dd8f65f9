"""What customers say: reviews, scores, chats."""

from __future__ import annotations

from zhanggui.tables.kinds import Column, Table

reviews = Table(
    "reviews",
    key=("review_id",),
    references=(("order_id", "orders.order_id"), ("product_id", "products.product_id")),
    columns=(
        Column("review_id", required=True),
        Column("order_id"),
        Column("product_id"),
        Column("customer_key"),
        Column("created_at", "instant", day=True),
        Column("stars", "number"),
        Column("stars_product", "number"),
        Column("stars_service", "number"),
        Column("stars_logistics", "number"),
        Column("text", masked=True),
        Column("image_count", "integer"),
        Column("reply", masked=True),
        Column("replied_at", "instant", day=True),
    ),
)

scores = Table(
    "scores",
    key=("system", "object", "name", "day"),
    wildcard=("object",),
    columns=(
        Column("system", required=True),
        Column("object", required=True),
        Column("name", required=True),
        Column("day", "day", required=True),
        Column("value", "number"),
        Column("window_days", "integer"),
        Column("composite", "flag"),
    ),
)

chats = Table(
    "chats",
    key=("chat_id",),
    references=(("order_id", "orders.order_id"),),
    columns=(
        Column("chat_id", required=True),
        Column("started_at", "instant", day=True),
        Column("customer_key"),
        Column("agent"),
        Column("product_id"),
        Column("first_reply_seconds", "number"),
        Column("rounds", "integer"),
        Column("rounds_within_target", "integer"),
        Column("order_id"),
        Column("text", masked=True),
    ),
)

TABLES = (reviews, scores, chats)

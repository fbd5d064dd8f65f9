"""Products and their stock."""

from __future__ import annotations

from zhanggui.tables.kinds import Column, Table

products = Table(
    "products",
    key=("product_id",),
    columns=(
        Column("product_id", required=True),
        Column("item_key"),
        Column("short_name"),
        Column("title"),
        Column("category"),
        Column("brand"),
        Column("price", "money"),
        Column("cost", "money"),
        Column("currency"),
        Column("status", choices=("active", "draft", "archived")),
        Column("listed_at", "instant", day=True),
        Column("updated_at", "instant", day=True),
        Column("url"),
        Column("image_urls", "list"),
        Column("description"),
        Column("attributes"),
        Column("supplier"),
        Column("lead_days", "number"),
        Column("min_order", "number"),
        Column("batch"),
    ),
)

stock_days = Table(
    "stock_days",
    key=("day", "product_id", "sku", "location"),
    wildcard=("product_id", "sku", "location"),
    references=(("product_id", "products.product_id"),),
    columns=(
        Column("day", "day", required=True),
        Column("product_id", required=True),
        Column("sku", required=True),
        Column("location", required=True),
        Column("on_hand", "number"),
        Column("inbound", "number"),
        Column("inbound_day", "day"),
    ),
)

TABLES = (products, stock_days)

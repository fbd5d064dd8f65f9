"""Paid promotion by day."""

from __future__ import annotations

from zhanggui.tables.kinds import Column, Table

_DIMENSIONS = ("platform", "campaign", "ad_group", "keyword", "creative", "product_id")

ad_days = Table(
    "ad_days",
    key=("day", *_DIMENSIONS),
    wildcard=_DIMENSIONS,
    money="cost",
    references=(("product_id", "products.product_id"),),
    columns=(
        Column("day", "day", required=True),
        *(Column(name, required=True) for name in _DIMENSIONS),
        Column("impressions", "integer"),
        Column("clicks", "integer"),
        Column("cost", "money"),
        Column("currency"),
        Column("orders", "number"),
        Column("revenue", "money"),
        Column("carts", "integer"),
        Column("bid", "money"),
        Column("daily_budget", "money"),
        Column("quality_score", "number"),
        Column("position", "number"),
        Column("plan", choices=("manual", "automatic")),
    ),
)

TABLES = (ad_days,)

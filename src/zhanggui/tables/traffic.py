"""Visits by day, search words by day, and the raw clickstream."""

from __future__ import annotations

from zhanggui.tables.kinds import Column, Table

traffic_days = Table(
    "traffic_days",
    key=("day", "source", "product_id", "device"),
    wildcard=("source", "product_id", "device"),
    money="pay_amount",
    references=(("product_id", "products.product_id"),),
    columns=(
        Column("day", "day", required=True),
        Column("source", required=True),
        Column("product_id", required=True),
        Column("device", required=True),
        Column("visitors", "integer"),
        Column("sessions", "integer"),
        Column("impressions", "integer"),
        Column("clicks", "integer"),
        Column("page_views", "integer"),
        Column("bounces", "integer"),
        Column("favourites", "integer"),
        Column("cart_visitors", "integer"),
        Column("order_buyers", "integer"),
        Column("pay_buyers", "integer"),
        Column("pay_amount", "money"),
    ),
)

events = Table(
    "events",
    key=("event_id",),
    columns=(
        Column("event_id", required=True),
        Column("at", "instant", required=True, day=True),
        Column("visitor_id"),
        Column("customer_key"),
        Column("order_id"),  # the shop's number of the order that was paid
        Column("session_id"),
        Column("kind", choices=("view", "search", "favourite", "cart", "order", "pay")),
        Column("product_id"),
        Column("source"),
        Column("campaign"),
        Column("query", masked=True),
    ),
)

keyword_days = Table(
    "keyword_days",
    key=("day", "keyword", "product_id"),
    wildcard=("product_id",),
    money="pay_amount",
    columns=(
        Column("day", "day", required=True),
        Column("keyword", required=True),
        Column("product_id", required=True),
        Column("market_searches", "integer"),
        Column("impressions", "integer"),
        Column("clicks", "integer"),
        Column("visitors", "integer"),
        Column("pay_buyers", "integer"),
        Column("pay_amount", "money"),
        Column("position", "number"),
        Column("competition", "number"),
    ),
)

TABLES = (traffic_days, events, keyword_days)

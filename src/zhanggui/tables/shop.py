"""What the shop does and pays, and what surrounds it: promotions, changes, costs, targets, peers, rates."""

from __future__ import annotations

from zhanggui.tables.kinds import Column, Table

TABLES = (
    Table(
        "promotions",
        key=("promotion_id",),
        columns=(
            Column("promotion_id", required=True),
            Column("name"),
            Column("platform"),
            Column("starts_at", "instant", day=True),
            Column("ends_at", "instant", day=True),
            Column("answer_by", "instant", day=True),
            Column("product_ids", "list"),
            Column("price", "money"),
            Column("discount", "money"),
            Column("threshold", "money"),
            Column("gift_cost", "money"),
            Column("stackable", "flag"),
            Column("fee", "money"),
            Column("price_protection_days", "integer"),
            Column("terms"),
        ),
    ),
    Table(
        "changes",
        key=("change_id",),
        columns=(
            Column("change_id", required=True),
            Column("at", "instant", day=True),
            Column("product_id"),
            Column("what"),
            Column("before"),
            Column("after"),
            Column("by"),
        ),
    ),
    Table(
        "benchmarks",
        key=("day", "peer_group", "metric"),
        columns=(
            Column("day", "day", required=True),
            Column("peer_group", required=True),
            Column("metric", required=True),
            Column("value", "number"),
            Column("low", "number"),
            Column("high", "number"),
            Column("members", "integer"),
            Column("denominator"),
        ),
    ),
    Table(
        "rival_prices",
        key=("day", "rival_item"),
        columns=(
            Column("day", "day", required=True),
            Column("rival_item", required=True),
            Column("product_id"),
            Column("price", "money"),
            Column("source"),
        ),
    ),
    Table(
        "costs",
        key=("day", "kind"),
        money="amount",
        columns=(
            Column("day", "day", required=True),
            Column("kind", required=True),
            Column("amount", "money"),
            Column("currency"),
        ),
    ),
    Table(
        "fees",
        key=("kind", "category", "valid_from"),
        wildcard=("category",),
        columns=(
            Column("kind", required=True),
            Column("category", required=True),
            Column("valid_from", "day", required=True),
            Column("value", "number"),
            Column("low", "number"),
            Column("high", "number"),
            Column("unit", choices=("share", "per_order", "per_unit", "days")),
        ),
    ),
    Table(
        "targets",
        key=("month", "metric"),
        columns=(
            Column("month", required=True),
            Column("metric", required=True),
            Column("value", "number"),
        ),
    ),
    Table(
        "annotations",
        key=("day", "target"),
        wildcard=("target",),
        columns=(Column("day", "day", required=True), Column("target", required=True), Column("text")),
    ),
    Table(
        "fx_rates",
        key=("day", "currency"),
        has_channel=False,
        columns=(
            Column("day", "day", required=True),
            Column("currency", required=True),
            Column("rate", "number", required=True),
        ),
    ),
)

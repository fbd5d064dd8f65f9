"""Customers, known only by their keyed hash, and what they were shown in experiments."""

from __future__ import annotations

from zhanggui.tables.kinds import Column, Table

customers = Table(
    "customers",
    key=("customer_key",),
    columns=(
        Column("customer_key", required=True),
        Column("first_seen_at", "instant", day=True),
        Column("country"),
        Column("region"),
        Column("city"),
        Column("consent_email", "flag"),
        Column("consent_sms", "flag"),
        Column("tags", "list"),
    ),
)

exposures = Table(
    "exposures",
    key=("experiment_id", "unit_id"),
    columns=(
        Column("experiment_id", required=True),
        Column("unit_id", required=True),
        Column("variant"),
        Column("at", "instant", day=True),
        Column("outcome"),
        Column("value", "number"),
    ),
)

TABLES = (customers, exposures)

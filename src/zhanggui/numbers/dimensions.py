"""Which table can be asked by which dimension, and what has to be joined for it."""

from __future__ import annotations

from collections.abc import Collection

from zhanggui.numbers.kinds import TIME

_ORDER = ("source", "source_by", "campaign", "device", "country", "region", "city", "new_or_returning")
PRODUCT = ("category", "brand", "item_key")
"""Dimensions that only ``products`` knows; a table with a ``product_id`` joins it when asked."""

WILDCARD: dict[str, tuple[str, ...]] = {
    "traffic_days": ("source", "product_id", "device"),
    "ad_days": ("platform", "campaign", "ad_group", "keyword", "creative", "product_id"),
    "keyword_days": ("product_id",),
    "stock_days": ("product_id", "sku", "location"),
    "scores": ("object",),
}
"""Tables with ``*`` rows, and the dimensions that may be ``*``."""

OWN: dict[str, tuple[str, ...]] = {
    "order_facts": ("channel", *_ORDER),
    "sales": ("channel", "product_id", "sku", *_ORDER),
    "refund_facts": ("channel", "product_id", "sku", *_ORDER),
    "traffic_days": ("channel", *WILDCARD["traffic_days"]),
    "ad_days": ("channel", *WILDCARD["ad_days"]),
    "keyword_days": ("channel", "keyword", "product_id"),
    "stock_days": ("channel", *WILDCARD["stock_days"]),
    "reviews": ("channel", "product_id"),
    "chats": ("channel", "product_id", "agent"),
    "scores": ("channel", "system", "object", "name"),
    "costs": ("channel",),
}
"""Text columns of each table that a question may group by or filter on."""

STATED_ALWAYS: dict[str, tuple[str, ...]] = {
    "order_facts": ("channel", *_ORDER),
    "sales": ("channel", *_ORDER, "product_id"),
    "refund_facts": ("channel", *_ORDER, "product_id"),
    **{table: ("channel", *names) for table, names in WILDCARD.items()},
}
"""Columns that are never NULL: empty text where a fact is unknown, ``*`` or a value in a key."""

DIMENSIONS: tuple[str, ...] = (
    "channel",
    *_ORDER,
    "product_id",
    "sku",
    *PRODUCT,
    "platform",
    "ad_group",
    "keyword",
    "creative",
    "location",
    "agent",
    "system",
    "object",
    "name",
    *TIME,
)
"""Every dimension, in no particular order of importance."""


def of(table: str) -> frozenset[str]:
    """All dimensions a table answers by.

    >>> "category" in of("sales"), "country" in of("traffic_days")
    (True, False)
    """
    own = OWN[table]
    return frozenset((*own, *(PRODUCT if "product_id" in own else ()), *TIME))


def with_dimension(name: str) -> list[str]:
    """The tables that have a dimension."""
    return [table for table in OWN if name in of(table)]


def needs_products(asked: Collection[str]) -> bool:
    """Whether ``products`` has to be joined."""
    return any(name in PRODUCT for name in asked)

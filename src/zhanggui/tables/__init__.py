"""The canonical tables: what every source is translated into and everything downstream reads.

One topic a file; a table is declared once as data and found by presence in this folder.
"""

from __future__ import annotations

from zhanggui.tables import ads, customers, orders, products, reviews, shop, traffic
from zhanggui.tables.facts import FACTS
from zhanggui.tables.kinds import Column, Table

TABLES: dict[str, Table] = {
    table.name: table
    for module in (orders, products, customers, traffic, ads, reviews, shop)
    for table in module.TABLES
}
"""Every canonical table by name, in the order they are loaded and exported."""

__all__ = ["FACTS", "TABLES", "Column", "Table"]

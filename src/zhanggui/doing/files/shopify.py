"""Shopify's product file with the prices, titles and states of approved actions, to be imported over the products of the same handles.

A variant is found by the names of its options, which the shop's own product file gave (docs/sources/shopify.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zhanggui.doing.files.kinds import Known, Row, wanted
from zhanggui.doing.kinds import money
from zhanggui.errors import BadValue
from zhanggui.ledger.kinds import Entry

OPTIONS = 3
ONLY = "Title", "Default Title"
"""Name and value of the option of a product without variants."""


class ShopifyFile:
    """Products → Import → “Overwrite products with matching handles”."""

    name = "shopify"
    columns = (
        "Handle",
        "Title",
        *(f"Option{place} {part}" for place in range(1, OPTIONS + 1) for part in ("Name", "Value")),
        "Variant SKU",
        "Variant Price",
        "Status",
    )

    def rows(self, entry: Entry, known: Known) -> Iterable[Row]:
        for product, values in wanted(entry).items():
            own = known.get(product, {})
            if not str(own.get("channel", "")).startswith("shopify"):
                continue
            price, status = values.get("price") or _money(own.get("price")), values.get("status") or own.get("status")
            needed = {"Handle": own.get("item_key"), "Variant Price": price, "Status": status}
            if lacking := [name for name, value in needed.items() if not value]:
                raise BadValue("doing.unnamed", product=product, lacking=", ".join(lacking))
            yield {
                "Title": values.get("title") or own.get("short_name") or own.get("title"),
                **_options(own),
                "Variant SKU": product,
                **needed,
            }


def _money(amount: Any) -> str:
    return "" if amount is None else money(amount)


def _options(own: Mapping[str, Any]) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in str(own.get("attributes") or "").split(";") if "=" in pair]
    named = [(name, value) for name, _, value in pairs] or [ONLY]
    cells: dict[str, str] = {}
    for place, (name, value) in enumerate(named[:OPTIONS], start=1):
        cells |= {f"Option{place} Name": name, f"Option{place} Value": value}
    return cells


FILE = ShopifyFile()

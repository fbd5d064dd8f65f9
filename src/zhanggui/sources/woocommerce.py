"""WooCommerce: the product export, an order export plugin's file, and answers of its interface v3 saved as JSON.

See docs/sources/woocommerce.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from zhanggui.sources import json_files, reading, woocommerce_csv, woocommerce_json
from zhanggui.sources.matching import best, by_header, fit
from zhanggui.tables.loading import Options, Reading, Recognition, Sheet

CHANNEL = "woocommerce:main"

_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "orders": ("id", "status", "line_items", "date_created", "billing", "total"),
    "refunds": ("id", "line_items", "refunded_by", "date_created"),
    "products": ("id", "name", "regular_price", "stock_status", "permalink"),
    "customers": ("id", "email", "is_paying_customer", "billing"),
    "reviews": ("id", "product_id", "review", "rating", "reviewer"),
}


class WooCommerce:
    """The source of WooCommerce's files."""

    name = "woocommerce"
    known = frozenset(
        {*woocommerce_csv.PRODUCTS, *woocommerce_csv.ORDERS}
        - {"ID", "Type", "Name", "Description", "Tags", "SKU", "date", "status"}
    )

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """An answer of the interface by its keys, a CSV by its columns."""
        if sheet.kind in (json_files.LINES, json_files.LIST):
            return best(
                *(fit(self.name, layout, sheet, core=core, known=sheet.headers) for layout, core in _ANSWERS.items())
            )
        attributes = tuple(name for name in sheet.headers if woocommerce_csv.SERIAL.fullmatch(name))
        return best(
            fit(
                self.name,
                "product_csv",
                sheet,
                core=woocommerce_csv.PRODUCT_CORE,
                known=(*woocommerce_csv.PRODUCTS, *attributes),
            ),
            fit(
                self.name,
                "order_csv",
                sheet,
                core=woocommerce_csv.ORDER_CORE,
                known=(*woocommerce_csv.ORDERS, *attributes),
            ),
        )

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Files of orders first: refunds do not say whose they are, the orders do."""
        channel = options.channel or CHANNEL
        owners: dict[str, str] = {}
        for sheet, recognition in sorted(sheets, key=lambda pair: pair[1].layout != "orders"):
            if recognition.layout in _ANSWERS:
                answer = woocommerce_json.read(sheet, recognition.layout, options, owners)
                yield Reading(sheet, recognition, answer.pieces, channel, answer.count, answer.left_out, answer.rejects)
                continue
            seen = replace(sheet, headers=tuple(name.removeprefix("Meta:") for name in sheet.headers))
            table, rejects = reading.rows(sheet)
            frame = by_header(table, seen)
            read = woocommerce_csv.products if recognition.layout == "product_csv" else woocommerce_csv.orders
            pieces, left_out = read(frame, seen, options)
            yield Reading(sheet, recognition, pieces, channel, len(table) + len(rejects), left_out, rejects)


SOURCE = WooCommerce()

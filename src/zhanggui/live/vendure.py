"""Vendure by its Admin API: orders with refunds and cancellations, products, stock and customers.

Records are read by the time they were last changed. A new price moves the time of its variant and not of the product, so both are followed.
A refund does not move its order's time, so orders placed within ``refund_days`` are read again each time. Stock has no list of changes and
is read whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from zhanggui.live.kinds import Cursor, Option, Page, Visit
from zhanggui.live.pages import pieces, reading
from zhanggui.live.vendure_calls import SECRETS, TOKEN, Vendure, opened
from zhanggui.live.vendure_rows import customer_rows, order_rows, product_rows, stock_rows
from zhanggui.tables.loading import LeftOut

FIRST = "1970-01-01T00:00:00.000Z"
STEP = timedelta(seconds=1)
_AMONG = """query($options: {kind}ListOptions) {{ {name}(options: $options) {{ items {{ {fields} }} }} }}"""
_ORDER = """id code type state active createdAt updatedAt orderPlacedAt currencyCode subTotal subTotalWithTax
  shipping total totalWithTax customer { emailAddress } shippingAddress { countryCode province city }
  lines { id quantity orderPlacedQuantity unitPrice proratedUnitPrice proratedUnitPriceWithTax
    productVariant { id sku name productId } }
  surcharges { id description price }
  payments { id state createdAt updatedAt
    refunds { id createdAt updatedAt state reason shipping total lines { orderLineId quantity } } }
  fulfillments { state createdAt updatedAt }"""
_PRODUCT = """id name enabled createdAt updatedAt slug description
  facetValues { name facet { name } } featuredAsset { source }
  variants { id sku updatedAt prices { price currencyCode } }"""
_CUSTOMER = "id createdAt updatedAt emailAddress addresses { defaultShippingAddress country { code } province city }"
_STOCK = "id sku productId stockLevels { stockOnHand stockAllocated updatedAt stockLocation { name } }"
_KINDS = {"orders": "Order", "products": "Product", "customers": "Customer", "productVariants": "ProductVariant"}
_CURRENCY = "{ activeChannel { defaultCurrencyCode } }"
Rows = Callable[[Mapping[str, Any]], Iterator[tuple[str, Mapping[str, Any]]]]


class VendureConnector:
    """Vendure, from version 3 on."""

    kind = "vendure"
    over_http = True
    channel = "vendure:main"
    secrets = SECRETS
    instead = TOKEN
    options = (Option("refund_days", 90.0), Option("page_size", 100.0))

    def pages(self, visit: Visit, cursor: Cursor) -> Iterator[Page]:
        with opened(visit) as shop:
            currency = str(shop.ask(_CURRENCY)["activeChannel"]["defaultCurrencyCode"])
            yield from _Reading(visit, shop, currency, dict(cursor)).pages()


class _Reading:
    """One reading of a shop; ``cursor`` holds for each stream the latest change that was read."""

    def __init__(self, visit: Visit, shop: Vendure, currency: str, cursor: dict[str, Any]) -> None:
        self.visit, self.shop, self.currency, self.cursor = visit, shop, currency, cursor
        self.take = int(visit.connection.number("page_size"))

    def pages(self) -> Iterator[Page]:
        def priced(record: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
            return product_rows(record, self.currency)

        def counted(record: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
            return stock_rows(record, self.visit.now)

        def of_variant(record: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
            return product_rows(record["product"], self.currency)

        yield from self._changed("products", _PRODUCT, priced)
        if "productVariants" in self.cursor:
            yield from self._changed("productVariants", f"updatedAt product {{ {_PRODUCT} }}", of_variant)
        self.cursor["productVariants"] = _text(self.visit.now.replace(tzinfo=None))
        yield from self._changed("customers", _CUSTOMER, customer_rows)
        yield from self._orders_placed_lately()
        yield from self._changed("orders", _ORDER, order_rows)
        yield from self._stock(counted)

    def _changed(self, name: str, fields: str, rows: Rows) -> Iterator[Page]:
        """Records by the time of their last change; those of the overlap are read again."""
        overlap = timedelta(minutes=self.visit.connection.number("overlap_minutes"))
        since = _moment(self.cursor[name]) - overlap if name in self.cursor else _moment(FIRST)
        for found in self._since(name, fields, "updatedAt", since):
            last = max(str(self.cursor.get(name, FIRST)), *(str(one["updatedAt"]) for one in found))
            self.cursor[name] = last
            yield self._page(name, found, rows)

    def _orders_placed_lately(self) -> Iterator[Page]:
        """Orders whose refunds may be new; at the first reading all are read anyway."""
        if "orders" not in self.cursor:
            return
        since = self.visit.now - timedelta(days=self.visit.connection.number("refund_days"))
        for found in self._since("orders", _ORDER, "orderPlacedAt", since.replace(tzinfo=None)):
            yield self._page("orders", found, order_rows)

    def _since(self, name: str, fields: str, by: str, since: datetime) -> Iterator[list[Mapping[str, Any]]]:
        """Records in the order of a time, each page from the last one's time on: what changes while we read comes again at the end. Where
        a whole page has one time, the next is counted from there."""
        skip = 0
        while True:
            options = {"filter": {by: {"after": _text(since)}}, "sort": {by: "ASC"}, "take": self.take, "skip": skip}
            found = self._asked(name, fields, options)
            if found:
                yield found
            if len(found) < self.take:
                return
            on = _moment(str(found[-1][by])) - STEP
            since, skip = (on, 0) if on > since else (since, skip + self.take)

    def _stock(self, rows: Rows) -> Iterator[Page]:
        skip = 0
        while found := self._asked("productVariants", _STOCK, {"sort": {"id": "ASC"}, "take": self.take, "skip": skip}):
            yield self._page("stock", found, rows)
            skip += self.take

    def _asked(self, name: str, fields: str, options: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        query = _AMONG.format(kind=_KINDS[name], name=name, fields=fields)
        return list(self.shop.ask(query, options=options)[name]["items"])

    def _page(self, stream: str, found: list[Mapping[str, Any]], rows: Rows) -> Page:
        connection = self.visit.connection
        told, passed = [], 0
        for nth, record in enumerate(found, start=1):
            own = [(table, {"_row": nth, **row}) for table, row in rows(record)]
            passed += not own
            told += own
        parts = pieces(connection, stream, told, currency=self.currency, count=len(found))
        left_out = (LeftOut("other_records", passed),) if passed else ()
        whole = reading(connection, stream, parts, len(found), left_out=left_out)
        return Page(stream, (whole,), dict(self.cursor))


def _moment(text: str) -> datetime:
    """A time of the API, UTC without zone."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=None)


def _text(moment: datetime) -> str:
    return f"{moment.isoformat(timespec='milliseconds')}Z"


CONNECTOR = VendureConnector()

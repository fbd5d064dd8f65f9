"""django-oscar by the interface that django-oscar-api gives to staff: orders with their lines, products and stock.

The interface knows no time of change of an order and cannot be asked for changes: its list is gone through, newest first, as far as orders
may still change. An order is read where its entry in that list is another than last time, and dates from the reading that found it so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from zhanggui.errors import Unreached
from zhanggui.live.calling import Caller, check_line
from zhanggui.live.kinds import Cursor, Page, Visit
from zhanggui.live.oscar_rows import Row, Statuses, moment, order_rows, product_rows, stock_rows

SECRETS = ("user", "password")
ADMIN = "admin"
_PATIENCE = timedelta(minutes=5)
"""A product is read again where it changed so shortly before the last reading that its clock may have been another."""
Made = Callable[[str, Sequence[list[tuple[str, Row]]], Cursor], Page]


def caller(visit: Visit) -> Caller:
    """The line to the interface, as one of the shop's staff. Raises Unreached where it is open to others."""
    check_line(visit)
    user, password = (visit.keys[name] for name in SECRETS)
    return Caller(visit, visit.connection.url, auth=(user, password))


class ApiReading:
    """One reading. ``known`` says of every order that may still change how its entry in the list was when it was read."""

    def __init__(self, visit: Visit, call: Caller, cursor: Cursor, known: Statuses, made: Made) -> None:
        self._visit, self._call, self._statuses, self._made = visit, call, known, made
        self._now = visit.now.astimezone(UTC).replace(tzinfo=None)
        self._since = str(cursor.get("since", ""))
        self._begun = str(cursor.get("begun") or self._now.isoformat())
        self._known: dict[str, str] = dict(cursor.get("known", {}))
        self._stock = str(cursor.get("stock", ""))
        self._size = max(1, int(visit.connection.number("page_size")))

    def pages(self) -> Iterator[Page]:
        """Products first: the lines of orders name them and their stock records, and nothing else of them."""
        products = {int(one["id"]): one for found in self._listed("products") for one in found}
        yield from self._products(products)
        yield from self._orders(products)
        yield from self._counted(products)
        yield self._made("end", [], {"since": self._begun, "known": self._known, "stock": self._stock})

    def _cursor(self) -> Cursor:
        return {"since": self._since, "begun": self._begun, "known": dict(self._known), "stock": self._stock}

    # ---- what it becomes

    def _products(self, products: Mapping[int, Row]) -> Iterator[Page]:
        since = moment(datetime.fromisoformat(self._since) - _PATIENCE) if self._since else ""
        rows = [
            list(product_rows(_product(one, products), one["stockrecords"]))
            for one in products.values()
            if one["structure"] != "parent"
        ]
        changed = [made for made in rows if made[0][1]["_time"] > since]
        yield from self._paged("products", changed)

    def _orders(self, products: Mapping[int, Row]) -> Iterator[Page]:
        skus = {
            int(_number(one["url"])): one["partner_sku"] for each in products.values() for one in each["stockrecords"]
        }
        changing, changed = self._changed()
        self._known = {own: told for own, told in self._known.items() if own in changing}
        for begin in range(0, len(changed), self._size):
            part = changed[begin : begin + self._size]
            rows = [self._order(order, products, skus) for order in part]
            self._known |= {str(order["number"]): _mark(order) for order in part if str(order["number"]) in changing}
            yield self._made("orders", rows, self._cursor())

    def _changed(self) -> tuple[set[str], list[Row]]:
        """The numbers of orders that may still change, and the orders that are to be read, oldest first."""
        lately = moment(self._now - timedelta(days=self._visit.connection.number("refund_days")))
        changing, changed, first = set(), [], not self._since
        for found in self._listed("orders"):
            young = [order for order in found if moment(order["date_placed"]) > lately]
            changing |= {str(order["number"]) for order in young}
            changed += [one for one in (found if first else young) if self._known.get(str(one["number"])) != _mark(one)]
            if not young and not first:
                break  # the list is newest first, and whatever is older was read
        return changing, sorted(changed, key=lambda order: (moment(order["date_placed"]), str(order["number"])))

    def _order(self, order: Row, products: Mapping[int, Row], skus: Mapping[int, str]) -> list[tuple[str, Row]]:
        """An order with its lines, which are a question of their own."""
        told = [line for found in self._list(str(order["lines"])) for line in found]
        sent = order.get("shipping_address") or {}
        own = {
            **order,
            "guest_email": "",
            "country": _number(sent["country"]) if sent.get("country") else None,
            "region": sent.get("state"),
            "city": sent.get("line4"),
        }
        rows = order_rows(own, [_line(line, products, skus) for line in told], [], [], self._statuses)
        return [
            (table, {**row, "_time": moment(self._now)}) if table == "orders" else (table, row) for table, row in rows
        ]

    def _counted(self, products: Mapping[int, Row]) -> Iterator[Page]:
        """All stock, where any of it is other than last time or the day is."""
        places = {_number(one["url"]): one["name"] for found in self._listed("partners") for one in found}
        rows = [
            list(stock_rows({**record, "product_id": own, "place": places.get(_number(record["partner"]))}, self._now))
            for own, product in sorted(products.items())
            for record in product["stockrecords"]
            if record["num_in_stock"] is not None
        ]
        told = counted([row for ((_, row),) in rows])
        if told != self._stock:
            self._stock = told
            yield self._made("stock", rows, self._cursor())

    def _paged(self, stream: str, rows: Sequence[list[tuple[str, Row]]]) -> Iterator[Page]:
        for begin in range(0, len(rows), self._size):
            yield self._made(stream, rows[begin : begin + self._size], self._cursor())

    # ---- asking

    def _listed(self, name: str) -> Iterator[list[Row]]:
        try:
            yield from self._list(f"{ADMIN}/{name}/")
        except Unreached as error:
            if error.code != "live.not_there":
                raise
            connection = self._visit.connection
            raise Unreached("oscar.api_closed", connection=connection.name, url=connection.url) from None

    def _list(self, path: str) -> Iterator[list[Row]]:
        """A list in as many answers as the shop makes of it: most shops make one, some say where the next part is."""
        asked: str | None = path
        while asked:
            told = self._call.get(self._within(asked)).value
            records = told.get("results") if isinstance(told, dict) else told
            if not isinstance(records, list):
                name, url = self._visit.connection.name, self._visit.connection.url
                raise Unreached("live.other_answer", connection=name, url=url, wanted=path)
            yield records
            asked = told.get("next") if isinstance(told, dict) else None

    def _within(self, address: str) -> str:
        """The part of an address below the interface's own: keys go nowhere else, whatever host a shop behind a proxy takes itself for."""
        there, own = urlsplit(address), urlsplit(self._visit.connection.url)
        path = there.path.removeprefix(own.path.rstrip("/") + "/") if there.netloc else there.path
        return f"{path}?{there.query}" if there.query else path


def counted(rows: Iterable[Row]) -> str:
    """A mark of all stock of a day, another as soon as any of it is."""
    return hashlib.sha256(repr([(row["day"], row["sku"], row["on_hand"]) for row in rows]).encode()).hexdigest()


def _product(one: Row, products: Mapping[int, Row]) -> Row:
    """A product with what it has of its parent."""
    parent = products.get(int(one["parent"]), {}) if one.get("parent") else {}
    shelves = sorted(str(name).rpartition(" > ")[2] for name in (parent or one).get("categories", ()))
    return {
        **one,
        "of_title": parent.get("title"),
        "of_updated": parent.get("date_updated"),
        "category": shelves[0] if shelves else None,
    }


def _line(line: Row, products: Mapping[int, Row], skus: Mapping[int, str]) -> Row:
    """A line by the names of the database. Its title and SKU are those that the product has now: the interface tells no others."""
    product = int(_number(line["product"])) if line["product"] else None
    record = int(_number(line["stockrecord"])) if line["stockrecord"] else None
    held = products.get(product, {}) if product is not None else {}
    return {
        "id": _number(line["url"]),
        "partner_sku": skus.get(record) if record is not None else None,
        "title": held.get("title"),
        "quantity": line["quantity"],
        "product_id": product,
        "line_price_excl_tax": line["price_excl_tax"],
        "line_price_incl_tax": line["price_incl_tax"],
        "line_price_before_discounts_excl_tax": line["price_excl_tax_excl_discounts"],
    }


def _number(address: Any) -> str:
    """What an address of the interface ends in: a number, or the letters of a country."""
    return str(address).rstrip("/").rpartition("/")[2]


def _mark(order: Row) -> str:
    """Eight letters that change with an order's entry in the list."""
    told = {
        name: order.get(name) for name in ("status", "total_incl_tax", "total_excl_tax", "shipping_excl_tax", "email")
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:8]

"""Writing to django-oscar: prices of stock records, titles of products and whether they are shown, in its database or by its API; sales in
its database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, column, select, table, update

from zhanggui.doing import oscar_sales
from zhanggui.doing.kinds import ON, SALE, Hand, Held, What, money, on_or_off
from zhanggui.errors import BadValue, Unanswerable
from zhanggui.live.calling import Caller
from zhanggui.live.django_oscar import by_api
from zhanggui.live.kinds import Visit
from zhanggui.live.oscar_api import caller
from zhanggui.live.oscar_database import opened
from zhanggui.units import Words

_PRODUCTS = table("catalogue_product", *map(column, ("id", "title", "is_public", "date_updated")))
_RECORDS = table("partner_stockrecord", *map(column, ("id", "product_id", "partner_sku", "price", "date_updated")))
_COLUMNS: dict[What, Any] = {
    "price": (_RECORDS, _RECORDS.c.price),
    "title": (_PRODUCTS, _PRODUCTS.c.title),
    "status": (_PRODUCTS, _PRODUCTS.c.is_public),
}


class _Hand:
    """What both ways have in common."""

    def spoken(self, what: What, value: str) -> str:
        return on_or_off(value) if what == "status" else value


class DatabaseHand(_Hand):
    """The shop's database; each value is compared and written in one transaction."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    def look(self, product: str, what: What, sku: str = "") -> Sequence[Held]:
        with opened(self._visit) as connection:
            held = list(_on_sale(connection, product, what) if what in SALE else _held(connection, product, what))
        if not held:
            raise BadValue("doing.unknown_product", product=product, shop=self._visit.connection.name)
        own = [one for one in held if sku in ("", one.sku) or what != "price"]
        if not own:
            raise BadValue("doing.unknown_sku", product=product, sku=sku, shop=self._visit.connection.name)
        return own

    def write(self, item: str, what: What, now: str | None, after: str | None) -> bool:
        key = int(item.partition(":")[2])
        with opened(self._visit, writing=True) as connection:
            if what in SALE:
                price = _only_price(connection, str(key))
                if oscar_sales.told(connection, key, price, what) != now:
                    return False
                oscar_sales.write(connection, key, price, what, after)
                return True
            rows, cell = _COLUMNS[what]
            seen = connection.execute(select(cell).where(rows.c.id == key).with_for_update()).scalar()
            if after is None or _told(what, seen) != now:
                return False
            changed = {cell.name: _kept(what, after), "date_updated": datetime.now(UTC).replace(tzinfo=None)}
            connection.execute(update(rows).where(rows.c.id == key).values(changed))
        return True


def _held(connection: Connection, product: str, what: What) -> Iterator[Held]:
    rows, cell = _COLUMNS[what]
    key = int(product) if product.isdecimal() else -1
    if what == "price":
        found = select(rows.c.id, cell, rows.c.partner_sku).where(rows.c.product_id == key).order_by(rows.c.id)
        for record, price, sku in connection.execute(found):
            yield Held(f"record:{record}", _told(what, price), str(sku))
        return
    for number, value in connection.execute(select(rows.c.id, cell).where(rows.c.id == key)):
        yield Held(f"product:{number}", _told(what, value))


def _on_sale(connection: Connection, product: str, what: What) -> Iterator[Held]:
    """The product's sale, if there is such a product."""
    if list(_held(connection, product, "title")):
        told = oscar_sales.told(connection, int(product), _only_price(connection, product), what)
        yield Held(f"product:{product}", told)


def _only_price(connection: Connection, product: str) -> str | None:
    """What a product costs. Raises BadValue where its stock records say several prices: one discount would give several."""
    found = list(_held(connection, product, "price"))
    if len({one.now for one in found}) > 1:
        skus = ", ".join(sorted(one.sku for one in found))
        raise BadValue("doing.variants_differ", product=product, what=Words("doing.what.price"), skus=skus)
    return found[0].now if found else None


def _told(what: What, value: Any) -> str | None:
    """A cell of the database as text."""
    if what == "status":
        return ON if value else "draft"
    if what == "price":
        return None if value is None else money(value)
    return None if value is None else str(value)


def _kept(what: What, value: str) -> Any:
    """Text as a cell of the database."""
    if what == "status":
        return value == ON
    return float(value) if what == "price" else value


class ApiHand(_Hand):
    """The shop's own API, where django-oscar-api is installed and lets staff in. It cannot write on a condition: what stands there is read
    again right before."""

    def __init__(self, caller: Caller, name: str) -> None:
        self._caller, self._name = caller, name

    def look(self, product: str, what: What, sku: str = "") -> Sequence[Held]:
        if what in SALE:
            raise Unanswerable("doing.not_writable", what=Words(f"doing.what.{what}"), kind="django-oscar-api")
        if not product.isdecimal():
            raise BadValue("doing.unknown_product", product=product, shop=self._name)
        told = self._caller.get(f"admin/products/{product}/").value
        if what == "title":
            return [Held(f"product:{product}", told["title"])]
        if what == "status":
            return [Held(f"product:{product}", ON if told["is_public"] else "draft")]
        held = [
            Held(f"record:{_number(record['url'])}:{product}", _told("price", record["price"]), record["partner_sku"])
            for record in told["stockrecords"]
            if sku in ("", record["partner_sku"])
        ]
        if not held:
            raise BadValue("doing.unknown_sku", product=product, sku=sku, shop=self._name)
        return held

    def write(self, item: str, what: What, now: str | None, after: str | None) -> bool:
        parts = item.split(":")
        product = parts[-1]
        if after is None or now not in {held.now for held in self.look(product, what) if held.item == item}:
            return False
        if what == "price":
            self._caller.write("PATCH", f"admin/stockrecords/{parts[1]}/", {"price": str(Decimal(after))})
        else:
            body = {"title": after} if what == "title" else {"is_public": after == ON}
            self._caller.write("PATCH", f"admin/products/{product}/", body)
        return True


def _number(address: str) -> str:
    """The number at the end of a record's address."""
    return address.rstrip("/").rpartition("/")[2]


class OscarWriter:
    """django-oscar, from version 4 on."""

    kind = "django_oscar"
    writes = frozenset({"price", "title", "status"}) | SALE

    def open(self, visit: Visit) -> AbstractContextManager[Hand]:
        return _by_api(visit) if by_api(visit.connection) else _by_database(visit)


@contextmanager
def _by_database(visit: Visit) -> Iterator[Hand]:
    yield DatabaseHand(visit)


@contextmanager
def _by_api(visit: Visit) -> Iterator[Hand]:
    with caller(visit) as call:
        yield ApiHand(call, visit.connection.name)


WRITER = OscarWriter()

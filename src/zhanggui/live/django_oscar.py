"""django-oscar: from its database orders with payments and refunds, products, stock, customers, approved reviews; by its interface
(oscar_api.py) what that tells.

Its orders have no time of change. Read again are orders that were placed, moved, paid or refunded since the last reading, and those placed
within ``refund_days``, since a program may change an order without leaving a trace. Products go by the times of product and stock record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, text

from zhanggui.live.kinds import Connection as Told
from zhanggui.live.kinds import Cursor, Option, Page, Visit
from zhanggui.live.oscar_api import SECRETS as API_SECRETS
from zhanggui.live.oscar_api import ApiReading, caller, counted
from zhanggui.live.oscar_database import opened
from zhanggui.live.oscar_rows import (
    Row,
    Statuses,
    customer_rows,
    moment,
    order_rows,
    product_rows,
    review_rows,
    stock_rows,
)
from zhanggui.live.pages import pieces, reading
from zhanggui.tables.loading import LeftOut

FIRST = datetime(1970, 1, 1)
MOVED = """select id from order_order where id > :last and (date_placed > :lately
    or id in (select order_id from order_orderstatuschange where date_created > :since)
    or id in (select order_id from order_paymentevent where date_created > :since)
    or id in (select order_id from order_shippingevent where date_created > :since)
    or id in (select source.order_id from payment_transaction as moved
        join payment_source as source on source.id = moved.source_id where moved.date_created > :since))
    order by id limit :count"""
ORDERS = """select o.id, o.number, o.currency, o.total_incl_tax, o.total_excl_tax, o.shipping_excl_tax, o.status,
    o.guest_email, o.date_placed, buyer.email, sent_to.line4 as city, sent_to.state as region, sent_to.country_id as country
    from order_order as o left join auth_user as buyer on buyer.id = o.user_id
    left join order_shippingaddress as sent_to on sent_to.id = o.shipping_address_id where o.id in :ids order by o.id"""
BESIDE = {
    "lines": """select id, order_id, partner_sku, title, quantity, product_id, line_price_excl_tax, line_price_incl_tax,
        line_price_before_discounts_excl_tax from order_line where order_id in :ids order by id""",
    "payments": """select moved.id, source.order_id, moved.txn_type, moved.amount, moved.date_created
        from payment_transaction as moved join payment_source as source on source.id = moved.source_id
        where source.order_id in :ids order by moved.id""",
    "moves": """select order_id, new_status, date_created from order_orderstatuschange where order_id in :ids
        order by date_created, id""",
}
PRODUCTS = """select p.id, p.upc, p.title, p.is_public, p.date_created, p.date_updated, p.description, parent.title as of_title,
    parent.date_updated as of_updated,
    (select min(c.name) from catalogue_productcategory as pc join catalogue_category as c on c.id = pc.category_id
        where pc.product_id = coalesce(p.parent_id, p.id)) as category
    from catalogue_product as p left join catalogue_product as parent on parent.id = p.parent_id
    where p.structure <> 'parent' and p.id > :last and (p.date_updated > :since or parent.date_updated > :since
        or p.id in (select product_id from partner_stockrecord where date_updated > :since))
    order by p.id limit :count"""
RECORDS = """select product_id, partner_sku, price, price_currency, date_updated from partner_stockrecord
    where product_id in :ids order by id"""
STOCK = """select r.id, r.product_id, r.partner_sku, r.num_in_stock, r.num_allocated, r.date_updated, partner.name as place
    from partner_stockrecord as r join partner_partner as partner on partner.id = r.partner_id
    where r.num_in_stock is not null order by r.id"""
CUSTOMERS = "select id, email, date_joined from auth_user where not is_staff and id > :last order by id limit :count"
REVIEWS = """select r.id, r.product_id, r.score, r.title, r.body, r.status, r.date_created, coalesce(buyer.email, r.email) as email
    from reviews_productreview as r left join auth_user as buyer on buyer.id = r.user_id
    where r.id > :last order by r.id limit :count"""


class OscarConnector:
    """django-oscar, from version 4 on."""

    kind = "django_oscar"
    over_http = True
    channel = "django_oscar:main"
    secrets: tuple[str, ...] = ()
    options = (
        Option("refund_days", 90.0),
        Option("page_size", 500.0),
        Option("unpaid", "Pending"),
        Option("cancelled", "Cancelled;Canceled"),
        Option("shipped", "Shipped;Dispatched"),
        Option("completed", "Complete;Completed;Delivered"),
    )

    def pages(self, visit: Visit, cursor: Cursor) -> Iterator[Page]:
        if by_api(visit.connection):
            with caller(visit) as call:
                yield from ApiReading(visit, call, cursor, _statuses(visit), partial(_page, visit)).pages()
            return
        with opened(visit) as connection:
            yield from _Reading(visit, connection, cursor).pages()

    def secrets_of(self, connection: Told) -> tuple[str, ...]:
        """Staff's login for the interface; for a database its user's password, unless it is a file."""
        if by_api(connection):
            return API_SECRETS
        return () if connection.url.startswith("sqlite") else ("password",)

    def optional_of(self, connection: Told) -> tuple[str, ...]:
        """A database may know its user without a password."""
        return () if by_api(connection) else ("password",)


def by_api(connection: Told) -> bool:
    """Whether a connection leads to the shop's interface, not to its database."""
    return connection.url.startswith(("http://", "https://"))


def _statuses(visit: Visit) -> Statuses:
    told = visit.connection.text
    return Statuses(**{name: _listed(told(name)) for name in ("unpaid", "cancelled", "shipped", "completed")})


class _Reading:
    """One reading. ``since`` is when the last whole reading began; ``begun`` when this one did, kept where it broke off."""

    def __init__(self, visit: Visit, connection: Connection, cursor: Cursor) -> None:
        self.visit, self.connection = visit, connection
        self.number = visit.connection.number
        self.since = datetime.fromisoformat(cursor["since"]) if cursor.get("since") else FIRST
        self.begun = str(cursor.get("begun") or visit.now.astimezone(UTC).replace(tzinfo=None).isoformat())
        self.stock = str(cursor.get("stock", ""))
        self.at = {str(name): int(last) for name, last in cursor.get("at", {}).items()}

    def pages(self) -> Iterator[Page]:
        for stream, rows in (
            ("products", self._products()),
            ("customers", self._batches("customers", CUSTOMERS, customer_rows)),
            ("orders", self._orders()),
            ("reviews", self._batches("reviews", REVIEWS, review_rows)),
            ("stock", self._stock()),
        ):
            yield from rows
            self.at.pop(stream, None)
        yield Page("end", (), {"since": self.begun, "stock": self.stock})

    def _orders(self) -> Iterator[Page]:
        lately = self.visit.now.astimezone(UTC).replace(tzinfo=None) - timedelta(days=self.number("refund_days"))
        known = _statuses(self.visit)
        placed = FIRST if self.since == FIRST else min(lately, self._from())
        for found in self._paged("orders", MOVED, lately=placed):
            ids = [row["id"] for row in found]
            beside = {name: _by_order(self._within(query, ids)) for name, query in BESIDE.items()}
            orders = self._within(ORDERS, ids)
            made = [list(self._order(order, beside, known)) for order in orders]
            yield self._page("orders", made)

    @staticmethod
    def _order(order: Row, beside: Mapping[str, Mapping[int, list[Row]]], known: Statuses) -> Iterator[tuple[str, Row]]:
        lines, payments, moves = (beside[name].get(int(order["id"]), []) for name in BESIDE)
        return order_rows(order, lines, payments, moves, known)

    def _products(self) -> Iterator[Page]:
        for found in self._paged("products", PRODUCTS):
            records = _by_order(self._within(RECORDS, [row["id"] for row in found]), "product_id")
            yield self._page("products", [list(product_rows(row, records.get(row["id"], []))) for row in found])

    def _stock(self) -> Iterator[Page]:
        """All stock, where any of it is other than last time or the day is: an order moves it without moving its record's time."""
        found = self._rows(STOCK)
        made = [list(stock_rows(row, self.visit.now)) for row in found]
        told = counted([row for ((_, row),) in made])
        if told != self.stock:
            self.stock = told
            yield self._page("stock", made)

    def _batches(self, stream: str, query: str, rows: Any) -> Iterator[Page]:
        for found in self._paged(stream, query):
            yield self._page(stream, [list(rows(row)) for row in found])

    def _paged(self, stream: str, query: str, **beside: datetime) -> Iterator[list[Row]]:
        """Rows by their number, from where this reading stopped; the cursor goes on once a page was taken."""
        count = int(self.number("page_size"))
        moments = {
            name: _sql(value) for name, value in {"since": self._from(), **beside}.items() if f":{name}" in query
        }
        while found := self._rows(query, last=self.at.get(stream, 0), count=count, **moments):
            self.at[stream] = int(found[-1]["id"])
            yield found
            if len(found) < count:
                return

    def _from(self) -> datetime:
        return self.since if self.since == FIRST else self.since - timedelta(minutes=self.number("overlap_minutes"))

    def _within(self, query: str, ids: Sequence[int]) -> list[Row]:
        return self._told(text(query).bindparams(bindparam("ids", expanding=True)), {"ids": list(ids)})

    def _rows(self, query: str, **values: Any) -> list[Row]:
        return self._told(text(query), values)

    def _told(self, query: Any, values: Mapping[str, Any]) -> list[Row]:
        return [dict(row) for row in self.connection.execute(query, values).mappings()]

    def _page(self, stream: str, made: Sequence[list[tuple[str, Row]]]) -> Page:
        cursor = {
            "since": self.since.isoformat() if self.since != FIRST else "",
            "begun": self.begun,
            "stock": self.stock,
            "at": dict(self.at),
        }
        return _page(self.visit, stream, made, cursor)


def _page(visit: Visit, stream: str, made: Sequence[list[tuple[str, Row]]], cursor: Cursor) -> Page:
    """What records of a stream became, one list of rows a record; none of them where this was the end."""
    if not made:
        return Page(stream, (), cursor)
    connection = visit.connection
    told = [(table, {"_row": nth, **row}) for nth, rows in enumerate(made, start=1) for table, row in rows]
    passed = sum(not rows for rows in made)
    left_out = (LeftOut("not_approved" if stream == "reviews" else "other_records", passed),) if passed else ()
    parts = pieces(connection, stream, told, currency=visit.options.currency, count=len(made))
    return Page(stream, (reading(connection, stream, parts, len(made), left_out=left_out),), cursor)


def _by_order(rows: Iterable[Row], key: str = "order_id") -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(int(row[key]), []).append(row)
    return found


def _listed(told: str) -> frozenset[str]:
    return frozenset(name.strip().casefold() for name in told.split(";") if name.strip())


def _sql(value: datetime) -> str:
    """A time in UTC as every database compares it."""
    return f"{moment(value)}+00:00"


CONNECTOR = OscarConnector()

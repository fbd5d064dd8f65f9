"""Rows of django-oscar's database as rows of canonical tables. Money of goods is after discounts and without tax, as the shop keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from zhanggui.sources.woocommerce_json import plain

Row = Mapping[str, Any]
Made = Iterator[tuple[str, Row]]
CENT = Decimal("0.01")
APPROVED = 1
PAYS, GIVES_BACK = "Debit", "Refund"


@dataclass(frozen=True, slots=True)
class Statuses:
    """What the shop calls its states, folded to lower case: every shop names its own."""

    unpaid: frozenset[str]
    cancelled: frozenset[str]
    shipped: frozenset[str]
    completed: frozenset[str]

    def of(self, told: str, *, paid: bool, given_back: bool) -> str:
        """A status of the table ``orders``. What was paid and given back stands as paid, beside its refund."""
        name = told.strip().casefold()
        if name in self.cancelled:
            return "paid" if paid and given_back else "cancelled"
        if name in self.completed:
            return "completed"
        if name in self.shipped:
            return "shipped"
        return "paid" if paid or name not in self.unpaid else "placed"


def order_rows(
    order: Row, lines: Sequence[Row], payments: Sequence[Row], moves: Sequence[Row], known: Statuses
) -> Made:
    """An order with its lines and refunds."""
    own = str(order["number"])
    debits = [one for one in payments if one["txn_type"] == PAYS]
    refunds = [one for one in payments if one["txn_type"] == GIVES_BACK]
    goods = sum((money(line["line_price_excl_tax"]) for line in lines), Decimal(0))
    status = known.of(str(order["status"] or ""), paid=bool(debits), given_back=bool(refunds))
    yield (
        "orders",
        {
            "_time": max(
                moment(one) for one in [order["date_placed"], *(one["date_created"] for one in [*payments, *moves])]
            ),
            "_identity": str(order["email"] or order["guest_email"] or "").strip().lower() or None,
            "order_id": own,
            "created_at": moment(order["date_placed"]),
            "paid_at": moment(debits[0]["date_created"]) if debits else None,
            "shipped_at": _first(moves, known.shipped),
            "completed_at": _first(moves, known.completed),
            "status": status,
            "kind": "normal",
            "currency": order["currency"],
            "goods_amount": str(goods),
            "shipping_amount": str(money(order["shipping_excl_tax"])),
            "tax_amount": str(money(order["total_incl_tax"]) - money(order["total_excl_tax"])),
            "order_total": str(money(order["total_incl_tax"])),
            "country": order["country"],
            "region": order["region"],
            "city": order["city"],
        },
    )
    for line in lines:
        yield "order_lines", _line(line, own)
    for refund in refunds:
        yield "refunds", _refund(refund, order, goods, lines)


def _line(line: Row, own: str) -> dict[str, Any]:
    quantity = int(line["quantity"])
    before, after = money(line["line_price_before_discounts_excl_tax"]), money(line["line_price_excl_tax"])
    return {
        "order_id": own,
        "line_id": str(line["id"]),
        "product_id": None if line["product_id"] is None else str(line["product_id"]),
        "sku": line["partner_sku"],
        "title": line["title"],
        "quantity": quantity,
        "unit_price": str((before / quantity).quantize(Decimal("0.0001"))) if quantity else None,
        "line_discount": str(before - after),
        "line_total": str(after),
        "kind": "gift" if after == 0 < before else "goods",
    }


def _refund(refund: Row, order: Row, goods: Decimal, lines: Sequence[Row]) -> dict[str, Any]:
    """Money given back without saying for what: all goods where it is the whole order, else as if for goods, without their tax."""
    back = abs(money(refund["amount"]))
    gross = sum((money(line["line_price_incl_tax"]) for line in lines), Decimal(0))
    whole = back >= money(order["total_incl_tax"]) - CENT
    net = goods if whole or gross <= 0 else min(goods, (back * goods / gross).quantize(CENT))
    return {
        "_time": moment(refund["date_created"]),
        "refund_id": str(refund["id"]),
        "order_id": str(order["number"]),
        "finished_at": moment(refund["date_created"]),
        "amount": str(net),
        "currency": order["currency"],
        "status": "finished",
        "scope": "single",
    }


def _first(moves: Sequence[Row], names: frozenset[str]) -> str | None:
    return next((moment(one["date_created"]) for one in moves if str(one["new_status"]).casefold() in names), None)


def product_rows(product: Row, records: Sequence[Row]) -> Made:
    """A product that can be bought; a variant without a title of its own has its parent's."""
    prices = [money(record["price"]) for record in records if record["price"] is not None]
    times = [product["date_updated"], product["of_updated"], *(record["date_updated"] for record in records)]
    yield (
        "products",
        {
            "_time": max(moment(time) for time in times if time is not None),
            "product_id": str(product["id"]),
            "item_key": product["upc"] or (records[0]["partner_sku"] if len(records) == 1 else None),
            "title": product["title"] or product["of_title"],
            "category": product["category"],
            "price": str(min(prices)) if prices else None,
            "currency": records[0]["price_currency"] if records else None,
            "status": "active" if product["is_public"] else "draft",
            "listed_at": moment(product["date_created"]),
            "updated_at": moment(product["date_updated"]),
            "description": plain(product["description"]),
        },
    )


def stock_rows(record: Row, now: datetime) -> Made:
    """What is free of a stock record today: in stock without what is promised."""
    yield (
        "stock_days",
        {
            "_time": moment(now),
            "day": now.date().isoformat(),
            "product_id": str(record["product_id"]),
            "sku": record["partner_sku"],
            "location": record["place"],
            "on_hand": str(int(record["num_in_stock"]) - int(record["num_allocated"] or 0)),
        },
    )


def customer_rows(buyer: Row) -> Made:
    """A registered buyer by his e-mail, which becomes a key."""
    mail = str(buyer["email"] or "").strip().lower()
    if mail:
        joined = moment(buyer["date_joined"])
        yield "customers", {"_time": joined, "_identity": mail, "first_seen_at": joined}


def review_rows(review: Row) -> Made:
    """A review that may be seen."""
    if int(review["status"]) != APPROVED:
        return
    words = (plain(review[name]) for name in ("title", "body"))
    yield (
        "reviews",
        {
            "_time": moment(review["date_created"]),
            "_identity": str(review["email"] or "").strip().lower() or None,
            "review_id": str(review["id"]),
            "product_id": None if review["product_id"] is None else str(review["product_id"]),
            "created_at": moment(review["date_created"]),
            "stars": review["score"],
            "text": " ".join(word for word in words if word) or None,
        },
    )


def money(amount: Any) -> Decimal:
    """An amount in cents; SQLite keeps it as a number that is not quite that."""
    return Decimal(str(amount or 0)).quantize(CENT)


def moment(value: Any) -> str:
    """A time of the database as text in UTC.

    >>> moment("2026-09-01 09:30:00"), moment(datetime(2026, 9, 1, 9, 30, tzinfo=UTC))
    ('2026-09-01 09:30:00.000000', '2026-09-01 09:30:00.000000')
    """
    time = datetime.fromisoformat(value) if isinstance(value, str) else value
    if time.tzinfo is not None:
        time = time.astimezone(UTC).replace(tzinfo=None)
    return f"{time:%Y-%m-%d %H:%M:%S.%f}"

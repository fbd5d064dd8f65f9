"""Answers of WooCommerce's interface v3: orders, refunds, products, customers, reviews. Always the ``_gmt`` times.

``total`` of a line is after coupons and without tax; an order's ``total`` stays what was paid, refunds beside it are negative.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from zhanggui.sources import json_files, landing, periods, reading
from zhanggui.sources.json_files import Record, as_text
from zhanggui.sources.records import piece
from zhanggui.tables.loading import LeftOut, Options, Piece, Sheet

STATUSES = {
    "pending": "placed",
    "on-hold": "placed",
    "checkout-draft": "placed",
    "processing": "paid",
    "completed": "completed",
    "refunded": "completed",
    "cancelled": "cancelled",
    "failed": "cancelled",
    "trash": "cancelled",
}
_PUBLISHED = {"publish": "active", "draft": "draft", "pending": "draft", "private": "draft", "trash": "archived"}
_ATTRIBUTION = "_wc_order_attribution_"
Row = dict[str, Any]
Made = Iterator[tuple[str, Row]]


@dataclass(frozen=True, slots=True)
class Stock:
    """The day whose stock the records tell, and when exactly (UTC) they were asked for, where that is known."""

    day: date
    at: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a file of records became."""

    pieces: Sequence[Piece]
    count: int
    left_out: Sequence[LeftOut]
    rejects: reading.Rejects


def read(sheet: Sheet, layout: str, options: Options, owners: dict[str, str]) -> Answer:
    """All records of a file. ``owners`` is which order a refund is of: files of orders fill it, files of refunds use it."""
    broken: reading.Rejects = []
    found = json_files.records(sheet, lambda row, text: broken.append((row, "id", text[:80], json_files.NOT_JSON)))
    taken = periods.in_name(sheet.path.name)
    answer = of_records(found, sheet.name, layout, options, owners, stock=Stock(taken[1]) if taken else None)
    return replace(answer, count=answer.count + len(broken), rejects=[*broken, *answer.rejects])


def of_records(
    records: Iterable[tuple[int, Record]],
    origin: str,
    layout: str,
    options: Options,
    owners: dict[str, str],
    *,
    stock: Stock | None = None,
) -> Answer:
    """Records with their numbers, from a file or from the shop itself. ``stock`` says when their stock was counted; without it, it only
    stands beside the product."""
    translate: Mapping[str, Callable[[Record], Made]] = {
        "orders": lambda record: _order(record, owners),
        "refunds": lambda record: _refund(record, owners),
        "products": lambda record: _product(record, stock),
        "variations": lambda record: _variation(record, stock),
        "customers": _customer,
        "reviews": _review,
    }
    tables: dict[str, list[Row]] = {}
    rejects: reading.Rejects = []
    count, passed, zoned = 0, 0, False
    for row_number, record in records:
        count += 1
        zoned = zoned or bool(record.get("date_created_gmt"))
        if not isinstance(record.get("id"), int | str) or record["id"] == "":
            rejects.append((row_number, "id", str(record.get("id"))[:80], "store.reject.missing"))
            continue
        before = sum(map(len, tables.values()))
        for table, row in translate[layout](record):
            tables.setdefault(table, []).append({"_row": row_number, **row})
        passed += sum(map(len, tables.values())) == before
    pieces = [
        piece(
            table,
            rows,
            origin,
            layout=30 if layout == "refunds" else 20,
            zone="UTC" if zoned else None,
            currency=options.currency,
            count=count,
        )
        for table, rows in tables.items()
    ]
    left_out = (LeftOut("not_approved" if layout == "reviews" else "other_records", passed),) if passed else ()
    return Answer(pieces, count, left_out, rejects)


def number(value: Any) -> float:
    """An amount as a number, 0 where there is none."""
    try:
        return float(value or 0)
    except (TypeError, ValueError):
        return 0.0


def moment(record: Record, name: str) -> Any:
    """A time in UTC, else the site's own; ``0000-00-00`` is none."""
    found = record.get(f"{name}_gmt") or record.get(name)
    return found if isinstance(found, str) and not found.startswith("0000") else None


def _meta(record: Record) -> dict[str, Any]:
    held = record.get("meta_data")
    return (
        {one.get("key", ""): one.get("value") for one in held if isinstance(one, dict)}
        if isinstance(held, list)
        else {}
    )


def _inside(record: Record, name: str) -> list[Record]:
    held = record.get(name)
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _held(record: Record, name: str) -> Record:
    """An object inside a record, empty where there is none."""
    held = record.get(name)
    return held if isinstance(held, dict) else {}


def _place(record: Record) -> Row:
    billing, shipping = _held(record, "billing"), _held(record, "shipping")
    return {
        field: shipping.get(name) or billing.get(name) or None
        for field, name in (("country", "country"), ("region", "state"), ("city", "city"))
    }


def _mail(text: Any) -> str | None:
    return text.strip().lower() or None if isinstance(text, str) else None


def _order(record: Record, owners: dict[str, str]) -> Made:
    own = str(record.get("number") or record["id"])
    lines = _inside(record, "line_items")
    goods = round(sum(number(line.get("total")) for line in lines), 4)
    meta = _meta(record)
    status = str(record.get("status") or "").removeprefix("wc-")
    billing = _held(record, "billing")
    coupons = ";".join(str(line["code"]) for line in _inside(record, "coupon_lines") if line.get("code"))
    yield (
        "orders",
        {
            "_time": moment(record, "date_modified") or moment(record, "date_created"),
            "_identity": _mail(billing.get("email")),
            "order_id": own,
            "created_at": moment(record, "date_created"),
            "paid_at": moment(record, "date_paid"),
            "completed_at": moment(record, "date_completed"),
            "status": STATUSES.get(status, status),
            "kind": "normal",
            "currency": record.get("currency"),
            "goods_amount": goods,
            "discount_amount": record.get("discount_total"),
            "shipping_amount": record.get("shipping_total"),
            "tax_amount": record.get("total_tax"),
            "order_total": record.get("total"),
            "buyer_note": record.get("customer_note"),
            **_place(record),
            **_visit(meta),
            "extra": {
                "id": record["id"],
                "payment_method": record.get("payment_method"),
                **({"coupons": coupons} if coupons else {}),
                "created_via": record.get("created_via"),
            },
        },
    )
    yield from _lines(record, own)
    yield from _refunds_of(record, own, goods, status, owners)


def _visit(meta: Mapping[str, Any]) -> Row:
    """The visit that led to the order, as the shop noted it (order attribution): ``google / cpc``."""
    noted = {name.removeprefix(_ATTRIBUTION): said for name, said in meta.items() if name.startswith(_ATTRIBUTION)}
    source, medium = noted.get("utm_source"), noted.get("utm_medium")
    return {
        "visit_source": f"{source} / {medium}" if source and medium else source or None,
        "visit_campaign": noted.get("utm_campaign") or None,
        "landing_page": landing.kept(noted.get("session_entry")),
        "device": noted.get("device_type"),
    }


def _lines(record: Record, own: str) -> Made:
    for line in _inside(record, "line_items"):
        quantity, before, after = (number(line.get(name)) for name in ("quantity", "subtotal", "total"))
        options = [
            str(one.get("display_value") or one.get("value")) for one in _inside(line, "meta_data") if _is_option(one)
        ]
        yield (
            "order_lines",
            {
                "order_id": own,
                "line_id": str(line.get("id")),
                "product_id": str(line.get("product_id") or "") or None,
                "sku": line.get("sku"),
                "title": line.get("parent_name") or line.get("name"),
                "variant": " / ".join(options) or None,
                "quantity": quantity,
                "unit_price": before / quantity if quantity else None,
                "line_discount": before - after,
                "line_total": after,
                "kind": "gift" if after == 0 else "goods",
            },
        )
    for fee in _inside(record, "fee_lines"):
        yield (
            "order_lines",
            {
                "order_id": own,
                "line_id": str(fee.get("id")),
                "title": fee.get("name"),
                "quantity": 1.0,
                "line_total": number(fee.get("total")),
                "kind": "non_goods",
            },
        )


def _is_option(one: Record) -> bool:
    """Whether a line's note is what the buyer chose: those of the program itself begin with an underscore."""
    return not str(one.get("key", "")).startswith("_") and isinstance(one.get("value"), str)


def _refunds_of(record: Record, own: str, goods: float, status: str, owners: dict[str, str]) -> Made:
    """Refunds as an order tells them: with tax, without a day. Their goods are taken by the share that goods have of goods and tax."""
    tax = number(record.get("cart_tax"))
    share = goods / (goods + tax) if goods + tax > 0 else 1.0
    told = _inside(record, "refunds")
    for refund in told:
        owners[str(refund.get("id"))] = own
        back = abs(number(refund.get("total")))
        whole = back >= number(record.get("total")) - 0.011
        yield (
            "refunds",
            {
                "refund_id": str(refund.get("id")),
                "order_id": own,
                "amount": goods if whole else min(goods, round(back * share, 2)),
                "currency": record.get("currency"),
                "reason": refund.get("reason"),
                "status": "finished",
                "scope": "single",
            },
        )
    if status == "refunded" and not told:
        yield (
            "refunds",
            {
                "refund_id": f"{own}#order",
                "order_id": own,
                "amount": goods,
                "currency": record.get("currency"),
                "status": "finished",
                "scope": "order_total",
            },
        )


def _refund(record: Record, owners: dict[str, str]) -> Made:
    """A refund in full: its goods are its lines (negative); ``amount`` may wrongly say 0.00, then the note beside it counts."""
    meta, lines = _meta(record), _inside(record, "line_items")
    goods = abs(sum(number(line.get("total")) for line in lines))
    stated = number(record.get("amount")) or number(meta.get("_refund_amount"))
    row: Row = {
        "refund_id": str(record["id"]),
        "order_id": owners.get(str(record["id"])) or (str(record["parent_id"]) if record.get("parent_id") else None),
        "amount": goods or abs(stated),
        "finished_at": moment(record, "date_created"),
        "reason": record.get("reason") or meta.get("_refund_reason"),
        "status": "finished",
        "scope": "single",
    }
    if len(lines) == 1:
        line = lines[0]
        row |= {
            "line_id": as_text(_meta(line).get("_refunded_item_id")),
            "product_id": str(line.get("product_id") or "") or None,
            "sku": line.get("sku"),
            "quantity": abs(number(line.get("quantity"))) or None,
        }
    yield "refunds", row


def _product(record: Record, stock: Stock | None) -> Made:
    own = str(record["id"])
    categories = [str(one.get("name")) for one in _inside(record, "categories")]
    options = [f"{one.get('name')}={_listed(one.get('options'))}" for one in _inside(record, "attributes")]
    yield (
        "products",
        {
            "_time": moment(record, "date_modified"),
            "product_id": own,
            "item_key": record.get("sku"),
            "title": record.get("name"),
            "category": categories[0] if categories else None,
            "price": record.get("price"),
            "status": _PUBLISHED.get(str(record.get("status"))),
            "listed_at": moment(record, "date_created"),
            "updated_at": moment(record, "date_modified"),
            "url": record.get("permalink"),
            "image_urls": ";".join(str(one.get("src")) for one in _inside(record, "images") if one.get("src")),
            "description": plain(record.get("description") or record.get("short_description")),
            "attributes": ";".join(options),
            "extra": {
                name: record[name]
                for name in (
                    "type",
                    "regular_price",
                    "sale_price",
                    "stock_quantity",
                    "stock_status",
                    "low_stock_amount",
                    "total_sales",
                )
                if record.get(name) not in (None, "")
            },
        },
    )
    yield from _on_hand(record, own, stock)


def _variation(record: Record, stock: Stock | None) -> Made:
    """A variation of a product (``parent_id``): its stock by its SKU; where its product counts for all, there is none."""
    yield from _on_hand(record, str(record.get("parent_id") or ""), stock)


def _on_hand(record: Record, product: str, stock: Stock | None) -> Made:
    if stock is None or record.get("stock_quantity") is None or record.get("manage_stock") is not True or not product:
        return
    at = {"_time": stock.at} if stock.at else {}
    sku = record.get("sku") or "(unknown)"
    yield (
        "stock_days",
        {**at, "day": stock.day.isoformat(), "product_id": product, "sku": sku, "on_hand": record["stock_quantity"]},
    )


def _listed(held: Any) -> str:
    return ",".join(map(str, held)) if isinstance(held, list) else str(held or "")


def _customer(record: Record) -> Made:
    mail = _mail(record.get("email"))
    if mail:
        yield "customers", {"_identity": mail, "first_seen_at": moment(record, "date_created"), **_place(record)}


def _review(record: Record) -> Made:
    """A review that may be seen; 0 stars are none."""
    if record.get("status", "approved") != "approved":
        return
    yield (
        "reviews",
        {
            "_identity": _mail(record.get("reviewer_email")),
            "review_id": str(record["id"]),
            "product_id": str(record.get("product_id") or "") or None,
            "created_at": moment(record, "date_created"),
            "stars": record.get("rating") or None,
            "text": plain(record.get("review")),
        },
    )


def plain(markup: Any) -> str | None:
    """Text without its markup.

    >>> plain("<p>Nice <b>tea</b></p>")
    'Nice tea'
    """
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", str(markup or ""))).strip()
    return re.sub(r" ([.,!?])", r"\1", text) or None

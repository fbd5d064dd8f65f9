"""Records of Vendure as rows of canonical tables.

Money is net of tax: goods after all discounts (``proratedUnitPrice``). A line that was cancelled keeps its placed quantity once its money
went back, so that the sale and its refund both stand; before that only what is left of it counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from zhanggui.live.vendure_calls import major
from zhanggui.sources.woocommerce_json import plain

Record = Mapping[str, Any]
Made = Iterator[tuple[str, Mapping[str, Any]]]
STATES = {
    "ArrangingPayment": "placed",
    "PaymentAuthorized": "placed",
    "PaymentSettled": "paid",
    "PartiallyShipped": "paid",
    "Shipped": "shipped",
    "PartiallyDelivered": "shipped",
    "Delivered": "delivered",
    "Modifying": "paid",
    "ArrangingAdditionalPayment": "paid",
    "Cancelled": "cancelled",
}
REFUNDED = {"Settled": "finished", "Pending": "requested", "Failed": "refused"}
CENT = Decimal("0.01")
OPEN = frozenset({"AddingItems", "Draft", "Created"})


def order_rows(order: Record) -> Made:
    """An order that was placed, its lines and its refunds; an open cart is none."""
    if order["state"] in OPEN or not order.get("orderPlacedAt"):
        return
    settled = [payment for payment in order["payments"] or () if payment["state"] == "Settled"]
    refunds = [refund for payment in order["payments"] or () for refund in payment["refunds"]]
    lines = {str(line["id"]): line for line in order["lines"]}
    goods_back = {str(refund["id"]): _goods_of(refund, order, lines) for refund in refunds}
    given = sum((goods_back[str(one["id"])] for one in refunds if one["state"] == "Settled"), Decimal(0))
    whole = bool(settled) and given >= _cancelled(order) - CENT and given > 0
    status = STATES.get(order["state"], order["state"])
    own, address = str(order["code"]), order.get("shippingAddress") or {}
    counted = [_line(line, whole=whole) for line in order["lines"]]
    goods = sum((line["line_total"] for line in counted), Decimal(0))
    yield (
        "orders",
        {
            "_time": _latest(order, refunds),
            "_identity": str((order.get("customer") or {}).get("emailAddress") or "").strip().lower() or None,
            "order_id": own,
            "created_at": order["orderPlacedAt"],
            "paid_at": min((str(payment["createdAt"]) for payment in settled), default=None),
            "shipped_at": _sent(order),
            "status": "paid" if status == "cancelled" and whole else status,
            "kind": "normal",
            "currency": order["currencyCode"],
            "goods_amount": str(goods),
            "shipping_amount": str(major(order["shipping"])),
            "tax_amount": str(major(order["totalWithTax"] - order["total"])),
            "order_total": str(major(order["totalWithTax"])),
            "country": address.get("countryCode"),
            "region": address.get("province"),
            "city": address.get("city"),
        },
    )
    for line in counted:
        yield "order_lines", {"order_id": own, **line, **_written(line)}
    for surcharge in order["surcharges"]:
        yield "order_lines", _surcharge(surcharge, own)
    for refund in refunds:
        yield "refunds", _refund(refund, order, goods_back[str(refund["id"])], lines)


def _written(line: Record) -> dict[str, str]:
    return {name: str(line[name]) for name in ("unit_price", "line_discount", "line_total")}


def _line(line: Record, *, whole: bool) -> dict[str, Any]:
    """A line at the quantity that was placed, where it counts as a whole, else at what is left of it."""
    quantity = _placed(line) if whole else int(line["quantity"])
    unit, prorated = (major(line[name]) or Decimal(0) for name in ("unitPrice", "proratedUnitPrice"))
    variant = line["productVariant"]
    return {
        "line_id": str(line["id"]),
        "product_id": str(variant["productId"]),
        "sku": variant["sku"],
        "title": variant["name"],
        "quantity": quantity,
        "unit_price": unit,
        "line_discount": (unit - prorated) * quantity,
        "line_total": prorated * quantity,
        "kind": "gift" if prorated == 0 and unit > 0 else "goods",
    }


def _surcharge(surcharge: Record, own: str) -> dict[str, Any]:
    return {
        "order_id": own,
        "line_id": f"surcharge-{surcharge['id']}",
        "title": surcharge["description"],
        "quantity": 1,
        "line_total": str(major(surcharge["price"])),
        "kind": "non_goods",
    }


def _placed(line: Record) -> int:
    return max(int(line["orderPlacedQuantity"]), int(line["quantity"]))


def _cancelled(order: Record) -> Decimal:
    """What the cancelled part of an order was worth, without tax."""
    gone = ((_placed(line) - int(line["quantity"])) * int(line["proratedUnitPrice"]) for line in order["lines"])
    return major(sum(gone)) or Decimal(0)


def _goods_of(refund: Record, order: Record, lines: Mapping[str, Record]) -> Decimal:
    """The goods in a refund, without tax: by its lines where it names them and gives their whole price back, else by the share that
    goods have of goods and tax."""
    back = Decimal(int(refund["total"]) - int(refund["shipping"] or 0))
    named = [(lines[str(one["orderLineId"])], int(one["quantity"])) for one in refund["lines"]]
    named = named or [(line, _placed(line)) for line in lines.values()]
    net = Decimal(sum(int(line["proratedUnitPrice"]) * units for line, units in named))
    gross = Decimal(sum(int(line["proratedUnitPriceWithTax"]) * units for line, units in named))
    if gross <= 0 or back >= gross:
        return major(net) or Decimal(0)
    return (major(max(back, Decimal(0)) * net / gross) or Decimal(0)) if back else Decimal(0)


def _refund(refund: Record, order: Record, goods: Decimal, lines: Mapping[str, Record]) -> dict[str, Any]:
    status = REFUNDED.get(refund["state"], refund["state"])
    row: dict[str, Any] = {
        "_time": refund["updatedAt"],
        "refund_id": str(refund["id"]),
        "order_id": str(order["code"]),
        "requested_at": refund["createdAt"],
        "finished_at": refund["updatedAt"] if status == "finished" else None,
        "amount": str(goods),
        "currency": order["currencyCode"],
        "reason": refund["reason"],
        "status": status,
        "scope": "single",
    }
    if len(refund["lines"]) == 1:
        (one,) = refund["lines"]
        variant = lines[str(one["orderLineId"])]["productVariant"]
        row |= {
            "line_id": str(one["orderLineId"]),
            "product_id": str(variant["productId"]),
            "sku": variant["sku"],
            "quantity": one["quantity"],
        }
    return row


def _latest(order: Record, refunds: list[Record]) -> str:
    """When anything of an order last changed: its refunds do not move its own time."""
    beside = [*(order["payments"] or ()), *refunds, *(order["fulfillments"] or ())]
    return max([str(order["updatedAt"]), *(str(one["updatedAt"]) for one in beside)])


def _sent(order: Record) -> str | None:
    """When the first parcel left."""
    parcels = [one for one in order["fulfillments"] or () if one["state"] in ("Shipped", "Delivered")]
    return min((str(one["createdAt"]) for one in parcels), default=None)


def product_rows(product: Record, currency: str) -> Made:
    """A product at the price of its cheapest variant, as the shopkeeper entered it."""
    variants = product["variants"]
    prices = [one["price"] for variant in variants for one in variant["prices"] if one["currencyCode"] == currency]
    facets = [value["name"] for value in product["facetValues"] if value["facet"]["name"].lower() == "category"]
    picture = (product.get("featuredAsset") or {}).get("source")
    yield (
        "products",
        {
            "_time": max([str(product["updatedAt"]), *(str(variant["updatedAt"]) for variant in variants)]),
            "product_id": str(product["id"]),
            "item_key": variants[0]["sku"] if len(variants) == 1 else None,
            "title": product["name"],
            "category": facets[0] if facets else None,
            "price": str(major(min(prices))) if prices else None,
            "currency": currency,
            "status": "active" if product["enabled"] else "draft",
            "listed_at": product["createdAt"],
            "updated_at": product["updatedAt"],
            "image_urls": picture,
            "description": plain(product["description"]),
        },
    )


def stock_rows(variant: Record, now: datetime) -> Made:
    """What is free of a variant today in each place: on hand without what is promised."""
    for level in variant["stockLevels"]:
        yield (
            "stock_days",
            {
                "_time": level["updatedAt"],
                "day": now.date().isoformat(),
                "product_id": str(variant["productId"]),
                "sku": variant["sku"],
                "location": level["stockLocation"]["name"],
                "on_hand": str(int(level["stockOnHand"]) - int(level["stockAllocated"])),
            },
        )


def customer_rows(customer: Record) -> Made:
    """A customer by his e-mail, which becomes a key; of an address only country, region and city."""
    mail = str(customer["emailAddress"] or "").strip().lower()
    if not mail:
        return
    addresses = customer["addresses"] or ()
    home: Record = next((one for one in addresses if one["defaultShippingAddress"]), {})
    yield (
        "customers",
        {
            "_time": customer["updatedAt"],
            "_identity": mail,
            "first_seen_at": customer["createdAt"],
            "country": (home.get("country") or {}).get("code"),
            "region": home.get("province"),
            "city": home.get("city"),
        },
    )

"""Writing to WooCommerce by its interface v3: prices, sales with their days, titles and status, of products and of their variations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from zhanggui.doing.kinds import MONEY, Hand, Held, What, money
from zhanggui.errors import BadValue, Unreached
from zhanggui.live.calling import Caller
from zhanggui.live.kinds import Visit
from zhanggui.live.woocommerce import caller

_FIELDS: dict[What, str] = {
    "price": "regular_price",
    "title": "name",
    "status": "status",
    "sale_price": "sale_price",
    "sale_from": "date_on_sale_from",
    "sale_to": "date_on_sale_to",
}
_OF_THE_PRODUCT = ("title", "status")
_STATUSES = {"active": "publish", "draft": "draft", "archived": "private"}
_TOLD = {told: name for name, told in _STATUSES.items()} | {"pending": "draft"}
_HOURS: dict[str, str] = {"sale_from": "T00:00:00", "sale_to": "T23:59:59"}
_VARIATIONS = 100
"""As many as one answer holds. A product with more is written variation by variation, by its sku."""


class WooCommerceHand:
    """A WooCommerce shop open for writing. Its interface cannot write on a condition: what stands there is read again right before."""

    def __init__(self, call: Caller, name: str) -> None:
        self._call, self._name = call, name

    def look(self, product: str, what: What, sku: str = "") -> Sequence[Held]:
        record = self._product(product)
        if record.get("type") != "variable" or what in _OF_THE_PRODUCT:
            places = [(f"products/{product}", record)]
        else:
            path = f"products/{product}/variations"
            found = self._call.get(path, {"per_page": _VARIATIONS}).value
            places = [(f"{path}/{one['id']}", one) for one in found]
        own = [(path, one) for path, one in places if sku in ("", one.get("sku")) or what in _OF_THE_PRODUCT]
        if not own:
            raise BadValue("doing.unknown_sku", product=product, sku=sku, shop=self._name)
        return [Held(path, self._told(product, one, what), str(one.get("sku") or "")) for path, one in own]

    def write(self, item: str, what: What, now: str | None, after: str | None) -> bool:
        product = item.split("/")[1]
        if now != self._told(product, self._call.get(item).value, what):
            return False
        self._call.write("PUT", item, {_FIELDS[what]: _kept(what, after)})
        return True

    def spoken(self, what: What, value: str) -> str:
        return value

    def _product(self, product: str) -> dict[str, Any]:
        if not product.isdecimal():
            raise BadValue("doing.unknown_product", product=product, shop=self._name)
        try:
            record: dict[str, Any] = self._call.get(f"products/{product}").value
        except Unreached as error:
            if error.code != "live.not_there":
                raise
            raise BadValue("doing.unknown_product", product=product, shop=self._name) from None
        return record

    @staticmethod
    def _told(product: str, record: dict[str, Any], what: What) -> str | None:
        """A value as text; none where the field is empty."""
        if what == "price" and record.get("on_sale"):
            raise BadValue("doing.on_sale", product=product, price=record.get("sale_price"))
        told = str(record.get(_FIELDS[what]) or "")
        if not told:
            return None
        if what in MONEY:
            return money(told)
        if what == "status":
            return _TOLD.get(told, told)
        return told[:10] if what in _HOURS else told


def _kept(what: What, value: str | None) -> str:
    """Text as the interface takes it; empty takes a value away."""
    if value is None:
        return ""
    if what == "status":
        return _STATUSES.get(value, value)
    return value + _HOURS.get(what, "")


class WooCommerceWriter:
    """WooCommerce with a key that may write."""

    kind = "woocommerce"
    writes = frozenset(_FIELDS)

    @contextmanager
    def open(self, visit: Visit) -> Iterator[Hand]:
        with caller(visit) as call:
            yield WooCommerceHand(call, visit.connection.name)


WRITER = WooCommerceWriter()

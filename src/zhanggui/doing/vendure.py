"""Writing to Vendure: prices of variants, titles of products in their own language, whether a product is shown, and sales."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from zhanggui.doing.kinds import ON, SALE, Hand, Held, What, on_or_off
from zhanggui.doing.vendure_sales import Sale
from zhanggui.errors import BadValue
from zhanggui.live.kinds import Visit
from zhanggui.live.vendure_calls import Vendure, major, minor, opened
from zhanggui.units import Words

_LOOK = """query($id: ID!) {
  activeChannel { defaultCurrencyCode }
  product(id: $id) { id name enabled languageCode variants { id sku prices { price currencyCode } } } }"""
_PRICE = """mutation($id: ID!, $price: Money!) { updateProductVariants(input: [{id: $id, price: $price}]) { id } }"""
_TITLE = """mutation($id: ID!, $language: LanguageCode!, $name: String!) {
  updateProduct(input: {id: $id, translations: [{languageCode: $language, name: $name}]}) { id } }"""
_STATUS = """mutation($id: ID!, $enabled: Boolean!) { updateProduct(input: {id: $id, enabled: $enabled}) { id } }"""
_OF_VARIANT = """query($id: ID!) { productVariant(id: $id) { productId } }"""


class VendureHand:
    """A Vendure shop open for writing. Its interface cannot write on a condition: what stands there is read again right before."""

    def __init__(self, shop: Vendure, name: str) -> None:
        self._shop, self._name = shop, name

    def look(self, product: str, what: What, sku: str = "") -> Sequence[Held]:
        found = self._product(product)
        if what == "title":
            return [Held(f"product:{found['id']}", found["name"])]
        if what == "status":
            return [Held(f"product:{found['id']}", ON if found["enabled"] else "draft")]
        if what in SALE:
            return [Held(f"product:{found['id']}", self._sale(found).told(what))]
        held = [
            Held(f"variant:{variant['id']}", _price(variant, found["currency"]), variant["sku"])
            for variant in found["variants"]
            if sku in ("", variant["sku"])
        ]
        if not held:
            raise BadValue("doing.unknown_sku", product=product, sku=sku, shop=self._name)
        return held

    def write(self, item: str, what: What, now: str | None, after: str | None) -> bool:
        of, _, key = item.partition(":")
        product = key if of == "product" else str(self._shop.ask(_OF_VARIANT, id=key)["productVariant"]["productId"])
        if now not in {held.now for held in self.look(product, what) if held.item == item}:
            return False
        if what in SALE:
            self._sale(self._product(product)).write(what, after)
            return True
        if after is None:
            return False
        if what == "price":
            self._shop.change(_PRICE, id=key, price=minor(after))
        elif what == "title":
            self._shop.change(_TITLE, id=key, language=self._product(key)["languageCode"], name=after)
        else:
            self._shop.change(_STATUS, id=key, enabled=after == ON)
        return True

    def spoken(self, what: What, value: str) -> str:
        return on_or_off(value) if what == "status" else value

    def _sale(self, product: dict[str, Any]) -> Sale:
        """The product's sale. Raises BadValue where its variants have different prices: one discount would give them several."""
        prices = {_price(variant, product["currency"]) for variant in product["variants"]}
        if len(prices) > 1:
            skus = ", ".join(sorted(variant["sku"] for variant in product["variants"]))
            raise BadValue("doing.variants_differ", product=product["id"], what=Words("doing.what.price"), skus=skus)
        return Sale(self._shop, product, prices.pop() if prices else None)

    def _product(self, key: str) -> dict[str, Any]:
        told = self._shop.ask(_LOOK, id=key)
        if told.get("product") is None:
            raise BadValue("doing.unknown_product", product=key, shop=self._name)
        return {**told["product"], "currency": told["activeChannel"]["defaultCurrencyCode"]}


def _price(variant: dict[str, Any], currency: str) -> str | None:
    """The price as the shopkeeper entered it, with or without tax as the channel has it."""
    entered = [one["price"] for one in variant["prices"] if one["currencyCode"] == currency]
    return str(major(entered[0])) if entered else None


class VendureWriter:
    """Vendure, from version 3 on."""

    kind = "vendure"
    writes = frozenset({"price", "title", "status"}) | SALE

    @contextmanager
    def open(self, visit: Visit) -> Iterator[Hand]:
        with opened(visit) as shop:
            yield VendureHand(shop, visit.connection.name)


WRITER = VendureWriter()

"""Sales in Vendure, which has no sale price of its own: one promotion a product, made by this program and known by its name.

Its discount is the share that makes the variants' price the sale's price. A promotion without a price is switched off.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from zhanggui.doing.kinds import What, money
from zhanggui.live.vendure_calls import Vendure

DAY_BEGINS, DAY_ENDS = "T00:00:00.000Z", "T23:59:59.000Z"
_FIND = """query($name: String!) { promotions(options: {filter: {name: {eq: $name}}}) { items {
  id enabled startsAt endsAt actions { code args { name value } } } } }"""
_MAKE = """mutation($input: CreatePromotionInput!) { createPromotion(input: $input) {
  __typename ... on ErrorResult { message } } }"""
_CHANGE = """mutation($input: UpdatePromotionInput!) { updatePromotion(input: $input) {
  __typename ... on ErrorResult { message } } }"""
_ALWAYS = {
    "code": "minimum_order_amount",
    "arguments": [{"name": "amount", "value": "0"}, {"name": "taxInclusive", "value": "false"}],
}
_ENDS: Mapping[What, tuple[str, str]] = {"sale_from": ("startsAt", DAY_BEGINS), "sale_to": ("endsAt", DAY_ENDS)}


class Sale:
    """The sale of one product. ``price`` is what all its variants cost, ``variants`` their numbers."""

    def __init__(self, shop: Vendure, product: Mapping[str, Any], price: str | None) -> None:
        self._shop, self._price = shop, price
        self._variants = [str(one["id"]) for one in product["variants"]]
        self._name, self._language = f"zhanggui: {product['id']}", product["languageCode"]
        found = shop.ask(_FIND, name=self._name)["promotions"]["items"]
        self._there: Mapping[str, Any] | None = found[0] if found else None

    def told(self, what: What) -> str | None:
        """A value of the sale, None where it has none."""
        if self._there is None:
            return None
        if what in _ENDS:
            at = self._there[_ENDS[what][0]]
            return str(at)[:10] if at else None
        share = self._discount()
        if not self._there["enabled"] or share is None or self._price is None:
            return None
        return money((Decimal(self._price) * (1 - share)).quantize(Decimal("0.01")))

    def write(self, what: What, after: str | None) -> None:
        """Put a value there, in a promotion that is made where there is none."""
        if what in _ENDS:
            name, hour = _ENDS[what]
            given: dict[str, Any] = {name: None if after is None else f"{after}{hour}"}
        else:
            given = {"enabled": after is not None}
            if after is not None:
                given["actions"] = [self._action(1 - Decimal(after) / Decimal(self._price or after))]
        if self._there is None:
            whole = {"enabled": False, "conditions": [_ALWAYS], "actions": [self._action(Decimal(0))], **given}
            whole["translations"] = [{"languageCode": self._language, "name": self._name}]
            self._shop.done(_MAKE, input=whole)
        else:
            self._shop.done(_CHANGE, input={"id": self._there["id"], **given})

    def _discount(self) -> Decimal | None:
        told = {arg["name"]: arg["value"] for one in (self._there or {})["actions"] for arg in one["args"]}
        return Decimal(told["discount"]) / 100 if "discount" in told else None

    def _action(self, share: Decimal) -> dict[str, Any]:
        named = "[" + ",".join(f'"{one}"' for one in self._variants) + "]"
        return {
            "code": "products_percentage_discount",
            "arguments": [
                {"name": "discount", "value": f"{float(share * 100):.12g}"},
                {"name": "productVariantIds", "value": named},
            ],
        }

"""What buyers and the shopkeeper do in a real Vendure shop, by its own interfaces."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

SETTLED = """payments { id amount refunds { id } } lines { id quantity productVariant { sku } } state code id"""


class Deeds:
    """Buyers at the front, the shopkeeper at the back."""

    def __init__(self, address: str) -> None:
        self.address = address
        login = 'mutation { login(username: "superadmin", password: "superadmin") { __typename } }'
        _, self.token = self._ask("admin-api", login)
        found = self.admin("{ productVariants(options: {take: 100}) { items { id sku } } }")
        self.variants = {one["sku"]: one["id"] for one in found["productVariants"]["items"]}

    def admin(self, query: str, **variables: Any) -> Any:
        """Ask at the back, as the shopkeeper."""
        return self._ask("admin-api", query, self.token, **variables)[0]

    def buy(self, buyer: str, **units: int) -> str:
        """A guest's order, paid by card; gives its code. Variants are named by sku, ``_`` for ``-``."""
        token = ""
        for sku, quantity in units.items():
            add = """mutation($v: ID!, $q: Int!) { addItemToOrder(productVariantId: $v, quantity: $q) {
                __typename ... on ErrorResult { message } } }"""
            made, given = self._ask("shop-api", add, token, v=self.variants[sku.replace("_", "-")], q=quantity)
            assert made["addItemToOrder"]["__typename"] == "Order", made
            token = token or given
        who = {"firstName": "A", "lastName": "Buyer", "emailAddress": f"{buyer}@mail.example"}
        where = {"streetLine1": "1 Test St", "city": "London", "postalCode": "E1", "countryCode": "GB"}
        said = self._ask(
            "shop-api",
            "mutation($i: CreateCustomerInput!) { setCustomerForOrder(input: $i) { __typename } }",
            token,
            i=who,
        )
        assert said[0]["setCustomerForOrder"]["__typename"] == "Order", said
        self._ask(
            "shop-api",
            "mutation($i: CreateAddressInput!) { setOrderShippingAddress(input: $i) { __typename } }",
            token,
            i=where,
        )
        ways, _ = self._ask("shop-api", "{ eligibleShippingMethods { id } eligiblePaymentMethods { code } }", token)
        way = ways["eligibleShippingMethods"][0]["id"]
        self._ask(
            "shop-api",
            "mutation($w: [ID!]!) { setOrderShippingMethod(shippingMethodId: $w) { __typename } }",
            token,
            w=[way],
        )
        self._ask("shop-api", 'mutation { transitionOrderToState(state: "ArrangingPayment") { __typename } }', token)
        paid = """mutation($m: String!) { addPaymentToOrder(input: {method: $m, metadata: {}}) {
            __typename ... on Order { code state } ... on ErrorResult { message } } }"""
        done, _ = self._ask("shop-api", paid, token, m=ways["eligiblePaymentMethods"][0]["code"])
        assert done["addPaymentToOrder"].get("state") == "PaymentSettled", done
        return str(done["addPaymentToOrder"]["code"])

    def leave(self, **units: int) -> None:
        """A cart that nobody pays."""
        for sku, quantity in units.items():
            add = "mutation($v: ID!, $q: Int!) { addItemToOrder(productVariantId: $v, quantity: $q) { __typename } }"
            self._ask("shop-api", add, v=self.variants[sku.replace("_", "-")], q=quantity)

    def order(self, code: str) -> dict[str, Any]:
        ask = "query($c: String!) { orders(options: {filter: {code: {eq: $c}}}) { items { SETTLED } } }"
        found = self.admin(ask.replace("SETTLED", SETTLED), c=code)
        return dict(found["orders"]["items"][0])

    def refund(self, code: str, sku: str, units: int, reason: str = "damaged") -> None:
        """Give the price of some units back."""
        order = self.order(code)
        given = {
            "lines": [{"orderLineId": self._line(order, sku), "quantity": units}],
            "shipping": 0,
            "adjustment": 0,
            "paymentId": order["payments"][0]["id"],
            "reason": reason,
        }
        ask = """mutation($i: RefundOrderInput!) { refundOrder(input: $i) {
            __typename ... on Refund { id state } ... on ErrorResult { message } } }"""
        made = self.admin(ask, i=given)["refundOrder"]
        assert made["__typename"] == "Refund", made
        if made["state"] == "Pending":
            settle = """mutation($i: SettleRefundInput!) { settleRefund(input: $i) {
                __typename ... on ErrorResult { message } } }"""
            done = self.admin(settle, i={"id": made["id"], "transactionId": f"r{made['id']}"})["settleRefund"]
            assert done["__typename"] == "Refund", done

    def cancel(self, code: str) -> None:
        """Cancel a whole order; its money stays until it is refunded."""
        order = self.order(code)
        ask = """mutation($i: CancelOrderInput!) { cancelOrder(input: $i) {
            __typename ... on Order { state } ... on ErrorResult { message } } }"""
        made = self.admin(ask, i={"orderId": order["id"], "reason": "changed mind", "cancelShipping": True})
        assert made["cancelOrder"].get("state") == "Cancelled", made

    def price(self, sku: str, minor: int) -> None:
        """Another price."""
        ask = "mutation($v: ID!, $p: Money!) { updateProductVariants(input: [{id: $v, price: $p}]) { id } }"
        self.admin(ask, v=self.variants[sku], p=minor)

    def _line(self, order: dict[str, Any], sku: str) -> str:
        return next(str(line["id"]) for line in order["lines"] if line["productVariant"]["sku"] == sku)

    def _ask(self, api: str, query: str, token: str = "", **variables: Any) -> tuple[Any, str]:
        headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
        body = json.dumps({"query": query, "variables": variables}).encode()
        with urlopen(Request(f"{self.address}/{api}", data=body, headers=headers), timeout=60) as answer:
            told = json.load(answer)
            assert "errors" not in told, told["errors"][0]["message"]
            return told["data"], answer.headers.get("vendure-auth-token") or token

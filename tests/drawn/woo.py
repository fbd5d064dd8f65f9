"""A WooCommerce that lives in memory and speaks the documented interface v3 over HTTP, with the records of the samples.

Paging by headers, ``modified_after``, statuses and trash, OAuth over plain HTTP, limits of calls, failures on demand. Written from the
documentation, not from the connector: its signatures are checked by a reckoning of its own.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import json
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

SAMPLES = Path(__file__).parents[1] / "samples"
KEY, SECRET = "ck_0123456789abcdef", "cs_fedcba9876543210"
Record = dict[str, Any]
API = "/wp-json/wc/v3/"


def sample(name: str) -> list[Record]:
    """The records of a sample, the oldest first."""
    records: list[Record] = json.loads((SAMPLES / f"woocommerce_v3_{name}.json").read_text(encoding="utf-8"))
    return records


@dataclass
class Failure:
    """What is answered instead: a status with headers and a body, so many times."""

    status: int
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    body: str = '{"code":"x","message":"busy","data":null}'


@dataclass
class Woo:
    """The shop's own books. Whoever changes a record changes its time of change, as the program does."""

    orders: dict[int, Record] = field(default_factory=dict)
    refunds: dict[int, list[Record]] = field(default_factory=dict)
    products: dict[int, Record] = field(default_factory=dict)
    variations: dict[int, list[Record]] = field(default_factory=dict)
    customers: dict[int, Record] = field(default_factory=dict)
    reviews: dict[int, Record] = field(default_factory=dict)
    keys: dict[str, tuple[str, str]] = field(default_factory=lambda: {KEY: (SECRET, "read_write")})
    failures: list[Failure] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    seen: Callable[[str], None] = lambda path: None
    refuses_modified_order: bool = False

    @classmethod
    def of_samples(cls) -> Woo:
        """A shop that holds exactly the samples."""
        shop = cls()
        for name in ("orders", "products", "customers", "reviews"):
            getattr(shop, name).update({record["id"]: record for record in sample(name)})
        [refund] = sample("refunds")
        owner = next(order["id"] for order in shop.orders.values() if order["refunds"])
        shop.refunds[owner] = [refund]
        return shop

    # ---- the trade

    def sell(self, id: int, at: str, price: str = "8.50", quantity: int = 1, **told: Any) -> Record:
        """An order of green tea, paid at once."""
        order = copy.deepcopy(next(one for one in sample("orders") if one["status"] == "processing"))
        line = copy.deepcopy(order["line_items"][0])
        total = f"{float(price) * quantity:.2f}"
        line |= {"id": id * 10, "quantity": quantity, "subtotal": total, "total": total, "subtotal_tax": "0.00"}
        line |= {"total_tax": "0.00", "price": float(price), "taxes": []}
        order |= {"id": id, "number": str(id), "total": total, "line_items": [line], "refunds": [], "total_tax": "0.00"}
        order |= {"cart_tax": "0.00", "shipping_total": "0.00", "shipping_tax": "0.00", "discount_total": "0.00"}
        order |= {f"date_{name}{zone}": at for name in ("created", "modified", "paid") for zone in ("", "_gmt")}
        self.orders[id] = order | told
        return self.orders[id]

    def change(self, order: int, at: str, **told: Any) -> None:
        """Change an order, its status for one."""
        self.orders[order] |= {"date_modified": at, "date_modified_gmt": at, **told}

    def refund(self, order: int, id: int, at: str, amount: str) -> None:
        """Give goods of an order back."""
        [refund] = sample("refunds")
        line = refund["line_items"][0] | {"total": f"-{amount}", "total_tax": "0.00", "taxes": []}
        line["meta_data"] = [{"id": 1, "key": "_refunded_item_id", "value": str(order * 10)}]
        record = refund | {"id": id, "amount": amount, "date_created": at, "date_created_gmt": at, "line_items": [line]}
        self.refunds.setdefault(order, []).append(record)
        told = [*self.orders[order]["refunds"], {"id": id, "reason": "", "total": f"-{amount}"}]
        self.change(order, at, refunds=told)

    def throw_away(self, order: int, at: str) -> None:
        """Put an order into the trash."""
        self.change(order, at, status="trash")


@contextmanager
def served(woo: Woo) -> Iterator[str]:
    """The shop's address, while it is open."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(woo))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _handler(woo: Woo) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(lambda path, told: _listed(woo, path, told))

        def do_PUT(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("content-length", "0"))) or b"{}")
            self._answer(lambda path, told: _written(woo, path, body), writing=True)

        def _answer(self, made: Callable[[str, dict[str, str]], Any], *, writing: bool = False) -> None:
            parts = urlsplit(self.path)
            told = dict(parse_qsl(parts.query, keep_blank_values=True))
            woo.asked.append(self.path)
            woo.seen(parts.path)
            failure = next((one for one in woo.failures if one.times > 0), None)
            if failure is not None:
                failure.times -= 1
                return self._send(failure.status, failure.body.encode(), failure.headers)
            host = f"http://{self.headers['host']}"
            refusal = _refused(woo, self.command, host + parts.path, told, self.headers, writing=writing)
            if refusal:
                return self._send(401, json.dumps(refusal).encode(), {})
            if not parts.path.startswith(API):
                return self._send(404, b"<html><body>Nothing here</body></html>", {"content-type": "text/html"})
            try:
                records, headers = made(parts.path.removeprefix(API), told)
            except KeyError:
                gone = {"code": "rest_no_route", "message": "No route was found.", "data": {"status": 404}}
                return self._send(404, json.dumps(gone).encode(), {})
            except ValueError as error:
                bad = {
                    "code": "rest_invalid_param",
                    "message": f"Invalid parameter(s): {error}",
                    "data": {"status": 400},
                }
                return self._send(400, json.dumps(bad).encode(), {})
            return self._send(200, json.dumps(records).encode(), headers)

        def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"content-type": "application/json; charset=UTF-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    return Handler


def _refused(
    woo: Woo, method: str, address: str, told: dict[str, str], headers: Any, *, writing: bool
) -> Record | None:
    """What is said to whoever may not, None to who may."""
    no = {
        "code": "woocommerce_rest_cannot_view",
        "message": "Sorry, you cannot list resources.",
        "data": {"status": 401},
    }
    if headers.get("authorization"):  # over plain HTTP the program does not look at it
        return no
    key = told.get("oauth_consumer_key", "")
    if key not in woo.keys:
        return no | {"code": "woocommerce_rest_authentication_error", "message": "Consumer key is invalid."}
    secret, rights = woo.keys[key]
    names = sorted(name for name in told if name != "oauth_signature")
    pairs = [
        f"{quote(quote(name, safe='~'), safe='~')}%3D{quote(quote(told[name], safe='~'), safe='~')}" for name in names
    ]
    text = f"{method}&{quote(address, safe='~')}&{'%26'.join(pairs)}"
    made = base64.b64encode(hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha256).digest()).decode()
    if told.get("oauth_signature") != made:
        return no | {"code": "woocommerce_rest_authentication_error", "message": "Invalid signature."}
    if writing and "write" not in rights:
        return no | {"message": "The API key provided does not have write permissions."}
    return None


def _listed(woo: Woo, path: str, told: dict[str, str]) -> tuple[Any, dict[str, str]]:
    parts = path.split("/")
    if len(parts) == 2 and parts[0] == "products" and parts[1].isdigit():
        return woo.products[int(parts[1])], {}
    if len(parts) == 4 and parts[2] == "variations":
        return next(one for one in woo.variations[int(parts[1])] if one["id"] == int(parts[3])), {}
    found = _records(woo, parts, told)
    size, page = int(told.get("per_page", "10")), int(told.get("page", "1"))
    if not 1 <= size <= 100:
        raise ValueError("per_page")
    pages = math.ceil(len(found) / size)
    return found[(page - 1) * size : page * size], {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}


def _records(woo: Woo, parts: list[str], told: dict[str, str]) -> list[Record]:
    if len(parts) == 3:
        inner = {"refunds": woo.refunds, "variations": woo.variations}[parts[2]]
        return list(inner.get(int(parts[1]), []))
    if parts == ["products", "reviews"]:
        approved = [one for one in woo.reviews.values() if one["status"] == told.get("status", "approved")]
        kept = [one for one in approved if one["date_created"] > told.get("after", "")]
        return _sorted(kept, told, {"date": "date_created", "date_gmt": "date_created_gmt", "id": "id"})
    if parts == ["customers"]:
        return _sorted(list(woo.customers.values()), told, {"registered_date": "date_created_gmt", "id": "id"})
    books = {"orders": woo.orders, "products": woo.products}[parts[0]]
    if told.get("orderby") == "modified" and woo.refuses_modified_order:
        raise ValueError("orderby")
    status = told.get("status", "any")
    kept = [one for one in books.values() if one["status"] == status or (status == "any" and one["status"] != "trash")]
    column = "date_modified_gmt" if told.get("dates_are_gmt") == "true" else "date_modified"
    kept = [one for one in kept if one[column] > told.get("modified_after", "")]
    return _sorted(kept, told, {"modified": "date_modified", "date": "date_created", "id": "id"})


def _sorted(records: list[Record], told: dict[str, str], columns: dict[str, str]) -> list[Record]:
    column = columns[told.get("orderby", "date")]
    return sorted(records, key=lambda one: (one[column], one["id"]), reverse=told.get("order", "desc") == "desc")


def _written(woo: Woo, path: str, body: Record) -> tuple[Any, dict[str, str]]:
    kind, id, *rest = path.split("/")
    record = {"products": woo.products}[kind][int(id)]
    if rest:
        record = next(one for one in woo.variations[int(id)] if one["id"] == int(rest[1]))
    record |= body
    return record, {}

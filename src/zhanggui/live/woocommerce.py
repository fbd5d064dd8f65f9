"""WooCommerce by its interface v3 (docs/sources/woocommerce_live.md): what changed, by the time of the change, oldest first.

Pages are not counted through: after each, the next begins at the last change seen, so an order that changes while it is read moves to the
end and is read there, and none slips through the place that it leaves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from zhanggui.errors import Unreached
from zhanggui.live import pages
from zhanggui.live.calling import Answer, Caller
from zhanggui.live.kinds import Cursor, Option, Page, Visit
from zhanggui.live.oauth import OneLegged
from zhanggui.sources import woocommerce_json
from zhanggui.sources.woocommerce import CHANNEL
from zhanggui.sources.woocommerce_json import Stock
from zhanggui.tables.loading import Reading

STREAMS = ("products", "orders", "trash", "reviews", "customers")
"""What is read, in this order: an order's products first. ``trash`` are orders thrown away, which no other question names."""
REVIEW_DAYS = 30
"""Reviews are asked for by the day they were written; so long after it one may still be approved."""
_API = "wp-json/wc/v3"
_TIME = "%Y-%m-%dT%H:%M:%S"
State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """One answered page: its records, and whether the question has another."""

    records: list[dict[str, Any]]
    more: bool


class WooCommerce:
    """The connector."""

    kind = "woocommerce"
    over_http = True
    channel = CHANNEL
    secrets = ("key", "secret")
    options = (Option("page_size", 100.0), Option("stock", "daily"))

    def pages(self, visit: Visit, cursor: Cursor) -> Iterator[Page]:
        """Every stream that is left of a sync that broke off, else all."""
        with caller(visit) as call:
            yield from _Reading(visit, call, cursor).pages()


def caller(visit: Visit) -> Caller:
    """The line to the shop: keys go over https as they are, over http only as a signature."""
    url = visit.connection.url.rstrip("/")
    base = url if "/wp-json" in url else f"{url}/{_API}"
    key, secret = visit.keys["key"], visit.keys["secret"]
    auth = httpx.BasicAuth(key, secret) if url.startswith("https://") else OneLegged(key, secret)
    return Caller(visit, base, auth=auth)


class _Reading:
    """One sync, and how far it is. ``left`` are the streams still to be read, the one at hand first."""

    def __init__(self, visit: Visit, call: Caller, cursor: Cursor) -> None:
        self._visit, self._call = visit, call
        self._size = max(1, min(100, int(visit.connection.number("page_size"))))
        self._overlap = timedelta(minutes=visit.connection.number("overlap_minutes"))
        self._states: dict[str, State] = {name: dict(cursor.get(name, {})) for name in STREAMS}
        self._left: list[str] = [name for name in cursor.get("left", ()) if name in STREAMS]
        self._stock: dict[str, str] = dict(cursor.get("stock", {}))
        if not self._left:
            self._begin()

    def _begin(self) -> None:
        """A new sync: every stream from a little before where it ended."""
        self._left = list(STREAMS)
        for state in self._states.values():
            if state.get("from"):
                state["from"] = (_moment(state["from"]) - self._overlap).strftime(_TIME)
            state["page"] = 1
        today = self._visit.now.astimezone(ZoneInfo(self._visit.options.timezone)).date().isoformat()
        self._stock["counting"] = ""
        if self._visit.connection.text("stock") == "daily" and self._stock.get("day") != today:
            # Sales lower the stock without touching the time of change: once a day all products are asked for.
            self._stock |= {"day": today, "counting": self._visit.now.astimezone(UTC).strftime(_TIME)}
            self._states["products"] = {"page": 1}

    def pages(self) -> Iterator[Page]:
        """Page by page, each with where it leads to."""
        read = {"reviews": self._by_day, "customers": self._newest_first}
        while self._left:
            stream = self._left[0]
            more = True
            while more:
                found = (read.get(stream) or self._by_change)(stream, self._states[stream])
                more = found.more
                if not more:
                    self._left.pop(0)
                yield Page(stream, tuple(self._readings(stream, found.records)), self._cursor())

    def _cursor(self) -> Cursor:
        states = {name: dict(state) for name, state in self._states.items()}
        return {**states, "left": list(self._left), "stock": dict(self._stock)}

    # ---- asking

    def _by_change(self, stream: str, state: State) -> Found:
        """Records in the order of their last change, from ``state["from"]`` on (not including it)."""
        path = "products" if stream == "products" else "orders"
        asked: dict[str, str | int] = {"orderby": "modified", "order": "asc", "dates_are_gmt": "true"}
        asked["status"] = "trash" if stream == "trash" else "any"
        if state.get("from"):
            asked["modified_after"] = state["from"]
        found = self._page(path, state, asked)
        last = max((str(record.get("date_modified_gmt") or "") for record in found.records), default="")
        ahead = (_moment(last) - timedelta(seconds=1)).strftime(_TIME) if last else ""
        if ahead > state.get("from", ""):
            state |= {"from": ahead, "page": 1}
        elif found.more:
            state["page"] += 1  # more than a page was changed in one second
        if not found.more:
            state["page"] = 1
        return found

    def _by_day(self, stream: str, state: State) -> Found:
        """Reviews by the day they were written, from some weeks before the latest known."""
        asked: dict[str, str | int] = {"orderby": "date_gmt", "order": "asc"}
        if state.get("from"):
            asked["after"] = (_moment(state["from"]) - timedelta(days=REVIEW_DAYS)).strftime(_TIME)
        found = self._page("products/reviews", state, asked)
        latest = max((str(record.get("date_created_gmt") or "") for record in found.records), default="")
        state["latest"] = max(state.get("latest", ""), latest)
        state["page"] += 1
        if not found.more:
            state |= {"from": state["latest"] or state.get("from", ""), "page": 1}
        return found

    def _newest_first(self, stream: str, state: State) -> Found:
        """Customers by the day they came, the newest first, until those that are known."""
        asked: dict[str, str | int] = {"orderby": "registered_date", "order": "desc", "role": "all"}
        found = self._page("customers", state, asked)
        came = [str(record.get("date_created_gmt") or "") for record in found.records]
        state["latest"] = max([state.get("latest", ""), *came])
        known = bool(came) and min(came) <= state.get("from", "")
        state["page"] += 1
        if known or not found.more:
            state |= {"from": state["latest"], "page": 1}
            return Found(found.records, more=False)
        return found

    def _page(self, path: str, state: State, asked: Mapping[str, str | int]) -> Found:
        number = int(state.setdefault("page", 1))
        return self._asked(path, {**asked, "per_page": self._size, "page": number})

    def _asked(self, path: str, params: Mapping[str, str | int]) -> Found:
        answer = self._call.get(path, params)
        if not isinstance(answer.value, list):
            name, url = self._visit.connection.name, self._visit.connection.url
            raise Unreached("live.other_answer", connection=name, url=url, wanted=path)
        records = [record for record in answer.value if isinstance(record, dict)]
        return Found(records, self._has_more(answer, int(params["page"])))

    def _has_more(self, answer: Answer, page: int) -> bool:
        """By the header, since records that the key may not see are missing from a page; by the page where a proxy took it out."""
        told = answer.headers.get("x-wp-totalpages", "")
        return page < int(told) if told.isdigit() else len(answer.value) >= self._size

    # ---- what it becomes

    def _readings(self, stream: str, records: list[dict[str, Any]]) -> Iterator[Reading]:
        owners: dict[str, str] = {}
        layout = "orders" if stream == "trash" else stream
        yield self._reading(stream, layout, records, owners)
        if layout == "orders":
            yield from self._refunds(records, owners)
        if stream == "products" and self._stock["counting"]:
            yield from self._variations(records)

    def _refunds(self, orders: list[dict[str, Any]], owners: dict[str, str]) -> Iterator[Reading]:
        """The refunds of a page's orders in full: the order itself tells neither their day nor their goods."""
        with_refunds = [order["id"] for order in orders if order.get("refunds") and order.get("id")]
        found = [refund for id in with_refunds for refund in self._all(f"orders/{id}/refunds")]
        if found:
            yield self._reading("refunds", "refunds", found, owners)

    def _variations(self, products: list[dict[str, Any]]) -> Iterator[Reading]:
        found = [
            {**variation, "parent_id": product["id"]}
            for product in products
            if product.get("type") == "variable" and product.get("id")
            for variation in self._all(f"products/{product['id']}/variations")
        ]
        if found:
            yield self._reading("variations", "variations", found, {})

    def _all(self, path: str) -> Iterator[dict[str, Any]]:
        page, more = 1, True
        while more:
            found = self._asked(path, {"per_page": 100, "page": page})
            yield from found.records
            page, more = page + 1, found.more

    def _reading(self, stream: str, layout: str, records: list[dict[str, Any]], owners: dict[str, str]) -> Reading:
        connection = self._visit.connection
        counting = self._stock["counting"]
        stock = Stock(datetime.fromisoformat(self._stock["day"]).date(), counting) if counting else None
        numbered, origin = enumerate(records, start=1), f"{connection.name}:{stream}"
        answer = woocommerce_json.of_records(numbered, origin, layout, self._visit.options, owners, stock=stock)
        return pages.reading(
            connection, stream, answer.pieces, answer.count, left_out=answer.left_out, rejects=answer.rejects
        )


def _moment(told: str) -> datetime:
    """A time as the shop writes it, in UTC without saying so."""
    return datetime.strptime(re.sub(r"(\.\d+)?Z?$", "", told), _TIME)


CONNECTOR = WooCommerce()

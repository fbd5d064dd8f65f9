"""The people in front of the desk, for locust: each has a browser of their own, reads a page, thinks one to three seconds, reads on.

``DESK_LINKS`` holds a one-time link for each of them, ``DESK_PRODUCTS`` how many products the shop has.
"""

from __future__ import annotations

import os
import random
from typing import Any

from locust import FastHttpUser, between, events, task

LINKS = os.environ["DESK_LINKS"].split()
PRODUCTS = int(os.environ["DESK_PRODUCTS"])
OFTEN = 60
"""The products that people look at: the best sellers and what is near them in the table."""
READ = {
    "today": (6, ("/",)),
    "why": (
        4,
        (
            "/why",
            "/why?metric=net_sales&by=product_id",
            "/why?metric=net_sales&by=source",
            "/why?metric=gross_sales&by=country",
            "/why?metric=conversion_rate&by=source",
        ),
    ),
    "rows": (1, ("/rows?metric=net_sales", "/rows?metric=visitors", "/rows?metric=refund_amount")),
    "metrics": (
        4,
        (
            "/metrics",
            "/metrics?metric=visitors&metric=conversion_rate&grain=day",
            "/metrics?metric=net_sales&by=category&grain=week",
            "/metrics?metric=orders&by=country&against=previous",
        ),
    ),
    "metric": (1, ("/metrics/net_sales", "/metrics/conversion_rate", "/metrics/refund_rate")),
    "products": (3, ("/products", "/products?sort=visitors", "/products?sort=units&page=3", "/products?q=product+12")),
    "actions": (3, ("/actions", "/actions?view=list", "/actions?state=proposed")),
    "outcomes": (1, ("/outcomes",)),
    "experiments": (1, ("/experiments",)),
    "calendar": (1, ("/calendar",)),
    "data": (1, ("/data",)),
    "missing": (1, ("/data/missing",)),
    "costs": (1, ("/data/costs",)),
    "settings": (1, ("/settings",)),
}


@events.init.add_listener
def _quietly(**_: Any) -> None:
    random.seed(20_111_209)


class Operator(FastHttpUser):
    """One of the people of the shop."""

    wait_time = between(1, 3)

    def on_start(self) -> None:
        """Come in by a link of one's own."""
        self.client.default_headers = {"Accept-Language": "en-GB", "Accept-Encoding": "gzip"}
        self.client.get(LINKS.pop(), name="enter")

    @task
    def read(self) -> None:
        """Open a page; one in six is a product's."""
        if random.random() < 1 / 6:
            self._open(f"/products/P{int(random.random() ** 2 * min(OFTEN, PRODUCTS))}", "product")
            return
        name = random.choices([*READ], [weight for weight, _ in READ.values()])[0]
        self._open(random.choice(READ[name][1]), name)

    def _open(self, address: str, name: str) -> None:
        with self.client.get(address, name=name, catch_response=True) as answer:
            if answer.status_code == 202:
                answer.failure("still being counted")
            elif answer.status_code != 200 or "</html>" not in answer.text:
                answer.failure(f"{answer.status_code}")

"""Every page and every form of the desk, with what a visitor does there. The shop is the attacked one: its texts hold scripts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from fastapi import APIRouter
from fastapi.routing import APIRoute

from drawn import woo
from drawn.attacked import attacked
from drawn.woo import Woo
from zhanggui.app import morning_of
from zhanggui.app.desk import Desk
from zhanggui.live.reach import INSIDE
from zhanggui.web.pages import pages

SOON = date.today() + timedelta(days=10)
PASSWORD = "seven quiet kettles 42"
ORDERS = (
    "order_id,order date,product,quantity,amount\n"
    "9001,2026-09-12 10:00,Cup P03,2,200.00\n"
    "9002,2026-09-12 11:30,Cup P04,1,100.00\n"
    "9003,not a day,Cup P04,1,100.00\n"
)

READ = (
    "/",
    "/?as_of=2026-09-10",
    "/why?metric=net_sales&by=product_id",
    "/why?metric=conversion_rate&by=source",
    "/rows?metric=gross_sales",
    "/metrics",
    "/metrics?metric=net_sales&by=category&grain=week",
    "/metrics?metric=visitors&by=product_id&against=previous",
    "/metrics/conversion_rate",
    "/products",
    "/products/P00",
    "/actions",
    "/actions?view=list",
    "/actions/{action}",
    "/outcomes",
    "/rules",
    "/suspects",
    "/scores",
    "/waterfall",
    "/payouts",
    "/origins",
    "/rules/falling_conversion",
    "/rules/ship_by",
    "/experiments",
    "/experiments/{experiment}",
    "/calendar",
    "/data",
    "/data/missing",
    "/practice",
)
"""The pages that only tell; they are read without script, too."""
WORKED = (
    "/actions/new",
    "/actions/new?product=P00&kind=step_price",
    "/actions/{carried}",
    "/actions/{carried}/shop",
    "/experiments/new",
    "/data/costs",
    "/data/shops",
    "/data/upload/{parcel}",
    "/jobs",
    "/jobs/{job}",
    "/settings",
    "/settings/people",
    "/settings/tokens",
    "/settings/log",
    "/settings/notices",
    "/settings/backups",
    "/account",
    "/demo",
)
FILES = ("/rows.csv", "/metrics.{form}", "/products.{form}", "/charts/{version}/vega.js", "/settings/backups/{name}")
PARTS = ("/making", "/jobs/{id}/progress", "/enter", "/sign-in")
"""Addresses that are no page of their own: files to take away, parts of pages, doors."""


@dataclass(frozen=True)
class Filled:
    """A form on ``page`` that posts to ``action``, what is typed into it, and what the next page then says. ``button`` is pressed, or the
    first there is. ``file`` is what is chosen where it asks for one."""

    page: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    said: str = ""
    button: str = ""
    file: tuple[str, str] | None = None


def day(days: int) -> str:
    return (SOON + timedelta(days=days)).isoformat()


ACTION, CARRIED = "/actions/{action}", "/actions/{carried}"
FORMS = (
    Filled(
        "/calendar", "/calendar/promotion", {"name": "Autumn sale", "start": day(10), "end": day(12)}, "Autumn sale"
    ),
    Filled("/calendar", "/calendar/members", {"start": day(5), "every": "week", "times": "2"}, day(12)[8:].lstrip("0")),
    Filled("/calendar", "/calendar/freeze", {"start": day(1), "end": day(2), "text": "stocktaking"}, "stocktaking"),
    Filled("/calendar", "/calendar/annotation", {"day": day(-13), "text": "courier strike"}, "courier strike"),
    Filled("/calendar", "/calendar/lift"),
    Filled(ACTION, f"{ACTION}/snooze", {}, "Put off"),
    Filled(ACTION, f"{ACTION}/note", {"text": "asked the maker"}, "asked the maker"),
    Filled(ACTION, f"{ACTION}/assign", {"owner": "Mei", "due": day(3)}, "Mei"),
    Filled(ACTION, f"{ACTION}/dismiss", {"text": "not now"}, "not now"),
    Filled(ACTION, f"{ACTION}/undo"),
    Filled(ACTION, f"{ACTION}/approve", {}, "Approved"),
    Filled(ACTION, f"{ACTION}/done", {}, "Done"),
    Filled(ACTION, f"{ACTION}/stop", {"on": day(-10)}),
    Filled(
        "/actions/new",
        "/actions/new",
        {"kind": "audit_listing", "product": "P03", "text": "look at it", "minutes": "20"},
    ),
    Filled(
        "/experiments/new",
        "/experiments/new",
        {"name": "New picture", "effect": "20%", "a_day": "3000", "mean": "3%"},
        "3,000 visitors a day",
    ),
    Filled(
        "/experiments/new",
        "/experiments/new",
        {"name": "New picture", "effect": "20%", "a_day": "3000", "mean": "3%"},
        "No exposures yet",
        button="note",
    ),
    Filled("/experiments/{experiment}", "/experiments/{experiment}/stop", {"why": "too slow"}, "too slow"),
    Filled("/data", "/data/upload", {}, "orders.csv", file=("orders.csv", ORDERS)),
    Filled("/data/upload/{parcel}", "/data/upload/{parcel}", {}, "orders.csv", button="again"),
    Filled("/data/upload/{parcel}", "/data/upload/{parcel}", {}, "not a day", button="load"),
    Filled("/data", "/data/undo"),
    Filled(
        "/data/shops",
        "/data/shops/add",
        {"name": "tea", "kind": "woocommerce", "url": "{woo}", "writes": "yes"},
        "approved actions may be written",
    ),
    Filled("/data/shops", "/data/shops/test", {}, "Nothing was stored"),
    Filled("/data", "/data/sync", {}, "tea: synced"),
    Filled(
        "/actions/new",
        "/actions/new",
        {"kind": "step_price", "product": "10", "set:price": "8.90", "low": "5"},
        "8.90",
    ),
    Filled(CARRIED, f"{CARRIED}/approve", {}, "Approved"),
    Filled(f"{CARRIED}/shop", f"{CARRIED}/shop", {}, "Written to tea: 1 value"),
    Filled(f"{CARRIED}/shop", f"{CARRIED}/undo"),
    Filled("/data/costs", "/data/costs", {"cost:per_order.packing": "2"}, "1 line of the cost sheet changed"),
    Filled("/data/costs", "/data/target", {"month": "2026-09", "value": "90000"}, "2026-09"),
    Filled("/settings", "/settings", {"set:refund_ratio": "1.5"}),
    Filled("/settings", "/settings/shop", {"name": "Visited cups"}, "Visited cups"),
    Filled(
        "/settings/people", "/settings/people/add", {"name": "Mei", "role": "operator", "password": PASSWORD}, "Mei"
    ),
    Filled("/settings/people", "/settings/people/role", {"role": "owner"}),
    Filled("/settings/people", "/settings/people/password", {"password": PASSWORD + "!"}),
    Filled("/settings/tokens", "/settings/tokens/make", {"name": "till"}, "till"),
    Filled("/settings/tokens", "/settings/tokens/revoke"),
    Filled("/settings/notices", "/settings/notices/hour", {"daily_at": "09:30"}),
    Filled(
        "/settings/notices", "/settings/notices/add", {"name": "office", "variable": "ZHANGGUI_NOTIFY_OFFICE"}, "office"
    ),
    Filled("/settings/notices", "/settings/notices/test"),
    Filled("/settings/notices", "/settings/notices/remove"),
    Filled("/settings/backups", "/settings/backups/make"),
)
"""What the owner fills in, one after another."""
AGAIN = Filled("/data", "/data/upload", {}, "orders.csv", file=("later orders.csv", ORDERS.replace("900", "910")))
"""A parcel that stays unloaded, for its page to be looked at."""
LAST = (
    Filled("/data/shops", "/data/shops/remove", {}, "read no more"),
    Filled("/settings/backups", "/settings/backups/remove"),
    Filled("/settings/people", "/settings/people/remove"),
)
ELSEWHERE = {
    "/outcomes/read",
    "/data/shops/keep",
    "/language",
    "/sign-in",
    "/sign-out",
    "/account/password",
    "/practice/days",
    "/practice/score",
    "/jobs/{id}/forget",
    "/settings/restore",
    "/demo",
}
"""Forms that have a test of their own: before somebody is in, of a practice shop, of an action whose days are over, after a server was
killed, of a whole workspace, of a machine with a keyring."""


def made(folder: Path) -> Desk:
    """The attacked shop's desk, its brief made."""
    attacked(folder).close()
    desk = Desk(folder, readers=2)
    desk.latest(("morning", None), morning_of, wait=True)
    return desk


def addresses(method: str) -> Iterator[str]:
    """The address of every route that answers ``method``."""
    for page in pages():
        for route in routes(page.router):
            if method in route.methods:
                yield route.path


def routes(router: APIRouter) -> Iterator[APIRoute]:
    """The routes of a page, those of its parts included."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif inner := getattr(route, "original_router", None):
            yield from routes(inner)


@contextmanager
def live_shop() -> Iterator[str]:
    """The address of a live shop that sells two things and has sold nothing yet; the desk's environment knows its keys."""
    sold = Woo(products={record["id"]: record for record in woo.sample("products")})
    with woo.served(sold) as url:
        given = {"ZHANGGUI_TEA_KEY": woo.KEY, "ZHANGGUI_TEA_SECRET": woo.SECRET, INSIDE: url.removeprefix("http://")}
        os.environ.update(given)
        try:
            yield url
        finally:
            for name in given:
                del os.environ[name]

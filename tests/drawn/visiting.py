"""Visits of live shops for tests: a connection, its secrets, no waiting between calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from drawn.live_shops import LiveShop
from zhanggui.live import connector
from zhanggui.live.keys import Keys, variable
from zhanggui.live.kinds import COMMON, Connection, Visit
from zhanggui.tables.loading import Options

QUICK: Mapping[str, str | float] = {"per_second": 1000.0, "timeout_seconds": 60.0}
VENDURE_LOGIN = {"user": "superadmin", "password": "superadmin"}
OSCAR_LOGIN = {"user": "keeper", "password": "keeper"}


def visit(kind: str, url: str, secrets: Mapping[str, str] | None = None, *, name: str = "shop") -> Visit:
    """A visit of the shop at ``url`` whose secrets are given outright."""
    environment = {variable(name, secret): value for secret, value in (secrets or {}).items()}
    own = {option.name: option.default for option in (*COMMON, *connector(kind).options)}
    connection = Connection(name, kind, url, f"{kind}:main", {**own, **QUICK})
    return Visit(connection, Keys(name, environment), datetime.now(UTC), Options(), Path())


def vendure_visit(shop: LiveShop) -> Visit:
    return visit("vendure", shop.address, VENDURE_LOGIN)


def oscar_api_visit(shop: LiveShop) -> Visit:
    return visit("django_oscar", f"{shop.address}/api", OSCAR_LOGIN)


def oscar_database_visit(shop: LiveShop) -> Visit:
    return visit("django_oscar", f"sqlite:///{shop.file}")

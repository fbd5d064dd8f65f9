"""Metrics: any of the catalogue, over time and places, drawn, listed, to take away; and what each one means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from zhanggui.app import Shop, numbers
from zhanggui.app.desk import Desk
from zhanggui.app.numbers import WEEKS, Ask
from zhanggui.errors import Unanswerable
from zhanggui.web.asking import GRAINS, address, asked, inside
from zhanggui.web.kinds import Page
from zhanggui.web.pages.why import PATIENCE, Counting, quick_links, taken, with_choices
from zhanggui.web.rendering import locale_of, rendered, said_to

router = APIRouter()
PAGE = Page("metrics", "/metrics", router, order=3)
DEFAULT = ("net_sales", "orders")
EXPLAINED = (
    "net_sales",
    "orders",
    "gross_sales",
    "visitors",
    "conversion_rate",
    "average_order_value",
    "refund_rate",
    "new_buyers",
)
DAYS = 28
FORMS = ("csv", "xlsx", "parquet")


@router.get("/metrics")
def metrics(request: Request) -> HTMLResponse:
    """The metrics in the address, drawn and listed."""
    locale, ask = locale_of(request), asked(request)
    if not ask.metrics:
        ask = replace(ask, metrics=DEFAULT, grain="week")
    known = {**with_choices(request, ask, locale), "grains": GRAINS, "chosen": numbers.said_names(ask.metrics, locale)}
    try:
        found, fresh = request.app.state.desk.counted(*table_parts(ask, locale), patience=PATIENCE)
    except Unanswerable as error:
        return rendered(request, "metrics.html", **known, refusal=said_to(request, error), answer=None)
    return rendered(request, "metrics.html", **{**known, **linked(found)}, refusal="", answer=found, fresh=fresh)


def table_parts(ask: Ask, locale: str) -> Counting:
    """What the page shows of ``ask``."""

    def parts(shop: Shop) -> dict[str, Any]:
        told = numbers.dimensions(shop, ask.metrics)
        spans = numbers.spans(shop, locale)
        answered = since(ask, spans["first"], spans["last"])
        return {
            "ask": answered,
            "dimensions": numbers.dimension_names(told, locale),
            **spans,
            **numbers.table(shop, answered, locale),
        }

    return ("metrics", ask.key, locale), parts


def definition_parts(name: str, locale: str) -> Counting:
    """What the page of a metric's meaning shows."""
    return ("metric", name[:100], locale), lambda shop: numbers.definition(shop, name, locale)


def ahead(desk: Desk, locale: str) -> Iterator[Counting]:
    """What a first visitor of these pages asks: the table, and what its metrics and those of the brief mean."""
    yield table_parts(Ask(DEFAULT, grain="week"), locale)
    for name in EXPLAINED:
        yield definition_parts(name, locale)


def since(ask: Ask, first: date, last: date) -> Ask:
    """Where no days are asked: the last half year by day or week, from a Monday on, the last whole year by month, else four weeks."""
    if ask.start or ask.end:
        return ask
    monday = last - timedelta(days=last.weekday())
    by_time = {"month": (last.replace(day=1) - timedelta(days=360)).replace(day=1), "": last - timedelta(days=DAYS - 1)}
    start = by_time.get(ask.grain, monday - timedelta(weeks=WEEKS - 1))
    return replace(ask, start=min(max(first, start), last), end=last)


def linked(found: dict[str, Any]) -> dict[str, Any]:
    """The links out of an answer: other days, other pictures, files, and why a place moved."""
    ask: Ask = found["ask"]
    return {
        "ask": ask,
        "dimensions": found["dimensions"],
        "quick": quick_links("/metrics", ask, found["quick"]),
        "files": [{"form": form, "to_page": address(f"/metrics.{form}", ask)} for form in FORMS],
        "shapes": [
            {"name": name, "to_page": address("/metrics", replace(ask, shape=name))} for name in found["shapes"]
        ],
        "why_of": lambda place: address(
            "/why", replace(inside(ask, place), metrics=ask.metrics[:1], grain="", by=(), shape="")
        ),
    }


@router.get("/metrics.{form}")
def metrics_file(request: Request, form: str) -> Response:
    """The table as a file."""
    ask = asked(request)
    ask = replace(ask, metrics=ask.metrics or DEFAULT)
    numbers.media(form)
    with request.app.state.desk.reading() as shop:
        content = numbers.table_file(shop, ask, form)
    return taken(content, "-".join(ask.metrics), form)


@router.get("/metrics/{name}")
def definition(request: Request, name: str) -> HTMLResponse:
    """What a metric means and when not to trust it."""
    locale = locale_of(request)
    found, fresh = request.app.state.desk.counted(*definition_parts(name, locale), patience=PATIENCE)
    ask = Ask((found["name"],))
    return rendered(
        request,
        "metric.html",
        metric=found,
        fresh=fresh,
        why=address("/why", ask),
        over_time=address("/metrics", replace(ask, grain="week")),
        by=[{**each, "to_page": address("/metrics", replace(ask, by=(each["name"],)))} for each in found["here"]],
    )

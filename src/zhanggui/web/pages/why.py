"""Why a number moved: by its factors and by place, deeper at every click, down to the rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from zhanggui.app import Shop, numbers
from zhanggui.app.answers import Patience
from zhanggui.app.desk import Desk
from zhanggui.app.numbers import Ask
from zhanggui.errors import Unanswerable
from zhanggui.web.asking import address, asked, inside, outside
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import locale_of, rendered, said_to

router = APIRouter()
PAGE = Page("why", "/why", router, order=2)
DEFAULT = "net_sales"
PATIENCE = Patience(first=4.0, later=0.7)
"""So many seconds a page waits for numbers that are being counted, before it says that they are, or shows those of before."""
Counting = tuple[Hashable, Callable[[Shop], Any]]
"""The name of an answer and what gives it."""


@router.get("/why")
def why(request: Request) -> HTMLResponse:
    """Why the metric in the address moved."""
    locale, ask = locale_of(request), asked(request)
    ask = replace(ask, metrics=ask.metrics[:1] or (DEFAULT,))
    open_by = "by" in request.query_params

    known = with_choices(request, ask, locale)
    try:
        found, fresh = request.app.state.desk.counted(*why_parts(ask, open_by, locale), patience=PATIENCE)
    except Unanswerable as error:
        return rendered(request, "why.html", **known, refusal=said_to(request, error), answer=None)
    return rendered(request, "why.html", **{**known, **linked(found)}, refusal="", answer=found, fresh=fresh)


def why_parts(ask: Ask, open_by: bool, locale: str) -> Counting:
    """What the page shows of ``ask``; ``open_by`` says whether the reader chose how to split."""

    def parts(shop: Shop) -> dict[str, Any]:
        told = [name for name in numbers.dimensions(shop, ask.metrics) if name not in ask.where]
        by = tuple(name for name in ask.by if name in told) if open_by else tuple(told[:1])
        answered = replace(ask, by=by)
        found = numbers.why(shop, answered, locale)
        days = found["period"]
        return {
            **found,
            **numbers.spans(shop, locale),
            "ask": replace(answered, start=days.start, end=days.end),
            "dimensions": numbers.dimension_names(told, locale),
            "deeper": told,
        }

    return ("why", ask.key, open_by, locale), parts


def ahead(desk: Desk, locale: str) -> Iterator[Counting]:
    """What a first visitor of these pages asks."""
    yield why_parts(Ask((DEFAULT,)), False, locale)
    yield rows_parts(Ask((DEFAULT,)), locale)


def linked(found: dict[str, Any]) -> dict[str, Any]:
    """The links out of an answer: deeper into a place, to its rows, to another split, to other days."""
    ask: Ask = found["ask"]

    def deeper(place: dict[str, Any]) -> str:
        left = [name for name in found["deeper"] if name not in place["by"]]
        return address("/why", inside(ask, place["by"], left[:1]), **({} if left else {"by": ""}))

    return {
        "ask": ask,
        "dimensions": found["dimensions"],
        "quick": quick_links("/why", ask, found["quick"]),
        "splits": [
            {**each, "to_page": address("/why", replace(ask, by=(each["name"],))), "here": ask.by == (each["name"],)}
            for each in found["dimensions"]
        ],
        "deeper": deeper,
        "rows_of": lambda place: address("/rows", replace(inside(ask, place["by"], ()), against="")),
        "rows": address("/rows", replace(ask, by=(), against="")),
        "over_time": address("/metrics", replace(ask, by=(), grain="week", start=None, end=None, against="")),
    }


def quick_links(path: str, ask: Ask, quick: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same question for other days, one click each."""
    links = []
    for each in quick:
        days = (date.fromisoformat(each["from"]), date.fromisoformat(each["to"]))
        to_page = address(path, replace(ask, start=days[0], end=days[1]))
        links.append({**each, "to_page": to_page, "here": days == (ask.start, ask.end)})
    return links


def script_address() -> str:
    """Where the script is that makes charts interactive."""
    return f"/charts/{numbers.chart_script()[0]}/vega.js"


def with_choices(request: Request, ask: Ask, locale: str) -> dict[str, Any]:
    """What every page about numbers offers: the metrics, the filters as they stand and how to take each off."""
    desk, path = request.app.state.desk, request.url.path
    where = tuple((name, values) for name, values in ask.where.items())
    chips = (
        desk.counted(("filters", where, locale), lambda shop: numbers.place_names(shop, ask.where, locale))[0]
        if where
        else []
    )
    return {
        "ask": ask,
        "listed": numbers.metric_list(locale),
        "chips": [{**chip, "off": address(path, outside(ask, chip["name"], chip["value"]))} for chip in chips],
        "dimensions": [],
        "quick": [],
        "script": script_address(),
    }


@router.get("/rows")
def rows(
    request: Request,
    table: Annotated[str, Query(max_length=40)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """The rows behind a number, page by page."""
    locale, ask = locale_of(request), asked(request)
    ask = replace(ask, metrics=ask.metrics[:1] or (DEFAULT,))
    desk = request.app.state.desk
    known = {**with_choices(request, ask, locale), "metric": numbers.said_names(ask.metrics, locale, inside=True)}
    try:
        found, fresh = desk.counted(*rows_parts(ask, locale, table, page), patience=PATIENCE)
    except Unanswerable as error:
        return rendered(request, "rows.html", **known, refusal=said_to(request, error), tables=[], why="")
    if found:
        days = found[0]["period"]
        known["ask"] = replace(ask, start=days.start, end=days.end)
    tables = [{**one, **paging(ask, one)} for one in found]
    return rendered(request, "rows.html", **known, refusal="", tables=tables, why=address("/why", ask), fresh=fresh)


def rows_parts(ask: Ask, locale: str, table: str = "", page: int = 1) -> Counting:
    """The rows that the page shows of ``ask``."""
    return ("rows", ask.key, table, page, locale), lambda shop: numbers.rows(shop, ask, locale, table=table, page=page)


def paging(ask: Ask, one: Mapping[str, Any]) -> dict[str, str]:
    """Where the file of a table is, and the pages before and after the one that is shown."""

    def at(page: int) -> str:
        return address("/rows", ask, table=one["table"], page=page) if 1 <= page <= one["pages"] else ""

    file = address("/rows.csv", ask, table=one["table"])
    return {"file": file, "earlier": at(one["page"] - 1), "later": at(one["page"] + 1)}


@router.get("/rows.csv")
def rows_file(request: Request, table: str) -> Response:
    """The same rows as a file."""
    ask = asked(request)
    ask = replace(ask, metrics=ask.metrics[:1] or (DEFAULT,))
    with request.app.state.desk.reading() as shop:
        content = numbers.rows_file(shop, ask, table)
    return taken(content, f"rows-{ask.metrics[0]}", "csv")


def taken(content: bytes, name: str, form: str) -> Response:
    """A file to take away. Its name holds nothing but letters, digits and lines."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)[:80]
    headers = {"Content-Disposition": f'attachment; filename="{plain}.{form}"'}
    return Response(content, media_type=numbers.media(form), headers=headers)

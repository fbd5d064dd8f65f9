"""Products: a table to sort, the picture of who comes and what is left over, and one page per product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from zhanggui.app import morning_of, numbers, products
from zhanggui.app.desk import Desk
from zhanggui.app.numbers import Ask
from zhanggui.app.waterfall import OfProducts
from zhanggui.errors import Unanswerable
from zhanggui.i18n.writing import days
from zhanggui.web.asking import LONGEST, address, asked
from zhanggui.web.kinds import Page
from zhanggui.web.pages.why import PATIENCE, Counting, quick_links, script_address, taken, with_choices
from zhanggui.web.rendering import locale_of, rendered, said_to

router = APIRouter()
PAGE = Page("products", "/products", router, order=4)
FORMS = ("csv", "xlsx")
FIRST = "sales"
"""By what the table is sorted until a reader sorts it otherwise."""


@router.get("/products")
def table(
    request: Request,
    sort: str = FIRST,
    up: bool = False,
    q: Annotated[str, Query(max_length=100)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """Every product, sorted and searched by the address."""
    desk, locale, ask = request.app.state.desk, locale_of(request), asked(request)
    known = {**with_choices(request, ask, locale), "sort": sort, "up": up, "q": q}

    try:
        counted, fresh = desk.counted(*table_of(ask), patience=PATIENCE)
    except Unanswerable as error:
        return rendered(request, "products.html", **known, refusal=said_to(request, error), answer=None)
    period = counted.period
    ask = replace(ask, start=period.start, end=period.end)
    found = {
        **counted.cells(locale, sort=sort, up=up, search=q.strip(), page=page),
        "picture": counted.picture(locale),
        "lacking": counted.lacking,
        "quick": counted.quick(locale),
        "now": days(period, locale, year=True),
    }
    more = {"sort": sort, "up": "1" if up else "", "q": q}
    heads = [
        {
            "name": name,
            "here": name == sort,
            "to_page": address(
                "/products", ask, **{**more, "sort": name, "up": "1" if name == sort and not up else ""}
            ),
        }
        for name in products.columns()
    ]
    return rendered(
        request,
        "products.html",
        **{**known, "ask": ask, "quick": quick_links("/products", ask, found["quick"])},
        refusal="",
        answer=found,
        fresh=fresh,
        heads=heads,
        files=[{"form": form, "to_page": address(f"/products.{form}", ask)} for form in FORMS],
        earlier=address("/products", ask, **more, page=found["page"] - 1) if found["page"] > 1 else "",
        later=address("/products", ask, **more, page=found["page"] + 1) if found["page"] < found["pages"] else "",
    )


def table_of(ask: Ask) -> Counting:
    """Every product's row over the days that are asked."""
    return ("products", ask.start, ask.end), lambda shop: products.Table(shop, ask.start, ask.end)


def product_parts(name: str, locale: str) -> Counting:
    """What one product's page shows of the data."""
    return ("product", name[:LONGEST], locale), lambda shop: products.product(shop, name, locale)


def waterfalls() -> Counting:
    """What is left of the price of every product."""
    return ("waterfalls of products",), OfProducts


def ahead(desk: Desk, locale: str) -> Iterator[Counting]:
    """What a first visitor of these pages asks: the table, and then the products on its first page."""
    yield table_of(Ask(()))
    yield waterfalls()
    counted, _ = desk.counted(*table_of(Ask(())))
    counted.picture(locale)
    for row in (
        counted.rows.sort(FIRST, descending=True, nulls_last=True).head(products.PAGE_ROWS).iter_rows(named=True)
    ):
        yield product_parts(row["product_id"], locale)


@router.get("/products.{form}")
def table_file(request: Request, form: str) -> Response:
    """The whole table as a file."""
    ask = asked(request)
    numbers.media(form)
    counted, _ = request.app.state.desk.counted(*table_of(ask))
    period = counted.period
    return taken(products.product_file(counted.rows, form), f"products-{period.start}-{period.end}", form)


@router.get("/products/{name:path}")
def one(request: Request, name: str) -> HTMLResponse:
    """Everything about one product."""
    desk, locale = request.app.state.desk, locale_of(request)
    found, fresh = desk.counted(*product_parts(name, locale), patience=PATIENCE)
    if found is None:
        raise HTTPException(404)
    left, _ = desk.counted(*waterfalls(), patience=PATIENCE)
    about = desk.kept(("actions about", name, locale), lambda shop: products.actions_about(shop, name, locale))
    try:
        morning, making = desk.latest(("morning", None), morning_of, patience=0.0)[0], False
    except TimeoutError:  # the day's brief is being made: the page does not wait for what it says of one product
        morning, making = None, True
    own = Ask(("net_sales",), where={"product_id": (name,)})
    return rendered(
        request,
        "product.html",
        product={**found, "waterfall": left.cells(name, locale), "actions": about},
        fresh=fresh,
        findings=products.findings_about(morning.brief, name, locale) if morning else [],
        making=making,
        script=script_address(),
        why=address("/why", own),
        rows=address("/rows", own),
    )

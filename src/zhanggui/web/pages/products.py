"""Products: a table to sort, the picture of who comes and what is left over, and one page per product."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from zhanggui.app import Shop, morning_of, numbers, products
from zhanggui.app.numbers import Ask
from zhanggui.errors import Unanswerable
from zhanggui.i18n.writing import days
from zhanggui.units import Period
from zhanggui.web.asking import LONGEST, address, asked
from zhanggui.web.kinds import Page
from zhanggui.web.pages.why import quick_links, script_address, taken, with_choices
from zhanggui.web.rendering import locale_of, rendered, said_to

router = APIRouter()
PAGE = Page("products", "/products", router, order=4)
FORMS = ("csv", "xlsx")


@router.get("/products")
def table(
    request: Request,
    sort: str = "sales",
    up: bool = False,
    q: Annotated[str, Query(max_length=100)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """Every product, sorted and searched by the address."""
    desk, locale, ask = request.app.state.desk, locale_of(request), asked(request)
    known = {**with_choices(request, ask, locale), "sort": sort, "up": up, "q": q}

    try:
        rows, period = kept_rows(desk, ask)
        cells = desk.kept(
            ("products", ask.start, ask.end, sort, up, q, page, locale),
            lambda shop: products.product_cells(
                rows, locale, shop.config.currency, sort=sort, up=up, search=q.strip(), page=page
            ),
        )
        ask = replace(ask, start=period.start, end=period.end)
        drawn = desk.kept(("picture", ask.start, ask.end, locale), lambda shop: drawing(shop, rows, locale))
    except Unanswerable as error:
        return rendered(request, "products.html", **known, refusal=said_to(request, error), answer=None)
    found = {**cells, **drawn, "now": days(period, locale, year=True)}
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
        heads=heads,
        files=[{"form": form, "to_page": address(f"/products.{form}", ask)} for form in FORMS],
        earlier=address("/products", ask, **more, page=found["page"] - 1) if found["page"] > 1 else "",
        later=address("/products", ask, **more, page=found["page"] + 1) if found["page"] < found["pages"] else "",
    )


def kept_rows(desk: Any, ask: Ask) -> tuple[Any, Period]:
    """Every product's row over the days that are asked, and which days these are."""

    def made(shop: Shop) -> tuple[Any, Period]:
        period = products.period_of(shop, ask.start, ask.end)
        return products.product_rows(shop, period), period

    found: tuple[Any, Period] = desk.kept(("product rows", ask.start, ask.end), made)
    return found


def drawing(shop: Shop, rows: Any, locale: str) -> dict[str, Any]:
    """The picture over the table, and the periods to choose from."""
    return {
        **numbers.spans(shop, locale),
        "picture": products.product_picture(rows, locale, shop.config.currency),
        "lacking": products.lacking(rows),
    }


@router.get("/products.{form}")
def table_file(request: Request, form: str) -> Response:
    """The whole table as a file."""
    ask = asked(request)
    numbers.media(form)
    rows, period = kept_rows(request.app.state.desk, ask)
    return taken(products.product_file(rows, form), f"products-{period.start}-{period.end}", form)


@router.get("/products/{name:path}")
def one(request: Request, name: str) -> HTMLResponse:
    """Everything about one product."""
    desk, locale = request.app.state.desk, locale_of(request)
    found = desk.kept(("product", name[:LONGEST], locale), lambda shop: products.product(shop, name, locale))
    if found is None:
        raise HTTPException(404)
    try:
        morning, making = desk.latest(("morning", None), morning_of, patience=0.0)[0], False
    except TimeoutError:  # the day's brief is being made: the page does not wait for what it says of one product
        morning, making = None, True
    own = Ask(("net_sales",), where={"product_id": (name,)})
    return rendered(
        request,
        "product.html",
        product=found,
        findings=products.findings_about(morning.brief, name, locale) if morning else [],
        making=making,
        script=script_address(),
        why=address("/why", own),
        rows=address("/rows", own),
    )

"""Outcomes: what came of what was done, with its interval, and the scorecard of each rule."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from zhanggui.app.desk import Desk
from zhanggui.app.outcomes import last_day, outcomes, outcomes_cells
from zhanggui.i18n.writing import say
from zhanggui.units import Words
from zhanggui.web.entrance import needs, noted
from zhanggui.web.kinds import Page
from zhanggui.web.pages.why import PATIENCE, Counting
from zhanggui.web.rendering import locale_of, rendered, tell

router = APIRouter()
LAST_DAY: Counting = (("last day",), last_day)
PAGE = Page("outcomes", "/outcomes", router, order=60)


@router.get("/outcomes")
def show(request: Request) -> HTMLResponse:
    """What was read so far."""
    locale = locale_of(request)
    desk = request.app.state.desk
    last, fresh = desk.counted(*LAST_DAY, patience=PATIENCE)
    cells = desk.kept(("outcomes", last, locale), lambda shop: outcomes_cells(shop, locale, last))
    return rendered(request, "outcomes.html", **cells, fresh=fresh)


def ahead(desk: Desk, locale: str) -> Iterator[Counting]:
    """What a first visitor of this page asks."""
    yield LAST_DAY


@router.post("/outcomes/read", dependencies=[needs("operator")])
def read(request: Request) -> Response:
    """Read what is due by the data at hand."""
    with request.app.state.desk.writing() as shop:
        fresh = outcomes(shop).fresh
    noted(request, "outcomes_read", str(len(fresh)))
    tell(request, say(Words("web_outcomes.fresh", {"n": len(fresh)}), locale_of(request), ""))
    return RedirectResponse("/outcomes", status_code=303)

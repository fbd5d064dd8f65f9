"""Today: the brief as a page, with what people decided about its actions by now. Before the first import it leads by the hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from zhanggui.app import decided, morning_of
from zhanggui.app.desk import Desk
from zhanggui.app.morning import Morning
from zhanggui.web.kinds import Page
from zhanggui.web.pages.actions import days_to_put_off
from zhanggui.web.rendering import locale_of, rendered

router = APIRouter()
PAGE = Page("today", "/", router, order=1)


PATIENCE_SECONDS = 2.0
"""So long the first one waits for the brief; then the page says that it is being made."""


@router.get("/")
def today(request: Request, as_of: date | None = None) -> HTMLResponse:
    """The day; the first one who comes after a start may have to wait for it."""
    desk, locale = request.app.state.desk, locale_of(request)
    try:
        made, fresh = brief_of(desk, as_of)
    except TimeoutError:
        return rendered(request, "making.html")
    if made is None:
        return rendered(request, "first.html", folder=str(desk.folder))
    parts: dict[str, Any] = made.parts(locale)
    live = desk.kept(
        ("decided", as_of, id(made), locale),
        lambda shop: decided(shop, made.brief, locale, gone_by=as_of is not None),
    )
    later = days_to_put_off(desk)
    return rendered(request, "today.html", **{**parts, **live, "fresh": fresh, "later": later, "as_of": as_of})


def brief_of(desk: Desk, as_of: date | None) -> tuple[Morning | None, bool]:
    """The brief, or the one before while it is made anew; that there was none before the first import is not worth showing after it."""
    name, make = ("morning", as_of), lambda shop: morning_of(shop, as_of)
    made, fresh = desk.latest(name, make, patience=PATIENCE_SECONDS)
    return (made, fresh) if made or fresh else desk.latest(name, make, wait=True, patience=PATIENCE_SECONDS)


@router.get("/making")
def making(request: Request) -> HTMLResponse:
    """What the page that waits for the brief asks for every second."""
    try:
        request.app.state.desk.latest(("morning", None), morning_of, wait=True, patience=0.0)
    except TimeoutError:
        return rendered(request, "parts/making.html", finished=False)
    return rendered(request, "parts/making.html", finished=True)

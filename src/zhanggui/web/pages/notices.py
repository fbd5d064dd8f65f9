"""Notices: who is told what cannot wait and what the day brought, and a test of every channel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from zhanggui.app import Shop, notices
from zhanggui.errors import BadValue
from zhanggui.i18n.writing import say
from zhanggui.units import Words
from zhanggui.web.entrance import noted
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import locale_of, rendered, said_to, tell

router = APIRouter()
PAGE = Page("notices", "/settings/notices", router, role="owner")
Short = Annotated[str, Form(max_length=200)]


@router.get("/settings/notices")
def show(request: Request) -> HTMLResponse:
    """Who is told."""
    return _page(request)


@router.post("/settings/notices/add")
def add(request: Request, name: Short, variable: Short, gets: Short = "all", locale: Short = "") -> Response:
    """Tell one more."""
    typed = {"name": name, "variable": variable}
    return _written(request, lambda shop: notices.add(shop, name.strip(), variable.strip(), gets, locale), name, typed)


@router.post("/settings/notices/remove")
def remove(request: Request, name: Short) -> Response:
    """Tell one no more."""
    return _written(request, lambda shop: notices.remove(shop, name), name)


@router.post("/settings/notices/hour")
def hour(request: Request, daily_at: Short = "") -> Response:
    """Tell the day at another hour."""
    return _written(request, lambda shop: notices.tell_at(shop, daily_at.strip()), daily_at or "–")


@router.post("/settings/notices/test")
def test(request: Request) -> Response:
    """Send every channel a message that says nothing but that it arrived."""
    with request.app.state.desk.reading() as shop:
        tried = notices.tried(shop)
    noted(request, "notices_tested", ", ".join(name for name, _ in tried))
    for name, problem in tried:
        key = "web_notices.not_taken" if problem else "web_notices.taken"
        tell(request, say(Words(key, {"channel": name, "problem": problem}), locale_of(request), ""))
    return RedirectResponse("/settings/notices", status_code=303)


def _written(
    request: Request, write: Callable[[Shop], None], target: str, typed: dict[str, str] | None = None
) -> Response:
    try:
        with request.app.state.desk.writing() as shop:
            write(shop)
    except BadValue as error:
        return _page(request, problem=said_to(request, error), typed=typed)
    noted(request, "notices_set", target)
    tell(request, say(Words("web_notices.written"), locale_of(request), ""))
    return RedirectResponse("/settings/notices", status_code=303)


def _page(request: Request, *, problem: str = "", typed: dict[str, str] | None = None) -> HTMLResponse:
    with request.app.state.desk.reading() as shop:
        found: dict[str, Any] = notices.cells(shop, locale_of(request))
    typed = typed or {"name": "", "variable": ""}
    return rendered(request, "notices.html", status=400 if problem else 200, problem=problem, typed=typed, **found)

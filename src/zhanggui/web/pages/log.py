"""The log: who did what, when, and from where."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from zhanggui.app import members
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import locale_of, rendered

router = APIRouter()
PAGE = Page("log", "/settings/log", router, role="owner")
LINES = 100


@router.get("/settings/log")
def show(request: Request, before: Annotated[int | None, Query(ge=1, le=10**12)] = None) -> HTMLResponse:
    """The latest lines; ``before`` a number, those older than it."""
    desk = request.app.state.desk
    found = desk.people.deeds(LINES + 1, before)
    with desk.reading() as shop:
        lines = members.log_cells(found[:LINES], shop.clock.zone, locale_of(request))
    older = lines[-1]["number"] if len(found) > LINES else None
    return rendered(request, "log.html", lines=lines, older=older, before=before)

"""Where orders came from: by source, what tells it, and what ad platforms claim beside the shop's own orders."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from zhanggui.app.origins import origin_cells
from zhanggui.errors import Unanswerable
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import locale_of, rendered, said_to

router = APIRouter()
PAGE = Page("origins", "/origins", router)


@router.get("/origins")
def show(request: Request) -> HTMLResponse:
    """The orders of the last 28 complete days."""
    desk, locale = request.app.state.desk, locale_of(request)
    try:
        found = desk.kept(("origins", locale), lambda shop: origin_cells(shop, locale))
    except Unanswerable as error:
        return rendered(request, "origins.html", refusal=said_to(request, error), found=None)
    return rendered(request, "origins.html", refusal="", found=found)

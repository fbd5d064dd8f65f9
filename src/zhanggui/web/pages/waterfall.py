"""What is left of a price over the whole shop, which lever is worth most, and how many orders pay the fixed costs."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from zhanggui.app.waterfall import waterfall_cells
from zhanggui.errors import Unanswerable
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import locale_of, rendered, said_to

router = APIRouter()
PAGE = Page("waterfall", "/waterfall", router)


@router.get("/waterfall")
def show(request: Request) -> HTMLResponse:
    """The last 28 complete days."""
    desk, locale = request.app.state.desk, locale_of(request)
    try:
        found = desk.kept(("waterfall", locale), lambda shop: waterfall_cells(shop, locale))
    except Unanswerable as error:
        return rendered(request, "waterfall.html", refusal=said_to(request, error), found=None)
    return rendered(request, "waterfall.html", refusal="", found=found)

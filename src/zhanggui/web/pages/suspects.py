"""Orders and reviews that may not be real: the signs, the thresholds, and each with what speaks for it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from zhanggui.app.suspects import suspect_cells
from zhanggui.errors import Unanswerable
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import locale_of, rendered, said_to

router = APIRouter()
PAGE = Page("suspects", "/suspects", router)


@router.get("/suspects")
def show(request: Request) -> HTMLResponse:
    """What looks so by the data at hand."""
    desk, locale = request.app.state.desk, locale_of(request)
    try:
        found = desk.kept(("suspects", locale), lambda shop: suspect_cells(shop, locale))
    except Unanswerable as error:
        return rendered(request, "suspects.html", refusal=said_to(request, error), found=None)
    return rendered(request, "suspects.html", refusal="", found=found)

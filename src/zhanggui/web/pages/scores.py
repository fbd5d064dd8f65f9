"""What moves the scores that buyers give, all things at once."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from zhanggui.app.scores import score_cells
from zhanggui.errors import Unanswerable
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import locale_of, rendered, said_to

router = APIRouter()
PAGE = Page("scores", "/scores", router)


@router.get("/scores")
def show(request: Request) -> HTMLResponse:
    """By the reviews of the last 365 complete days."""
    desk, locale = request.app.state.desk, locale_of(request)
    try:
        found = desk.kept(("scores", locale), lambda shop: score_cells(shop, locale))
    except Unanswerable as error:
        return rendered(request, "scores.html", refusal=said_to(request, error), found=None)
    return rendered(request, "scores.html", refusal="", found=found)

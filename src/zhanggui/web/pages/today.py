"""Today: the brief as a page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from zhanggui.app import Shop
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import locale_of, rendered

router = APIRouter()
PAGE = Page("today", "/", router, order=1)


@router.get("/")
def today(request: Request, as_of: str | None = None) -> HTMLResponse:
    locale = locale_of(request)

    def parts(shop: Shop) -> dict[str, object]:
        return shop.brief_parts(shop.brief(as_of), locale)

    return rendered(request, "today.html", **request.app.state.desk.kept(("today", as_of, locale), parts))

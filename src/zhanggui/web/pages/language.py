"""The language a reader chose, kept in a cookie."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from zhanggui.config import LOCALES
from zhanggui.errors import BadValue
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import LOCALE_COOKIE
from zhanggui.web.safety import own_page

router = APIRouter()
PAGE = Page("language", "/language", router, role=None)
YEAR = 365 * 24 * 3600


@router.post("/language")
def choose(request: Request, locale: Annotated[str, Form()], back: Annotated[str, Form()] = "/") -> RedirectResponse:
    """Keep the language for a year."""
    if locale not in LOCALES:
        raise BadValue("config.unknown_locale", name=locale, known=", ".join(LOCALES))
    response = RedirectResponse(own_page(back), status_code=303)
    response.set_cookie(LOCALE_COOKIE, locale, max_age=YEAR, samesite="lax", httponly=True)
    return response

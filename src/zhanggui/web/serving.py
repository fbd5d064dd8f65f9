"""The desk as an ASGI app: pages, static files, errors in words, and the guards around them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from zhanggui.app.desk import Desk
from zhanggui.errors import UserError, ZhangguiError
from zhanggui.i18n.trouble import said_error
from zhanggui.web.pages import pages
from zhanggui.web.rendering import FOLDER, locale_of, rendered
from zhanggui.web.safety import OWN_HOSTS, with_headers


def desk_app(desk: Desk, *, hosts: Sequence[str] = OWN_HOSTS, secret: bytes | None = None) -> FastAPI:
    """The desk of one workspace. ``hosts`` are the names it answers to; ``secret`` signs forms (default: new at every start)."""
    app = FastAPI(title="The desk of zhanggui", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = desk
    app.state.hosts = tuple(hosts)
    app.state.secret = secret or secrets.token_bytes(32)
    app.middleware("http")(with_headers)
    app.mount("/static", Kept(directory=FOLDER / "static"), name="static")
    for page in pages():
        app.include_router(page.router)
    app.add_exception_handler(ZhangguiError, in_words)
    app.add_exception_handler(HTTPException, not_served)
    return app


class Kept(StaticFiles):
    """Files whose address changes with their content: a browser keeps them."""

    def file_response(self, *args: Any, **more: Any) -> Response:
        response = super().file_response(*args, **more)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


async def in_words(request: Request, error: Exception) -> Response:
    """What went wrong and what to do, as a page in the reader's language."""
    assert isinstance(error, ZhangguiError)
    said = said_error(error, locale_of(request))
    return rendered(request, "error.html", status=400 if isinstance(error, UserError) else 500, said=said)


async def not_served(request: Request, error: Exception) -> Response:
    """A page that is not there, or not for this reader."""
    assert isinstance(error, HTTPException)
    known = {
        401: "signed_out",
        403: "forbidden",
        404: "not_found",
        405: "not_found",
        413: "too_large",
        429: "slow_down",
    }
    name = known.get(error.status_code, "broken")
    from zhanggui.i18n import text

    return rendered(
        request, "error.html", status=error.status_code, said=text(f"web.error_page.{name}", locale_of(request))
    )

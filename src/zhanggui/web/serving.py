"""The desk as an ASGI app: pages, static files, errors in words, and the guards around them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from zhanggui.app.desk import Desk
from zhanggui.errors import Busy, Decided, NotLetIn, Refused, Throttled, UserError, ZhangguiError
from zhanggui.i18n import text
from zhanggui.web.bounds import Bounded
from zhanggui.web.entrance import needs, own_form, with_person
from zhanggui.web.pages import pages
from zhanggui.web.rendering import FOLDER, locale_of, rendered, said_to
from zhanggui.web.safety import HEADERS, OWN_HOSTS, with_headers

ERRORS = {403: "forbidden", 404: "not_found", 405: "not_found", 413: "too_large", 429: "slow_down"}
"""Which sentence an HTTP status has on the desk."""


def desk_app(desk: Desk, *, hosts: Sequence[str] = OWN_HOSTS, secret: bytes | None = None) -> FastAPI:
    """The desk of one workspace. ``hosts`` are the names it answers to; ``secret`` signs forms (default: the
    workspace's own)."""
    app = FastAPI(title="The desk of zhanggui", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = desk
    app.state.hosts = tuple(hosts)
    app.state.secret = secret
    app.state.told = OrderedDict()
    app.add_middleware(Bounded, folder=desk.folder)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.middleware("http")(with_person)
    app.middleware("http")(with_headers)
    app.mount("/static", Kept(directory=FOLDER / "static"), name="static")
    for page in pages():
        guards = [Depends(own_form)] if page.role is None else [needs(page.role), Depends(own_form)]
        app.include_router(page.router, dependencies=guards)
    app.add_exception_handler(ZhangguiError, in_words)
    app.add_exception_handler(HTTPException, not_served)
    app.add_exception_handler(RequestValidationError, not_understood)
    app.add_exception_handler(TimeoutError, being_counted)
    app.add_exception_handler(Exception, broken)
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
    response = rendered(request, "error.html", status=status_of(error), said=said_to(request, error))
    if isinstance(error, Throttled):
        response.headers["Retry-After"] = str(error.params["seconds"])
    return response


def status_of(error: ZhangguiError) -> int:
    """The status that says by number what the error says in words."""
    if not isinstance(error, UserError):
        return 500
    known = ((Throttled, 429), (NotLetIn, 401), (Decided, 409), (Refused, 422), (Busy, 503))
    return next((status for kind, status in known if isinstance(error, kind)), 400)


async def not_served(request: Request, error: Exception) -> Response:
    """A page that is not there, or not for this reader. Who is not signed in gets the form to do so."""
    assert isinstance(error, HTTPException)
    if error.status_code == 401:
        here = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        back = here if request.method == "GET" else "/"
        return rendered(request, "sign_in.html", status=401, next=back, name="", said="")
    name = "form_old" if error.detail == "form" else ERRORS.get(error.status_code, "broken")
    said = text(f"web.error_page.{name}", locale_of(request))
    return rendered(request, "error.html", status=error.status_code, said=said)


async def not_understood(request: Request, error: Exception) -> Response:
    """An address or a form with a value that no form of ours sends."""
    said = text("web.error_page.not_understood", locale_of(request))
    return rendered(request, "error.html", status=422, said=said)


async def being_counted(request: Request, error: Exception) -> Response:
    """What a page shows while its numbers are counted for the first time; 202 tells a program so."""
    response = rendered(request, "counting.html", status=202)
    response.headers["Retry-After"] = "1"
    return response


async def broken(request: Request, error: Exception) -> Response:
    """Our own fault, said without telling a stranger what it was; the log has it."""
    response = rendered(request, "error.html", status=500, said=text("web.error_page.broken", locale_of(request)))
    response.headers.update(HEADERS)
    return response

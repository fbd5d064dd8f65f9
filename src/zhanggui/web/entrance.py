"""Who asks: every request has a visitor (a cookie) and perhaps a person; forms are our own; what is not for one is refused.

A request that changes something is looked at twice before its body is read: it must come from a page of ours, and from somebody who is
signed in. The one form that anybody may send is small.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from zhanggui.web.safety import ANSWERS, FIELD, VISITOR, is_own_form, new_visitor, secret_of

READS = ("GET", "HEAD", "OPTIONS")
OPEN_FORMS = ("/sign-in", "/language")
"""Forms for who is not signed in."""
LARGEST_OPEN_FORM = 20_000
_SHAPE = re.compile(r"[A-Za-z0-9_-]{20,80}")
FORTNIGHT = 14 * 24 * 3600
OUTSIDE = ("/static/", "/api/")
"""Addresses that know no cookie."""


async def with_person(request: Request, call_next: ANSWERS) -> Response:
    """Put ``visitor`` and ``person`` on the request, and turn away what comes from a foreign page or from nobody."""
    request.state.person, request.state.visitor, request.state.welcome = None, "", ""
    if request.url.path.startswith(OUTSIDE):
        return await call_next(request)
    given = request.cookies.get(VISITOR, "")
    known = bool(_SHAPE.fullmatch(given))
    request.state.visitor = given if known else new_visitor()
    if known:
        request.state.person = await run_in_threadpool(request.app.state.desk.door.who, given)
    refused = refusal(request)
    if refused is not None:
        from zhanggui.web.serving import not_served

        response = await not_served(request, refused)
    else:
        response = await call_next(request)
    cookie = request.state.welcome or ("" if known else request.state.visitor)
    if cookie:
        keep_cookie(request, response, cookie)
    return response


def refusal(request: Request) -> HTTPException | None:
    """Why a request is not looked at further, if there is a reason."""
    if request.method in READS:
        return None
    if not from_own_page(request):
        return HTTPException(403, "form")
    if request.state.person is None:
        if request.url.path not in OPEN_FORMS:
            return HTTPException(401)
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > LARGEST_OPEN_FORM:
            return HTTPException(413)
    return None


def from_own_page(request: Request) -> bool:
    """Whether the browser says that a page of this very desk sent the form. Old browsers say nothing: for them the form's own token
    decides."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")


async def own_form(request: Request) -> None:
    """Refuse a form that was not rendered by us for this very browser."""
    if request.method in READS:
        return
    form = await request.form()
    token = form.get(FIELD)
    if not is_own_form(secret_of(request), request.state.visitor, token if isinstance(token, str) else None):
        raise HTTPException(403, "form")


def needs(role: str) -> Any:
    """A dependency: only who is at least ``role`` gets further."""

    def check(request: Request) -> None:
        person = request.state.person
        if person is None:
            raise HTTPException(401)
        if not person.may(role):
            raise HTTPException(403)

    return Depends(check)


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""


def noted(request: Request, what: str, target: str = "") -> None:
    """Write into the log what this person did: ``what`` names a text (``people.deed.<what>``)."""
    request.app.state.desk.people.note(request.state.person, what, target, address=address_of(request))


def noting(request: Request, what: str) -> Callable[[str], None]:
    """The same for work that ends after the request: what is to be called with the target then."""
    people, person, address = request.app.state.desk.people, request.state.person, address_of(request)
    return lambda target: people.note(person, what, target, address=address)


def keep_cookie(request: Request, response: Response, visitor: str) -> None:
    """Give the browser its name. Scripts cannot read it, other sites' forms do not send it."""
    secure = request.url.scheme == "https"
    response.set_cookie(VISITOR, visitor, max_age=FORTNIGHT, httponly=True, samesite="lax", secure=secure)

"""Who calls, and how much may be sent: looked at before a body is read.

A program carries a token; a page of the desk has its cookie, and to change something the token of its forms besides.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zhanggui.api.about import about
from zhanggui.api.trouble import answer, locale_of, refused
from zhanggui.app import Person
from zhanggui.app.desk import Desk
from zhanggui.app.forms import VISITOR, is_own_form
from zhanggui.errors import UserError

OPEN = ("/openapi.json",)
"""What says nothing of the shop."""
READS = ("GET", "HEAD", "OPTIONS")
OWN_FORM = "x-csrf-token"
SMALL = 1 << 20
"""Bytes of a body that is no upload."""
SLACK = 1 << 20
"""What an upload may be larger than its files: the lines between them."""
CALLER = "caller"

bearer = HTTPBearer(auto_error=False, description=about("bearer"))
cookie = APIKeyCookie(name=VISITOR, auto_error=False, description=about("cookie"))


class Entrance:
    """Stands before the API: nobody unknown gets further, and nothing larger than it may be."""

    def __init__(self, app: ASGIApp, desk: Desk, most: int) -> None:
        self.app, self.desk, self.most = app, desk, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path not in OPEN:
            try:
                person = await run_in_threadpool(self._who, request)
            except HTTPException as error:
                await refused(error.status_code, error.detail, locale_of(request))(scope, receive, send)
                return
            except UserError as error:
                await answer(error, locale_of(request))(scope, receive, send)
                return
            scope.setdefault("state", {})[CALLER] = person
        most = self.most + SLACK if path == "/imports" else SMALL
        if int(_digits(Headers(scope=scope).get("content-length"))) > most:
            await refused(413, "too_large", locale_of(request))(scope, receive, send)
            return
        await self.app(scope, _bounded(receive, most), send)

    def _who(self, request: Request) -> Person:
        address = request.client.host if request.client else ""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind:
            if kind.casefold() != "bearer" or not token.strip():
                raise HTTPException(401, "signed_out")
            return self.desk.door.program(token.strip(), address=address)
        visitor = _cookie(request.headers.get("cookie", ""))
        person = self.desk.door.who(visitor)
        if person is None:
            raise HTTPException(401, "signed_out")
        if request.method not in READS and not is_own_form(self.desk.secret, visitor, request.headers.get(OWN_FORM)):
            raise HTTPException(403, "foreign_form")
        return person


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(VISITOR)
    except CookieError:
        return ""
    return found.value if found is not None else ""


def _digits(value: str | None) -> str:
    return value if value and value.isascii() and value.isdigit() and len(value) < 20 else "0"


def _bounded(receive: Receive, most: int) -> Receive:
    """The body, and no more of it than ``most`` bytes, whatever its head says."""
    left = most

    async def bounded() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)
        return message

    return bounded


def needs(role: str) -> Any:
    """A dependency: only who is at least ``role`` gets further. Gives who calls."""

    def check(
        request: Request, _token: Annotated[Any, Depends(bearer)], _cookie: Annotated[Any, Depends(cookie)]
    ) -> Person:
        person: Person = getattr(request.state, CALLER)
        if not person.may(role):
            raise HTTPException(403)
        return person

    return Depends(check)


Viewer = Annotated[Person, needs("viewer")]
Operator = Annotated[Person, needs("operator")]
Owner = Annotated[Person, needs("owner")]

"""Signing in and out, and the one-time link of the owner at the machine."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from zhanggui.errors import NotLetIn
from zhanggui.web.entrance import address_of
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import rendered, said_to
from zhanggui.web.safety import new_visitor, own_page

router = APIRouter()
PAGE = Page("entrance", "/sign-in", router, role=None)


@router.get("/sign-in")
def form(request: Request, next: str = "/") -> Response:
    """The form to sign in."""
    if request.state.person is not None:
        return RedirectResponse(own_page(next), status_code=303)
    return rendered(request, "sign_in.html", next=own_page(next), name="", said="")


@router.post("/sign-in")
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Sign in, and go where one wanted to."""
    door = request.app.state.desk.door
    try:
        request.state.welcome = door.sign_in(name, password, address=address_of(request))
    except NotLetIn as error:
        said = said_to(request, error)
        return rendered(request, "sign_in.html", status=401, next=own_page(next), name=name, said=said)
    return RedirectResponse(own_page(next), status_code=303)


@router.get("/enter")
def enter(request: Request, key: str = "") -> Response:
    """The owner's own link: good once, so that it is worth nothing in a history or a log."""
    request.state.welcome = request.app.state.desk.door.enter(key, address=address_of(request))
    return RedirectResponse("/", status_code=303)


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """Sign out of this browser."""
    request.app.state.desk.door.sign_out(request.state.visitor, address=address_of(request))
    request.state.welcome = new_visitor()
    return RedirectResponse("/sign-in", status_code=303)

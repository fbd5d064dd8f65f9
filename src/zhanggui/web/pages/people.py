"""People: who may come in and as what, and one's own password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from zhanggui.app import members
from zhanggui.errors import BadValue, NotLetIn, UserError
from zhanggui.i18n.writing import say
from zhanggui.units import Words
from zhanggui.web.entrance import address_of, needs
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import locale_of, rendered, said_to, tell

router = APIRouter()
PAGE = Page("people", "/settings/people", router)
OWNER = needs("owner")
Name = Annotated[str, Form(max_length=200)]
Password = Annotated[str, Form(max_length=1000)]


@router.get("/settings/people", dependencies=[OWNER])
def show(request: Request) -> HTMLResponse:
    """Everybody."""
    return _page(request)


@router.post("/settings/people/add", dependencies=[OWNER])
def add(request: Request, name: Name = "", password: Password = "", role: Name = "viewer") -> Response:
    """Let somebody in."""
    try:
        made = request.app.state.desk.people.add(name, password, role, by=request.state.person)
    except BadValue as error:
        return _page(request, problem=said_to(request, error), name=name, role=role)
    return _back(request, "people.said.added", name=made.name, role=Words(f"people.role.{made.role}"))


@router.post("/settings/people/role", dependencies=[OWNER])
def role(request: Request, name: Name, role: Name) -> Response:
    """Change what somebody may do."""
    try:
        made = request.app.state.desk.people.set_role(name, role, by=request.state.person)
    except BadValue as error:
        return _page(request, problem=said_to(request, error))
    return _back(request, "people.said.role_set", name=made.name, role=Words(f"people.role.{made.role}"))


@router.post("/settings/people/password", dependencies=[OWNER])
def password(request: Request, name: Name, password: Password = "") -> Response:
    """Give somebody a new password."""
    try:
        made = request.app.state.desk.people.set_password(name, password, by=request.state.person)
    except BadValue as error:
        return _page(request, problem=said_to(request, error))
    return _back(request, "people.said.password_set", name=made.name)


@router.post("/settings/people/remove", dependencies=[OWNER])
def remove(request: Request, name: Name) -> Response:
    """Let somebody in no more."""
    try:
        gone = request.app.state.desk.people.remove(name, by=request.state.person)
    except BadValue as error:
        return _page(request, problem=said_to(request, error))
    return _back(request, "people.said.removed", name=gone.name)


@router.get("/account")
def account(request: Request) -> HTMLResponse:
    """Who one is here."""
    return rendered(request, "account.html", problem="")


@router.post("/account/password")
def own_password(request: Request, old: Password = "", new: Password = "", again: Password = "") -> Response:
    """Give oneself a new password."""
    desk = request.app.state.desk
    try:
        if new != again:
            raise BadValue("people.not_the_same")
        request.state.welcome = members.change_own_password(
            desk.people, desk.door, request.state.person, old, new, address=address_of(request)
        )
    except UserError as error:
        status = 403 if isinstance(error, NotLetIn) else 400
        problem = _wrong_password(request) if isinstance(error, NotLetIn) else said_to(request, error)
        return rendered(request, "account.html", status=status, problem=problem)
    request.state.visitor = request.state.welcome
    tell(request, say(Words("web_people.own_password_set"), locale_of(request), ""))
    return RedirectResponse("/account", status_code=303)


def _wrong_password(request: Request) -> str:
    return say(Words("web_people.wrong_password"), locale_of(request), "")


def _page(request: Request, *, problem: str = "", name: str = "", role: str = "") -> HTMLResponse:
    desk, locale = request.app.state.desk, locale_of(request)
    with desk.reading() as shop:
        everybody = members.people_cells(desk.people, shop.clock.zone, locale)
    wanted = role or ("viewer" if everybody else "owner")  # without an owner nobody else gets far
    parts = {"everybody": everybody, "roles": members.roles(locale), "typed": name, "wanted": wanted}
    return rendered(request, "people.html", status=400 if problem else 200, problem=problem, **parts)


def _back(request: Request, key: str, **params: object) -> Response:
    tell(request, say(Words(key, params), locale_of(request), ""))
    return RedirectResponse("/settings/people", status_code=303)

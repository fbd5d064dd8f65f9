"""Tokens: what programs sign in with. A token is shown once, to who made it."""

from __future__ import annotations

from collections import OrderedDict
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from zhanggui.app import members
from zhanggui.errors import BadValue
from zhanggui.i18n.writing import say
from zhanggui.units import Words
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import locale_of, rendered, tell

router = APIRouter()
PAGE = Page("tokens", "/settings/tokens", router, role="owner")
MOST_SHOWN = 100


@router.get("/settings/tokens")
def show(request: Request) -> HTMLResponse:
    """Every token that is good, and the one that was just made."""
    desk, locale = request.app.state.desk, locale_of(request)
    with desk.reading() as shop:
        found = members.token_cells(desk.people, shop.clock.zone, locale)
    made = _shown(request).pop(request.state.visitor, "")
    return rendered(request, "tokens.html", tokens=found, made=made, roles=members.roles(locale))


@router.post("/settings/tokens/make")
def make(
    request: Request,
    name: Annotated[str, Form(max_length=60)] = "",
    role: Annotated[str, Form(max_length=20)] = "viewer",
) -> Response:
    """Make a token."""
    if not name.strip() or not name.isprintable():
        raise BadValue("people.bad_name", name=name, most=60)
    shown = _shown(request)
    shown[request.state.visitor] = request.app.state.desk.people.new_token(name, role, by=request.state.person)
    while len(shown) > MOST_SHOWN:
        shown.popitem(last=False)
    return RedirectResponse("/settings/tokens", status_code=303)


@router.post("/settings/tokens/revoke")
def revoke(request: Request, number: Annotated[int, Form(ge=0, le=10**9)]) -> Response:
    """Make one worthless."""
    request.app.state.desk.people.revoke(number, by=request.state.person)
    tell(request, say(Words("web_people.token_revoked"), locale_of(request), ""))
    return RedirectResponse("/settings/tokens", status_code=303)


def _shown(request: Request) -> OrderedDict[str, str]:
    """Tokens that were made and not yet shown, by browser."""
    if not hasattr(request.app.state, "made_tokens"):
        request.app.state.made_tokens = OrderedDict()
    found: OrderedDict[str, str] = request.app.state.made_tokens
    return found

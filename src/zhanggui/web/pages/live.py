"""Live shops: which are connected, whether they answer, and the forms that connect and remove one. No key goes into a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from zhanggui.app import Shop, live_shops
from zhanggui.errors import UserError
from zhanggui.i18n.writing import say
from zhanggui.units import Words
from zhanggui.web.entrance import needs, noted
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import locale_of, rendered, said_to, tell

router = APIRouter()
PAGE = Page("live", "/data/shops", router, role="operator")
OWNER = needs("owner")
Short = Annotated[str, Form(max_length=60)]
Address = Annotated[str, Form(max_length=500)]
FIELDS = ("name", "kind", "url", "channel", "writes")


@router.get("/data/shops")
def show(request: Request) -> HTMLResponse:
    """Every connection and how far it was read."""
    return _page(request)


@router.post("/data/shops/add", dependencies=[OWNER])
def add(request: Request, name: Short, kind: Short, url: Address, channel: Short = "", writes: Short = "") -> Response:
    """Connect one more, which may call the open internet only."""
    typed = dict(zip(FIELDS, (name.strip(), kind, url.strip(), channel.strip(), writes), strict=True))
    return _written(request, "added", name.strip(), lambda shop: live_shops.add(shop, **typed), typed)


@router.post("/data/shops/remove", dependencies=[OWNER])
def remove(request: Request, name: Short) -> Response:
    """Read one no more."""
    return _written(request, "removed", name, lambda shop: shop.live.remove(name))


@router.post("/data/shops/keep", dependencies=[OWNER])
def keep(
    request: Request, name: Short, secret: Short, typed: Annotated[str, Form(min_length=1, max_length=2000)]
) -> Response:
    """Keep a key in the machine's keyring."""
    return _written(request, "kept", name, lambda shop: shop.live.keep_secret(name, secret, typed.strip()))


@router.post("/data/shops/test", dependencies=[OWNER])
def test(request: Request, name: Short) -> Response:
    """Ask one for its first page; nothing is stored."""
    job = request.app.state.desk.background.try_shop(name, request.state.person.name)
    noted(request, "sync_tried", name)
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


DEEDS = {"added": "sync_added", "removed": "sync_removed", "kept": "sync_secret_kept"}
"""What the log calls what was done."""


def _written(
    request: Request, what: str, name: str, write: Callable[[Shop], Any], typed: dict[str, str] | None = None
) -> Response:
    try:
        with request.app.state.desk.writing() as shop:
            write(shop)
    except UserError as error:
        return _page(request, problem=said_to(request, error), typed=typed)
    noted(request, DEEDS[what], name)
    tell(request, say(Words(f"web_live.{what}", {"name": name}), locale_of(request), ""))
    return RedirectResponse("/data/shops", status_code=303)


def _page(request: Request, *, problem: str = "", typed: dict[str, str] | None = None) -> HTMLResponse:
    found = live_shops.cells(request.app.state.desk, locale_of(request))
    found |= {"typed": typed or dict.fromkeys(FIELDS, ""), "problem": problem or found["problem"]}
    return rendered(request, "live.html", status=400 if problem else 200, **found)

"""People and settings: the shop's name and language, and every threshold with why it is what it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from zhanggui.app import settings
from zhanggui.i18n.writing import say
from zhanggui.units import Words
from zhanggui.web.entrance import needs, noted
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import locale_of, rendered, tell

router = APIRouter()
PAGE = Page("settings", "/settings", router, order=90, role="operator")
OWNER = needs("owner")


@router.get("/settings")
def show(request: Request) -> HTMLResponse:
    """All settings."""
    locale = locale_of(request)
    with request.app.state.desk.reading() as shop:
        return rendered(request, "settings.html", groups=settings.cells(shop, locale), shop=shop.config)


@router.post("/settings", dependencies=[OWNER])
async def change(request: Request) -> Response:
    """Write what was changed to ``zhanggui.toml``."""
    form = await request.form()
    told = {name.removeprefix("set:"): str(value) for name, value in form.items() if name.startswith("set:")}

    def write() -> list[str]:
        with request.app.state.desk.writing() as shop:
            return settings.change(shop, told)

    changed = await run_in_threadpool(write)
    if changed:
        await run_in_threadpool(noted, request, "settings_set", ", ".join(sorted(changed)))
    tell(request, say(Words("web_settings.changed", {"n": len(changed)}), locale_of(request), ""))
    return RedirectResponse("/settings", status_code=303)


@router.post("/settings/shop", dependencies=[OWNER])
def rename(
    request: Request, name: Annotated[str, Form(max_length=120)], locale: Annotated[str, Form(max_length=10)]
) -> Response:
    """Give the shop another name or language."""
    with request.app.state.desk.writing() as shop:
        settings.rename(shop, name, locale)
    noted(request, "shop_renamed", f"{name} ({locale})")
    tell(request, say(Words("web_settings.changed", {"n": 1}), locale_of(request), ""))
    return RedirectResponse("/settings", status_code=303)

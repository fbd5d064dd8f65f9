"""Payouts against orders: what agrees, what is short, what is missing, with its rows."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from zhanggui.app.payouts import payout_cells
from zhanggui.errors import Unanswerable
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import locale_of, rendered, said_to

router = APIRouter()
PAGE = Page("payouts", "/payouts", router)


@router.get("/payouts")
def show(request: Request) -> HTMLResponse:
    """The orders of the last 90 complete days."""
    desk, locale = request.app.state.desk, locale_of(request)
    try:
        found = desk.kept(("payouts", locale), lambda shop: payout_cells(shop, locale))
    except Unanswerable as error:
        return rendered(request, "payouts.html", refusal=said_to(request, error), found=None)
    return rendered(request, "payouts.html", refusal="", found=found)

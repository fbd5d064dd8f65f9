"""Rules: what each asks of the data, how it decides, when it keeps quiet, and its record in this shop."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from zhanggui.app import morning_of, rules
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import locale_of, rendered

router = APIRouter()
PAGE = Page("rules", "/rules", router)


@router.get("/rules")
def index(request: Request) -> HTMLResponse:
    """Every rule by chapter."""
    locale = locale_of(request)
    chapters = request.app.state.desk.kept(("rules", locale), lambda shop: rules.rule_chapters(shop, locale))
    return rendered(request, "rules.html", chapters=chapters)


@router.get("/rules/{name}")
def one(request: Request, name: str) -> HTMLResponse:
    """Everything about one rule."""
    desk, locale = request.app.state.desk, locale_of(request)
    with desk.reading() as shop:
        found = rules.rule_sheet(shop, name, locale)
    if found is None:
        raise HTTPException(404)
    try:
        morning, making = desk.latest(("morning", None), morning_of, patience=0.0)[0], False
    except TimeoutError:  # the day's brief is being made: the page does not wait for what it says by one rule
        morning, making = None, True
    said = rules.rule_today(morning.brief, name, locale) if morning else []
    return rendered(request, "rule.html", rule=found, said=said, making=making)

"""The calendar: what comes and until when it must be answered, days without changes, notes on days."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from zhanggui.app import calendar
from zhanggui.i18n import text
from zhanggui.web.entrance import needs, noted
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import locale_of, rendered, tell

router = APIRouter()
PAGE = Page("calendar", "/calendar", router, order=70)
OPERATOR = needs("operator")
Day = Annotated[str, Form(max_length=10)]
Short = Annotated[str, Form(max_length=120)]
Long = Annotated[str, Form(max_length=1000)]


@router.get("/calendar")
def show(request: Request) -> HTMLResponse:
    """What lies ahead, by month, and what was."""
    locale = locale_of(request)
    cells = request.app.state.desk.kept(("calendar", locale), lambda shop: calendar.cells(shop, locale))
    return rendered(request, "calendar.html", **cells)


@router.post("/calendar/promotion", dependencies=[OPERATOR])
def promotion(
    request: Request,
    name: Short,
    start: Day,
    end: Day = "",
    answer_by: Day = "",
    platform: Short = "",
    terms: Long = "",
) -> Response:
    """Put a promotion on the calendar."""
    told = {"name": name, "start": start, "end": end, "answer_by": answer_by, "platform": platform, "terms": terms}
    with request.app.state.desk.writing() as shop:
        calendar.promote(shop, told)
    noted(request, "promotion_added", f"{start} {name}")
    return _back(request, "entered")


@router.post("/calendar/members", dependencies=[OPERATOR])
def members(
    request: Request,
    start: Day,
    every: Annotated[str, Form(max_length=10)] = "once",
    times: Annotated[int, Form(ge=1, le=calendar.MOST_TIMES)] = 1,
    terms: Long = "",
) -> Response:
    """Put member days on the calendar."""
    with request.app.state.desk.writing() as shop:
        days = calendar.member_days(shop, start, every, times, terms)
    noted(request, "member_days_added", ", ".join(day.isoformat() for day in days))
    return _back(request, "entered")


@router.post("/calendar/annotation", dependencies=[OPERATOR])
def annotation(request: Request, day: Day, words: Annotated[str, Form(max_length=1000, alias="text")]) -> Response:
    """Explain a day away."""
    with request.app.state.desk.writing() as shop:
        shop.actions.annotate(day, words.strip())
    noted(request, "day_explained", day)
    return _back(request, "entered")


@router.post("/calendar/freeze", dependencies=[OPERATOR])
def freeze(
    request: Request, start: Day, end: Day, words: Annotated[str, Form(max_length=400, alias="text")] = ""
) -> Response:
    """Days on which nothing is changed."""
    with request.app.state.desk.writing() as shop:
        shop.actions.freeze(start, end, text=words.strip(), by=request.state.person.name)
    noted(request, "frozen", f"{start} … {end}")
    return _back(request, "entered")


@router.post("/calendar/lift", dependencies=[OPERATOR])
def lift(request: Request, start: Day, end: Day, target: Short = "*") -> Response:
    """Take a freeze back."""
    with request.app.state.desk.writing() as shop:
        shop.actions.lift(start, end, target=target, by=request.state.person.name)
    noted(request, "freeze_lifted", f"{start} … {end}")
    return _back(request, "lifted")


def _back(request: Request, said: str) -> RedirectResponse:
    tell(request, text(f"web_calendar.{said}", locale_of(request)))
    return RedirectResponse("/calendar", status_code=303)

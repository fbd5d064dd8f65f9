"""Practice: a simulated shop lived day by day, and its score against doing nothing, rules of thumb and an oracle."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from zhanggui.app import practice
from zhanggui.app.desk import Desk
from zhanggui.web.entrance import needs, noted
from zhanggui.web.kinds import Page
from zhanggui.web.pages.jobs import job_cells
from zhanggui.web.rendering import locale_of, rendered

router = APIRouter()
PAGE = Page("practice", "/practice", router, order=80)
OPERATOR = needs("operator")
MOST_DAYS = 90


@router.get("/practice")
def show(request: Request) -> HTMLResponse:
    """The practice shop's day, and its latest score."""
    desk, locale = desk_of(request), locale_of(request)
    if not practice.is_practice(desk.folder):
        return rendered(request, "practice_none.html", folder=desk.folder.name)
    with desk.reading() as shop:
        course, today = practice.read(shop.folder), shop.clock.today()
    jobs = [job for job in desk.background.jobs.all() if job.kind.startswith("practice")]
    scored = next((job for job in jobs if job.kind == "practice_score" and job.result is not None), None)
    lived = next((job for job in jobs if job.kind == "practice_days" and job.result is not None), None)
    running = next((job for job in jobs if not job.ended), None)
    return rendered(
        request,
        "practice.html",
        course=course,
        today=today.isoformat(),
        lived=practice.passed_cells(lived.result, locale) if lived else None,
        score=practice.score_cells(scored.result, locale, desk.config.currency) if scored else None,
        running=job_cells(running, request) if running else None,
    )


@router.post("/practice/days", dependencies=[OPERATOR])
def days(
    request: Request,
    days: Annotated[int, Form(ge=1, le=MOST_DAYS)] = 1,
    follow: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """Let days pass, after doing today's proposals where that is wanted."""
    job = desk_of(request).background.practice_days(days, request.state.person.name, follow=bool(follow))
    noted(request, "practice_lived", str(days))
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


@router.post("/practice/score", dependencies=[OPERATOR])
def score(request: Request) -> Response:
    """Reckon the score."""
    job = desk_of(request).background.practice_score(request.state.person.name)
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


def desk_of(request: Request) -> Desk:
    """The desk that answers."""
    desk: Desk = request.app.state.desk
    return desk

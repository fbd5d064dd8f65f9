"""The demo: the brief of a real shop, to look at before one has brought in anything of one's own."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from zhanggui.web.entrance import needs
from zhanggui.web.kinds import Page
from zhanggui.web.pages.jobs import job_cells
from zhanggui.web.rendering import locale_of, rendered

router = APIRouter()
PAGE = Page("demo", "/demo", router)


@router.get("/demo")
def show(request: Request) -> HTMLResponse:
    """The demo's day; while it is made, how far that is."""
    locale = locale_of(request)
    jobs = request.app.state.desk.background.jobs.all()
    job = next((job for job in jobs if job.kind == "demo"), None)
    if job is None or job.result is None:
        return rendered(request, "demo_making.html", job=job_cells(job, request) if job is not None else None)
    undecided = {"cards": {}, "ranges": {}, "waiting": [], "watching": [], "later": [], "fresh": True}
    return rendered(request, "demo.html", **{**job.result.parts(locale), **undecided, "as_of": job.result.brief.as_of})


@router.post("/demo", dependencies=[needs("operator")])
def make(request: Request) -> Response:
    """Have it made; nothing of it comes into this workspace."""
    request.app.state.desk.background.demo(locale_of(request), request.state.person.name)
    return RedirectResponse("/demo", status_code=303)

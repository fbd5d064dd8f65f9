"""Long work: how far it is, and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from zhanggui.app import data, live_json
from zhanggui.app.background import Background, Job
from zhanggui.i18n import text
from zhanggui.i18n.columns import shorten
from zhanggui.i18n.writing import joined, printable, say
from zhanggui.units import Words
from zhanggui.web.entrance import needs
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import environment, locale_of, rendered, said_to

router = APIRouter()
PAGE = Page("jobs", "/jobs", router)
LONGEST = 120
BACK_TO = {
    "practice_days": ("/practice", "web_data.to_practice"),
    "practice_score": ("/practice", "web_data.to_practice"),
    "backup": ("/settings/backups", "web_backups.to_backups"),
    "restore": ("/settings/backups", "web_backups.to_backups"),
    "sync_test": ("/data/shops", "web_live.to_shops"),
}
"""Where a job's page leads on, and in which words."""


@router.get("/jobs")
def all_of_them(request: Request) -> HTMLResponse:
    """Every piece of long work that is remembered."""
    jobs = request.app.state.desk.background.jobs.all()
    return rendered(request, "jobs.html", jobs=[job_cells(job, request) for job in jobs])


@router.get("/jobs/{id}")
def show(request: Request, id: str) -> HTMLResponse:
    """One of them: its progress, then what came of it."""
    job, locale = _found(request, id), locale_of(request)
    desk = request.app.state.desk
    done = job.result if job.state == "done" else None
    return rendered(
        request,
        "job.html",
        job=job_cells(job, request),
        reconciled=data.reconciled(done, locale, desk.config.currency) if job.kind == "import" and done else None,
        taken_back=data.taken_back(done, locale) if job.kind == "undo" and done else "",
        said=_said(job, request) if done else [],
        back_to=BACK_TO.get(job.kind, ("/data", "web_data.back")),
    )


@router.get("/jobs/{id}/progress")
def progress(request: Request, id: str) -> HTMLResponse:
    """The piece of the page that tells how far it is."""
    locale = locale_of(request)
    job = job_cells(_found(request, id), request)
    part = environment().get_template("parts/progress.html")
    return HTMLResponse(part.render(job=job, words=lambda key, **params: text(key, locale, **params)))


@router.post("/jobs/{id}/forget", dependencies=[needs("operator")])
def forget(request: Request, id: str) -> Response:
    """Take one that has ended off the list."""
    request.app.state.desk.background.jobs.forget(id)
    return RedirectResponse("/data", status_code=303)


def _found(request: Request, id: str) -> Job:
    job: Job | None = request.app.state.desk.background.jobs.find(id)
    if job is None:
        raise HTTPException(404)
    return job


def job_cells(job: Job, request: Request) -> dict[str, Any]:
    """A job, written for who asks."""
    locale, desk = locale_of(request), request.app.state.desk
    names = shorten(joined([printable(name) for name in job.about], locale), LONGEST)
    seconds = int(((job.ended_at or datetime.now(UTC)) - job.at).total_seconds())
    return {
        "id": job.id,
        "kind": job.kind,
        "title": text(f"jobs.kind.{job.kind}", locale),
        "about": names,
        "by": job.by,
        "at": f"{job.at.astimezone(ZoneInfo(desk.config.timezone)):%Y-%m-%d %H:%M}",
        "state": job.state,
        "said": text(f"jobs.state.{job.state}", locale),
        "ended": job.ended,
        "step": job.step,
        "steps": len(job.steps),
        "step_name": text(f"jobs.step.{job.step_name}", locale) if job.step_name else "",
        "seconds": say(Words("jobs.seconds", {"n": seconds}), locale, ""),
        "error": said_to(request, job.error) if job.error is not None else "",
        "address": _address(job, desk.background),
    }


def _said(job: Job, request: Request) -> list[str]:
    """What came of work that has no page of its own."""
    if job.kind == "sync":
        return data.synced(job.result, locale_of(request))
    if job.kind == "sync_test":
        return live_json.answered_said(job.result, locale_of(request))
    return _backup_said(job, request) if job.kind in ("backup", "restore") else []


def _backup_said(job: Job, request: Request) -> list[str]:
    """What came of a backup that was made or put back."""
    made, locale = job.result, locale_of(request)
    if job.kind == "backup":
        return [text("web_backups.made", locale, mb=f"{made.size / 1e6:.1f}")]
    zone = ZoneInfo(request.app.state.desk.config.timezone)
    at = f"{made.made_at.astimezone(zone):%Y-%m-%d %H:%M}"
    said = [text("web_backups.restored", locale, shop=made.shop, at=at)]
    return [*said, text("web_backups.replaced", locale, folder=str(made.replaced))] if made.replaced else said


def _address(job: Job, work: Background) -> str:
    """Where a job is seen; empty for files that were looked into and are gone."""
    if job.kind == "demo":
        return "/demo"
    if job.kind != "look":
        return f"/jobs/{job.id}"
    return f"/data/upload/{job.before}" if work.uploads.find(job.before) is not None else ""

"""Long work of the desk: what is being done, and what came of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from zhanggui.api.about import about
from zhanggui.api.entrance import Viewer
from zhanggui.api.paging import Cursor, Limit, after
from zhanggui.api.telling import Name, desk_of, sent
from zhanggui.api.told.jobs import JobsTold, JobTold
from zhanggui.api.trouble import fault_of, locale_of
from zhanggui.app import imports_json
from zhanggui.app.background import Job
from zhanggui.errors import BadValue

router = APIRouter(tags=["jobs"])


@router.get("/jobs", response_model=JobsTold)
def jobs(request: Request, person: Viewer, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Every piece of long work that is remembered, the latest first."""
    locale = locale_of(request)
    page, following = after(desk_of(request).background.jobs.all(), lambda job: job.id, limit, cursor)
    return sent(JobsTold, {"jobs": [job_json(job, locale) for job in page], "next": following}, locale)


@router.get("/jobs/{id}", response_model=JobTold)
def show(request: Request, person: Viewer, id: Annotated[Name, Path(description=about("job"))]) -> Response:
    """One of them: how far it is, then what came of it."""
    locale, job = locale_of(request), desk_of(request).background.jobs.find(id)
    if job is None:
        raise BadValue("api.unknown_job", id=id)
    return sent(JobTold, job_json(job, locale), locale)


def job_json(job: Job, locale: str) -> dict[str, Any]:
    """A job for programs."""
    done = job.result if job.kind == "import" and job.state == "done" else None
    told = imports_json.reconciliation_json(done, locale) | {"rejects_folder": None} if done is not None else None
    return {
        **{name: getattr(job, name) for name in ("id", "kind", "by", "at", "ended_at", "about", "state")},
        "step": job.step_name,
        "batch": job.after,
        "reconciled": told,
        "error": fault_of(job.error, locale) if job.error is not None else None,
    }

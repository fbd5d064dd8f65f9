"""Backups: everything of the workspace in one file to take away, and one put back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from zhanggui.app import kept_backups
from zhanggui.app.members import moment
from zhanggui.i18n import text
from zhanggui.web.entrance import noted, noting
from zhanggui.web.kinds import Page
from zhanggui.web.pages.jobs import job_cells
from zhanggui.web.rendering import locale_of, rendered, tell

router = APIRouter()
PAGE = Page("backups", "/settings/backups", router, role="owner")
Name = Annotated[str, Form(max_length=60)]


@router.get("/settings/backups")
def show(request: Request) -> HTMLResponse:
    """Those that the desk keeps."""
    desk = request.app.state.desk
    with desk.reading() as shop:
        zone = shop.clock.zone
    found = [
        {"name": one.name, "at": moment(one.made_at.replace(tzinfo=None), zone), "mb": f"{one.size / 1e6:.1f}"}
        for one in kept_backups.kept(desk.folder)
    ]
    jobs = [job for job in desk.background.jobs.all() if job.kind in ("backup", "restore")]
    running = [job_cells(job, request) for job in jobs if not job.ended]
    limit = int(desk.config["upload_limit_mb"])
    return rendered(request, "backups.html", backups=found, running=running, limit=limit, most=kept_backups.KEPT)


@router.post("/settings/backups/make")
def make(request: Request) -> Response:
    """Make one."""
    note = noting(request, "backed_up")
    job = request.app.state.desk.background.back_up(request.state.person.name, lambda made: note(made.file.name))
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


@router.get("/settings/backups/{name}")
def take(request: Request, name: str) -> Response:
    """Take one away. The key is in it."""
    file = kept_backups.find(request.app.state.desk.folder, name)
    if file is None:
        raise HTTPException(404)
    noted(request, "backup_taken", name)
    return FileResponse(file, media_type="application/zip", filename=f"zhanggui-{name}")


@router.post("/settings/backups/remove")
def remove(request: Request, name: Name) -> Response:
    """Remove one."""
    if kept_backups.remove(request.app.state.desk.folder, name):
        noted(request, "backup_removed", name)
        tell(request, text("web_backups.removed", locale_of(request)))
    return RedirectResponse("/settings/backups", status_code=303)


@router.post("/settings/restore")
def restore(request: Request, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Put one back in place of what is open."""
    sent = [(file.filename, file.file)] if file is not None and file.filename else []
    note, state = noting(request, "restored"), request.state
    job = request.app.state.desk.background.restore(
        sent, state.visitor, state.person.name, lambda back: note(f"{back.shop} {back.made_at:%Y-%m-%d %H:%M}")
    )
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)

"""Files in, and one import taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Request, UploadFile
from fastapi.responses import Response

from zhanggui.api.about import about
from zhanggui.api.entrance import Operator, Viewer
from zhanggui.api.paging import Cursor, Limit, after
from zhanggui.api.telling import Name, desk_of, sent
from zhanggui.api.told.imports import Imports, Reconciled, TakenBack
from zhanggui.api.told.jobs import JobTold
from zhanggui.api.trouble import locale_of
from zhanggui.api.verbs.jobs import job_json
from zhanggui.app import Person, imports_json
from zhanggui.app.background import How
from zhanggui.app.uploads import Limits
from zhanggui.errors import BadValue

router = APIRouter(tags=["imports"])


@router.get("/imports", response_model=Imports)
def imports(request: Request, person: Viewer, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Every import so far, the latest last."""
    batches = desk_of(request).kept(
        "api.imports", lambda shop: [imports_json.batch_json(one) for one in shop.imports()]
    )
    page, following = after(batches, lambda batch: str(batch["id"]), limit, cursor)
    return sent(Imports, {"imports": page, "next": following}, locale_of(request))


@router.post("/imports", response_model=Reconciled, responses={202: {"model": JobTold}})
def import_files(
    request: Request,
    person: Operator,
    files: Annotated[list[UploadFile], File(description=about("files"))],
    source: Annotated[Name | None, Form(description=about("source"))] = None,
    channel: Annotated[Name | None, Form(description=about("channel"))] = None,
    map: Annotated[list[Name] | None, Form(description=about("map"))] = None,
    dry_run: Annotated[bool, Form(description=about("dry_run"))] = False,
    background: Annotated[bool, Form(description=about("background"))] = False,
) -> Response:
    """Import files in one transaction: all that they state, or nothing. The source is recognised from the content. In the background the
    answer is 202 and a job, whose address tells what came of it."""
    desk, locale = desk_of(request), locale_of(request)
    how = How(source or "", channel or "", _mapping(map))
    if background and dry_run:
        raise BadValue("api.dry_background")
    uploads = desk.background.uploads
    parcel = uploads.receive([(file.filename or "", file.file) for file in files], Limits.of(desk.config))
    if background:
        job = desk.background.load(
            parcel.token, how, person.name, lambda done: _noted(request, person, done.batch), once=True
        )
        return sent(JobTold, job_json(job, locale), locale, 202)
    try:
        with desk.reading() as shop:
            readings = how.read(shop, parcel.files)
        with desk.writing() as shop:
            done = shop.load(readings, dry_run=dry_run)
        told = imports_json.reconciliation_json(done, locale, readings if dry_run else ())
    finally:
        uploads.throw_away(parcel.token)
    if not dry_run:
        _noted(request, person, done.batch)
    return sent(Reconciled, {**told, "rejects_folder": None}, locale)


def _noted(request: Request, person: Person, batch: str) -> None:
    desk_of(request).people.note(person, "imported", batch, address=_address(request))


def _mapping(pairs: list[str] | None) -> dict[str, str]:
    """``column=field`` turned round to field ← column; the column's own name may hold an equals sign."""
    found: dict[str, str] = {}
    for pair in pairs or ():
        column, sign, field = pair.rpartition("=")
        if not sign or not column or not field:
            raise BadValue("api.bad_map", value=pair)
        found[field.strip()] = column.strip()
    return found


@router.post("/imports/{batch}/undo", response_model=TakenBack)
def undo(request: Request, person: Operator, batch: Annotated[Name, Path(description=about("batch"))]) -> Response:
    """Take an import back exactly."""
    desk = desk_of(request)
    with desk.writing() as shop:
        undone = shop.undo(batch)
    desk.people.note(person, "import_undone", undone.batch, address=_address(request))
    told = {"batch": undone.batch, "removed": undone.removed, "changed": undone.changed}
    return sent(TakenBack, told, locale_of(request))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""

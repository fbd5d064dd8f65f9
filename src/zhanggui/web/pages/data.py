"""Data: files in with a look before they are loaded, what is there, what is missing, what things cost and what is aimed at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from zhanggui.app import data, morning_of
from zhanggui.app.background import Background, How
from zhanggui.app.desk import Desk
from zhanggui.errors import BadValue
from zhanggui.i18n import text
from zhanggui.i18n.writing import say
from zhanggui.units import Words
from zhanggui.web.entrance import needs, noted, noting
from zhanggui.web.kinds import Page
from zhanggui.web.pages.jobs import job_cells
from zhanggui.web.pages.why import PATIENCE, Counting
from zhanggui.web.rendering import locale_of, rendered, said_to, tell

router = APIRouter()
PAGE = Page("data", "/data", router, order=75)
OPERATOR, OWNER = needs("operator"), needs("owner")
MAPPED = "map:"
LISTED = 50
"""So many imports the page lists at first."""


@router.get("/data")
def show(request: Request, all: Literal["", "yes"] = "") -> Response:
    """The latest files, or all of them, and the door for new ones."""
    desk, locale = desk_of(request), locale_of(request)
    jobs = desk.background.jobs.all()
    config = desk.config
    coverage, fresh = desk.counted(*coverage_parts(locale), patience=PATIENCE)
    found = desk.kept(("imports", locale), lambda shop: data.imports(shop, locale))
    listed = found if all else found[:LISTED]
    return rendered(
        request,
        "data.html",
        imports=listed,
        older=len(found) - len(listed),
        coverage=coverage,
        fresh=fresh,
        running=[job_cells(job, request) for job in jobs if not job.ended],
        broken=[job_cells(job, request) for job in jobs if job.state == "broken_off"],
        live=data.live_shops(desk, locale),
        sources=data.sources(locale),
        limits={"size": int(config["upload_limit_mb"]), "files": int(config["upload_files"])},
    )


def coverage_parts(locale: str) -> Counting:
    """Which days each table covers."""
    return ("coverage", locale), lambda shop: data.coverage(shop, locale)


def ahead(desk: Desk, locale: str) -> Iterator[Counting]:
    """What a first visitor of this page asks."""
    yield coverage_parts(locale)


# ---- files


@router.post("/data/upload", dependencies=[OPERATOR])
def upload(
    request: Request,
    files: Annotated[list[UploadFile] | None, File()] = None,
    source: Annotated[str, Form(max_length=40)] = "",
    channel: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Take files in and look into them."""
    sent = [(each.filename or "", each.file) for each in files or () if each.filename]
    job = background(request).receive(sent, How(source, channel.strip()), request.state.person.name)
    return RedirectResponse(f"/data/upload/{job.before}", status_code=303)


@router.get("/data/upload/{token}", dependencies=[OPERATOR])
def look(request: Request, token: str) -> HTMLResponse:
    """How a parcel was understood; while it is being read, how far that is."""
    locale, work = locale_of(request), background(request)
    parcel = work.uploads.find(token)
    job = next((each for each in work.jobs.all() if each.kind == "look" and each.before == token), None)
    if parcel is None or job is None:
        raise HTTPException(404)
    found = job.result
    currency = desk_of(request).config.currency
    return rendered(
        request,
        "data_preview.html",
        status=200,
        token=token,
        job=job_cells(job, request),
        sheets=data.previewed(found, locale, currency) if found is not None else [],
        how=found.how if found is not None else How(),
        names=parcel.names,
        problem=said_to(request, found.problem) if found is not None and found.problem is not None else "",
        sources=data.sources(locale),
        fields=data.fields(),
    )


@router.post("/data/upload/{token}", dependencies=[OPERATOR])
async def decide(request: Request, token: str) -> Response:
    """Load a parcel, read it otherwise, or throw it away."""
    form = await request.form()
    work, by = background(request), request.state.person.name
    told = {name: value.strip() for name, value in form.items() if isinstance(value, str)}
    mapping = {field: name.removeprefix(MAPPED) for name, field in told.items() if name.startswith(MAPPED) and field}
    how = How(told.get("source", "")[:40], told.get("channel", "")[:80], mapping)
    note = noting(request, "imported")
    return await run_in_threadpool(_decided, work, token, told.get("do", ""), how, by, note)


def _decided(work: Background, token: str, do: str, how: How, by: str, note: Callable[[str], None]) -> Response:
    parcel = work.uploads.find(token)
    if parcel is None:
        raise BadValue("uploads.gone")
    if do == "load":
        job = work.load(token, how, by, lambda done: note(done.batch))
        return RedirectResponse(f"/jobs/{job.id}", status_code=303)
    if do == "again":
        work.look(parcel, how, by)
        return RedirectResponse(f"/data/upload/{token}", status_code=303)
    work.uploads.throw_away(token)
    return RedirectResponse("/data", status_code=303)


@router.post("/data/sync", dependencies=[OPERATOR])
def sync(request: Request, name: Annotated[str, Form(max_length=40)]) -> Response:
    """Read what changed in a live shop."""
    note = noting(request, "synced")
    job = background(request).sync(name, request.state.person.name, lambda done: note(done.connection))
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


@router.post("/data/undo", dependencies=[OPERATOR])
def undo(request: Request, batch: Annotated[str, Form(max_length=40)]) -> Response:
    """Take one import back exactly."""
    note = noting(request, "import_undone")
    job = background(request).take_back(batch, request.state.person.name, lambda undone: note(undone.batch))
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


# ---- what is missing, what things cost


@router.get("/data/missing")
def missing(request: Request) -> HTMLResponse:
    """What data would let the brief say more."""
    desk = desk_of(request)
    made, fresh = desk.latest(("morning", None), morning_of, patience=PATIENCE.first)
    if made is None:  # before the first import: the brief itself says why there is none
        with desk.reading() as shop:
            brief = shop.brief(remember=False)
    else:
        brief = made.brief
    return rendered(request, "data_missing.html", gaps=data.missing(brief, locale_of(request)), fresh=fresh)


@router.get("/data/costs", dependencies=[OPERATOR])
def costs(request: Request) -> HTMLResponse:
    """The cost sheet and the targets."""
    desk, locale = desk_of(request), locale_of(request)
    with desk.reading() as shop:
        lines, targets = data.cost_lines(shop, locale), data.targets(shop, locale)
        currency, today = shop.config.currency, shop.clock.today()
    return rendered(request, "data_costs.html", lines=lines, targets=targets, currency=currency, month=f"{today:%Y-%m}")


@router.post("/data/costs", dependencies=[OWNER])
async def enter_costs(request: Request) -> Response:
    """Enter what was typed into the sheet."""
    form = await request.form()
    typed = {name.removeprefix("cost:"): str(value) for name, value in form.items() if name.startswith("cost:")}
    section, name = str(form.get("section", "")), str(form.get("name", "")).strip()[:80]
    if name and str(form.get("value", "")).strip():
        typed[f"{section}.{name}"] = str(form["value"])

    def enter() -> list[str]:
        with desk_of(request).writing() as shop:
            return data.enter_costs(shop, typed)

    changed = await run_in_threadpool(enter)
    if changed:
        await run_in_threadpool(noted, request, "cost_set", ", ".join(changed))
    tell(request, said(request, "web_data.costs.entered" if changed else "web_data.costs.same", n=len(changed)))
    return RedirectResponse("/data/costs", status_code=303)


@router.post("/data/target", dependencies=[OWNER])
def enter_target(
    request: Request, month: Annotated[str, Form(max_length=7)], value: Annotated[float, Form(ge=0)]
) -> Response:
    """Enter a month's target."""
    with desk_of(request).writing() as shop:
        shop.set_target(month, value)
    noted(request, "target_set", month)
    tell(request, text("web_data.targets.entered", locale_of(request), month=month))
    return RedirectResponse("/data/costs", status_code=303)


def desk_of(request: Request) -> Desk:
    """The desk that answers."""
    desk: Desk = request.app.state.desk
    return desk


def background(request: Request) -> Background:
    """Its long work."""
    return desk_of(request).background


def said(request: Request, key: str, **params: Any) -> str:
    """A sentence in the reader's language."""
    return say(Words(key, params), locale_of(request), "")

"""Live shops: connected, tried, read, and read no more. Over the network a connection is held to the open internet."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from zhanggui.api.about import about
from zhanggui.api.entrance import Operator, Owner, Viewer
from zhanggui.api.paging import Cursor, Limit, after
from zhanggui.api.telling import Name, desk_of, sent
from zhanggui.api.told.jobs import JobTold
from zhanggui.api.told.sync import AnsweredTold, Connected, Connections, Removed, SyncedTold
from zhanggui.api.trouble import locale_of
from zhanggui.api.verbs.jobs import job_json
from zhanggui.app import Person, live_json
from zhanggui.app.live import called

router = APIRouter(tags=["sync"])
Shop = Annotated[Name, Path(description=about("connection"))]


class Connecting(BaseModel):
    """How a live shop is reached. Secrets are never sent: the answer says where they are looked for."""

    name: Name
    kind: Name
    url: Annotated[str, Field(max_length=500)]
    channel: Annotated[str, Field(max_length=60)] = ""
    options: Annotated[dict[Name, Name], Field(max_length=20)] = {}


class Reading(BaseModel):
    """``dry_run`` reads and stores nothing; ``anew`` reads everything again; in the background the answer is 202 and a job."""

    dry_run: bool = False
    anew: bool = False
    background: bool = False


@router.get("/sync", response_model=Connections)
def connections(request: Request, person: Viewer, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Every live shop and how far it was read."""
    with called(desk_of(request)) as (live, _):
        found = [live_json.standing_json(one) for one in live.connections()]
    page, following = after(found, lambda one: str(one["name"]), limit, cursor)
    return sent(Connections, {"connections": page, "next": following}, locale_of(request))


@router.post("/sync", response_model=Connected, status_code=201)
def add(request: Request, person: Owner, given: Connecting) -> Response:
    """Connect a live shop."""
    with desk_of(request).writing() as shop:
        made = shop.live.add(
            given.name, given.kind, given.url, channel=given.channel, options=given.options, from_afar=True
        )
        told = live_json.connected_json(shop.live, made)
    _noted(request, person, "sync_added", made.name)
    return sent(Connected, told, locale_of(request), 201)


@router.post("/sync/{name}/test", response_model=AnsweredTold)
def test(request: Request, person: Owner, name: Shop) -> Response:
    """Ask a live shop for a first page; nothing is stored."""
    with called(desk_of(request)) as (live, _):
        told = live_json.answered_json(live.test(name))
    _noted(request, person, "sync_tried", name)
    return sent(AnsweredTold, told, locale_of(request))


@router.post("/sync/{name}/run", response_model=SyncedTold, responses={202: {"model": JobTold}})
def run(request: Request, person: Operator, name: Shop, given: Reading | None = None) -> Response:
    """Read what changed in a live shop since the last time."""
    desk, locale, how = desk_of(request), locale_of(request), given or Reading()
    if how.background:
        job = desk.background.sync(
            name, person.name, lambda done: _noted(request, person, "synced", name), dry_run=how.dry_run, anew=how.anew
        )
        return sent(JobTold, job_json(job, locale), locale, 202)
    with called(desk) as (live, shelf):
        done = live.sync(name, dry_run=how.dry_run, anew=how.anew, shelf=shelf)
    if not how.dry_run:
        _noted(request, person, "synced", name)
    return sent(SyncedTold, live_json.synced_json(done, locale), locale)


@router.delete("/sync/{name}", response_model=Removed)
def remove(request: Request, person: Owner, name: Shop) -> Response:
    """Read a live shop no more; what was read stays."""
    with desk_of(request).writing() as shop:
        shop.live.remove(name)
    _noted(request, person, "sync_removed", name)
    told: dict[str, Any] = {"name": name}
    return sent(Removed, told, locale_of(request))


def _noted(request: Request, person: Person, what: str, name: str) -> None:
    address = request.client.host if request.client else ""
    desk_of(request).people.note(person, what, name, address=address)

"""Experiments: plan, deal out, read, stop."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from zhanggui.api.about import about
from zhanggui.api.entrance import Operator, Viewer
from zhanggui.api.paging import Cursor, Limit, after
from zhanggui.api.telling import Day, Name, Text, desk_of, kept, sent
from zhanggui.api.told.experiments import Assignments, ExperimentRead, ExperimentsTold, Planned
from zhanggui.api.trouble import locale_of
from zhanggui.app import Shop

router = APIRouter(tags=["experiments"])
Id = Annotated[Name, Path(description=about("experiment"))]
MOST_UNITS = 100_000


class VariantGiven(BaseModel):
    """A variant; without shares all are equal."""

    name: Name
    share: Annotated[float | None, Field(gt=0, lt=1)] = None


class Planning(BaseModel):
    """A test to plan. ``effect`` is the relative effect worth having; ``a_day`` units, their ``mean`` and its ``spread`` may be stated
    where the shop's own data do not tell them."""

    name: Name
    change: Name
    unit: Name = "visitor"
    metric: Literal["conversion", "value"] = "conversion"
    variants: Annotated[list[VariantGiven], Field(min_length=2, max_length=10)] = Field(
        default_factory=lambda: [VariantGiven(name="control"), VariantGiven(name="treatment")]
    )
    effect: Annotated[float, Field(gt=0, le=10)] = 0.1
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    size: Annotated[int | None, Field(ge=1, le=10**9)] = None
    a_day: Annotated[float | None, Field(gt=0, le=1e9)] = None
    mean: Annotated[float | None, Field(ge=0, le=1e9)] = None
    spread: Annotated[float | None, Field(gt=0, le=1e9)] = None
    note: Text = ""
    action: Annotated[Text, Field(max_length=100)] = ""
    id: Name | None = None
    anyway: bool = False
    dry_run: bool = False


class Dealing(BaseModel):
    """Units to deal out to the variants; ``remember`` notes them as reached now."""

    units: Annotated[list[Name], Field(min_length=1, max_length=MOST_UNITS)]
    remember: bool = False


class Stopping(BaseModel):
    """Why it is stopped."""

    why: Annotated[Text, Field(min_length=1)]


@router.get("/experiments", response_model=ExperimentsTold)
def experiments(request: Request, person: Viewer, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Every experiment, the oldest first."""

    def make(shop: Shop) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = shop.experiments.list_json(shop.experiments.list())["experiments"]
        return found

    page, following = after(desk_of(request).kept("api.experiments", make), lambda one: str(one["id"]), limit, cursor)
    return sent(ExperimentsTold, {"experiments": page, "next": following}, locale_of(request))


@router.post("/experiments", response_model=Planned, status_code=201, responses={200: {"model": Planned}})
def plan(request: Request, person: Operator, given: Planning) -> Response:
    """Plan a test and say what this shop can show in the time; write it down unless it is a dry run."""
    desk = desk_of(request)
    with desk.writing() as shop:
        made, outlook = shop.experiments.plan(
            given.name,
            change=given.change,
            unit=given.unit,
            metric=given.metric,
            variants=[(each.name, each.share) for each in given.variants],
            start=given.from_,
            end=given.to,
            smallest=given.effect,
            planned=given.size,
            a_day=given.a_day,
            mean=given.mean,
            spread=given.spread,
            note=given.note,
            action=given.action,
            id=given.id,
        )
        if not given.dry_run:
            shop.experiments.new(made, outlook, anyway=given.anyway, by=person.name)
        told = shop.experiments.plan_json(made, outlook) | {"made": not given.dry_run}
    if not given.dry_run:
        desk.people.note(person, "experiment_made", made.id, address=_address(request))
    return sent(Planned, told, locale_of(request), 200 if given.dry_run else 201)


@router.get("/experiments/{id}", response_model=ExperimentRead)
def show(request: Request, person: Viewer, id: Id) -> Response:
    """What an experiment shows today: it may be read at any time."""

    def make(shop: Shop, locale: str) -> dict[str, Any]:
        return shop.experiments.reading_json(shop.experiments.show(id))

    return kept(request, ("experiment", id), ExperimentRead, make)


@router.post("/experiments/{id}/assign", response_model=Assignments)
def assign(request: Request, person: Operator, id: Id, given: Dealing) -> Response:
    """Deal units out to the variants: the same unit gets the same variant every time."""
    desk = desk_of(request)
    with desk.writing() as shop:
        dealt = shop.experiments.assign(id, given.units, remember=given.remember, by=person.name)
        told = shop.experiments.assignments_json(id, dealt)
    if given.remember:
        desk.people.note(person, "experiment_dealt", id, address=_address(request))
    return sent(Assignments, told, locale_of(request))


@router.post("/experiments/{id}/stop", response_model=ExperimentRead)
def stop(request: Request, person: Operator, id: Id, given: Stopping) -> Response:
    """Close an experiment, noting who, why, and what it showed."""
    desk = desk_of(request)
    with desk.writing() as shop:
        told = shop.experiments.reading_json(shop.experiments.stop(id, given.why, by=person.name))
    desk.people.note(person, "experiment_stopped", id, address=_address(request))
    return sent(ExperimentRead, told, locale_of(request))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""

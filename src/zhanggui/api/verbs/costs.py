"""What the owner enters: the cost sheet, a month's target."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from zhanggui.api.about import about
from zhanggui.api.entrance import Owner, Viewer
from zhanggui.api.paging import Cursor, Limit, after
from zhanggui.api.telling import Name, desk_of, kept, sent
from zhanggui.api.told.costs import Costs, Target, Targets
from zhanggui.api.trouble import locale_of
from zhanggui.app import CostSheet, Shop, data

router = APIRouter(tags=["costs"])
Amount = Annotated[float, Field(ge=0, le=1e12)]
METRIC = "net_sales"


class Cost(BaseModel):
    """A value, or its lowest and highest where it is not known exactly."""

    value: Amount | Annotated[list[Amount], Field(min_length=2, max_length=2)]


class Aim(BaseModel):
    """A month's target for net sales."""

    value: Annotated[float, Field(ge=0, le=1e15)]


@router.get("/costs", response_model=Costs)
def costs(request: Request, person: Viewer) -> Response:
    """The cost sheet as it was entered."""
    return kept(request, "costs", Costs, lambda shop, locale: _told(shop.costs))


@router.put("/costs/{section}/{name}", response_model=Costs)
def set_cost(
    request: Request,
    person: Owner,
    section: Annotated[Name, Path(description=about("section"))],
    name: Annotated[Name, Path(description=about("entry"))],
    given: Cost,
) -> Response:
    """Enter one line of the cost sheet."""
    desk = desk_of(request)
    with desk.writing() as shop:
        told = _told(shop.set_cost(section, name, given.value))
    desk.people.note(person, "cost_set", f"{section}.{name}", address=_address(request))
    return sent(Costs, told, locale_of(request))


@router.get("/targets", response_model=Targets, tags=["targets"])
def targets(request: Request, person: Viewer, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Every target, the latest month first."""
    found = desk_of(request).kept("api.targets", data.target_rows)
    page, following = after(found, lambda one: f"{one['month']} {one['metric']}", limit, cursor)
    return sent(Targets, {"targets": page, "next": following}, locale_of(request))


@router.put("/targets/{month}", response_model=Target, tags=["targets"])
def set_target(
    request: Request,
    person: Owner,
    month: Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description=about("month"))],
    given: Aim,
) -> Response:
    """Enter a month's target; a later entry replaces it."""
    desk = desk_of(request)
    with desk.writing() as shop:
        batch = _entered(shop, month, given.value)
    desk.people.note(person, "target_set", month, address=_address(request))
    told = {"month": month, "metric": METRIC, "value": given.value, "batch": batch}
    return sent(Target, told, locale_of(request))


def _entered(shop: Shop, month: str, value: float) -> str:
    return shop.set_target(month, value, METRIC).batch


def _told(sheet: CostSheet) -> dict[str, Any]:
    entries = {
        section: {name: (item.low, item.high) for name, item in rows.items()} for section, rows in sheet.entries.items()
    }
    return {"costs": entries, "estimated": sheet.estimated}


def _address(request: Request) -> str:
    return request.client.host if request.client else ""

"""Where orders came from, what ad platforms claim, and why an order has its source."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from zhanggui.api.about import about
from zhanggui.api.entrance import Viewer
from zhanggui.api.telling import Day, Name, kept
from zhanggui.api.told.origins import Origins, Witnesses
from zhanggui.app import origins as told

router = APIRouter(tags=["numbers"])
Since = Annotated[Day | None, Query(alias="from", description=about("from"))]
Until = Annotated[Day | None, Query(alias="to", description=about("to"))]


@router.get("/origins", response_model=Origins)
def origins(request: Request, person: Viewer, since: Since = None, until: Until = None) -> Response:
    """Counted orders by source and by what tells it, and what ad platforms claim beside the shop's own orders, by platform and campaign."""
    return kept(request, ("origins", since, until), Origins, lambda shop, locale: told.origins_json(shop, since, until))


@router.get("/origins/order", response_model=Witnesses)
def order(request: Request, person: Viewer, number: Annotated[Name, Query()]) -> Response:
    """Why the orders of a number have their source: what each witness says, in the order in which they are heard."""
    return kept(request, ("origin", number), Witnesses, lambda shop, locale: {"heard": told.heard(shop, number)})

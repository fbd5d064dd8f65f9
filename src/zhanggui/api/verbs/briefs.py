"""The brief, and what data stands behind it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from zhanggui.api.about import about
from zhanggui.api.entrance import Viewer
from zhanggui.api.telling import Day, desk_of, kept, sent
from zhanggui.api.told.briefs import BriefTold, Checked
from zhanggui.api.trouble import locale_of
from zhanggui.app import Shop, morning_of
from zhanggui.errors import Unanswerable

router = APIRouter(tags=["brief"])
CHECKED = tuple(Checked.model_fields)


@router.get("/brief", response_model=BriefTold)
def brief(
    request: Request,
    person: Viewer,
    as_of: Annotated[Day | None, Query(description=about("as_of"))] = None,
    days: Annotated[int, Query(ge=1, le=366)] = 7,
    minutes: Annotated[int | None, Query(ge=0, le=100_000, description=about("minutes"))] = None,
    budget: Annotated[float | None, Query(ge=0, le=1e12, description=about("budget"))] = None,
) -> Response:
    """The day's brief: what happened, why, what to do. Asked for as it is, it is the desk's own of today and its actions stand in the
    ledger; asked for otherwise it is only looked at."""
    if (as_of, days, minutes, budget) == (None, 7, None, None):
        return _todays(request)

    def make(shop: Shop, locale: str) -> dict[str, Any]:
        made = shop.brief(as_of, days, minutes=minutes, budget=budget, remember=False)
        return shop.brief_json(made, locale)

    return kept(request, ("brief", as_of, days, minutes, budget), BriefTold, make)


def _todays(request: Request) -> Response:
    """The same brief that the first page shows, made once for both."""
    desk, locale = desk_of(request), locale_of(request)
    made, _ = desk.latest(("morning", None), lambda shop: morning_of(shop, None), wait=True)
    if made is None:
        raise Unanswerable("metrics.no_data")
    with desk.reading() as shop:
        return sent(BriefTold, shop.brief_json(made.brief, locale), locale)


@router.get("/check", response_model=Checked)
def check(request: Request, person: Viewer) -> Response:
    """Validity: what data is there, its gaps, what each gap locks."""

    def make(shop: Shop, locale: str) -> dict[str, Any]:
        whole = shop.brief_json(shop.brief(remember=False), locale)
        return {name: whole[name] for name in CHECKED}

    return kept(request, "check", Checked, make)

"""The metric catalogue, asked straight, and why a number moved."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import StringConstraints, WithJsonSchema

from zhanggui.api.about import about
from zhanggui.api.entrance import Viewer
from zhanggui.api.paging import Cursor, Limit, after, rows_after
from zhanggui.api.telling import By, Day, Name, desk_of, finite, kept, sent
from zhanggui.api.told.briefs import Driver
from zhanggui.api.told.numbers import Metrics, Rows
from zhanggui.api.trouble import locale_of
from zhanggui.app import Shop, catalogue
from zhanggui.errors import BadValue
from zhanggui.i18n import has, text
from zhanggui.units import Period

router = APIRouter(tags=["numbers"])
Since = Annotated[Day | None, Query(alias="from", description=about("from"))]
Known = Annotated[str, StringConstraints(max_length=200), WithJsonSchema({"type": "string", "enum": [*catalogue()]})]
Where = Annotated[list[Name] | None, Query(max_length=40, description=about("where"))]
Until = Annotated[Day | None, Query(alias="to", description=about("to"))]


@router.get("/metrics", response_model=Metrics)
def metrics(request: Request, person: Viewer, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """The catalogue: what can be asked, in which unit, by which formula."""
    locale = locale_of(request)
    page, following = after(list(catalogue().values()), lambda metric: metric.name, limit, cursor)
    told = [
        {
            "name": metric.name,
            "text": _named(metric.name, locale),
            "unit": metric.unit,
            "formula": metric.formula,
            "good": metric.good,
            "caveats": metric.caveats,
            "instead": metric.substitute,
            "needs": metric.needs,
        }
        for metric in page
    ]
    return sent(Metrics, {"metrics": told, "next": following}, locale)


def _named(name: str, locale: str) -> str:
    key = f"metrics.name.{name}"
    return text(key, locale) if has(key, locale) else ""


@router.get("/query", response_model=Rows)
def query(
    request: Request,
    person: Viewer,
    metric: Annotated[list[Known], Query(min_length=1, max_length=40, description=about("metrics"))],
    by: By = None,
    where: Where = None,
    grain: Annotated[Literal["day", "week", "month"] | None, Query()] = None,
    since: Since = None,
    until: Until = None,
    against: Annotated[Literal["previous", "year"] | None, Query(description=about("against"))] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The metric catalogue, straight: one row, or one for each value of the dimensions. Later pages are of the same data; when it changes
    meanwhile, the cursor is refused and the first page is to be asked for again."""
    dimensions = [*(by or ())] + ([grain] if grain and grain not in (by or ()) else [])
    filters = _filters(where or ())
    question = (tuple(metric), tuple(dimensions), tuple(sorted(filters.items())), since, until, against)

    def ask(shop: Shop) -> tuple[dict[str, Any], str]:
        _in_order(since, until)
        answer = shop.query(metric, dimensions, where=filters, start=since, end=until, against=against)
        stand = hashlib.sha256(json.dumps([question, shop.data_state], default=str).encode()).hexdigest()[:16]
        return finite(answer.to_dict()), stand

    told, stand = desk_of(request).kept(("api.query", question), ask)
    rows, following = rows_after(told["rows"], stand, limit, cursor)
    return sent(Rows, {**told, "rows": rows, "next": following}, locale_of(request))


def _filters(pairs: Any) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        column, sign, value = pair.partition("=")
        if not sign or not column.strip():
            raise BadValue("api.bad_where", value=pair)
        found[column.strip()] = (*found.get(column.strip(), ()), value.strip())
    return found


@router.get("/explain/{metric}", response_model=Driver)
def explain(
    request: Request,
    person: Viewer,
    metric: Annotated[Known, Path(description=about("metric"))],
    by: By = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    against_from: Annotated[Day | None, Query(description=about("against_from"))] = None,
    against_to: Annotated[Day | None, Query(description=about("against_to"))] = None,
) -> Response:
    """Why a metric moved: exact parts that sum to the change, split by dimensions where asked."""

    def make(shop: Shop, locale: str) -> dict[str, Any]:
        _in_order(since, until)
        against = _against(against_from, against_to)
        found = shop.explain(metric, by or (), where=filters, start=since, end=until, against=against)
        return shop.driver_json(found)

    filters = _filters(where or ())
    asked = (metric, tuple(by or ()), tuple(sorted(filters.items())), since, until, against_from, against_to)
    return kept(request, ("explain", *asked), Driver, make)


def _against(first: Any, last: Any) -> Period | None:
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise BadValue("api.half_period")
    _in_order(first, last)
    return Period(first, last)


def _in_order(first: Any, last: Any) -> None:
    if first is not None and last is not None and last < first:
        raise BadValue("api.ends_before", start=first.isoformat(), end=last.isoformat())

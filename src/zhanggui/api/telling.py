"""From what the shop gives to what is sent: checked against the promise once, then kept as long as the data stays."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel, StringConstraints

from zhanggui.api.about import about
from zhanggui.api.trouble import locale_of
from zhanggui.app import Shop
from zhanggui.app.desk import Desk

FIRST, LAST = date(1990, 1, 1), date(2199, 12, 31)


def _in_reach(day: date) -> date:
    if not FIRST <= day <= LAST:
        raise ValueError(f"{FIRST} … {LAST}")
    return day


def _clean(value: str) -> str:
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in value):
        raise ValueError("control characters")
    value.encode()  # half of a pair of signs is no text
    return value


Day = Annotated[date, AfterValidator(_in_reach)]
Text = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_clean)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_clean)]
By = Annotated[list[Name] | None, Query(description=about("by"), max_length=8)]


def desk_of(request: Request) -> Desk:
    """The desk behind the API."""
    desk: Desk = request.app.state.desk
    return desk


def sent(model: type[BaseModel], told: Mapping[str, Any], locale: str, status: int = 200) -> Response:
    """An answer as it goes out, checked against what the OpenAPI promises."""
    return _response(written(model, told), locale, status)


def kept(
    request: Request, name: Hashable, model: type[BaseModel], make: Callable[[Shop, str], Mapping[str, Any]]
) -> Response:
    """An answer that stays as long as neither data nor decisions nor settings change."""
    locale = locale_of(request)
    body = desk_of(request).kept(("api", name, locale), lambda shop: written(model, make(shop, locale)))
    return _response(body, locale)


def written(model: type[BaseModel], told: Mapping[str, Any]) -> bytes:
    """JSON of what was promised; what is no number is null."""
    return model.model_validate(finite(told)).model_dump_json(by_alias=True).encode()


def finite(value: Any) -> Any:
    """``value`` with null for what is no number, and plain lists and dicts all the way down."""
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, Mapping):
        return {str(name): finite(item) for name, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | BaseModel):
        return [finite(item) for item in value]
    return value


def _response(body: bytes, locale: str, status: int = 200) -> Response:
    headers = {"Content-Language": locale, "Vary": "Accept-Language, Authorization, Cookie"}
    return Response(body, status, headers, media_type="application/json")

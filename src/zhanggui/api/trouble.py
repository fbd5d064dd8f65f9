"""Errors as programs get them: one shape, a status that says the same by number, the sentence in the language that was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from zhanggui.api.told.common import Problem
from zhanggui.config import LOCALES
from zhanggui.errors import (
    BadFile,
    Busy,
    Decided,
    NotLetIn,
    NotUnderstood,
    Refused,
    Throttled,
    Unanswerable,
    UserError,
    WorkspaceError,
    ZhangguiError,
)
from zhanggui.i18n import text
from zhanggui.i18n.accepted import accepted
from zhanggui.i18n.trouble import said_error

STATUSES: tuple[tuple[type[ZhangguiError], int], ...] = (
    (Throttled, 429),
    (NotLetIn, 401),
    (Decided, 409),
    (Refused, 422),
    (NotUnderstood, 422),
    (BadFile, 422),
    (Unanswerable, 422),
    (Busy, 503),
    (WorkspaceError, 503),
    (UserError, 400),
)
"""Which status an error has, the first that fits; what is nobody's mistake but ours has 500."""
NOT_THERE = {
    "ledger.unknown_action",
    "experiments.unknown",
    "store.unknown_batch",
    "api.unknown_job",
    "live.unknown_connection",
}
"""What is asked for by its name and is not there."""
BY_STATUS = {
    401: "signed_out",
    403: "forbidden",
    404: "not_found",
    405: "no_such_method",
    411: "length",
    413: "too_large",
    415: "media",
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (400, 401, 403, 404, 405, 409, 411, 413, 422, 429, 503)
}
"""What every address may answer besides what it is for."""
SHOWN_FAULTS = 20


def locale_of(request: Request) -> str:
    """The language asked for in Accept-Language, else the workspace's."""
    own = str(request.app.state.locale)
    return accepted(request.headers.get("accept-language", ""), LOCALES) or own


def fault(
    status: int, code: str, message: str, locale: str, params: Mapping[str, Any] | None = None, **headers: str
) -> JSONResponse:
    """An error in its one shape."""
    told = {"error": {"code": code, "message": message, "params": dict(params or {})}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse(told, status, {"Content-Language": locale, "Vary": "Accept-Language", **named})


def refused(status: int, name: str, locale: str, **headers: str) -> JSONResponse:
    """An error of the API's own: its words are ``api.error.<name>``."""
    more = {"WWW_Authenticate": "Bearer", **headers} if status == 401 else headers
    return fault(status, f"api.{name}", text(f"api.error.{name}", locale), locale, None, **more)


def answer(error: ZhangguiError, locale: str) -> JSONResponse:
    """An error of the shop."""
    status = next((number for kind, number in STATUSES if isinstance(error, kind)), 500)
    if error.code in NOT_THERE:
        status = 404
    headers = {"Retry_After": str(error.params["seconds"])} if isinstance(error, Throttled) else {}
    if status == 401:
        headers["WWW_Authenticate"] = "Bearer"
    told = fault_of(error, locale)
    return fault(status, told["code"], told["message"], locale, told["params"], **headers)


def fault_of(error: ZhangguiError, locale: str) -> dict[str, Any]:
    """What went wrong: code, sentence, and what fills it."""
    params = {name: _plain(value) for name, value in error.params.items()}
    return {"code": error.code, "message": said_error(error, locale), "params": params}


async def in_words(request: Request, error: Exception) -> JSONResponse:
    """What the shop refuses."""
    assert isinstance(error, ZhangguiError)
    return answer(error, locale_of(request))


async def not_served(request: Request, error: Exception) -> JSONResponse:
    """An address that is not there, or not for this caller."""
    assert isinstance(error, HTTPException)
    headers = {name.replace("-", "_"): value for name, value in (error.headers or {}).items()}
    return refused(error.status_code, BY_STATUS.get(error.status_code, "not_read"), locale_of(request), **headers)


async def not_understood(request: Request, error: Exception) -> JSONResponse:
    """A request that is not as the OpenAPI describes it: where, and what of it."""
    assert isinstance(error, RequestValidationError)
    locale = locale_of(request)
    wrong = [
        {"where": ".".join(map(str, each["loc"])), "what": str(each["msg"])} for each in error.errors()[:SHOWN_FAULTS]
    ]
    return fault(
        422,
        "api.invalid",
        text("api.error.invalid", locale, where=wrong[0]["where"] if wrong else "–"),
        locale,
        {"faults": wrong},
    )


async def broken(request: Request, error: Exception) -> JSONResponse:
    """Our own fault, said without telling what it was; the log has it."""
    return refused(500, "broken", locale_of(request))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    return str(value)

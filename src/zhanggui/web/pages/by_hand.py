"""The form by which a person enters an action: what nobody proposed and somebody wants to do, or did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from zhanggui.app import Decision
from zhanggui.app import by_hand as entering
from zhanggui.errors import BadValue, Decided, Refused
from zhanggui.i18n.writing import say
from zhanggui.units import Words
from zhanggui.web.entrance import needs, noted
from zhanggui.web.rendering import locale_of, rendered, said_to, tell

router = APIRouter()
OPERATOR = needs("operator")
FIELDS = ("kind", "product", "target", "value", "text", "minutes", "low", "high", "on", "despite")
SET = "set:"
"""Begins the name of a field that says what the action puts in the shop."""
LONGEST = 2000
LISTED = 500
"""Products that the form lists to choose from; any other may be typed."""


@router.get("/actions/new", dependencies=[OPERATOR])
def form(request: Request, product: str = "", kind: str = "") -> Response:
    """An empty form; ``product`` and ``kind`` are filled in."""
    return _form(request, {**dict.fromkeys(FIELDS, ""), "product": product[:200], "kind": kind[:60]}, {})


@router.post("/actions/new", dependencies=[OPERATOR])
async def enter(request: Request) -> Response:
    """Enter what was typed."""
    sent = await request.form()
    typed = {name: str(sent.get(name, ""))[:LONGEST].strip() for name in FIELDS}
    values = {name: str(sent.get(f"{SET}{name}", ""))[:LONGEST].strip() for name in entering.VALUES}
    return await run_in_threadpool(_entered, request, typed, {name: told for name, told in values.items() if told})


def _entered(request: Request, typed: Mapping[str, str], values: Mapping[str, str]) -> Response:
    person = request.state.person
    try:
        with request.app.state.desk.writing() as shop:
            decision: Decision = shop.actions.add(
                typed["kind"],
                _where(typed),
                typed["text"],
                minutes=round(minutes) if (minutes := _number(typed["minutes"])) is not None else None,
                expected=_expected(typed),
                values=values,
                on=typed["on"] or None,
                despite=typed["despite"],
                by=person.name,
                role=person.role,
            )
    except (BadValue, Refused, Decided) as error:
        status = 409 if isinstance(error, Decided) else 422
        return _form(request, typed, values, problem=said_to(request, error), status=status)
    entry = decision.entry
    noted(request, "add", entry.id)
    for words in (Words("web_actions.said.add", {"title": entry.action.words}), *decision.notes):
        tell(request, say(words, locale_of(request), request.app.state.desk.config.currency))
    return RedirectResponse(f"/actions/{entry.id}", status_code=303)


def _where(typed: Mapping[str, str]) -> dict[str, str]:
    found = {"product_id": typed["product"]} if typed["product"] else {}
    if typed["value"]:
        if not typed["target"]:
            raise BadValue("web_actions.aims_at_what", value=typed["value"])
        found[typed["target"]] = typed["value"]
    return found


def _expected(typed: Mapping[str, str]) -> float | tuple[float, float] | None:
    low, high = _number(typed["low"]), _number(typed["high"])
    if low is None or high is None:
        return high if low is None else low
    return low, high


def _number(value: str) -> float | None:
    if not value:
        return None
    try:
        found = float(value)
    except ValueError:
        raise BadValue("web_actions.no_number", value=value[:60]) from None
    if not abs(found) <= 1e12:
        raise BadValue("web_actions.no_number", value=value[:60])
    return found


def _form(
    request: Request, typed: Mapping[str, str], values: Mapping[str, str], *, problem: str = "", status: int = 200
) -> Response:
    desk, locale = request.app.state.desk, locale_of(request)
    with desk.reading() as shop:
        now = entering.held(shop, typed["product"])
    names = desk.kept(("product names",), lambda shop: shop.product_names())
    parts: dict[str, Any] = {
        "kinds": entering.kinds(locale),
        "targets": [target for target in entering.targets(locale) if target[0] != "product_id"],
        "products": list(names.items())[:LISTED],
        "currency": desk.config.currency,
        "values": entering.value_fields(values, now, locale),
        "statuses": entering.statuses(locale),
    }
    return rendered(request, "action_new.html", status=status, fields=typed, problem=problem, **parts)

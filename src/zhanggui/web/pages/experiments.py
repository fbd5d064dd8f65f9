"""Experiments: plan one and see what this shop can show, read it on any day, stop it with a reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from zhanggui.app import Experiments
from zhanggui.errors import BadValue, UserError
from zhanggui.i18n import text
from zhanggui.web.entrance import needs, noted
from zhanggui.web.kinds import Page
from zhanggui.web.rendering import locale_of, rendered, said_to, tell

router = APIRouter()
PAGE = Page("experiments", "/experiments", router, order=65)
SEPARATORS = "[,\uff0c\u3001]"
OPERATOR = needs("operator")
EMPTY = {"name": "", "change": "picture", "unit": "visitor", "metric": "conversion", "variants": "control, treatment"}
NUMBERS = ("size", "a_day", "mean", "spread")
DEFAULTS = {**EMPTY, "start": "", "end": "", "effect": "10", "note": "", "action": "", **dict.fromkeys(NUMBERS, "")}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form of a plan said."""

    fields: dict[str, str]

    def plan(self, experiments: Experiments) -> Any:
        """The plan, checked, with what this shop can show. Raises BadValue or Refused."""
        told = self.fields
        return experiments.plan(
            told["name"].strip(),
            change=told["change"],
            unit=told["unit"],
            metric=told["metric"],
            variants=[_variant(part) for part in re.split(SEPARATORS, told["variants"]) if part.strip()],
            start=told["start"] or None,
            end=told["end"] or None,
            smallest=_percent(told["effect"]),
            planned=round(size) if (size := _number(told["size"])) is not None else None,
            a_day=_number(told["a_day"]),
            mean=_number(told["mean"]),
            spread=_number(told["spread"]),
            note=told["note"].strip(),
            action=told["action"].strip(),
        )


def _variant(part: str) -> tuple[str, float | None]:
    name, sign, share = part.strip().rpartition("=")
    return (name.strip(), _percent(share)) if sign else (part.strip(), None)


def _percent(typed: str) -> float:
    try:
        return float(typed.strip().removesuffix("%")) / 100
    except ValueError:
        raise BadValue("experiments.not_a_share", value=typed) from None


def _number(typed: str) -> float | None:
    if typed.strip().endswith("%"):
        return _percent(typed)
    try:
        return float(typed) if typed.strip() else None
    except ValueError:
        raise BadValue("experiments.not_a_share", value=typed) from None


@router.get("/experiments")
def everything(request: Request) -> HTMLResponse:
    """All experiments."""
    locale = locale_of(request)
    with request.app.state.desk.reading() as shop:
        found = shop.experiments.list_cells(locale)
    return rendered(request, "experiments.html", experiments=found)


@router.get("/experiments/new", dependencies=[OPERATOR])
def blank(request: Request, action: str = "", name: str = "") -> HTMLResponse:
    """An empty plan; ``action`` is the one that it is to try."""
    return _form(request, {**DEFAULTS, "action": action[:60], "name": name[:120]})


@router.post("/experiments/new", dependencies=[OPERATOR])
async def plan(request: Request) -> Response:
    """Show what this shop can show of a plan; write it down where that is asked for."""
    form = await request.form()
    told = {name: str(form.get(name, default))[:400] for name, default in DEFAULTS.items()}
    return await run_in_threadpool(_planned, request, Wanted(told), str(form.get("do", "")), bool(form.get("anyway")))


def _planned(request: Request, wanted: Wanted, do: str, anyway: bool) -> Response:
    locale = locale_of(request)
    try:
        with request.app.state.desk.reading() as shop:
            found, outlook = wanted.plan(shop.experiments)
            if do == "note":
                made = shop.experiments.new(found, outlook, anyway=anyway, by=request.state.person.name)
                noted(request, "experiment_made", made.id)
                return RedirectResponse(f"/experiments/{made.id}", status_code=303)
            cells = shop.experiments.plan_cells(found, outlook, locale)
    except UserError as error:
        return _form(request, wanted.fields, problem=said_to(request, error), status=400)
    return _form(request, wanted.fields, outlook=cells)


def _form(
    request: Request,
    fields: dict[str, str],
    *,
    outlook: dict[str, Any] | None = None,
    problem: str = "",
    status: int = 200,
) -> HTMLResponse:
    choices = Experiments.choices(locale_of(request))
    return rendered(
        request,
        "experiment_new.html",
        status=status,
        fields=fields,
        choices=choices,
        outlook=outlook,
        problem=problem,
    )


@router.get("/experiments/{id}")
def show(request: Request, id: str) -> HTMLResponse:
    """What one shows today."""
    locale, desk = locale_of(request), request.app.state.desk

    def cells(shop: Any) -> dict[str, Any]:
        found: dict[str, Any] = shop.experiments.reading_cells(shop.experiments.show(id), locale)
        return found

    with desk.reading() as shop:
        standing = len(shop.experiments.found(id).history)
    return rendered(request, "experiment.html", reading=desk.kept(("experiment", id, standing, locale), cells))


@router.post("/experiments/{id}/stop", dependencies=[OPERATOR])
def stop(request: Request, id: str, why: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Close one, noting why and what it showed."""
    with request.app.state.desk.reading() as shop:
        shop.experiments.stop(id, why, by=request.state.person.name)
    noted(request, "experiment_stopped", id)
    tell(request, text("web_experiments.stopped", locale_of(request)))
    return RedirectResponse(f"/experiments/{id}", status_code=303)

"""Actions: a board and a list by state, one page per action, and the forms by which people decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from zhanggui.app import Decision, Shop
from zhanggui.app.rules import rule_link
from zhanggui.errors import BadValue, Decided, Refused, Unreached, UserError
from zhanggui.i18n.writing import say
from zhanggui.units import Words
from zhanggui.web.entrance import address_of, needs
from zhanggui.web.kinds import Page
from zhanggui.web.pages import by_hand, carrying
from zhanggui.web.rendering import locale_of, rendered, said_to, tell
from zhanggui.web.safety import own_page

router = APIRouter()
PAGE = Page("actions", "/actions", router, order=20)
STATES = ("proposed", "approved", "done", "measured", "dismissed")
State = Literal["proposed", "approved", "done", "measured", "dismissed"]
PUT_OFF_DAYS = (1, 3, 7, 14, 28)
Verb = Literal["approve", "dismiss", "snooze", "done", "undo", "stop", "assign", "note"]


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form said; a day that was left empty is None."""

    seen: int | None
    text: str
    until: str
    on: str | None
    owner: str | None
    due: str | None
    keep_shop: bool = False


@router.get("/actions")
def board(request: Request, state: State | None = None, view: Literal["board", "list"] = "board") -> Response:
    """The board or the list."""
    desk, locale = request.app.state.desk, locale_of(request)
    cards = desk.kept(("cards", locale), lambda shop: shop.actions.cards(locale))
    columns = {name: [card for card in cards if card.state == name] for name in STATES if state in (None, name)}
    handover = desk.kept(("handover",), lambda shop: shop.actions.handover())
    return rendered(request, "actions.html", columns=columns, state=state, view=view, states=STATES, handover=handover)


router.include_router(by_hand.router)
router.include_router(carrying.router)


@router.get("/actions/{name}")
def one(request: Request, name: str) -> Response:
    """One action's page."""
    return shown(request, name)


@router.post("/actions/{name}/{verb}", dependencies=[needs("operator")])
def decide(
    request: Request,
    name: str,
    verb: Verb,
    seen: Annotated[int | None, Form()] = None,
    text: Annotated[str, Form(max_length=2000)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
    on: Annotated[str, Form(max_length=10)] = "",
    owner: Annotated[str, Form(max_length=60)] = "",
    due: Annotated[str, Form(max_length=10)] = "",
    keep_shop: Annotated[bool, Form()] = False,
    back: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Decide, and go back to where the form stood. Who was too late sees the action as it stands and who was quicker."""
    filled = Filled(seen, text.strip(), until, on or None, owner.strip() or None, due or None, keep_shop)
    try:
        with request.app.state.desk.writing() as shop:
            decision = VERBS[verb](shop, name, filled, who_decides(request))
    except (Decided, Refused, BadValue, Unreached) as error:
        return shown(request, name, status=409 if isinstance(error, Decided) else 422, said=said_to(request, error))
    told(request, verb, decision)
    return RedirectResponse(f"{own_page(back or f'/actions/{name}')}#action-{decision.entry.id}", status_code=303)


def shown(request: Request, name: str, *, status: int = 200, said: str = "") -> Response:
    """The page of one action; ``said`` is what went wrong with a form on it."""
    desk, locale = request.app.state.desk, locale_of(request)
    try:
        sheet = desk.kept(("sheet", name, locale), lambda shop: shop.actions.sheet(name, locale))
    except UserError as error:
        return rendered(request, "error.html", status=404, said=said or said_to(request, error))
    rule, later = rule_link(sheet.card.rule, locale), days_to_put_off(desk)
    return rendered(request, "action.html", status=status, sheet=sheet, rule=rule, said=said, later=later)


def told(request: Request, verb: str, decision: Decision) -> None:
    """Keep for the next page what was done and what should be known beside it, and note it in the log."""
    desk, locale = request.app.state.desk, locale_of(request)
    entry, currency = decision.entry, desk.config.currency
    params: Mapping[str, Any] = {
        "title": entry.action.words,
        "day": entry.snoozed_until,
        "stop": entry.stop_on,
        "read": entry.read_on,
        "owner": entry.owner or Words("web_actions.nobody"),
        "due": entry.due_on or "–",
    }
    with desk.reading() as shop:
        names = shop.product_names() if "product_id" in entry.action.where else {}
    sentences = (Words(f"web_actions.said.{verb}", params), *decision.notes)
    tell(request, *(say(words, locale, currency, names) for words in sentences))
    desk.people.note(request.state.person, verb, entry.id, address=address_of(request))


def days_to_put_off(desk: Any) -> list[tuple[str, int]]:
    """The days that a form offers: ISO text, and in how many days that is."""
    with desk.reading() as shop:
        today = shop.clock.today()
    return [((today + timedelta(days=days)).isoformat(), days) for days in PUT_OFF_DAYS]


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides, and as what."""

    name: str
    role: str


def who_decides(request: Request) -> Decider:
    """The person who sent the form."""
    return Decider(request.state.person.name, request.state.person.role)


def _approve(shop: Shop, name: str, form: Filled, who: Decider) -> Decision:
    return shop.actions.approve(name, despite=form.text, by=who.name, role=who.role, seen=form.seen)


def _dismiss(shop: Shop, name: str, form: Filled, who: Decider) -> Decision:
    return shop.actions.dismiss(name, form.text, by=who.name, seen=form.seen)


def _snooze(shop: Shop, name: str, form: Filled, who: Decider) -> Decision:
    return shop.actions.snooze(name, form.until, by=who.name, seen=form.seen)


def _done(shop: Shop, name: str, form: Filled, who: Decider) -> Decision:
    return shop.actions.done(name, on=form.on, by=who.name, seen=form.seen)


def _undo(shop: Shop, name: str, form: Filled, who: Decider) -> Decision:
    return shop.actions.undo(name, by=who.name, seen=form.seen, keep_shop=form.keep_shop)


def _stop(shop: Shop, name: str, form: Filled, who: Decider) -> Decision:
    return shop.actions.stop(name, on=form.on, by=who.name, seen=form.seen, keep_shop=form.keep_shop)


def _assign(shop: Shop, name: str, form: Filled, who: Decider) -> Decision:
    return shop.actions.assign(name, form.owner, due=form.due, by=who.name, seen=form.seen)


def _note(shop: Shop, name: str, form: Filled, who: Decider) -> Decision:
    return shop.actions.note(name, form.text, by=who.name)


VERBS: Mapping[str, Callable[[Shop, str, Filled, Decider], Decision]] = {
    "approve": _approve,
    "dismiss": _dismiss,
    "snooze": _snooze,
    "done": _done,
    "undo": _undo,
    "stop": _stop,
    "assign": _assign,
    "note": _note,
}

"""The ledger of actions: list them, decide about them, and what came of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from zhanggui.api.about import about
from zhanggui.api.entrance import Operator, Viewer
from zhanggui.api.paging import Cursor, Limit, after
from zhanggui.api.telling import Day, Name, Text, desk_of, kept, sent
from zhanggui.api.told.actions import ActionsTold, ActionTold, Decided, OutcomesTold, WouldChange
from zhanggui.api.trouble import locale_of
from zhanggui.app import Actions, Decision, Person, Shop
from zhanggui.i18n.writing import say

router = APIRouter(tags=["actions"])
Id = Annotated[Name, Path(description=about("action"))]
Seen = Annotated[
    int | None,
    Field(ge=0, le=10**9, description=about("seen")),
]
States = Annotated[list[Name] | None, Query(description=about("states"), max_length=8)]


class Adding(BaseModel):
    """An action entered by hand. ``expected`` is money a week; ``values`` what it puts in the shop; ``on``: it was carried out that
    day."""

    kind: Name
    target: dict[Name, Name] = Field(default_factory=dict, max_length=8)
    text: Text = ""
    minutes: Annotated[int | None, Field(ge=0, le=100_000)] = None
    expected: Annotated[float, Field(ge=-1e12, le=1e12)] | None = None
    values: dict[Name, Name] = Field(default_factory=dict, max_length=6)
    on: Day | None = None
    despite: Text = ""


class Approving(BaseModel):
    """``as_of``: the day of the brief that names the action; ``despite``: why a policy is set aside."""

    as_of: Day | None = None
    despite: Text = ""
    seen: Seen = None


class Dismissing(BaseModel):
    """Why it is not done."""

    text: Text = ""
    seen: Seen = None


class Snoozing(BaseModel):
    """Until when it is put off."""

    until: Day
    seen: Seen = None


class Doing(BaseModel):
    """The day it was carried out, or stopped; today unless said."""

    on: Day | None = None
    seen: Seen = None


class Applying(BaseModel):
    """``shown`` is the mark of the difference that was looked at: another difference is not carried out."""

    shown: Annotated[str, Field(max_length=64)] | None = None
    seen: Seen = None


class Undoing(BaseModel):
    """Nothing needs to be said to take the last decision back. ``keep_shop``: a live shop stays as it is."""

    keep_shop: bool = False
    seen: Seen = None


class Stopping(Doing):
    """The day it was stopped; today unless said. ``keep_shop``: a live shop stays as it is."""

    keep_shop: bool = False


class Assigning(BaseModel):
    """Who does it, and until when."""

    owner: Name | None = None
    due: Day | None = None
    seen: Seen = None


class Noting(BaseModel):
    """A remark."""

    text: Annotated[Text, Field(min_length=1)]


@router.get("/actions", response_model=ActionsTold)
def actions(
    request: Request,
    person: Viewer,
    everything: Annotated[bool, Query(alias="all", description=about("all"))] = False,
    state: States = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """What is proposed, approved, done and read, in the order the actions were opened."""
    locale = locale_of(request)

    def make(shop: Shop) -> list[dict[str, Any]]:
        return list(shop.actions.as_json(shop.actions.list(everything=everything), locale))

    found = desk_of(request).kept(("api.actions", everything, locale), make)
    chosen = [one for one in found if not state or one["state"] in state]
    page, following = after(chosen, lambda one: str(one["id"]), limit, cursor)
    return sent(ActionsTold, {"actions": page, "next": following}, locale)


@router.get("/actions/{id}", response_model=ActionTold)
def show(request: Request, person: Viewer, id: Id) -> Response:
    """One action: reason, draft, what is expected of it, who did what, and its effect."""

    def make(shop: Shop, locale: str) -> dict[str, Any]:
        return shop.actions.as_json([shop.actions.show(id)], locale)[0]

    return kept(request, ("action", id), ActionTold, make)


@router.get("/actions/{id}/changes", response_model=WouldChange)
def changes(request: Request, person: Viewer, id: Id) -> Response:
    """What carrying the action out changes, value by value. Nothing is carried out."""

    def make(shop: Shop, locale: str) -> dict[str, Any]:
        return shop.actions.apply(id, dry_run=True).as_json()

    locale = locale_of(request)
    with desk_of(request).reading() as shop:
        return sent(WouldChange, make(shop, locale), locale)


@router.post("/actions/{id}/apply", response_model=Decided)
def apply(request: Request, person: Operator, id: Id, given: Applying | None = None) -> Response:
    """Carry an approved action out in the live shop that sells its products, and note it as done."""
    said = given or Applying()

    def carry_out(book: Actions) -> Decision:
        made = book.apply(id, by=person.name, seen=said.seen, shown=said.shown).decision
        assert made is not None
        return made

    return _decided(request, person, "apply", carry_out)


@router.post("/actions", response_model=Decided, status_code=201)
def add(request: Request, person: Operator, given: Adding) -> Response:
    """Enter an action by hand."""

    def enter(book: Actions) -> Decision:
        return book.add(
            given.kind,
            given.target,
            given.text,
            minutes=given.minutes,
            expected=given.expected,
            values=given.values,
            on=given.on,
            despite=given.despite,
            by=person.name,
            role=person.role,
        )

    return _decided(request, person, "add", enter, status=201)


@router.post("/actions/{id}/approve", response_model=Decided)
def approve(request: Request, person: Operator, id: Id, given: Approving | None = None) -> Response:
    """Approve a proposal, or what the brief names beside its list."""
    said = given or Approving()
    return _decided(
        request,
        person,
        "approve",
        lambda book: book.approve(
            id, as_of=said.as_of, despite=said.despite, by=person.name, role=person.role, seen=said.seen
        ),
    )


@router.post("/actions/{id}/dismiss", response_model=Decided)
def dismiss(request: Request, person: Operator, id: Id, given: Dismissing | None = None) -> Response:
    """Refuse a proposal; it stays away for four weeks unless its expected profit doubles."""
    said = given or Dismissing()
    return _decided(
        request, person, "dismiss", lambda book: book.dismiss(id, said.text, by=person.name, seen=said.seen)
    )


@router.post("/actions/{id}/snooze", response_model=Decided)
def snooze(request: Request, person: Operator, id: Id, given: Snoozing) -> Response:
    """Put an action off until a day."""
    return _decided(
        request, person, "snooze", lambda book: book.snooze(id, given.until, by=person.name, seen=given.seen)
    )


@router.post("/actions/{id}/done", response_model=Decided)
def done(request: Request, person: Operator, id: Id, given: Doing | None = None) -> Response:
    """Note that an approved action was carried out; its effect is read from now on."""
    said = given or Doing()
    return _decided(request, person, "done", lambda book: book.done(id, on=said.on, by=person.name, seen=said.seen))


@router.post("/actions/{id}/stop", response_model=Decided)
def stop(request: Request, person: Operator, id: Id, given: Stopping | None = None) -> Response:
    """Note that what was done was taken away again in the shop; what was written to a live shop is put back there."""
    said = given or Stopping()
    return _decided(
        request,
        person,
        "stop",
        lambda book: book.stop(id, on=said.on, by=person.name, seen=said.seen, keep_shop=said.keep_shop),
    )


@router.post("/actions/{id}/undo", response_model=Decided)
def undo(request: Request, person: Operator, id: Id, given: Undoing | None = None) -> Response:
    """Take the last decision back, as made by mistake; what was written to a live shop is put back there."""
    said = given or Undoing()
    return _decided(
        request, person, "undo", lambda book: book.undo(id, by=person.name, seen=said.seen, keep_shop=said.keep_shop)
    )


@router.post("/actions/{id}/assign", response_model=Decided)
def assign(request: Request, person: Operator, id: Id, given: Assigning) -> Response:
    """Say who does it and until when."""
    return _decided(
        request,
        person,
        "assign",
        lambda book: book.assign(id, given.owner, due=given.due, by=person.name, seen=given.seen),
    )


@router.post("/actions/{id}/note", response_model=Decided)
def note(request: Request, person: Operator, id: Id, given: Noting) -> Response:
    """Write a remark on an action."""
    return _decided(request, person, "note", lambda book: book.note(id, given.text, by=person.name))


@router.get("/outcomes", response_model=OutcomesTold, tags=["outcomes"])
def outcomes(
    request: Request,
    person: Viewer,
    as_of: Annotated[Day | None, Query(description=about("due_by"))] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """What came of what was done, and the scorecard of every rule: expected against measured."""
    locale = locale_of(request)

    def make(shop: Shop) -> dict[str, Any]:
        return shop.outcomes_json(shop.outcomes(as_of), locale)

    told = desk_of(request).kept(("api.outcomes", as_of, locale), make)
    page, following = after(told["outcomes"], lambda one: str(one["action"]), limit, cursor)
    return sent(OutcomesTold, {**told, "outcomes": page, "next": following}, locale)


def _decided(
    request: Request, person: Person, deed: str, decide: Callable[[Actions], Decision], status: int = 200
) -> Response:
    """Decide with the desk's one writer, and tell how the action stands then."""
    desk, locale = desk_of(request), locale_of(request)
    with desk.writing() as shop:
        made = decide(shop.actions)
        told = shop.actions.as_json([made.entry], locale)[0]
        notes = [say(words, locale, shop.config.currency) for words in made.notes]
    address = request.client.host if request.client else ""
    desk.people.note(person, deed, made.entry.id, address=address)
    return sent(Decided, {"action": told, "notes": notes}, locale, status)

"""The page on which an approved action is carried out in the live shop: the difference first, then the deed, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from zhanggui.app import Application, Shop
from zhanggui.errors import Decided, UserError
from zhanggui.i18n.writing import say
from zhanggui.units import Words
from zhanggui.web.entrance import needs, noted
from zhanggui.web.rendering import locale_of, rendered, said_to, tell

router = APIRouter()
OPERATOR = needs("operator")


@router.get("/actions/{name}/shop", dependencies=[OPERATOR])
def difference(request: Request, name: str) -> Response:
    """What carrying out, or putting back, would change in the live shop. Nothing is written."""
    return _shown(request, name)


@router.post("/actions/{name}/shop", dependencies=[OPERATOR])
def carry_out(
    request: Request,
    name: str,
    seen: Annotated[int, Form()],
    shown: Annotated[str, Form(max_length=64)],
) -> Response:
    """Write the difference that was shown to the live shop. Another one is not written."""
    try:
        with request.app.state.desk.writing() as shop:
            made = shop.actions.apply(name, by=request.state.person.name, seen=seen, shown=shown)
    except UserError as error:
        return _shown(request, name, said=said_to(request, error), status=409 if isinstance(error, Decided) else 422)
    noted(request, "apply", made.id)
    written = Words("web_doing.said.applied", {"n": len(made.changes), "shop": made.shop})
    for words in (written, *(made.decision.notes if made.decision else ())):
        tell(request, say(words, locale_of(request), request.app.state.desk.config.currency))
    return RedirectResponse(f"/actions/{made.id}", status_code=303)


def _shown(request: Request, name: str, *, said: str = "", status: int = 200) -> Response:
    desk, locale = request.app.state.desk, locale_of(request)
    made: Application | None = None
    back = False
    with desk.reading() as shop:
        try:
            sheet = shop.actions.sheet(name, locale)
        except UserError as error:
            return rendered(request, "error.html", status=404, said=said_to(request, error))
        back = bool(sheet.written) and sheet.card.state != "approved"
        try:
            made = _look(shop, back=back)(name)
        except UserError as error:
            said, status = said or said_to(request, error), 422 if status == 200 else status
    return rendered(request, "action_shop.html", status=status, sheet=sheet, made=made, back=back, said=said)


def _look(shop: Shop, *, back: bool) -> Callable[[str], Application]:
    """What shows the difference: of putting back, or of carrying out."""
    if back:
        return shop.actions.restorable
    return lambda name: shop.actions.apply(name, dry_run=True)

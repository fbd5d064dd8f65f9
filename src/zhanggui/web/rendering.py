"""From a page's parts to its HTML: one environment, every text escaped, every word from the catalogue."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from zhanggui.config import LOCALES
from zhanggui.errors import ZhangguiError
from zhanggui.i18n import has, text
from zhanggui.i18n.accepted import accepted
from zhanggui.i18n.trouble import said_error
from zhanggui.i18n.writing import say
from zhanggui.units import Words
from zhanggui.web.pages import pages
from zhanggui.web.safety import form_token, secret_of

FOLDER = Path(__file__).parent
LOCALE_COOKIE = "zhanggui_locale"
MOST_TOLD = 1000


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """Templates from ``web/templates``; an unknown name in one is an error, not an empty place."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache(maxsize=1)
def static_version() -> str:
    """Changes with every file of ``web/static``: an address with it may be kept for ever."""
    digest = sha256()
    for path in sorted((FOLDER / "static").rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def locale_of(request: Request) -> str:
    """The language a reader chose, else the browser's, else the workspace's."""
    chosen = request.cookies.get(LOCALE_COOKIE)
    if chosen in LOCALES:
        return chosen
    asked = accepted(request.headers.get("accept-language", ""), LOCALES)
    return asked or str(request.app.state.desk.config.locale)


def rendered(request: Request, template: str, /, status: int = 200, **parts: Any) -> HTMLResponse:
    """A page of the desk in the reader's language."""
    locale = locale_of(request)
    person = getattr(request.state, "person", None)
    menu = [
        {"name": page.name, "path": page.path, "here": _is_here(request, page.path)}
        for page in pages()
        if page.order is not None and person is not None and person.may(page.role)
    ]
    secret, visitor = secret_of(request), getattr(request.state, "visitor", "")
    context: Mapping[str, Any] = {
        "request": request,
        "locale": locale,
        "locales": LOCALES,
        "t": lambda key, **params: text(f"web.{key}", locale, **params),
        "words": lambda key, **params: text(key, locale, **params),
        "menu": menu,
        "has_page": lambda name: any(page.name == name for page in pages()),
        "person": person,
        "may": lambda role: person is not None and person.may(role),
        "told": told(request) if status == 200 else (),
        "form_token": form_token(secret, visitor),
        "shop_name": request.app.state.desk.config.name,
        "static": lambda name: f"/static/{name}?v={static_version()}",
        "busy": request.app.state.desk.busy,
        "fresh": True,
    }
    page = environment().get_template(template).render({**context, **parts})
    return HTMLResponse(page, status_code=status)


def said_to(request: Request, error: ZhangguiError) -> str:
    """An error in the reader's language. Where the words of the command line would not help in a browser, the desk has its own."""
    own = f"web_errors.error.{error.code.replace('.', '_')}"
    if has(own):
        return say(Words(own, error.params), locale_of(request), request.app.state.desk.config.currency)
    return said_error(error, locale_of(request), request.app.state.desk.config.currency)


def tell(request: Request, *said: str) -> None:
    """Keep sentences for the next page that this reader sees: after a form, the answer is another page."""
    kept: OrderedDict[str, list[str]] = request.app.state.told
    kept.setdefault(request.state.visitor, []).extend(said)
    while len(kept) > MOST_TOLD:
        kept.popitem(last=False)


def told(request: Request) -> Sequence[str]:
    """What was kept for this reader, once."""
    found: Sequence[str] = request.app.state.told.pop(getattr(request.state, "visitor", ""), [])
    return found


def safe(markup: str) -> Markup:
    """Markup of our own making (a chart), whose texts are escaped already."""
    return Markup(markup)


def _is_here(request: Request, path: str) -> bool:
    here = request.url.path
    return here == path or (path != "/" and here.startswith(f"{path}/"))

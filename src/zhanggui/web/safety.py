"""What every answer carries and every question must: safe headers, an address of this machine, and forms that are our own.

Forms are protected twice: the cookie is SameSite, and a form carries a token made from the reader's own cookie. A host name that is not
ours is refused, so that a foreign name that was pointed at this machine (rebinding) reads nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from zhanggui.app.forms import VISITOR, form_token, is_own_form

FIELD = "csrf"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
OWN_HOSTS = ("127.0.0.1", "localhost", "[::1]", "::1")
ANY_ADDRESS = "address"
"""Among the hosts: whatever is an address is ours too, where the desk is open to other machines."""
ANSWERS = Callable[[Request], Awaitable[Response]]

__all__ = [
    "ANY_ADDRESS",
    "FIELD",
    "HEADERS",
    "OWN_HOSTS",
    "VISITOR",
    "form_token",
    "host_of",
    "is_address",
    "is_own_form",
    "new_visitor",
    "own_page",
    "secret_of",
    "with_headers",
]


def new_visitor() -> str:
    """A name for a browser, before and after signing in: unguessable."""
    return secrets.token_urlsafe(24)


def is_address(host: str) -> bool:
    """Whether a host is an address and no name: names can be pointed anywhere, addresses cannot.

    >>> is_address("192.168.1.5"), is_address("[fe80::1]"), is_address("192.168.1.5.example")
    (True, True, False)
    """
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def host_of(request: Request) -> str:
    """The name the browser used, without its port."""
    host = request.headers.get("host", "")
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.rpartition(":")[0] if ":" in host else host


async def with_headers(request: Request, call_next: ANSWERS) -> Response:
    """Every answer has the safe headers; one made for a person is not kept by anybody on the way."""
    hosts = request.app.state.hosts
    host = host_of(request)
    if host not in hosts and not (ANY_ADDRESS in hosts and is_address(host)):
        return PlainTextResponse("unknown host", status_code=421, headers=HEADERS)
    response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.url.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def secret_of(request: Request) -> bytes:
    """What signs forms here: what the app was given, else the workspace's own as it is now."""
    given: bytes | None = request.app.state.secret
    own: bytes = request.app.state.desk.secret
    return given or own


def own_page(address: str) -> str:
    """``address`` where it is a page of this desk, else the first page: a form must not lead elsewhere.

    >>> own_page("/actions?state=done"), own_page("//elsewhere.example"), own_page("https://elsewhere.example")
    ('/actions?state=done', '/', '/')
    """
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and "\n" not in address
    return address if inside else "/"

"""One-legged OAuth 1.0a (RFC 5849) with HMAC-SHA256: how a call over an open line is signed without sending the secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Generator
from urllib.parse import quote

import httpx


class OneLegged(httpx.Auth):
    """Signs every call anew. Nothing of the secret leaves this machine."""

    def __init__(
        self,
        key: str,
        secret: str,
        *,
        clock: Callable[[], float] = time.time,
        nonce: Callable[[], str] = lambda: secrets.token_hex(12),
    ) -> None:
        self._key, self._secret, self._clock, self._nonce = key, secret, clock, nonce

    def __repr__(self) -> str:
        return "OneLegged(…)"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        own = {
            "oauth_consumer_key": self._key,
            "oauth_nonce": self._nonce(),
            "oauth_signature_method": "HMAC-SHA256",
            "oauth_timestamp": str(int(self._clock())),
        }
        told = [*request.url.params.multi_items(), *own.items()]
        signed = signature(request.method, str(request.url.copy_with(query=None)), told, self._secret)
        request.url = request.url.copy_merge_params({**own, "oauth_signature": signed})
        yield request


def signature(method: str, address: str, told: list[tuple[str, str]], secret: str) -> str:
    """The signature of a call: of its method, its address without the question, and its parameters in order (RFC 5849, 3.4).

    >>> signature("GET", "http://x.example/a", [("b", "2"), ("a", "1 +")], "s")
    'QLmi/pbxON+FGg0K7keaPPQoWV+N48eGM2jesmfMNPI='
    """
    pairs = sorted((_quoted(name), _quoted(value)) for name, value in told)
    parameters = "&".join(f"{name}={value}" for name, value in pairs)
    text = "&".join((method.upper(), _quoted(address), _quoted(parameters)))
    digest = hmac.new(f"{_quoted(secret)}&".encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _quoted(text: str) -> str:
    return quote(text, safe="-._~")

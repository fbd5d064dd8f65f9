"""Calling a shop over HTTP: politely, patiently, and with words for everything that goes wrong."""

from __future__ import annotations

import json
import logging
import random
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any

import httpx

from zhanggui.errors import Unreached
from zhanggui.live import reach
from zhanggui.live.kinds import Visit

TRIES = 6
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 60.0
LONGEST_ASKED_SECONDS = 300.0
"""A shop that asks for more patience than this is left for later."""
LARGEST_BYTES = 64 << 20
_SHOWN = 160
_BUSY = 429
_BROKEN = frozenset({500, 502, 503, 504, 507, 508, 520, 521, 522, 523, 524, 525, 530})
_MOVED = frozenset({301, 302, 303, 307, 308})

# A line of the log of every call would tell its address, and an address may carry a key.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)


@dataclass
class Pace:
    """How calls follow one another. Tests put their own ``sleep`` and ``chance`` in place."""

    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    tick: Callable[[], float] = time.monotonic
    _next: float = 0.0

    def wait_turn(self, per_second: float) -> None:
        """Wait until so many calls a second are not exceeded."""
        now = self.tick()
        if now < self._next:
            self.sleep(self._next - now)
        self._next = max(now, self._next) + 1 / max(per_second, 0.01)

    def wait_before(self, attempt: int, asked: float | None) -> None:
        """Wait before another try: as long as the shop asked for, else twice as long each time, half of it by chance."""
        usual = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**attempt) * (0.5 + 0.5 * self.chance())
        self.sleep(asked if asked is not None else usual)


PACE = Pace()
"""The pace of this process: two connections to one shop share it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a shop answered: its JSON and the headers (names in lower case)."""

    value: Any
    headers: Mapping[str, str]


def check_line(visit: Visit) -> None:
    """Pass a line that nobody else listens to: a safe one, or one within this machine. Raises Unreached for another, before anything
    secret is sent."""
    there = httpx.URL(visit.connection.url)
    if there.scheme == "http" and not _within_machine(there.host):
        raise Unreached("live.open_line", connection=visit.connection.name, url=visit.connection.url)


def _within_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Caller:
    """Calls of one shop. Reading is tried again where the shop is busy or breaks off; writing only where it certainly did nothing."""

    def __init__(
        self,
        visit: Visit,
        base: str,
        *,
        auth: httpx.Auth | tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._visit = visit
        self._name, self._keys = visit.connection.name, visit.keys
        self._per_second = visit.connection.number("per_second")
        self._pace = pace or PACE
        self._base = base.rstrip("/")
        own = {"user-agent": "zhanggui-sync", "accept": "application/json"}
        timeout = visit.connection.number("timeout_seconds")
        bound = reach.is_bound(visit.connection)
        self._watched: Mapping[str, Any] = {"trace": reach.Bound(self._name)} if bound else {}
        # A proxy of the environment would be reached instead of the shop, and what it reaches nobody could look at.
        self._client = httpx.Client(
            auth=auth, headers={**own, **(headers or {})}, timeout=timeout, trust_env=not bound, follow_redirects=False
        )

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the line."""
        self._client.close()

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Answer:
        """Ask for something. Raises Unreached."""
        return self._call("GET", path, params=params, safe=True)

    def ask(self, path: str, question: Any) -> Answer:
        """Post a question that changes nothing (GraphQL). Raises Unreached."""
        return self._call("POST", path, body=question, safe=True)

    def write(self, method: str, path: str, body: Any) -> Answer:
        """Change something. Raises Unreached; after ``live.broken_off`` it is not known whether the shop did it."""
        return self._call(method, path, body=body, safe=False)

    def _call(
        self, method: str, path: str, *, params: Mapping[str, str | int] | None = None, body: Any = None, safe: bool
    ) -> Answer:
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            self._pace.wait_turn(self._per_second)
            try:
                response = self._sent(method, path, params, body)
            except httpx.TransportError as error:
                if last or not safe or not _passing(error):
                    raise self._no_line(error, safe=safe) from None
                self._pace.wait_before(attempt, None)
                continue
            if response.status_code == _BUSY or (safe and response.status_code in _BROKEN):
                asked = _asked_for(response)
                if last or (asked or 0) > LONGEST_ASKED_SECONDS:
                    raise self._too_busy(response, asked)
                self._pace.wait_before(attempt, asked)
                continue
            return self._understood(response)
        raise AssertionError("the last try raises or returns")

    def _sent(self, method: str, path: str, params: Mapping[str, str | int] | None, body: Any) -> httpx.Response:
        """The answer, read to its end but for one that is larger than any page of a shop."""
        address = f"{self._base}/{path.lstrip('/')}" if path else self._base
        with self._client.stream(method, address, params=params, json=body, extensions=dict(self._watched)) as response:
            parts, size = [], 0
            for part in response.iter_bytes():
                parts.append(part)
                size += len(part)
                if size > LARGEST_BYTES:
                    raise Unreached("live.too_large", connection=self._name, megabytes=LARGEST_BYTES >> 20)
            whole = httpx.Response(response.status_code, request=response.request, content=b"".join(parts))
            whole.headers.update({k: v for k, v in response.headers.items() if k not in ("content-encoding",)})
            return whole

    def _understood(self, response: httpx.Response) -> Answer:
        status = response.status_code
        if status in _MOVED:
            there = self._keys.hide(response.headers.get("location", ""))
            raise Unreached("live.moved", connection=self._name, url=self._shown_base(), there=there)
        if status == 401:
            raise Unreached("live.key_refused", connection=self._name, said=self._said(response))
        if status == 403:
            raise Unreached("live.not_allowed", connection=self._name, said=self._said(response))
        if status in (404, 405, 410):
            raise Unreached("live.not_there", connection=self._name, url=self._shown_base(), said=self._said(response))
        if status >= 400:
            raise Unreached("live.refused", connection=self._name, status=status, said=self._said(response))
        try:
            value = json.loads(response.content.decode("utf-8-sig"))
        except ValueError:
            said = self._said(response)
            raise Unreached("live.not_json", connection=self._name, url=self._shown_base(), said=said) from None
        return Answer(value, {name.lower(): held for name, held in response.headers.items()})

    def _no_line(self, error: httpx.TransportError, *, safe: bool) -> Unreached:
        reason = self._keys.hide(str(error) or type(error).__name__)[:_SHOWN]
        code = "live.no_line"
        if _is_tls(error):
            code = "live.tls"
        elif isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
            code = "live.bad_url"
        elif not safe and not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            code = "live.broken_off"
        elif isinstance(error, httpx.TimeoutException):
            code = "live.too_slow"
        return Unreached(code, connection=self._name, url=self._shown_base(), reason=reason)

    def _too_busy(self, response: httpx.Response, asked: float | None) -> Unreached:
        if response.status_code != _BUSY:
            said = self._said(response)
            return Unreached("live.shop_broken", connection=self._name, status=response.status_code, said=said)
        return Unreached("live.too_busy", connection=self._name, seconds=round(asked or LONGEST_WAIT_SECONDS))

    def _said(self, response: httpx.Response) -> str:
        """The shop's own words: its message, else the beginning of what it sent, on one line."""
        text = response.content[:2000].decode("utf-8", "replace")
        try:
            told = json.loads(response.content)
            text = str(told.get("message") or told.get("detail") or told.get("error") or text)
        except (ValueError, AttributeError):
            pass
        return self._keys.hide(" ".join(text.split()))[:_SHOWN] or "–"

    def _shown_base(self) -> str:
        return self._keys.hide(self._base)


def _passing(error: httpx.TransportError) -> bool:
    """Whether it may be otherwise in a moment: a broken line or a slow answer, not a wrong name or certificate."""
    if _is_tls(error) or isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError | httpx.ProxyError):
        return False
    return not _is_unknown_name(error)


def _is_tls(error: BaseException) -> bool:
    return any(isinstance(each, ssl.SSLError) or "CERTIFICATE_VERIFY" in str(each) for each in _causes(error))


def _is_unknown_name(error: BaseException) -> bool:
    import socket

    return any(isinstance(each, socket.gaierror) for each in _causes(error))


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _asked_for(response: httpx.Response) -> float | None:
    """The seconds of ``Retry-After``, which is a number or a moment; None where it says nothing."""
    told = response.headers.get("retry-after", "").strip()
    if told.replace(".", "", 1).isdigit():
        return float(told)
    try:
        return max(0.0, (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None

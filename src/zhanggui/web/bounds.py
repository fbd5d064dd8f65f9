"""How much a request may send: what is announced as too large is refused unread, what turns out too large is cut off."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zhanggui import config

MB = 1 << 20
FORM = 2 * MB
"""The most that a form without files sends."""
WITH_FILES = ("/data/upload", "/settings/restore")
AROUND = MB
"""What a form says around its files."""


class Bounded:
    """Lets bodies through up to the workspace's limit for files, and to two megabytes elsewhere."""

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self._app, self._folder = app, folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting what it sends."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        most, taken = self._most(scope["path"]), 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413)
            return message

        await self._app(scope, refused if self._announced(scope) > most else counted, send)

    def _most(self, path: str) -> int:
        if path.startswith(WITH_FILES):
            return int(config.load(self._folder)["upload_limit_mb"]) * MB + AROUND
        return FORM

    def _announced(self, scope: Scope) -> int:
        told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        return int(told) if told.isdigit() else 0


async def refused() -> Message:
    """What a route gets in place of a body that is too large."""
    raise HTTPException(413)

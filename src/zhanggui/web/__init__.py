"""The desk in the browser: the server renders pages, forms post and redirect, everything works without script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhanggui.web.serving import desk_app


def __getattr__(name: str) -> Any:
    if name == "desk_app":
        from zhanggui.web.serving import desk_app

        return desk_app
    raise AttributeError(name)


__all__ = ["desk_app"]

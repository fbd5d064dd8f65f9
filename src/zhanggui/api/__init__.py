"""The API for programs: the verbs of the command line under ``/api/v1``, described by OpenAPI, with tokens and one shape of error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhanggui.api.serving import PATH, api_app, mounted


def __getattr__(name: str) -> Any:
    if name in __all__:
        from zhanggui.api import serving

        return getattr(serving, name)
    raise AttributeError(name)


__all__ = ["PATH", "api_app", "mounted"]

"""What a page of the desk is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter

Role = Literal["viewer", "operator", "owner"]


@dataclass(frozen=True, slots=True)
class Page:
    """One entry of the menu and its routes. ``order`` is its place in the menu; ``role`` is the least that may open it, None for
    a page that anybody may; a page with ``order`` None has an address but stands in no menu."""

    name: str  # ``web.page.<name>`` is what the menu calls it
    path: str
    router: APIRouter
    order: int | None = None
    role: Role | None = "viewer"

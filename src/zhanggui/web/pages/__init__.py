"""The pages of the desk, one a file, found by presence: every module with ``PAGE`` adds its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

from zhanggui import presence
from zhanggui.web.kinds import Page

if TYPE_CHECKING:
    from zhanggui.app.desk import Desk


def ahead(desk: Desk) -> None:
    """Have the desk count what a first visitor will ask, before anybody comes: every module with ``ahead`` names its own."""
    locale = str(desk.config.locale)
    desk.keep_ahead(each for module in _modules() if hasattr(module, "ahead") for each in module.ahead(desk, locale))


def _modules() -> Iterator[ModuleType]:
    return presence.modules(__name__, __path__)


@cache
def pages() -> tuple[Page, ...]:
    """Every page, in the order of the menu; pages outside of the menu last."""
    found = [page for module in _modules() if (page := getattr(module, "PAGE", None)) is not None]
    return tuple(sorted(found, key=lambda page: (page.order is None, page.order or 0, page.name)))

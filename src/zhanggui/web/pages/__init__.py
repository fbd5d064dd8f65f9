"""The pages of the desk, one a file, found by presence: every module with ``PAGE`` adds its own."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from zhanggui.web.kinds import Page


@cache
def pages() -> tuple[Page, ...]:
    """Every page, in the order of the menu; pages outside of the menu last."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    found = [page for module in modules if (page := getattr(module, "PAGE", None)) is not None]
    return tuple(sorted(found, key=lambda page: (page.order is None, page.order or 0, page.name)))

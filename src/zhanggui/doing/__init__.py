"""Doing, not only reading: what a person approved is written to a live shop, and put back. Writers, one shop system a file, are found by
presence: a module of this folder with a ``WRITER``."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from zhanggui.doing.kinds import Writer


@lru_cache(maxsize=1)
def writers() -> dict[str, Writer]:
    """Every writer by the kind of its shop."""
    found: dict[str, Writer] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        writer = getattr(importlib.import_module(f"{__name__}.{module.name}"), "WRITER", None)
        if writer is not None:
            found[writer.kind] = writer
    return found

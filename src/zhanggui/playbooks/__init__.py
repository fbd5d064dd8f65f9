"""The rules of the trade, one chapter a file, found by presence: every module with ``RULES`` adds its own."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from zhanggui.playbooks.kinds import Rule


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of every chapter, by chapter and then as the chapter lists them."""
    found: list[Rule] = []
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        found += getattr(importlib.import_module(f"{__name__}.{module.name}"), "RULES", ())
    return tuple(found)


@cache
def frames() -> tuple[str, ...]:
    """The frames that some rule reads."""
    return tuple(dict.fromkeys(name for rule in rules() for name in rule.frames))

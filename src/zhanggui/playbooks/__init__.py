"""The rules of the trade, one chapter a file, found by presence: every module with ``RULES`` adds its own."""

from __future__ import annotations

from functools import cache

from zhanggui import presence
from zhanggui.playbooks.kinds import Rule


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of every chapter, by chapter and then as the chapter lists them."""
    return tuple(rule for found in presence.declared(__name__, __path__, "RULES") for rule in found)


@cache
def frames() -> tuple[str, ...]:
    """The frames that some rule reads."""
    return tuple(dict.fromkeys(name for rule in rules() for name in rule.frames))

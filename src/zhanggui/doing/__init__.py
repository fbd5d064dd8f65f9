"""Doing, not only reading: what a person approved is written to a live shop, and put back. Writers, one shop system a file, are found by
presence: a module of this folder with a ``WRITER``."""

from __future__ import annotations

from functools import lru_cache

from zhanggui import presence
from zhanggui.doing.kinds import Writer


@lru_cache(maxsize=1)
def writers() -> dict[str, Writer]:
    """Every writer by the kind of its shop."""
    return {writer.kind: writer for writer in presence.declared(__name__, __path__, "WRITER")}

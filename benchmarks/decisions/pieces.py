"""One piece of a part, done by a process of its own: what a process is given must be named in a module that it can import, which the
program itself is not."""

from __future__ import annotations

import importlib
import inspect
import time
from types import ModuleType
from typing import Any

SEEDS = (1, 2, 3, 4)
"""For parts that are run as a whole."""


def module_of(name: str) -> ModuleType:
    """The part of this name."""
    return importlib.import_module(f"benchmarks.decisions.{name}")


def piece_of(name: str, piece: Any) -> tuple[Any, float]:
    """One piece of a part, and its seconds; ``None`` is the part as a whole."""
    start = time.perf_counter()
    module = module_of(name)
    if piece is not None:
        found = module.one(piece)
    else:
        found = module.run(SEEDS) if "seeds" in inspect.signature(module.run).parameters else module.run()
    return found, time.perf_counter() - start

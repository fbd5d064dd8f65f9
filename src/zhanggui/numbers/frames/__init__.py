"""The frames that rules and the brief read: sufficient statistics, one engine query each, shared by all who ask for them.

A frame is a function of the warehouse and a :class:`View`; ``FRAMES`` names them. One topic a file, found by presence: every module of
this folder with ``FRAMES`` adds its own. Blocks count back from the day of the brief: block 0 is its last ``days`` days, block 1 the
``days`` before, and so on, so that every block holds each weekday equally often.
"""

from __future__ import annotations

import importlib
import pkgutil

from zhanggui.numbers.frames.grid import (
    MONEY,
    TOP_PRODUCTS,
    Frame,
    Grid,
    View,
    frame,
    goods,
    refunds,
    stacked,
    top_products,
    total,
)


def _found() -> dict[str, Frame]:
    found: dict[str, Frame] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        declared = getattr(importlib.import_module(f"{__name__}.{module.name}"), "FRAMES", ())
        found |= {function.__name__: function for function in declared}
    return found


FRAMES: dict[str, Frame] = _found()

__all__ = [
    "FRAMES",
    "MONEY",
    "TOP_PRODUCTS",
    "Frame",
    "Grid",
    "View",
    "frame",
    "goods",
    "refunds",
    "stacked",
    "top_products",
    "total",
]

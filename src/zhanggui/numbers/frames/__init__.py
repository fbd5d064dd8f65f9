"""The frames that rules and the brief read: sufficient statistics, one engine query each, shared by all who ask for them.

A frame is a function of the warehouse and a :class:`View`; ``FRAMES`` names them. One topic a file, found by presence: every module of
this folder with ``FRAMES`` adds its own. Blocks count back from the day of the brief: block 0 is its last ``days`` days, block 1 the
``days`` before, and so on, so that every block holds each weekday equally often.
"""

from __future__ import annotations

from zhanggui import presence
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
    declared = presence.declared(__name__, __path__, "FRAMES")
    return {function.__name__: function for functions in declared for function in functions}


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

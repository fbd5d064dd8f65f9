"""A move while it is done: the shop it is done to, whom it is about, and the numbers its draft names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from zhanggui.practice.kinds import Move
from zhanggui.practice.opening import Assortment
from zhanggui.practice.state import State

BY = "ledger"
"""Who made a change that the ledger of actions writes down itself."""


@dataclass(slots=True)
class Doing:
    """A move being done: where, when (``start`` is the world's first day), and what it costs at once."""

    seed: int
    day: int
    assortment: Assortment
    state: State
    names: Mapping[str, int]
    start: date
    cost: float = 0.0

    def product(self, name: Any) -> int | None:
        """Number of a product by its id."""
        return self.names.get(str(name)) if name is not None else None

    def targets(self, move: Move) -> list[tuple[int, Mapping[str, Any]]]:
        """Products a move is about: those of its rows, else its own target."""
        found = [(p, row) for row in move.rows if (p := self.product(row.get("product_id"))) is not None]
        own = self.product(move.product)
        if not found and own is not None:
            return [(own, move.rows[0] if move.rows else {})]
        return found


def number(row: Mapping[str, Any], *names: str) -> float | None:
    """The first of several columns that holds a number."""
    for name in names:
        value = row.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value):
            return float(value)
        if isinstance(value, str):
            try:
                return float(value)
            except ValueError:
                continue
    return None

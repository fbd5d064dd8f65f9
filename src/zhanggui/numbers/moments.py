"""Days and values as parameters: an expression over them is built and compiled once, and then put for one after another."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import ibis
import polars as pl

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

AS_OF = ibis.param("date")
"""The day a brief is of."""
START, END = ibis.param("date"), ibis.param("date")
"""The ends of a period."""
THEN_START, THEN_END = ibis.param("date"), ibis.param("date")
"""The ends of the period it is held against."""

_BUILT: WeakKeyDictionary[Any, dict[Hashable, Any]] = WeakKeyDictionary()


@cache
def a_day(*name: str | int) -> Any:
    """The parameter of this name that stands for a day: the same one each time."""
    return ibis.param("date")


@cache
def a_text(*name: str | int) -> Any:
    """The parameter of this name that stands for a value of a text column: the same one each time."""
    return ibis.param("string")


def days_before(moment: Any, days: int) -> Any:
    """The day ``days`` before a parameter, after it where they are negative."""
    if days < 0:
        return moment + ibis.interval(days=-days)
    return moment - ibis.interval(days=days) if days else moment


def put(
    warehouse: Warehouse, shape: Hashable, build: Callable[[], Any], moments: Mapping[Any, date | str]
) -> pl.DataFrame:
    """The rows of the expression that ``build`` makes, for these days and values. It is built once per warehouse and ``shape``, so the
    shape must name everything that it depends on besides the parameters."""
    built = _BUILT.setdefault(warehouse, {})
    if shape not in built:
        built[shape] = build()
    return warehouse.run(built[shape], moments)

"""Days and values as parameters: an expression over them is built and compiled once, and then put for one after another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import ibis
import polars as pl
from ibis.expr.datatypes import dtype
from ibis.expr.operations import ScalarParameter

if TYPE_CHECKING:
    from zhanggui.store import Warehouse


def _parameter(kind: str, name: tuple[str | int, ...]) -> Any:
    """A parameter whose number follows from its name, so that it is the same in every process."""
    mark = hashlib.blake2b(repr((kind, name)).encode(), digest_size=6).digest()
    return ScalarParameter(dtype(kind), int.from_bytes(mark)).to_expr()


@cache
def a_day(*name: str | int) -> Any:
    """The parameter of this name that stands for a day: the same one each time."""
    return _parameter("date", name)


@cache
def a_text(*name: str | int) -> Any:
    """The parameter of this name that stands for a value of a text column: the same one each time."""
    return _parameter("string", name)


AS_OF = a_day("as of")
"""The day a brief is of."""
START, END = a_day("start"), a_day("end")
"""The ends of a period."""
THEN_START, THEN_END = a_day("then", "start"), a_day("then", "end")
"""The ends of the period it is held against."""


def days_before(moment: Any, days: int) -> Any:
    """The day ``days`` before a parameter, after it where they are negative."""
    if days < 0:
        return moment + ibis.interval(days=-days)
    return moment - ibis.interval(days=days) if days else moment


def put(
    warehouse: Warehouse,
    shape: Hashable,
    build: Callable[[], Any],
    moments: Mapping[Any, date | str] | None = None,
    *,
    common: bool = True,
) -> pl.DataFrame:
    """The rows of the expression that ``build`` makes, for these days and values. It is built once for all warehouses, so the shape must
    name everything that it depends on besides the tables and the parameters; ``common`` says that it holds no word of the shop."""
    return warehouse.ask(shape, build, moments, common=common)
